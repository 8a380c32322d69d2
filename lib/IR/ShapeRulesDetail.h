//===- ShapeRulesDetail.h - What the shape rules share ----------*- C++ -*-===//
#ifndef BRIDGE_LIB_IR_SHAPERULESDETAIL_H
#define BRIDGE_LIB_IR_SHAPERULESDETAIL_H

#include "bridge/IR/ShapeRules.h"
#include "llvm/ADT/Twine.h"

namespace bridge::rules {

using Dims = llvm::SmallVector<Dim>;

inline Inferred violation(llvm::StringRef constraint,
                          const llvm::Twine &message) {
  return Inferred::violation(constraint, message.str());
}

/// Of what should be equal: "the widths of input and weight: 3 and 4 differ".
inline Inferred differ(llvm::StringRef constraint, const llvm::Twine &what,
                       const Dim &a, const Dim &b) {
  return violation(constraint, what + ": " + describe(a) + " and " +
                                   describe(b) + " differ");
}

/// "`linear` takes a weight of 2 axes, found f[4]".
inline Inferred wrongRank(llvm::StringRef constraint, const llvm::Twine &needs,
                          mlir::Type found) {
  return violation(constraint, needs + ", found " + describe(found));
}

/// The common shape of tensors, NumPy's way, as `elementType`.
Inferred broadcastTypes(llvm::StringRef constraint, llvm::ArrayRef<Dims> shapes,
                        mlir::Type elementType);

} // namespace bridge::rules

#endif // BRIDGE_LIB_IR_SHAPERULESDETAIL_H
