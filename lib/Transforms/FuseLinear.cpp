//===- FuseLinear.cpp - Epilogues of linear operations --------------------===//
#include "bridge/IR/Bridge.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSELINEAR
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("epilogue").category("bridge-fuse-linear");
}

/// The element-wise operation that is the only user of a tensor and keeps its
/// shape; null, with a missed remark where a user would have been element-wise.
static Operation *findNext(Value tensor, LinearOp linear) {
  auto isCandidate = [&](Operation *user) {
    return isElementwise(user) && user->getBlock() == linear->getBlock() &&
           cast<RankedTensorType>(user->getResult(0).getType())
               .getElementType()
               .isF32();
  };
  if (llvm::none_of(tensor.getUsers(), isCandidate))
    return nullptr;
  llvm::SmallPtrSet<Operation *, 4> users(tensor.user_begin(),
                                          tensor.user_end());
  if (users.size() > 1) {
    remark::missed(linear.getLoc(), remarkNamed())
        << remark::reason("its result has {0} uses", users.size());
    return nullptr;
  }
  Operation *user = *users.begin();
  if (getDims(user->getResult(0)) != getDims(tensor)) {
    remark::missed(linear.getLoc(), remarkNamed())
        << remark::reason("`{0}` repeats its result", elementwiseName(user));
    return nullptr;
  }
  return user;
}

/// The chain of operations that a linear's result passes through.
static SmallVector<Operation *> findChain(LinearOp linear) {
  SmallVector<Operation *> chain;
  Value tensor = linear.getResult();
  while (Operation *next = findNext(tensor, linear)) {
    chain.push_back(next);
    tensor = next->getResult(0);
  }
  return chain;
}

/// The operands of the chain that come from elsewhere and are no constants.
static llvm::MapVector<Value, unsigned>
findExtras(LinearOp linear, ArrayRef<Operation *> chain) {
  llvm::MapVector<Value, unsigned> extras;
  Value tensor = linear.getResult();
  for (Operation *op : chain) {
    for (Value operand : op->getOperands())
      if (operand != tensor && !getSplat(operand))
        extras.try_emplace(operand, extras.size());
    tensor = op->getResult(0);
  }
  return extras;
}

static void fuse(LinearOp linear, ArrayRef<Operation *> chain) {
  Operation *last = chain.back();
  auto extras = findExtras(linear, chain);
  SmallVector<Value> operands(llvm::make_first_range(extras));
  SmallVector<Location> locations{linear.getLoc()};
  SmallVector<StringRef> names;
  for (Operation *op : chain) {
    locations.push_back(op->getLoc());
    names.push_back(elementwiseName(op));
  }
  OpBuilder builder(last);
  auto fused = FusedLinearOp::create(
      builder, builder.getFusedLoc(locations), last->getResult(0).getType(),
      linear.getX(), linear.getWeight(), linear.getBias(), operands);
  fused->setAttr(kEpilogueNameAttr,
                 builder.getStringAttr(llvm::join(names, "_")));

  Block &block = fused.getEpilogue().emplaceBlock();
  block.addArgument(builder.getF32Type(), linear.getLoc());
  for (Value extra : operands)
    block.addArgument(cast<RankedTensorType>(extra.getType()).getElementType(),
                      extra.getLoc());
  builder.setInsertionPointToStart(&block);
  Value tensor = linear.getResult(), element = block.getArgument(0);
  for (Operation *op : chain) {
    SmallVector<Value> scalars;
    for (Value operand : op->getOperands()) {
      if (operand == tensor)
        scalars.push_back(element);
      else if (TypedAttr splat = getSplat(operand))
        scalars.push_back(
            arith::ConstantOp::create(builder, op->getLoc(), splat));
      else
        scalars.push_back(block.getArgument(1 + extras.lookup(operand)));
    }
    tensor = op->getResult(0);
    element = emitScalar(builder, op, scalars);
  }
  YieldOp::create(builder, last->getLoc(), element);

  last->getResult(0).replaceAllUsesWith(fused.getResult());
  for (Operation *op : llvm::reverse(chain))
    op->erase();
  linear.erase();
  remark::passed(fused.getLoc(), remarkNamed())
      << remark::add("{0} fused into its linear", llvm::join(names, ", "));
}

namespace {
struct FuseLinear : public bridge::impl::FuseLinearBase<FuseLinear> {
  void runOnOperation() override {
    SmallVector<LinearOp> linears;
    getOperation().walk([&](LinearOp op) { linears.push_back(op); });
    for (LinearOp linear : linears) {
      SmallVector<Operation *> chain = findChain(linear);
      if (!chain.empty())
        fuse(linear, chain);
    }
  }
};
} // namespace
