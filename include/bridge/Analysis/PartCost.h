//===- PartCost.h - What the parts of a model cost --------------*- C++ -*-===//
#ifndef BRIDGE_ANALYSIS_PARTCOST_H
#define BRIDGE_ANALYSIS_PARTCOST_H

#include "bridge/Support/Dim.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace bridge {

/// A part with all parts in it: a module, a list of layers, a layer.
struct PartCost {
  std::string name; ///< `fc1`; the numbers of equal layers: `0-23`
  std::string role; ///< `encoder`, …; empty for parts without a role
  bool frozen = false;
  unsigned count = 1;     ///< how many equal layers it stands for
  int64_t parameters = 0; ///< of one of them, like all that follows
  int64_t frozenParameters = 0;
  int64_t operations = 0;
  Dim flops;
  /// What flows in, other than weights, and out.
  llvm::SmallVector<mlir::Type> inputs, outputs;
  std::vector<PartCost> children; ///< in the order of their use

  /// Whether both cost the same and have equal parts; names aside.
  bool isLike(const PartCost &other) const;
  /// The part at `path` below this one, or null. Before layers are collapsed.
  const PartCost *find(llvm::StringRef path) const;
};

/// The parts of a model as `entry` runs them, for a module in the bridge
/// dialect before fusions. The root is the model itself; all weights of the
/// module count. Layers called several times cost as often.
PartCost analyzeParts(mlir::ModuleOp module, mlir::func::FuncOp entry);

/// The same with equal layers of a list as one part that counts them.
PartCost collapseLayers(const PartCost &part);

} // namespace bridge

#endif // BRIDGE_ANALYSIS_PARTCOST_H
