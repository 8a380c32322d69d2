//===- HoistCounts.cpp - Counting the places of splices first -------------===//
#include "bridge/IR/Bridge.h"
#include "bridge/IR/ShapeRules.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_HOISTCOUNTS
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

/// Whether an operation computes nothing but integers and truth values, in
/// itself: a function that is called may do anything on the way.
static bool isCheap(Operation *op) {
  auto isOfIntegers = [](Type type) {
    return getElementTypeOrSelf(type).isIntOrIndex();
  };
  return isPure(op) && op->getNumRegions() == 0 && !isa<bridge::CallOp>(op) &&
         llvm::all_of(op->getResultTypes(), isOfIntegers);
}

/// Adds all that `value` is computed from; fails where that is not cheap.
static LogicalResult collect(Value value,
                             llvm::SetVector<Operation *> &operations) {
  Operation *op = value.getDefiningOp();
  if (!op || operations.contains(op))
    return success();
  if (!isCheap(op))
    return failure();
  for (Value operand : op->getOperands())
    if (failed(collect(operand, operations)))
      return failure();
  // After its operands: in the order in which they are computed.
  operations.insert(op);
  return success();
}

static void hoistCount(SpliceOp splice) {
  llvm::SetVector<Operation *> operations;
  if (failed(collect(splice.getAt(), operations)))
    return;
  Block *block = splice->getBlock();
  // What counts of earlier splices have moved stands first already.
  auto isFirst = [&](Operation &op) {
    return operations.contains(&op) || isa<CheckOp, CheckCountOp>(op);
  };
  Operation *rest = &*llvm::find_if_not(*block, isFirst);
  for (Operation *op : operations)
    if (rest->isBeforeInBlock(op))
      op->moveBefore(rest);
  Dim rows = product(ArrayRef(getDims(splice.getValues())).drop_back());
  OpBuilder builder(rest);
  CheckCountOp::create(builder, splice.getLoc(), splice.getAt(), rows.str());
}

namespace {
struct HoistCounts : public bridge::impl::HoistCountsBase<HoistCounts> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(kEntryAttr))
        for (auto splice :
             llvm::to_vector(function.getBody().front().getOps<SpliceOp>()))
          hoistCount(splice);
  }
};
} // namespace
