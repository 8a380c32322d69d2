//===- GroupLaunches.cpp - Independent products run as one ----------------===//
#include "bridge/IR/Plan.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_GROUPLAUNCHES
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

namespace {
/// Launches in a row, and the steps of the first and the last.
struct Group {
  SmallVector<plan::LaunchOp> launches;
  int64_t first = 0, last = 0;
};
} // namespace

static Value writtenBy(plan::LaunchOp launch) {
  return plan::GroupOp::rootOf(launch.getViews().back());
}

static bool touches(plan::LaunchOp launch, Value memory) {
  return llvm::is_contained(
      llvm::map_range(launch.getViews(), plan::GroupOp::rootOf), memory);
}

static bool joins(const Group &group, plan::LaunchOp launch) {
  Value written = writtenBy(launch);
  return written.getDefiningOp<plan::BufferOp>() &&
         llvm::none_of(group.launches, [&](plan::LaunchOp member) {
           return touches(launch, writtenBy(member)) ||
                  touches(member, written);
         });
}

/// The groups of a function. What stands between the launches of one has no
/// effect and may come before all of them.
static SmallVector<Group> findGroups(func::FuncOp function,
                                     SymbolTable &symbols) {
  SmallVector<Group> groups(1);
  int64_t step = 0;
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (auto launch = dyn_cast<plan::LaunchOp>(op)) {
      auto kernel = symbols.lookup<plan::KernelOp>(launch.getKernel());
      bool isProduct = kernel.getKind() == plan::KernelKind::Gemm;
      if (!isProduct || !joins(groups.back(), launch))
        groups.emplace_back();
      if (isProduct && joins(groups.back(), launch)) {
        Group &group = groups.back();
        if (group.launches.empty())
          group.first = step;
        group.launches.push_back(launch);
        group.last = step;
      }
      ++step;
    } else if (isa<plan::CallOp>(op)) {
      groups.emplace_back();
      ++step;
    } else if (!isa<plan::BufferOp>(op) && !isPure(&op)) {
      groups.emplace_back();
    }
  }
  llvm::erase_if(groups,
                 [](const Group &group) { return group.launches.size() < 2; });
  return groups;
}

/// Lets buffers that live at a step of the group live at all of them.
static void extendBuffers(func::FuncOp function, const Group &group) {
  auto isInside = [&](int64_t step) {
    return group.first <= step && step <= group.last;
  };
  for (auto buffer : function.getOps<plan::BufferOp>()) {
    if (isInside(buffer.getFirst()))
      buffer.setFirst(group.first);
    if (isInside(buffer.getLast()))
      buffer.setLast(group.last);
  }
}

static void form(const Group &group) {
  OpBuilder builder(group.launches.back());
  SmallVector<Location> locations;
  for (plan::LaunchOp launch : group.launches)
    locations.push_back(launch.getLoc());
  auto op = plan::GroupOp::create(builder, builder.getFusedLoc(locations));
  Block &block = op.getLaunches().emplaceBlock();
  for (plan::LaunchOp launch : group.launches)
    launch->moveBefore(&block, block.end());
  remark::passed(locations.front(), remark::RemarkOpts::name("merge").category(
                                        "plan-group-launches"))
      << remark::add("{0} products run as one", group.launches.size());
}

namespace {
struct GroupLaunches : public bridge::impl::GroupLaunchesBase<GroupLaunches> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (const Group &group : findGroups(function, symbols)) {
        extendBuffers(function, group);
        form(group);
      }
  }
};
} // namespace
