//===- Faults.cpp - Where the region of a map can fail --------------------===//
#include "Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace bridge;

/// Whether an index of a capture is a position of the output along an axis of
/// the same size.
static bool isInside(Value index, const Dim &size, ValueRange positions,
                     ArrayRef<Dim> sizes) {
  for (auto [position, extent] : llvm::zip_equal(positions, sizes))
    if (index == position)
      return extent == size;
  IntegerAttr constant;
  std::optional<int64_t> known = size.constant();
  return known && matchPattern(index, m_Constant(&constant)) &&
         constant.getInt() >= 0 && constant.getInt() < *known;
}

/// What can go wrong with `op`, or nothing.
static StringRef findFault(Operation &op, ValueRange positions,
                           ArrayRef<Dim> sizes) {
  if (isa<arith::DivSIOp, arith::RemSIOp, arith::FloorDivSIOp>(op)) {
    APInt divisor;
    bool isKnown = matchPattern(op.getOperand(1), m_ConstantInt(&divisor));
    return isKnown && !divisor.isZero() ? "" : "an integer is divided by 0";
  }
  auto load = dyn_cast<plan::LoadOp>(op);
  if (!load)
    return "";
  auto capture = cast<plan::ViewType>(load.getView().getType());
  for (auto [index, size] :
       llvm::zip_equal(load.getIndices(), capture.getSizes().getDims()))
    if (!isInside(index, size, positions, sizes))
      return "an index is {a}; the axis has {b} elements";
  return "";
}

void bridge::addSites(FunctionPlanner &planner, Block &region,
                      ValueRange positions, ArrayRef<Dim> sizes) {
  Builder builder(planner.context());
  for (Operation &op : region.without_terminator())
    if (StringRef message = findFault(op, positions, sizes); !message.empty())
      op.setAttr(plan::kSiteAttr,
                 builder.getI64IntegerAttr(
                     planner.kernels().addSite(op.getLoc(), message)));
}
