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
  /// `x` is the shape of the scores.
  MaskEmitter(TensorEmitter &outer, mlir::Block &block, llvm::ArrayRef<Dim> x);

  using Number = mlir::FailureOr<MaskValue>;
  using Dims = llvm::SmallVector<Dim>;

  mlir::Value i32(int64_t value);
  mlir::Value dimension(const Dim &dim);
  mlir::Value cast(mlir::Value scalar, mlir::Type type);
  /// The block argument that stands for a tensor from outside.
  mlir::Value capture(mlir::Value tensor);
  /// The index along the batch axis that is the `place`-th from the right.
  mlir::Value batchIndex(unsigned place);
  /// The element of a tensor that broadcasts against [batch…, query, key].
  Number element(mlir::Value tensor);
  /// An operand as a number.
  Number resolve(const MaskOperand &operand);
  /// Operands as numbers of one type, at least `least`, and their common batch.
  mlir::LogicalResult resolve(llvm::ArrayRef<MaskOperand> operands,
                              mlir::Type least,
                              llvm::SmallVectorImpl<MaskValue> &values,
                              Dims &batch);
  mlir::FailureOr<Dims> joinBatch(llvm::ArrayRef<MaskValue> values);
  mlir::Value arithmetic(llvm::StringRef op, mlir::Value a, mlir::Value b);
  mlir::Value comparison(llvm::StringRef op, mlir::Value a, mlir::Value b);
  /// The index for one item of `x[…]`, and what it adds to `batch`.
  mlir::FailureOr<mlir::Value> indexAlong(mlir::Value x, size_t axis,
                                          const MaskIndexItem &item,
                                          Dims &batch);
  /// Ends the block with the predicate and drops what does not lead to it.
  mlir::LogicalResult finish(const MaskOperand &predicate);
  void dropUnused(unsigned wantedBatchAxes);

  TensorEmitter &outer;
  mlir::OpBuilder builder;
  mlir::Block &block;
  llvm::SmallVector<Dim> scores;
  /// The outer tensors that the first arguments of the block stand for.
  llvm::SmallVector<mlir::Value> captures;
  /// How many batch indices the block has; its last arguments but the query and
  /// the key.
  unsigned batchAxes = 0;
};

} // namespace bridge

#endif // BRIDGE_FRONTEND_MASKEMITTER_H
