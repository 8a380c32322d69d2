//===- FuzzConfig.cpp - From a config.json to the plan --------------------===//
#include "Compile.h"
#include "Fuzz.h"

using namespace bridge;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::writeScratch("config.json", data, size);
  fuzz::compileToPlan(fuzz::scratchFolder());
  return 0;
}
