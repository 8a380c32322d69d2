//===- FuzzSpec.cpp - From the text of a spec to the plan -----------------===//
#include "Compile.h"
#include "Fuzz.h"

using namespace bridge;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::compileToPlan(fuzz::writeScratch("fuzzed.bridge", data, size));
  return 0;
}
