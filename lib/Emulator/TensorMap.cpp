//===- TensorMap.cpp - The emulator's tensor map
//---------------------------===//
#include "TensorMap.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace bridge::emulator;

// The driver's conditions on cuTensorMapEncodeTiled (CUDA Driver API, Tensor
// Map Object Management).
static bool isValid(const TensorMapInfo &info) {
  size_t rank = info.dims.size();
  if (rank < 1 || rank > 5 || info.strides.size() != rank - 1 ||
      info.box.size() != rank || uintptr_t(info.global) % 16 != 0)
    return false;
  if (!llvm::isPowerOf2_32(info.elementBytes) || info.elementBytes > 8)
    return false;
  for (uint64_t size : info.dims)
    if (size < 1 || size > uint64_t(1) << 32)
      return false;
  for (uint64_t stride : info.strides)
    if (stride % 16 != 0 || stride >= uint64_t(1) << 40)
      return false;
  for (uint32_t size : info.box)
    if (size < 1 || size > 256)
      return false;
  uint32_t rowBytes = info.box[0] * info.elementBytes;
  bool fits = info.swizzle == Swizzle::None ||
              rowBytes <= 16u << unsigned(info.swizzle);
  return rowBytes % 16 == 0 && fits;
}

bool bridge::emulator::encodeTensorMap(void *map, const TensorMapInfo &info) {
  if (!isValid(info))
    return false;
  TensorMap result = {};
  result.global = static_cast<char *>(info.global);
  result.mark = TensorMap::kMark;
  result.elementBytes = info.elementBytes;
  result.rank = info.dims.size();
  result.swizzle = info.swizzle;
  for (unsigned i = 0; i < 5; ++i) {
    result.dims[i] = i < result.rank ? info.dims[i] : 1;
    result.box[i] = i < result.rank ? info.box[i] : 1;
    if (i < 4)
      result.strides[i] = i + 1 < result.rank ? info.strides[i] : 0;
  }
  std::memset(map, 0, kTensorMapBytes);
  std::memcpy(map, &result, sizeof(result));
  return true;
}
