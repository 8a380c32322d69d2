//===- AttentionPattern.h - Attention in the order it was written -*- C++
//-*-===//
#ifndef BRIDGE_LIB_TRANSFORMS_ATTENTIONPATTERN_H
#define BRIDGE_LIB_TRANSFORMS_ATTENTIONPATTERN_H

#include "bridge/IR/Bridge.h"
#include <optional>

namespace bridge {

/// A matrix, or a stack of them, perhaps written with its last axes swapped.
struct Matrices {
  mlir::Value tensor;
  bool isSwapped = false;
};

/// A tensor that scores are multiplied with or divided by, equal for all keys.
struct ScoreFactor {
  mlir::Value tensor;
  bool divides;
};

/// What is added to the scores: a tensor, or −∞ where a condition hides a key,
/// times a number and factors.
struct ScoreTerm {
  mlir::Value tensor; ///< null for a condition
  mlir::Value condition;
  bool hidesWhereTrue = false;
  double number = 1;
  llvm::SmallVector<ScoreFactor> factors;
};

/// A tensor of truth values that says which scores are seen.
struct ScoreCondition {
  mlir::Value tensor; ///< null where there is none
  bool hidesWhereTrue = false;
};

/// softmax(number · factors · q kᵀ + Σ terms, where the condition or the mask
/// of the softmax lets see) v.
struct AttentionPattern {
  mlir::Operation *output; ///< the product with v
  bool isOutputSwapped = false;
  SoftmaxOp softmax;
  mlir::Value scores; ///< the product q kᵀ, perhaps swapped
  Matrices q, k, v;   ///< each [… rows, width]
  double number = 1;
  llvm::SmallVector<ScoreFactor> factors;
  llvm::SmallVector<ScoreTerm> terms;
  ScoreCondition condition;
  /// The leading axes of q kᵀ, where another shape was given to them later.
  std::optional<llvm::SmallVector<Dim>> innerLeading;
  bool sharesScores = false; ///< another attention computes with them, too
};

/// Finds the pattern that ends in `output`, a product. std::nullopt and a
/// reason where there is none; no reason where it is nothing like attention.
std::optional<AttentionPattern> matchAttention(mlir::Operation *output,
                                               llvm::StringRef &reason);

} // namespace bridge

#endif // BRIDGE_LIB_TRANSFORMS_ATTENTIONPATTERN_H
