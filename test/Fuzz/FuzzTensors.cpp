//===- FuzzTensors.cpp - Reading .safetensors files -----------------------===//
#include "Fuzz.h"
#include "bridge/Runtime/bridge.h"
#include <vector>

using namespace bridge;

/// Touches every byte that the file gives out.
static unsigned sumOf(const bridge_tensor_file *file) {
  unsigned sum = 0;
  for (int64_t i = 0; i < bridge_tensor_file_count(file); ++i) {
    const bridge_tensor &tensor = bridge_tensor_file_at(file, i)->tensor;
    size_t bytes = bridge_dtype_bytes(tensor.dtype);
    for (int32_t axis = 0; axis < tensor.rank; ++axis)
      bytes *= tensor.shape[axis];
    for (size_t k = 0; k < bytes; ++k)
      sum += static_cast<const unsigned char *>(tensor.data)[k];
  }
  return sum;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string path = fuzz::writeScratch("fuzzed.safetensors", data, size);
  bridge_message why;
  bridge_tensor_file *file = nullptr;
  if (bridge_tensor_file_open(path.c_str(), &file, &why) != BRIDGE_OK) {
    if (!why.text[0])
      fuzz::report("failed without a message");
    return 0;
  }
  volatile unsigned sum = sumOf(file);
  (void)sum;
  for (int64_t i = 0; i < bridge_tensor_file_count(file); ++i) {
    const bridge_named_tensor *each = bridge_tensor_file_at(file, i);
    if (bridge_tensor_file_find(file, each->name) != each)
      fuzz::report("a tensor is not found by its name");
  }
  std::vector<bridge_named_tensor> tensors;
  for (int64_t i = 0; i < bridge_tensor_file_count(file); ++i)
    tensors.push_back(*bridge_tensor_file_at(file, i));
  std::string copy = fuzz::scratchFolder() + "/copy.safetensors";
  if (bridge_tensor_file_write(copy.c_str(), tensors.data(), tensors.size(),
                               &why) == BRIDGE_OK) {
    bridge_tensor_file *again = nullptr;
    if (bridge_tensor_file_open(copy.c_str(), &again, &why) != BRIDGE_OK)
      fuzz::report(std::string("what was written is not read: ") + why.text);
    bridge_tensor_file_close(again);
  }
  bridge_tensor_file_close(file);
  return 0;
}
