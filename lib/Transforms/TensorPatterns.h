//===- TensorPatterns.h - Small patterns that fusions share -----*- C++ -*-===//
#ifndef BRIDGE_LIB_TRANSFORMS_TENSORPATTERNS_H
#define BRIDGE_LIB_TRANSFORMS_TENSORPATTERNS_H

#include "bridge/IR/Bridge.h"
#include "mlir/IR/Builders.h"
#include <optional>

namespace bridge {

/// The number of a constant whose elements are all equal, as exact as the
/// constant and not as the tensor.
std::optional<double> findNumber(mlir::Value tensor);

/// A tensor times a number: what is left of `tensor` when multiplications with
/// and divisions by constants and negations are taken off, which `scale` is
/// multiplied with.
mlir::Value peelScale(mlir::Value tensor, double &scale);

/// The reduction over the last axis alone that `tensor` keeps as an axis of one
/// or repeats along it; null where it is something else.
ReduceOp findRowReduction(mlir::Value tensor, ReduceKind kind);

/// Whether a transpose swaps the last two axes and nothing else.
bool swapsLastTwo(TransposeOp op);

/// `tensor` with its last two axes swapped; two transposes become one.
mlir::Value swapLastTwo(mlir::OpBuilder &builder, mlir::Value tensor);

/// `tensor` with these sizes; itself where it has them.
mlir::Value reshapeTo(mlir::OpBuilder &builder, mlir::Value tensor,
                      llvm::ArrayRef<Dim> sizes);
mlir::Value broadcastTo(mlir::OpBuilder &builder, mlir::Value tensor,
                        llvm::ArrayRef<Dim> sizes);

/// An element-wise function of two tensors, which broadcast.
mlir::Value createBinary(mlir::OpBuilder &builder, mlir::Location loc,
                         BinaryKind kind, mlir::Value lhs, mlir::Value rhs);

/// A tensor of f32 without axes.
mlir::Value createNumber(mlir::OpBuilder &builder, mlir::Location loc,
                         double value);

/// Erases what nobody uses in an operation's regions, uses before definitions.
void eraseDeadOps(mlir::Operation *op);

} // namespace bridge

#endif // BRIDGE_LIB_TRANSFORMS_TENSORPATTERNS_H
