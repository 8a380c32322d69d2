//===- Emitter.cpp - Builds the code of kernels ---------------------------===//
#include "bridge/Kernels/Emitter.h"
#include "bridge/Kernels/Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace bridge;

/// 16 KB of floats.
static constexpr int64_t kElementsPerJob = 4096;

Emitter::Emitter(OpBuilder &builder, Location loc, const CpuLevel &level)
    : build(builder), location(loc), target(&level), laneCount(level.lanes),
      jobElements(kElementsPerJob) {}

Emitter::Emitter(OpBuilder &builder, Location loc, int64_t lanes,
                 int64_t elementsPerJob)
    : build(builder), location(loc), target(nullptr), laneCount(lanes),
      jobElements(elementsPerJob) {}

Type Emitter::pointerType() {
  return LLVM::LLVMPointerType::get(build.getContext());
}

Type Emitter::vectorType(Type element) {
  return VectorType::get(lanes(), element);
}

bool Emitter::isVector(Value value) { return isa<VectorType>(value.getType()); }

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value Emitter::number(int64_t value) {
  return arith::ConstantIntOp::create(build, location, value, 64);
}

Value Emitter::number32(int32_t value) {
  return arith::ConstantIntOp::create(build, location, value, 32);
}

Value Emitter::scalar(double value) {
  return arith::ConstantOp::create(build, location,
                                   build.getF32FloatAttr(float(value)));
}

Value Emitter::splat(double value) {
  return arith::ConstantOp::create(
      build, location,
      DenseElementsAttr::get(cast<ShapedType>(vectorType(f32Type())),
                             float(value)));
}

Value Emitter::splat32(int32_t value) {
  return arith::ConstantOp::create(
      build, location,
      DenseElementsAttr::get(cast<ShapedType>(vectorType(build.getI32Type())),
                             value));
}

Value Emitter::laneNumbers() {
  auto numbers = llvm::to_vector(llvm::seq<int32_t>(0, lanes()));
  return arith::ConstantOp::create(
      build, location,
      DenseElementsAttr::get(cast<ShapedType>(vectorType(build.getI32Type())),
                             ArrayRef<int32_t>(numbers)));
}

Value Emitter::broadcast(Value value) {
  if (isVector(value))
    return value;
  return vector::BroadcastOp::create(build, location,
                                     vectorType(value.getType()), value);
}

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

Value Emitter::reduce(LaneReduction how, Value vector) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(vector));
  auto combine = [&](vector::CombiningKind kind,
                     arith::FastMathFlags flags =
                         arith::FastMathFlags::none) -> Value {
    return vector::ReductionOp::create(build, location, kind, vector, flags);
  };
  switch (how) {
  case LaneReduction::Add:
    return combine(vector::CombiningKind::ADD,
                   isFloat ? arith::FastMathFlags::reassoc
                           : arith::FastMathFlags::none);
  case LaneReduction::Or:
    if (getElementTypeOrSelf(vector).isInteger(1))
      return LLVM::vector_reduce_or::create(build, location, build.getI1Type(),
                                            vector);
    return combine(vector::CombiningKind::OR);
  case LaneReduction::MaxNumber:
    return combine(vector::CombiningKind::MAXNUMF, arith::FastMathFlags::nnan);
  case LaneReduction::Maximum:
    return combine(vector::CombiningKind::MAXIMUMF);
  case LaneReduction::Minimum:
    return combine(vector::CombiningKind::MINIMUMF);
  case LaneReduction::MaxSigned:
    return combine(vector::CombiningKind::MAXSI);
  case LaneReduction::MinSigned:
    return combine(vector::CombiningKind::MINSI);
  }
  llvm_unreachable("all reductions are covered");
}

