//===- Lowerings.h - How operations become launches -------------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_LOWERINGS_H
#define BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_LOWERINGS_H

#include "FunctionPlanner.h"
#include "mlir/IR/IRMapping.h"

namespace bridge {

//===----------------------------------------------------------------------===//
// Maps
//===----------------------------------------------------------------------===//

/// The values that a map's region computes with.
struct MapArguments {
  mlir::ValueRange inputs, captures, positions;
};

/// A launch of a map kernel: `out` at each position is what `emit` yields.
struct MapRequest {
  std::string name;
  llvm::SmallVector<View> inputs; ///< with the sizes of `out`
  llvm::SmallVector<View> captures;
  View out;
  /// Whether the region looks at positions; if not, axes may be reordered.
  bool usesPositions = false;
};
using EmitMap =
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, const MapArguments &)>;

void launchMap(FunctionPlanner &planner, const MapRequest &request,
               EmitMap emit);

/// Numbers the operations of a map's region that can fail: divisions of
/// integers, and loads of captures but where each index is known to be inside.
/// `positions` are those of the output, whose axes have `sizes`.
void addSites(FunctionPlanner &planner, mlir::Block &region,
              mlir::ValueRange positions, llvm::ArrayRef<Dim> sizes);

/// Writes the elements of `from` to `to`.
void copy(FunctionPlanner &planner, const View &from, const View &to);
/// The elements of a view in a new buffer of the standard layout, stored as
/// `element` where that is given.
View copyToBuffer(FunctionPlanner &planner, const View &view,
                  mlir::Type element = {});
/// The view, copied where neighbours in the last axis are not neighbours in
/// memory.
View withDenseRows(FunctionPlanner &planner, const View &view);
/// The view as products want their operands: stored in their type, with dense
/// rows.
View productOperand(FunctionPlanner &planner, const View &view);

/// The view with other sizes, copied where strides do not allow them.
View reshapeOrCopy(FunctionPlanner &planner, const View &view,
                   llvm::ArrayRef<Dim> sizes);
/// Calls `launch` with a place of the sizes of `out` whose rows are dense:
/// `out` itself, or a buffer that is copied there.
void writeRows(FunctionPlanner &planner, const View &out,
               llvm::function_ref<void(const View &)> launch);

mlir::LogicalResult planElementwise(FunctionPlanner &planner,
                                    mlir::Operation *op);
/// Writes 0 … n−1, or the value of a dimension, to a new buffer.
View planGenerator(FunctionPlanner &planner, mlir::Operation *op);

//===----------------------------------------------------------------------===//
// Mask regions
//===----------------------------------------------------------------------===//

/// A mask region over [batch…, query, key].
struct MaskRegion {
  mlir::Region &region;
  mlir::ValueRange captures;
  int64_t batchAxes;  ///< that the region has positions of
  int64_t storedAxes; ///< that the mask is stored for; the others share it
  llvm::SmallVector<Dim> scores; ///< the sizes of what is masked
};

/// Evaluates a mask into truth values, with the sizes of the scores.
View planSeen(FunctionPlanner &planner, const MaskRegion &mask);
/// The same, keys by queries: […, key, query].
View planSeenByKeys(FunctionPlanner &planner, const MaskRegion &mask);

/// Clones the operations of a scalar region of the bridge dialect to the
/// builder, and returns what it yields. `mapping` has the block arguments.
mlir::Value cloneScalars(mlir::OpBuilder &builder, mlir::Region &region,
                         mlir::IRMapping &mapping);

//===----------------------------------------------------------------------===//
// Groups of operations
//===----------------------------------------------------------------------===//

/// The layout of each part of a concatenation within that of the whole.
llvm::SmallVector<Layout> concatBoxes(ConcatOp op, const Layout &whole);

/// Writes the sum of all elements of `x` to `out`, which has no axes.
void sumInto(FunctionPlanner &planner, const View &x, const View &out);

/// Whether the lowering of a loss takes the rows of `op` as they are and their
/// norms beside, so that the normalised rows need no memory.
bool isFoldedIntoLoss(L2NormalizeOp op);

mlir::LogicalResult planOp(FunctionPlanner &planner, LinearOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, FusedLinearOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, MatmulOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, Conv2dOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, AttentionOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, LayerNormOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, RmsNormOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, ResidualNormOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, SoftmaxOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, L2NormalizeOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, ReduceOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, ArgExtremeOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, CumsumOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, RotaryOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, CrossEntropyOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, ContrastiveLossOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, LinearCrossEntropyOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, SigmoidLossOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, EmbeddingOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, GatherOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, ConcatOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, SpliceOp op);
mlir::LogicalResult planOp(FunctionPlanner &planner, CheckCountOp op);

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_LOWERINGS_H
