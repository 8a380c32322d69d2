//===- MaskEmitter.h - Emits the predicate of a mask ------------*- C++ -*-===//
//
// `mask query, key: predicate` is evaluated with a query and a key that are
// numbers inside the mask region of a softmax. Whatever is computed from them
// is a MaskValue, and the operations on it are those below. Tensors that the
// predicate mentions are captured by the region when they are indexed; what
// is computed from tensors alone stays outside, with the TensorEmitter.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_FRONTEND_MASKEMITTER_H
#define BRIDGE_FRONTEND_MASKEMITTER_H

#include "bridge/Frontend/TensorEmitter.h"

namespace bridge {

/// One item between the brackets of `x[…]` inside a mask.
using MaskIndexItem = std::variant<MaskValue, IndexItem>;

class MaskEmitter {
public:
  MaskEmitter(const MaskEmitter &) = delete;

  /// The positions.
  MaskValue query() const;
  MaskValue key() const;

  /// `op` as the spec writes it: + - * / // % == != < <= > >= & |.
  /// Tensors among the operands of this and the following functions broadcast
  /// against [batch…, query, key].
  mlir::FailureOr<MaskValue> binary(llvm::StringRef op, const MaskOperand &left,
                                    const MaskOperand &right);
  /// `neg`, `not` and `abs`.
  mlir::FailureOr<MaskValue> unary(UnaryKind kind, const MaskOperand &x);
  mlir::FailureOr<MaskValue> where(const MaskOperand &condition,
                                   const MaskOperand &a, const MaskOperand &b);
  mlir::FailureOr<MaskValue> clip(const MaskOperand &x, const MaskOperand &low,
                                  const MaskOperand &high);
  /// `x[:, query, key // n]`: whole slices at the left stay batch axes, every
  /// other axis has an index; at least one is a MaskValue.
  mlir::FailureOr<MaskValue> index(mlir::Value x,
                                   llvm::ArrayRef<MaskIndexItem> items);

  /// Fails with a text, for mistakes that the caller finds. Errors of this
  /// emitter are those of its TensorEmitter.
  mlir::LogicalResult fail(std::string message, std::string hint = {});

private:
  friend class TensorEmitter;
  MaskEmitter(TensorEmitter &outer, mlir::Block &block, llvm::ArrayRef<Dim> x);

  TensorEmitter &outer;
  mlir::OpBuilder builder;
  mlir::Block &block;
  /// The sizes of the query and key axes.
  Dim queries, keys;
  /// The outer tensors whose values are the first arguments of the block.
  llvm::SmallVector<mlir::Value> captures;
  /// How many batch indices the block has, from the right.
  unsigned batchAxes = 0;
};

} // namespace bridge

#endif // BRIDGE_FRONTEND_MASKEMITTER_H
