//===- Storage.cpp - How elements stand in memory -------------------------===//
#include "bridge/Kernels/Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace bridge;

/// Bits of a bf16 above those that it leaves out of an f32.
static constexpr int32_t kHalf = 16;

/// Whether the processor has instructions on pairs of bf16.
static bool pairsBf16(Emitter &emitter) {
  return emitter.cpuLevel() && emitter.cpuLevel()->hasBf16;
}

static bool isVector(Value value) { return isa<VectorType>(value.getType()); }

/// The type of `shape` with other elements.
static Type withElements(Value shape, Type element) {
  if (auto vector = dyn_cast<VectorType>(shape.getType()))
    return VectorType::get(vector.getShape(), element);
  return element;
}

/// A constant of the shape of `shape`.
static Value constantLike(Emitter &emitter, Value shape, int32_t value) {
  return isVector(shape) ? emitter.splat32(value) : emitter.number32(value);
}

static Value bitcast(Emitter &emitter, Value value, Type element) {
  return arith::BitcastOp::create(emitter.builder(), emitter.loc(),
                                  withElements(value, element), value);
}

static Value shiftLeft(Emitter &emitter, Value value) {
  return arith::ShLIOp::create(emitter.builder(), emitter.loc(), value,
                               constantLike(emitter, value, kHalf));
}

static Value shiftRight(Emitter &emitter, Value value) {
  return arith::ShRUIOp::create(emitter.builder(), emitter.loc(), value,
                                constantLike(emitter, value, kHalf));
}

static Value bitAnd(Emitter &emitter, Value value, int32_t mask) {
  return arith::AndIOp::create(emitter.builder(), emitter.loc(), value,
                               constantLike(emitter, value, mask));
}

//===----------------------------------------------------------------------===//
// bf16
//===----------------------------------------------------------------------===//

/// The bits of f32 numbers whose upper halves are the nearest bf16.
static Value roundedBits(Emitter &emitter, Value value) {
  OpBuilder &builder = emitter.builder();
  Value bits = bitcast(emitter, value, builder.getI32Type());
  Value isOdd = bitAnd(emitter, shiftRight(emitter, bits), 1);
  Value half = emitter.add(isOdd, constantLike(emitter, bits, 0x7fff));
  Value isNan = arith::CmpFOp::create(builder, emitter.loc(),
                                      arith::CmpFPredicate::UNO, value, value);
  // What is left of a NaN might be an infinity.
  Value quiet = arith::OrIOp::create(builder, emitter.loc(), bits,
                                     constantLike(emitter, bits, 0x400000));
  return emitter.select(isNan, quiet, emitter.add(bits, half));
}

static Value intrinsic(Emitter &emitter, StringRef name, Type result,
                       ValueRange operands) {
  OpBuilder &builder = emitter.builder();
  return LLVM::CallIntrinsicOp::create(builder, emitter.loc(), result,
                                       builder.getStringAttr(name), operands)
      .getResult(0);
}

/// f32 to the bits of bf16.
static Value roundToHalf(Emitter &emitter, Value value) {
  OpBuilder &builder = emitter.builder();
  Type half = withElements(value, builder.getI16Type());
  if (pairsBf16(emitter) && isVector(value)) {
    Value rounded =
        intrinsic(emitter, "llvm.x86.avx512bf16.cvtneps2bf16.512",
                  withElements(value, builder.getBF16Type()), value);
    return LLVM::BitcastOp::create(builder, emitter.loc(), half, rounded);
  }
  return arith::TruncIOp::create(
      builder, emitter.loc(), half,
      shiftRight(emitter, roundedBits(emitter, value)));
}

Value bridge::toPairs(Emitter &emitter, Value low, Value high) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  if (!pairsBf16(emitter)) {
    Value upper = bitAnd(emitter, roundedBits(emitter, high), ~0xffff);
    Value lower = shiftRight(emitter, roundedBits(emitter, low));
    return arith::OrIOp::create(builder, loc, upper, lower);
  }
  int64_t lanes = emitter.lanes();
  auto halves = VectorType::get(2 * lanes, builder.getBF16Type());
  Value rounded = intrinsic(emitter, "llvm.x86.avx512bf16.cvtne2ps2bf16.512",
                            halves, {high, low});
  SmallVector<int32_t> interleaved;
  for (int32_t lane : llvm::seq<int32_t>(lanes))
    interleaved.append({lane, static_cast<int32_t>(lanes) + lane});
  Value pairs = LLVM::ShuffleVectorOp::create(builder, loc, rounded, rounded,
                                              interleaved);
  return LLVM::BitcastOp::create(
      builder, loc, emitter.vectorType(builder.getI32Type()), pairs);
}

