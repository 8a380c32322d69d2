//===- Power.cpp - xʸ as 2 to the y · log₂ |x|, in doubles ----------------===//
#include "bridge/Kernels/Functions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// log₂ of positive doubles that are floats; of 0 and infinity too. NaN stays.
Value Functions::log2Wide(Value x) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  constexpr int64_t rootHalfBits = 0x3FE6A09E667F3BCD;
  Value pattern = bits(x, i64Type());
  Value whole = arith::ShRSIOp::create(
      builder, loc, emitter.sub(pattern, integer64(rootHalfBits)),
      integer64(52));
  Value significand =
      bits(emitter.sub(pattern, arith::ShLIOp::create(builder, loc, whole,
                                                      integer64(52))),
           f64Type());
  // log(1 + f) = 2 atanh(f / (2 + f)), and its series.
  Value ratio = emitter.divf(emitter.subf(significand, constant64(1)),
                             emitter.addf(significand, constant64(1)));
  Value square = emitter.mulf(ratio, ratio);
  Value series = polynomial64(
      square, {1.0, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13});
  Value exponent = arith::SIToFPOp::create(builder, loc, f64Type(), whole);
  Value result = emitter.fma(emitter.mulf(ratio, constant64(2 * M_LOG2E)),
                             series, exponent);
  result = emitter.select(emitter.lessf(x, constant64(kInfinity)), result, x);
  return emitter.select(emitter.equalf(x, constant64(0)),
                        constant64(-kInfinity), result);
}

/// 2ˣ of doubles, for results that are floats. NaN stays.
Value Functions::exp2Wide(Value x) {
  x = emitter.minf(constant64(300), emitter.maxf(constant64(-300), x));
  // Adding 1.5 · 2⁵² leaves a whole number in the low bits of a double.
  Value rounder = constant64(0x1.8p52);
  Value rounded = emitter.addf(x, rounder);
  Value rest = emitter.mulf(emitter.subf(x, emitter.subf(rounded, rounder)),
                            constant64(M_LN2));
  Value series =
      polynomial64(rest, {1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120,
                          1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880});
  Value exponent = emitter.add(bits(rounded, i64Type()), integer64(1023));
  Value power = arith::ShLIOp::create(emitter.builder(), emitter.loc(),
                                      exponent, integer64(52));
  return emitter.mulf(series, bits(power, f64Type()));
}

Value Functions::pow(Value x, Value y) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  auto both = [&](Value lhs, Value rhs) -> Value {
    return arith::AndIOp::create(builder, loc, lhs, rhs);
  };
  auto isWhole = [&](Value value) {
    return emitter.equalf(roundEven(value), value);
  };
  Value zero = constant(0), one = constant(1), infinity = constant(kInfinity);
  Value magnitude = absolute(x);

  Value wide = arith::ExtFOp::create(builder, loc, f64Type(), magnitude);
  Value exponent = emitter.mulf(
      arith::ExtFOp::create(builder, loc, f64Type(), y), log2Wide(wide));
  Value stays = both(emitter.equalf(magnitude, one),
                     emitter.equalf(absolute(y), infinity));
  exponent = emitter.select(stays, constant64(0), exponent);
  Value result =
      arith::TruncFOp::create(builder, loc, type, exp2Wide(exponent));

  // Negative bases: whole exponents have a sign, others no value.
  Value isNegative = emitter.less(bits(x, i32Type()), integer(0));
  Value whole = isWhole(y);
  Value halfWhole = isWhole(emitter.mulf(y, constant(0.5)));
  Value negated = arith::NegFOp::create(builder, loc, result);
  Value signedResult = emitter.select(halfWhole, result, negated);
  Value odd = both(isNegative, whole);
  result = emitter.select(odd, signedResult, result);
  Value finiteNegative =
      both(emitter.lessf(x, zero), emitter.lessf(magnitude, infinity));
  Value undefined = emitter.select(whole, result, constant(NAN));
  result = emitter.select(finiteNegative, undefined, result);
  result = emitter.select(emitter.equalf(x, one), one, result);
  return emitter.select(emitter.equalf(y, zero), one, result);
}
