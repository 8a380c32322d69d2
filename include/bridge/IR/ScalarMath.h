//===- ScalarMath.h - Element-wise operations on scalars --------*- C++ -*-===//
//
// What the element-wise operations of the bridge dialect do to one element, as
// arith and math operations. Written once for all regions: epilogues of fused
// operations and kernels of the plan.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_IR_SCALARMATH_H
#define BRIDGE_IR_SCALARMATH_H

#include "bridge/IR/Bridge.h"
#include "mlir/IR/Builders.h"

namespace bridge {

/// Whether every element of the operation's result depends only on the elements
/// of its operands at the same (broadcast) place.
bool isElementwise(mlir::Operation *op);

/// The element of the result of an element-wise operation for these elements
/// of its operands.
mlir::Value emitScalar(mlir::OpBuilder &builder, mlir::Operation *elementwise,
                       mlir::ValueRange operands);

/// `kind` of one element.
mlir::Value emitScalarUnary(mlir::OpBuilder &builder, mlir::Location loc,
                            UnaryKind kind, mlir::Value x);

/// `kind` of two elements of one type.
mlir::Value emitScalarBinary(mlir::OpBuilder &builder, mlir::Location loc,
                             BinaryKind kind, mlir::Value lhs, mlir::Value rhs);

/// The keyword of an element-wise operation, for names: `add`, `quick_gelu`.
llvm::StringRef elementwiseName(mlir::Operation *elementwise);

/// The number of a constant whose elements are all equal.
mlir::TypedAttr getSplat(mlir::Value tensor);

} // namespace bridge

#endif // BRIDGE_IR_SCALARMATH_H
