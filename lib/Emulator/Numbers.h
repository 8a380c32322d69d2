//===- Numbers.h - Numbers that the CPU does not know ------------*- C++
//-*-===//
#pragma once
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstdint>
#include <cstring>

namespace bridge::emulator {

/// The elements of matrices that tensor cores multiply.
enum class MatrixElement : uint32_t { F16, BF16, TF32 };

inline float bf16ToFloat(uint16_t bits) {
  return llvm::bit_cast<float>(uint32_t(bits) << 16);
}

/// Rounds to nearest, ties to even; a NaN stays one.
inline uint16_t floatToBf16(float value) {
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  if (value != value)
    return 0x7fff;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

inline float f16ToFloat(uint16_t bits) {
  return static_cast<float>(llvm::bit_cast<_Float16>(bits));
}

/// What is left of an f32 whose last 13 bits nobody reads.
inline float truncateToTf32(float value) {
  return llvm::bit_cast<float>(llvm::bit_cast<uint32_t>(value) & 0xffffe000u);
}

/// Rounds to nearest, ties away from zero.
inline uint32_t roundToTf32(float value) {
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  if (!std::isfinite(value))
    return bits;
  return (bits + 0x1000) & 0xffffe000u;
}

/// Element `index` of what lies at `address`.
inline float toFloat(MatrixElement element, const char *address,
                     uint32_t index) {
  if (element == MatrixElement::TF32) {
    float value;
    std::memcpy(&value, address + index * 4, 4);
    return truncateToTf32(value);
  }
  uint16_t bits;
  std::memcpy(&bits, address + index * 2, 2);
  return element == MatrixElement::F16 ? f16ToFloat(bits) : bf16ToFloat(bits);
}

} // namespace bridge::emulator
