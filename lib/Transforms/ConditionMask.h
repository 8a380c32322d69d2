//===- ConditionMask.h - Truth values as a mask region ----------*- C++ -*-===//
#ifndef BRIDGE_LIB_TRANSFORMS_CONDITIONMASK_H
#define BRIDGE_LIB_TRANSFORMS_CONDITIONMASK_H

#include "bridge/IR/Bridge.h"
#include "mlir/IR/Builders.h"

namespace bridge {

/// The body of a mask as `bridge.softmax` has it, and what it captures.
struct ConditionMask {
  std::unique_ptr<mlir::Block> body;
  llvm::SmallVector<mlir::Value> captures;
  int64_t batchAxes = 0;
};

/// The mask over `scores`, […, query, key], that a tensor of truth values is,
/// which broadcasts to them. What the tensor is computed from element by
/// element is computed in the mask: comparisons of positions become a
/// predicate. With `hidesWhereTrue` keys are seen where the tensor is false.
ConditionMask makeConditionMask(mlir::MLIRContext *context,
                                mlir::Value condition, bool hidesWhereTrue,
                                llvm::ArrayRef<Dim> scores);

} // namespace bridge

#endif // BRIDGE_LIB_TRANSFORMS_CONDITIONMASK_H
