//===- Functions.cpp - Elementary functions as arithmetic -----------------===//
//
// Coefficients are from tools/dev/fit-math.py. An argument is reduced to a
// small interval around 0, where a polynomial holds to a fraction of a unit in
// the last place; its leading coefficients are exact, so that results near
// exact values (exp(0), log(1), sin(x) for small x) are exact as well.
//
//===----------------------------------------------------------------------===//
#include "bridge/Kernels/Functions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// Adding 1.5 · 2²³ leaves a small whole number in the low bits of a float.
static constexpr double kRounder = 12582912.0;
static constexpr int32_t kRounderBits = 0x4B400000;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Type Functions::shaped(Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

/// A scalar or a vector with `value` in every lane.
static Value constantOf(Emitter &emitter, Type type, TypedAttr value) {
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, value);
  return arith::ConstantOp::create(emitter.builder(), emitter.loc(), value);
}

Value Functions::constant(double value) {
  return constantOf(emitter, type,
                    emitter.builder().getF32FloatAttr(float(value)));
}

Value Functions::constant64(double value) {
  return constantOf(emitter, f64Type(),
                    emitter.builder().getF64FloatAttr(value));
}

Value Functions::integer(int32_t value) {
  return constantOf(emitter, i32Type(),
                    emitter.builder().getI32IntegerAttr(value));
}

Value Functions::integer64(int64_t value) {
  return constantOf(emitter, i64Type(),
                    emitter.builder().getI64IntegerAttr(value));
}

Value Functions::bits(Value value, Type as) {
  return arith::BitcastOp::create(emitter.builder(), emitter.loc(), as, value);
}

Value Functions::absolute(Value x) {
  return math::AbsFOp::create(emitter.builder(), emitter.loc(), x);
}

Value Functions::roundEven(Value x) {
  return math::RoundEvenOp::create(emitter.builder(), emitter.loc(), x);
}

Value Functions::shiftLeft(Value value, int32_t by) {
  return arith::ShLIOp::create(emitter.builder(), emitter.loc(), value,
                               integer(by));
}

Value Functions::shiftRight(Value value, int32_t by) {
  return arith::ShRSIOp::create(emitter.builder(), emitter.loc(), value,
                                integer(by));
}

Value Functions::polynomial(Value x, ArrayRef<float> coefficients) {
  Value sum = constant(coefficients.back());
  for (float coefficient : llvm::reverse(coefficients.drop_back()))
    sum = emitter.fma(sum, x, constant(coefficient));
  return sum;
}

