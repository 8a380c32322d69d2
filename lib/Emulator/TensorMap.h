//===- TensorMap.h - The emulator's tensor map
//-----------------------------===//
#pragma once
#include "bridge/Emulator/TensorMap.h"

namespace bridge::emulator {

/// What `encodeTensorMap` writes: the description itself, and a mark by which a
/// kernel's use of anything else is seen.
struct TensorMap {
  static constexpr uint32_t kMark = 0x70616d74;

  char *global;
  uint64_t dims[5];    ///< elements, the fastest first; 1 above the rank
  uint64_t strides[4]; ///< bytes, of all dimensions but the first
  uint32_t mark;
  uint16_t box[5]; ///< elements; 1 above the rank
  uint8_t elementBytes, rank;
  Swizzle swizzle;

  /// Bytes of a box, in global and in shared memory.
  uint32_t boxBytes() const {
    uint32_t bytes = elementBytes;
    for (uint16_t elements : box)
      bytes *= elements;
    return bytes;
  }
};
static_assert(sizeof(TensorMap) <= kTensorMapBytes);

/// Where the byte at `address` of a box without swizzle lies with it: chunks of
/// 16 bytes are exchanged by the number of their row of 128 bytes, as the
/// hardware computes it from the address itself.
inline uint64_t swizzled(uint64_t address, Swizzle swizzle) {
  uint64_t mask = (uint64_t(1) << unsigned(swizzle)) - 1;
  return address ^ ((address >> 7 & mask) << 4);
}

} // namespace bridge::emulator