Value bridge::pairStored(Emitter &emitter, Value low, Value high) {
  OpBuilder &builder = emitter.builder();
  Type wide = emitter.vectorType(builder.getI32Type());
  auto widened = [&](Value stored) -> Value {
    return arith::ExtUIOp::create(builder, emitter.loc(), wide, stored);
  };
  return arith::OrIOp::create(builder, emitter.loc(), widened(low),
                              shiftLeft(emitter, widened(high)));
}

Value bridge::lowOfPairs(Emitter &emitter, Value pairs) {
  return bitcast(emitter, shiftLeft(emitter, pairs), emitter.f32Type());
}

Value bridge::highOfPairs(Emitter &emitter, Value pairs) {
  return bitcast(emitter, bitAnd(emitter, pairs, ~0xffff), emitter.f32Type());
}

Value bridge::loadUnits(Emitter &emitter, Type element, Value pointer,
                        Value count) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  if (!element.isBF16())
    return emitter.loadElements(element, pointer,
                                count ? emitter.firstLanes(count) : Value());
  Type pairs = emitter.vectorType(builder.getI32Type());
  if (!count)
    return emitter.load(pairs, pointer, elementBytes(element));
  auto halves = VectorType::get(2 * emitter.lanes(), builder.getI16Type());
  auto numbers = llvm::to_vector(llvm::seq<int32_t>(0, 2 * emitter.lanes()));
  auto lanes = VectorType::get(2 * emitter.lanes(), builder.getI32Type());
  Value last =
      vector::BroadcastOp::create(builder, loc, lanes, emitter.narrow(count));
  Value mask = emitter.less(
      arith::ConstantOp::create(
          builder, loc,
          DenseElementsAttr::get(lanes, ArrayRef<int32_t>(numbers))),
      last);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(halves));
  Value loaded = LLVM::MaskedLoadOp::create(
      builder, loc, halves, pointer, mask, zero,
      builder.getI32IntegerAttr(elementBytes(element)));
  return LLVM::BitcastOp::create(builder, loc, pairs, loaded);
}

Value bridge::negateUnits(Emitter &emitter, Type element, Value units) {
  auto signs = static_cast<int32_t>(element.isBF16() ? 0x80008000 : 0x80000000);
  Value bits = bitcast(emitter, units, emitter.builder().getI32Type());
  Value turned = arith::XOrIOp::create(emitter.builder(), emitter.loc(), bits,
                                       constantLike(emitter, bits, signs));
  return LLVM::BitcastOp::create(emitter.builder(), emitter.loc(),
                                 units.getType(), turned);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Type bridge::storedType(Type element) {
  if (element.isInteger(1))
    return IntegerType::get(element.getContext(), 8);
  if (element.isBF16())
    return IntegerType::get(element.getContext(), 16);
  return element;
}

Value bridge::fromStored(Emitter &emitter, Type element, Value stored) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  if (element.isInteger(1)) {
    Value zero = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(stored.getType()));
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, stored,
                                 zero);
  }
  if (!element.isBF16())
    return stored;
  Type wide = withElements(stored, builder.getI32Type());
  Value widened = arith::ExtUIOp::create(builder, loc, wide, stored);
  return bitcast(emitter, shiftLeft(emitter, widened), emitter.f32Type());
}

Value bridge::toStored(Emitter &emitter, Type element, Value value) {
  if (element.isBF16())
    return roundToHalf(emitter, value);
  if (!element.isInteger(1))
    return value;
  Type bytes = withElements(value, emitter.builder().getI8Type());
  return arith::ExtUIOp::create(emitter.builder(), emitter.loc(), bytes, value);
}