Value Functions::polynomial64(Value x, ArrayRef<double> coefficients) {
  Value sum = constant64(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = emitter.fma(sum, x, constant64(coefficient));
  return sum;
}

Value Functions::clamp(Value x, double low, double high) {
  return emitter.minf(constant(high), emitter.maxf(constant(low), x));
}

bool Functions::hasScale() {
  auto vector = dyn_cast<VectorType>(type);
  const CpuLevel *level = emitter.cpuLevel();
  return level && level->hasAvx512 && vector && vector.getRank() == 1 &&
         vector.getDimSize(0) == 16;
}

Value Functions::scale(Value x, Value n) {
  OpBuilder &builder = emitter.builder();
  if (hasScale()) {
    Value allLanes =
        arith::ConstantIntOp::create(builder, emitter.loc(), -1, 16);
    Value currentRounding = emitter.number32(4);
    return LLVM::CallIntrinsicOp::create(
               builder, emitter.loc(), type,
               builder.getStringAttr("llvm.x86.avx512.mask.scalef.ps.512"),
               ValueRange{x, n, x, allLanes, currentRounding})
        .getResult(0);
  }
  // In two steps, so that denormals are rounded and overflows are infinite.
  Value whole =
      emitter.sub(bits(emitter.addf(n, constant(kRounder)), i32Type()),
                  integer(kRounderBits));
  Value half = shiftRight(whole, 1);
  auto power = [&](Value exponent) {
    return bits(shiftLeft(emitter.add(exponent, integer(127)), 23), type);
  };
  return emitter.mulf(emitter.mulf(x, power(half)),
                      power(emitter.sub(whole, half)));
}

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

Functions::Power Functions::splitPower(Value x) {
  Value n = roundEven(x);
  return {polynomial(emitter.subf(x, n),
                     {1.0f, 0.693147004f, 0.240222245f, 0.0555065088f,
                      0.00967264641f, 0.00133035309f}),
          n};
}

Value Functions::exp2(Value x) {
  // vscalefps gives 0 and infinity for infinite exponents, whatever it scales.
  if (!hasScale())
    x = clamp(x, -252, 254);
  Power power = splitPower(x);
  return scale(power.factor, power.exponent);
}

Value Functions::scaleDown(Value x, Value n) {
  if (hasScale())
    return scale(x, n);
  // The bits of 2⁻¹²⁷, biased and without a fraction, are those of 0.
  constexpr int32_t bias = 127;
  Value whole =
      bits(emitter.addf(emitter.maxf(constant(-bias), n), constant(kRounder)),
           i32Type());
  Value biased = emitter.add(whole, integer(bias - kRounderBits));
  return emitter.mulf(x, bits(shiftLeft(biased, 23), type));
}

Value Functions::exp(Value x) {
  x = clamp(x, -104, 89);
  Value n = roundEven(emitter.mulf(x, constant(M_LOG2E)));
  // ln 2 in two parts, of which n times the first is exact.
  constexpr double high = 0.693145751953125;
  Value rest = emitter.fma(n, constant(-high), x);
  rest = emitter.fma(n, constant(high - M_LN2), rest);
  Value power =
      polynomial(rest, {1.0f, 1.0f, 0.49999994f, 0.166665167f, 0.0416681021f,
                        0.00836919248f, 0.00138389017f});
  return scale(power, n);
}

Value Functions::tanh(Value x) {
  Value magnitude = absolute(x);
  Value square = emitter.mulf(x, x);
  Value slope = polynomial(square, {-0.333332837f, 0.133314833f, -0.0537427738f,
                                    0.0206480622f, -0.00571406353f});
  Value near = emitter.fma(emitter.mulf(square, slope), magnitude, magnitude);
  // 1 − 2 / (e²ˣ + 1)
  Value grown = exp(emitter.addf(magnitude, magnitude));
  Value far = emitter.subf(
      constant(1), emitter.divf(constant(2), emitter.addf(grown, constant(1))));
  Value result =
      emitter.select(emitter.lessf(magnitude, constant(0.625)), near, far);
  return math::CopySignOp::create(emitter.builder(), emitter.loc(), result, x);
}

Value Functions::erf(Value x) {
  // erf(x) / x in 2 (x / 3.92)² − 1; beyond 3.92 erf is 1 in f32.
  constexpr double bound = 3.92;
  x = clamp(x, -bound, bound);
  Value place = emitter.fma(emitter.mulf(x, x), constant(2 / (bound * bound)),
                            constant(-1));
  Value slope = polynomial(
      place,
      {0.360736811f, -0.180108628f, 0.134084555f, -0.109179227f, 0.0905969749f,
       -0.0740198008f, 0.0583959752f, -0.0434369462f, 0.0296976348f,
       -0.0199948162f, 0.0142098407f, -0.00766081153f, 0.00192005959f,
       -0.00139434723f, 0.00209873139f, -0.000843979256f});
  return emitter.mulf(x, slope);
}

//===----------------------------------------------------------------------===//
// Logarithms
//===----------------------------------------------------------------------===//

Value Functions::log(Value x) {
  // x = 2ᵉ · (1 + f) with 1 + f between √½ and √2; denormals after scaling up.
  constexpr double smallestNormal = 0x1p-126;
  Value tiny = emitter.lessf(x, constant(smallestNormal));
  Value pattern = bits(
      emitter.select(tiny, emitter.mulf(x, constant(0x1p23)), x), i32Type());
  constexpr int32_t rootHalfBits = 0x3F3504F3;
  Value whole = shiftRight(emitter.sub(pattern, integer(rootHalfBits)), 23);
  Value f = emitter.subf(bits(emitter.sub(pattern, shiftLeft(whole, 23)), type),
                         constant(1));
  Value e =
      arith::SIToFPOp::create(emitter.builder(), emitter.loc(), type, whole);
  e = emitter.addf(e, emitter.select(tiny, constant(-23), constant(0)));

  Value square = emitter.mulf(f, f);
  Value tail =
      emitter.mulf(emitter.mulf(square, f),
                   polynomial(f, {0.333333135f, -0.250001669f, 0.200022236f,
                                  -0.166593671f, 0.142097577f, -0.125501171f,
                                  0.121052399f, -0.107545473f, 0.0497026965f}));
  constexpr double high = 0.693359375;
  tail = emitter.fma(e, constant(M_LN2 - high), tail);
  tail = emitter.fma(square, constant(-0.5), tail);
  Value result = emitter.fma(e, constant(high), emitter.addf(f, tail));

  Value infinity = constant(kInfinity);
  Value zero = constant(0);
  result = emitter.select(emitter.lessf(x, infinity), result, x);
  result =
      emitter.select(emitter.equalf(x, zero), constant(-kInfinity), result);
  return emitter.select(emitter.lessf(x, zero), constant(kNaN), result);
}

Value Functions::log1p(Value x) {
  // log(u) with what rounding took from u = 1 + x given back to first order.
  Value u = emitter.addf(x, constant(1));
  Value lost = emitter.subf(x, emitter.subf(u, constant(1)));
  Value base = log(u);
  Value result = emitter.addf(base, emitter.divf(lost, u));
  Value zero = constant(0);
  result = emitter.select(emitter.lessf(zero, u), result, base);
  result = emitter.select(emitter.lessf(u, constant(kInfinity)), result, base);
  return emitter.select(emitter.equalf(x, zero), x, result);
}

//===----------------------------------------------------------------------===//
// Sine and cosine
//===----------------------------------------------------------------------===//

/// 2/π as a sum of doubles of at most 24 bits, so that their products with a
/// float are exact.
static ArrayRef<double> twoOverPi() {
  static constexpr double parts[] = {
      0xa2f983p-24,  0x6e4e44p-48,  0x1529fcp-72,  0x2757d1p-96,  0xf534ddp-120,
      0xc0db62p-144, 0x95993cp-168, 0x439041p-192, 0xfe5163p-216, 0xabdebbp-240,
  };
  return parts;
}

Value Functions::sin(Value x) {
  // Keeps the sign of 0.
  return emitter.select(emitter.equalf(x, constant(0)), x,
                        sine(x, /*quarterTurns=*/0));
}

Value Functions::cos(Value x) { return sine(x, /*quarterTurns=*/1); }

Value Functions::sine(Value x, int quarterTurns) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  // x · 2/π modulo 4, as sum + lost: each product is exact, and so is what is
  // left of it modulo 4.
  Value wide = arith::ExtFOp::create(builder, loc, f64Type(), x);
  Value sum = constant64(0), lost = constant64(0);
  for (double part : twoOverPi()) {
    Value product = emitter.mulf(wide, constant64(part));
    Value turns = roundEven(emitter.mulf(product, constant64(0.25)));
    Value left = emitter.fma(turns, constant64(-4), product);
    Value next = emitter.addf(sum, left);
    Value taken = emitter.subf(next, sum);
    Value error = emitter.addf(emitter.subf(sum, emitter.subf(next, taken)),
                               emitter.subf(left, taken));
    lost = emitter.addf(lost, error);
    sum = next;
  }
  Value quadrant = roundEven(sum);
  Value fraction = emitter.addf(emitter.subf(sum, quadrant), lost);
  Value angle = arith::TruncFOp::create(
      builder, loc, type, emitter.mulf(fraction, constant64(M_PI_2)));

  Value square = emitter.mulf(angle, angle);
  Value slope =
      polynomial(square, {-0.166666552f, 0.00833219197f, -0.000195187909f});
  Value sine = emitter.fma(emitter.mulf(square, slope), angle, angle);
  Value curve = polynomial(
      square, {-0.5f, 0.0416666456f, -0.00138873013f, 2.44306721e-05f});
  Value cosine = emitter.fma(square, curve, constant(1));

  // The quadrant modulo 4 is −2, −1, 0, 1 or 2.
  quadrant = emitter.addf(quadrant, constant64(quarterTurns));
  Value turns = roundEven(emitter.mulf(quadrant, constant64(0.25)));
  quadrant = emitter.fma(turns, constant64(-4), quadrant);
  Value odd = emitter.equalf(absolute(quadrant), constant64(1));
  Value result = emitter.select(odd, cosine, sine);
  Value negated = arith::NegFOp::create(builder, loc, result);
  Value opposite = emitter.equalf(absolute(quadrant), constant64(2));
  Value last = emitter.equalf(quadrant, constant64(-1));
  result = emitter.select(opposite, negated, result);
  return emitter.select(last, negated, result);
}
