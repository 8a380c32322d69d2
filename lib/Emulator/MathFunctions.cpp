//===- MathFunctions.cpp - Approximate mathematics
//---------------------------===//
//
// The hardware's approximations differ from these by a few units in the last
// place, within the bounds that the PTX manual gives.
//
//===----------------------------------------------------------------------===//
#include "Numbers.h"
#include "Runtime.h"

using namespace bridge::emulator;

/// What `.ftz` makes of a number too small to be normal.
static float flushed(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value)
                                                : value;
}

static float exp2Flushed(float x) { return flushed(std::exp2(flushed(x))); }
static float exp2Approximate(float x) { return std::exp2(x); }
static float log2Flushed(float x) { return flushed(std::log2(flushed(x))); }
static float log2Approximate(float x) { return std::log2(x); }
static float reciprocal(float x) { return 1 / x; }
static float reciprocalFlushed(float x) { return flushed(1 / flushed(x)); }
static float rootReciprocal(float x) { return 1 / std::sqrt(x); }
static float rootReciprocalFlushed(float x) {
  return flushed(1 / std::sqrt(flushed(x)));
}
static float root(float x) { return std::sqrt(x); }
static float rootFlushed(float x) { return flushed(std::sqrt(flushed(x))); }
static float hyperbolicTangent(float x) { return std::tanh(x); }
static float sine(float x) { return std::sin(x); }
static float cosine(float x) { return std::cos(x); }
static float quotient(float x, float y) { return x / y; }

/// Two bf16 in a word, `high` above `low`.
static uint32_t packBf16(float high, float low) {
  return uint32_t(floatToBf16(high)) << 16 | floatToBf16(low);
}

static uint32_t packF16(float high, float low) {
  auto bits = [](float value) {
    return uint32_t(llvm::bit_cast<uint16_t>(static_cast<_Float16>(value)));
  };
  return bits(high) << 16 | bits(low);
}

static uint32_t toTf32(float value) { return roundToTf32(value); }

void bridge::emulator::addMathFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_ex2_approx_ftz_f", exp2Flushed),
      describe("bridge_emulator_ex2_approx_f", exp2Approximate),
      describe("bridge_emulator_lg2_approx_ftz_f", log2Flushed),
      describe("bridge_emulator_lg2_approx_f", log2Approximate),
      describe("bridge_emulator_rcp_approx_f", reciprocal),
      describe("bridge_emulator_rcp_approx_ftz_f", reciprocalFlushed),
      describe("bridge_emulator_rsqrt_approx_f", rootReciprocal),
      describe("bridge_emulator_rsqrt_approx_ftz_f", rootReciprocalFlushed),
      describe("bridge_emulator_sqrt_approx_f", root),
      describe("bridge_emulator_sqrt_approx_ftz_f", rootFlushed),
      describe("bridge_emulator_tanh_approx_f", hyperbolicTangent),
      describe("bridge_emulator_sin_approx_f", sine),
      describe("bridge_emulator_cos_approx_f", cosine),
      describe("bridge_emulator_div_approx_f", quotient),
      describe("bridge_emulator_pack_bf16", packBf16),
      describe("bridge_emulator_pack_f16", packF16),
      describe("bridge_emulator_to_tf32", toTf32),
  });
}
