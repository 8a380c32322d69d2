//===- FuzzIndex.cpp - Reading model.safetensors.index.json ---------------===//
//
// Two shards lie beside it: model-1 with the tensor `a`, model-2 with `b`.
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "bridge/Runtime/bridge.h"

using namespace bridge;

static void writeShards() {
  const float value = 1;
  const int64_t shape[] = {1};
  bridge_named_tensor shards[] = {
      {"a", bridge_tensor_make(BRIDGE_F32, 1, shape, &value)},
      {"b", bridge_tensor_make(BRIDGE_F32, 1, shape, &value)}};
  for (int i = 0; i < 2; ++i) {
    std::string path = fuzz::scratchFolder() + "/model-" +
                       std::to_string(i + 1) + ".safetensors";
    bridge_message why;
    if (bridge_tensor_file_write(path.c_str(), &shards[i], 1, &why))
      fuzz::report(why.text);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const bool written = (writeShards(), true);
  (void)written;
  fuzz::writeScratch("model.safetensors.index.json", data, size);
  bridge_message why;
  bridge_tensor_file *file = nullptr;
  if (bridge_tensor_file_open(fuzz::scratchFolder().c_str(), &file, &why) !=
      BRIDGE_OK) {
    if (!why.text[0])
      fuzz::report("failed without a message");
    return 0;
  }
  bridge_tensor_file_close(file);
  return 0;
}
