//===- Logits.h - Products that losses are taken of -------------*- C++ -*-===//
#ifndef BRIDGE_LIB_TRANSFORMS_LOGITS_H
#define BRIDGE_LIB_TRANSFORMS_LOGITS_H

#include "bridge/IR/Bridge.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

namespace bridge {

/// A number by which logits are multiplied, or divided.
struct Factor {
  mlir::Value number; ///< a tensor of one element
  bool divides;

  bool operator==(const Factor &) const = default;
};

/// Logits as scale · (rows · columnsᵀ + bias) + shift: what a chain of
/// operations that ends in them computes.
struct Logits {
  mlir::Value rows;    ///< [n, d]; for a linear […, d]
  mlir::Value columns; ///< [m, d]
  mlir::Value bias;    ///< [m], of a linear; may be null
  mlir::Value shift;   ///< a tensor of one element; may be null
  bool subtractsShift = false;
  llvm::SmallVector<Factor> factors;
  /// The operations of the chain, whose results have the size of the logits.
  llvm::SetVector<mlir::Operation *> chain;

  /// Takes logits apart: products by a linear or a matmul, transposed or not,
  /// with factors on either operand or on the product, leading axes sliced or
  /// merged. Null, and a reason, where they are something else.
  static std::optional<Logits>
  match(mlir::OpBuilder &builder, mlir::Value logits, llvm::StringRef &reason);

  /// Whether these are the other ones transposed.
  bool isTransposeOf(const Logits &other) const;
  /// Whether something else than the chain and `readers` uses the logits.
  bool hasOtherUse(llvm::ArrayRef<mlir::Operation *> readers) const;
  /// All factors as one tensor without axes; null where there are none.
  mlir::Value scale(mlir::OpBuilder &builder, mlir::Location loc) const;
};

/// `number`, a tensor of one element, without axes.
mlir::Value withoutAxes(mlir::OpBuilder &builder, mlir::Value number);
/// A constant without axes.
mlir::Value makeNumber(mlir::OpBuilder &builder, mlir::Location loc,
                       double value);

/// Makes each mean of picked log-probabilities in `module` a
/// `bridge.cross_entropy`.
void recognizeCrossEntropies(mlir::Operation *module);

} // namespace bridge

#endif // BRIDGE_LIB_TRANSFORMS_LOGITS_H
