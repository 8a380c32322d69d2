//===- TrainingCost.h - What training a model costs -------------*- C++ -*-===//
#ifndef BRIDGE_ANALYSIS_TRAININGCOST_H
#define BRIDGE_ANALYSIS_TRAININGCOST_H

#include "bridge/Support/Dim.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace bridge {

/// What the backward pass of an entry takes, beyond the forward pass.
struct TrainingCost {
  /// Of each product the forward FLOPs once for each factor that needs a
  /// gradient.
  Dim gradientFlops;
  /// Intermediates that the backward pass reads again; nothing is computed
  /// anew.
  Dim retainedBytes;
};

/// For a module in the bridge dialect, fused or not. Weights that are not
/// frozen need gradients, and so does what depends on them.
TrainingCost analyzeTraining(mlir::ModuleOp module, mlir::func::FuncOp entry);

} // namespace bridge

#endif // BRIDGE_ANALYSIS_TRAININGCOST_H
