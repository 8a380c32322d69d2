//===- TensorMap.h - What describes a tensor to bulk copies ---------*- C++
//-*-===//
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include <cstddef>
#include <cstdint>

namespace bridge::emulator {

/// How a box lies in shared memory: chunks of 16 bytes are permuted in rows of
/// so many bytes.
enum class Swizzle : uint8_t {
  None = 0,
  Bytes32 = 1,
  Bytes64 = 2,
  Bytes128 = 3
};

/// What cuTensorMapEncodeTiled takes, for a tensor without interleaving and
/// with element strides of 1. Elements outside are read as zero.
struct TensorMapInfo {
  void *global;
  /// Bytes of an element: 1, 2, 4 or 8.
  uint32_t elementBytes;
  /// Elements in each of up to five dimensions, the fastest first.
  llvm::ArrayRef<uint64_t> dims;
  /// Byte strides of all dimensions but the first.
  llvm::ArrayRef<uint64_t> strides;
  /// Elements of a box in each dimension.
  llvm::ArrayRef<uint32_t> box;
  Swizzle swizzle = Swizzle::None;
};

/// The bytes of a CUtensorMap.
inline constexpr size_t kTensorMapBytes = 128;

/// Writes the emulator's tensor map to the `kTensorMapBytes` bytes at `map`,
/// which a kernel takes by value. False where the driver would refuse the
/// description.
[[nodiscard]] bool encodeTensorMap(void *map, const TensorMapInfo &info);

} // namespace bridge::emulator
