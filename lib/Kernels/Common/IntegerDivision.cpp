//===- IntegerDivision.cpp - Division of i32 on vectors -------------------===//
#include "bridge/Kernels/IntegerDivision.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

bool bridge::isIntegerDivision(Operation &op) {
  return isa<arith::DivSIOp, arith::RemSIOp, arith::FloorDivSIOp>(op) &&
         op.getResult(0).getType().isInteger(32);
}

Value bridge::emitIntegerDivision(Emitter &emitter, Operation &op, Value lhs,
                                  Value rhs) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  bool isVector = isa<VectorType>(lhs.getType());
  auto constant = [&](int32_t value) {
    return isVector ? emitter.splat32(value) : emitter.number32(value);
  };
  Type doubles = builder.getF64Type();
  if (isVector)
    doubles = emitter.vectorType(doubles);

  Value isZero = emitter.equal(rhs, constant(0));
  Value divisor = emitter.select(isZero, constant(1), rhs);
  Value exact =
      emitter.divf(arith::SIToFPOp::create(builder, loc, doubles, lhs),
                   arith::SIToFPOp::create(builder, loc, doubles, divisor));
  if (isa<arith::FloorDivSIOp>(op))
    exact = math::FloorOp::create(builder, loc, exact);
  Value result = arith::FPToSIOp::create(builder, loc, lhs.getType(), exact);
  if (isa<arith::RemSIOp>(op))
    result = emitter.sub(lhs, emitter.mul(result, divisor));
  return emitter.select(isZero, constant(0), result);
}
