//===- FuseNorm.cpp - Residual sums and their norms in one pass -----------===//
#include "TensorPatterns.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSENORM
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("norm").category("bridge-fuse-norm");
}

/// Why the sum is better left alone; empty where it is not.
static StringRef findObstacle(BinaryOp sum, Operation *norm) {
  if (sum->getBlock() != norm->getBlock())
    return "the sum is in another block";
  for (Value operand : sum.getOperands()) {
    if (operand.getType() != sum.getType())
      return "the sum repeats an operand";
    Operation *op = operand.getDefiningOp();
    if (op && isElementwise(op) && operand.hasOneUse())
      return "the sum is a part of an element-wise chain";
  }
  bool joinsLater = llvm::any_of(sum->getUsers(), [&](Operation *user) {
    return user != norm && (user->getBlock() != norm->getBlock() ||
                            user->isBeforeInBlock(norm));
  });
  return joinsLater ? "the sum is used before the norm" : "";
}

/// The norm `op` of `x` with its operands, where that is a sum.
static void fuse(Operation *op, NormKind kind, Value x, Value weight,
                 Value bias, FloatAttr eps) {
  auto sum = x.getDefiningOp<BinaryOp>();
  if (!sum || sum.getKind() != BinaryKind::Add)
    return;
  if (StringRef why = findObstacle(sum, op); !why.empty()) {
    remark::missed(op->getLoc(), remarkNamed()) << remark::reason("{0}", why);
    return;
  }
  OpBuilder builder(op);
  Location loc = builder.getFusedLoc({sum.getLoc(), op->getLoc()});
  auto fused =
      ResidualNormOp::create(builder, loc, TypeRange{x.getType(), x.getType()},
                             NormKindAttr::get(builder.getContext(), kind),
                             sum.getLhs(), sum.getRhs(), weight, bias, eps);
  op->getResult(0).replaceAllUsesWith(fused.getResult());
  op->erase();
  sum.getResult().replaceAllUsesWith(fused.getSum());
  sum.erase();
  remark::passed(loc, remarkNamed()) << remark::add(
      "{0} norm fused with its residual sum", stringifyNormKind(kind));
}

namespace {
struct FuseNorm : public bridge::impl::FuseNormBase<FuseNorm> {
  void runOnOperation() override {
    SmallVector<Operation *> norms;
    getOperation().walk([&](Operation *op) {
      if (isa<LayerNormOp, RmsNormOp>(op))
        norms.push_back(op);
    });
    for (Operation *op : norms) {
      if (auto norm = dyn_cast<LayerNormOp>(op))
        fuse(op, NormKind::Layer, norm.getX(), norm.getWeight(), norm.getBias(),
             norm.getEpsAttr());
      else if (auto norm = dyn_cast<RmsNormOp>(op))
        fuse(op, NormKind::Rms, norm.getX(), norm.getWeight(), Value(),
             norm.getEpsAttr());
    }
  }
};
} // namespace