Value Emitter::firstLane(Value vector) {
  return vector::ExtractOp::create(build, location, vector, 0);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value Emitter::add(Value lhs, Value rhs) {
  return arith::AddIOp::create(build, location, lhs, rhs);
}
Value Emitter::add(Value lhs, int64_t rhs) {
  return rhs == 0 ? lhs : add(lhs, number(rhs));
}
Value Emitter::sub(Value lhs, Value rhs) {
  return arith::SubIOp::create(build, location, lhs, rhs);
}
Value Emitter::mul(Value lhs, Value rhs) {
  return arith::MulIOp::create(build, location, lhs, rhs);
}
Value Emitter::mul(Value lhs, int64_t rhs) {
  return rhs == 1 ? lhs : mul(lhs, number(rhs));
}
Value Emitter::div(Value lhs, Value rhs) {
  return arith::DivUIOp::create(build, location, lhs, rhs);
}
Value Emitter::div(Value lhs, int64_t rhs) {
  return rhs == 1 ? lhs : div(lhs, number(rhs));
}
Value Emitter::rem(Value lhs, Value rhs) {
  return arith::RemUIOp::create(build, location, lhs, rhs);
}
Value Emitter::rem(Value lhs, int64_t rhs) { return rem(lhs, number(rhs)); }
Value Emitter::ceilDiv(Value lhs, Value rhs) {
  return div(add(lhs, sub(rhs, number(1))), rhs);
}
Value Emitter::ceilDiv(Value lhs, int64_t rhs) {
  return div(add(lhs, rhs - 1), rhs);
}
Value Emitter::roundUp(Value lhs, int64_t rhs) {
  return mul(ceilDiv(lhs, rhs), rhs);
}
Value Emitter::min(Value lhs, Value rhs) {
  return arith::MinSIOp::create(build, location, lhs, rhs);
}
Value Emitter::max(Value lhs, Value rhs) {
  return arith::MaxSIOp::create(build, location, lhs, rhs);
}
Value Emitter::less(Value lhs, Value rhs) {
  return arith::CmpIOp::create(build, location, arith::CmpIPredicate::slt, lhs,
                               rhs);
}
Value Emitter::equal(Value lhs, Value rhs) {
  return arith::CmpIOp::create(build, location, arith::CmpIPredicate::eq, lhs,
                               rhs);
}
Value Emitter::narrow(Value value) {
  return arith::TruncIOp::create(build, location, build.getI32Type(), value);
}
Value Emitter::widen(Value value) {
  return arith::ExtSIOp::create(build, location, build.getI64Type(), value);
}

//===----------------------------------------------------------------------===//
// f32
//===----------------------------------------------------------------------===//

Value Emitter::addf(Value lhs, Value rhs) {
  return arith::AddFOp::create(build, location, lhs, rhs);
}
Value Emitter::subf(Value lhs, Value rhs) {
  return arith::SubFOp::create(build, location, lhs, rhs);
}
Value Emitter::mulf(Value lhs, Value rhs) {
  return arith::MulFOp::create(build, location, lhs, rhs);
}
Value Emitter::divf(Value lhs, Value rhs) {
  return arith::DivFOp::create(build, location, lhs, rhs);
}
Value Emitter::fma(Value lhs, Value rhs, Value acc) {
  return LLVM::FMAOp::create(build, location, acc.getType(), lhs, rhs, acc);
}
Value Emitter::maxf(Value value, Value acc) {
  return select(lessf(acc, value), value, acc);
}
Value Emitter::minf(Value value, Value acc) {
  return select(lessf(value, acc), value, acc);
}
Value Emitter::lessf(Value lhs, Value rhs) {
  return arith::CmpFOp::create(build, location, arith::CmpFPredicate::OLT, lhs,
                               rhs);
}
Value Emitter::equalf(Value lhs, Value rhs) {
  return arith::CmpFOp::create(build, location, arith::CmpFPredicate::OEQ, lhs,
                               rhs);
}

Value Emitter::select(Value condition, Value yes, Value no) {
  return arith::SelectOp::create(build, location, condition, yes, no);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value Emitter::offset(Value pointer, Value bytes) {
  return LLVM::GEPOp::create(build, location, pointer.getType(),
                             build.getI8Type(), pointer, ValueRange{bytes});
}

Value Emitter::offset(Value pointer, int64_t bytes) {
  if (bytes == 0)
    return pointer;
  return LLVM::GEPOp::create(build, location, pointer.getType(),
                             build.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{int32_t(bytes)});
}

static int64_t naturalAlignment(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIntOrFloat() ? elementBytes(element) : 8;
}

Value Emitter::load(Type type, Value pointer, int64_t alignment) {
  return LLVM::LoadOp::create(build, location, type, pointer,
                              alignment ? alignment : naturalAlignment(type));
}

void Emitter::store(Value value, Value pointer, int64_t alignment) {
  LLVM::StoreOp::create(build, location, value, pointer,
                        alignment ? alignment
                                  : naturalAlignment(value.getType()));
}

/// The zero of a scalar or vector type.
static Value zeroOf(Emitter &emitter, Type type) {
  OpBuilder &builder = emitter.builder();
  return arith::ConstantOp::create(builder, emitter.loc(),
                                   builder.getZeroAttr(type));
}

Value Emitter::loadElement(Type element, Value pointer) {
  return fromStored(*this, element, load(storedType(element), pointer));
}

void Emitter::storeElement(Type element, Value value, Value pointer) {
  store(toStored(*this, element, value), pointer);
}

Value Emitter::loadElements(Type element, Value pointer, Value mask) {
  Type type = vectorType(storedType(element));
  if (!mask)
    return fromStored(*this, element, load(type, pointer));
  Value loaded = LLVM::MaskedLoadOp::create(
      build, location, type, pointer, mask, zeroOf(*this, type),
      build.getI32IntegerAttr(elementBytes(element)));
  return fromStored(*this, element, loaded);
}

void Emitter::storeElements(Type element, Value value, Value pointer,
                            Value mask) {
  Value stored = toStored(*this, element, value);
  if (!mask)
    return store(stored, pointer);
  LLVM::MaskedStoreOp::create(build, location, stored, pointer, mask,
                              build.getI32IntegerAttr(elementBytes(element)));
}

Value Emitter::loadStrided(Type element, Value pointer, Value stride,
                           Value count) {
  Type stored = storedType(element);
  Value none = zeroOf(*this, vectorType(stored));
  Values loaded =
      loop(number(0), min(count, number(lanes())), number(1), none,
           [&](Value lane, ValueRange carried) -> Values {
             Value one = load(stored, offset(pointer, mul(lane, stride)));
             return {LLVM::InsertElementOp::create(build, location, carried[0],
                                                   one, lane)};
           });
  return fromStored(*this, element, loaded[0]);
}

void Emitter::storeStrided(Type element, Value value, Value pointer,
                           Value stride, Value count) {
  Value stored = toStored(*this, element, value);
  loop(min(count, number(lanes())), 1, [&](Value lane) {
    Value one = LLVM::ExtractElementOp::create(build, location, stored, lane);
    store(one, offset(pointer, mul(lane, stride)));
  });
}

Value Emitter::loadRow(Type element, Value start, Value stride, Value position,
                       Value last) {
  Values elements;
  for (int64_t lane = 0; lane < lanes(); ++lane) {
    Value at = add(position, lane);
    if (last)
      at = min(at, last);
    elements.push_back(loadElement(element, offset(start, mul(at, stride))));
  }
  return vector::FromElementsOp::create(
      build, location, cast<VectorType>(vectorType(loadedType(element))),
      elements);
}

Value Emitter::gather(Type element, Value base, Value offsets) {
  Values elements;
  for (int64_t lane = 0; lane < lanes(); ++lane) {
    Value bytes = vector::ExtractOp::create(build, location, offsets, lane);
    elements.push_back(loadElement(element, offset(base, bytes)));
  }
  return vector::FromElementsOp::create(
      build, location, cast<VectorType>(vectorType(loadedType(element))),
      elements);
}

Value Emitter::firstLanes(Value count) {
  Value lanesLeft = narrow(min(max(count, number(0)), number(lanes())));
  return less(laneNumbers(), broadcast(lanesLeft));
}

void Emitter::prefetch(Value pointer, int32_t locality, bool forWriting) {
  LLVM::Prefetch::create(build, location, pointer, /*rw=*/forWriting, locality,
                         /*cache=*/1);
}

Value Emitter::stack(int64_t bytes) {
  OpBuilder::InsertionGuard guard(build);
  auto function = build.getInsertionBlock()
                      ->getParentOp()
                      ->getParentOfType<LLVM::LLVMFuncOp>();
  if (!function)
    function = cast<LLVM::LLVMFuncOp>(build.getInsertionBlock()->getParentOp());
  build.setInsertionPointToStart(&function.getBody().front());
  return LLVM::AllocaOp::create(build, location, pointerType(),
                                build.getI8Type(), number(bytes),
                                /*alignment=*/64);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

// Bodies are filled after their operation stands in the module, so that they
// can find the function and the module around them.

void Emitter::loop(Value from, Value to, Value step,
                   function_ref<void(Value)> body) {
  loop(from, to, step, ValueRange{}, [&](Value counter, ValueRange) {
    body(counter);
    return Values();
  });
}

void Emitter::loop(Value to, int64_t step, function_ref<void(Value)> body) {
  loop(number(0), to, number(step), body);
}

Emitter::Values Emitter::loop(Value from, Value to, Value step,
                              ValueRange initial,
                              function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(build, location, from, to, step, initial);
  OpBuilder::InsertionGuard guard(build);
  build.setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(build, location, next);
  return loop.getResults();
}

void Emitter::ifThen(Value condition, function_ref<void()> then) {
  auto branch = scf::IfOp::create(build, location, condition,
                                  /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(build);
  build.setInsertionPointToStart(branch.thenBlock());
  then();
}

void Emitter::ifElse(Value condition, function_ref<void()> then,
                     function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(build, location, condition,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(build);
  build.setInsertionPointToStart(branch.thenBlock());
  then();
  build.setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

Emitter::Values Emitter::ifElse(Value condition, TypeRange types,
                                function_ref<Values()> then,
                                function_ref<Values()> otherwise) {
  auto branch = scf::IfOp::create(build, location, types, condition,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(build);
  build.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(build, location, then());
  build.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(build, location, otherwise());
  return branch.getResults();
}
