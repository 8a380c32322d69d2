//===- PruneUnused.cpp - Removes what no result needs ---------------------===//
#include "PruneUnused.h"
#include "bridge/IR/Bridge.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

using namespace bridge;

static bool isPart(mlir::Operation &op) {
  return llvm::isa<EncoderOp, ResamplerOp, GatedFusionOp, ProjectionOp,
                   DecoderOp>(op);
}

/// Rebuilds the region of a part with the results that are used.
static mlir::Operation *dropUnusedResults(mlir::Operation *part) {
  if (llvm::none_of(part->getResults(),
                    [](mlir::OpResult result) { return result.use_empty(); }))
    return part;
  mlir::Operation *yield = part->getRegion(0).front().getTerminator();
  llvm::SmallVector<mlir::Value> kept, yielded;
  for (mlir::OpResult result : part->getResults())
    if (!result.use_empty()) {
      kept.push_back(result);
      yielded.push_back(yield->getOperand(result.getResultNumber()));
    }
  yield->setOperands(yielded);
  mlir::OperationState state(part->getLoc(), part->getName());
  for (mlir::Value result : kept)
    state.addTypes(result.getType());
  state.addAttributes(part->getAttrs());
  state.addRegion()->takeBody(part->getRegion(0));
  mlir::Operation *rebuilt = mlir::OpBuilder(part).create(state);
  for (auto [old, result] : llvm::zip(kept, rebuilt->getResults()))
    old.replaceAllUsesWith(result);
  part->erase();
  return rebuilt;
}

void frontend::pruneUnused(mlir::Block &block) {
  // Uses come after definitions, so one way backwards sees all of them gone.
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (mlir::isOpTriviallyDead(&op)) {
      op.erase();
      continue;
    }
    if (isPart(op))
      pruneUnused(dropUnusedResults(&op)->getRegion(0).front());
  }
}
