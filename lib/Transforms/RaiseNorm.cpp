//===- RaiseNorm.cpp - Norms from their definitions -----------------------===//
#include "TensorPatterns.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_RAISENORM
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static BinaryOp findBinary(Value tensor, BinaryKind kind) {
  auto op = tensor.getDefiningOp<BinaryOp>();
  return op && op.getKind() == kind ? op : BinaryOp();
}

/// The tensor of which `tensor` is the square.
static Value findSquared(Value tensor) {
  if (BinaryOp op = findBinary(tensor, BinaryKind::Mul);
      op && op.getLhs() == op.getRhs())
    return op.getLhs();
  if (BinaryOp op = findBinary(tensor, BinaryKind::Pow);
      op && findNumber(op.getRhs()) == 2.0)
    return op.getLhs();
  return {};
}

namespace {
/// x / √(mean(x²) + eps).
struct Quotient {
  Value x;
  double eps;
};
} // namespace

/// What the row is divided by: √y in `op` = x / √y, x · (1 / √y) or x · y^−½.
static std::pair<Value, Value> findRootDivision(BinaryOp op) {
  auto rootOf = [](Value tensor) -> Value {
    auto root = tensor.getDefiningOp<UnaryOp>();
    return root && root.getKind() == UnaryKind::Sqrt ? root.getX() : Value();
  };
  if (op.getKind() == BinaryKind::Div)
    return {op.getLhs(), rootOf(op.getRhs())};
  if (op.getKind() != BinaryKind::Mul)
    return {};
  for (auto [left, right] : {std::pair(op.getLhs(), op.getRhs()),
                             std::pair(op.getRhs(), op.getLhs())}) {
    if (BinaryOp inverse = findBinary(right, BinaryKind::Div);
        inverse && findNumber(inverse.getLhs()) == 1.0)
      return {left, rootOf(inverse.getRhs())};
    if (BinaryOp power = findBinary(right, BinaryKind::Pow);
        power && findNumber(power.getRhs()) == -0.5)
      return {left, power.getLhs()};
  }
  return {};
}

static std::optional<Quotient> findQuotient(BinaryOp op) {
  auto [x, radicand] = findRootDivision(op);
  BinaryOp shifted =
      radicand ? findBinary(radicand, BinaryKind::Add) : BinaryOp();
  if (!shifted || x.getType() != op.getType())
    return std::nullopt;
  std::optional<double> eps = findNumber(shifted.getRhs());
  ReduceOp mean = findRowReduction(eps ? shifted.getLhs() : shifted.getRhs(),
                                   ReduceKind::Mean);
  if (!eps)
    eps = findNumber(shifted.getLhs());
  if (!eps || !(*eps >= 0) || !mean || findSquared(mean.getX()) != x)
    return std::nullopt;
  return Quotient{x, *eps};
}

/// The tensor whose row means are taken away in `tensor`; null where none are.
static Value findUncentered(Value tensor) {
  BinaryOp op = findBinary(tensor, BinaryKind::Sub);
  ReduceOp mean =
      op ? findRowReduction(op.getRhs(), ReduceKind::Mean) : ReduceOp();
  return mean && mean.getX() == op.getLhs() ? op.getLhs() : Value();
}

/// The vector of a row's size that the only use of `tensor` multiplies or adds.
static Value findVector(BinaryOp &tensor, BinaryKind kind) {
  if (!tensor->hasOneUse())
    return {};
  auto user = dyn_cast<BinaryOp>(*tensor->user_begin());
  if (!user || user.getKind() != kind || user.getType() != tensor.getType())
    return {};
  Value other =
      user.getLhs() == tensor.getResult() ? user.getRhs() : user.getLhs();
  SmallVector<Dim> sizes = getDims(other);
  if (sizes.size() != 1 || sizes.front() != getDims(tensor.getResult()).back())
    return {};
  tensor = user;
  return other;
}

static void raise(BinaryOp division) {
  std::optional<Quotient> found = findQuotient(division);
  if (!found)
    return;
  Value centered = findUncentered(found->x);
  BinaryOp last = division;
  Value weight = findVector(last, BinaryKind::Mul), bias;
  if (centered)
    bias = findVector(last, BinaryKind::Add);
  OpBuilder builder(last);
  FloatAttr eps = builder.getF64FloatAttr(found->eps);
  Location loc = division.getLoc();
  Value norm;
  if (centered)
    norm = LayerNormOp::create(builder, loc, last.getType(), centered, weight,
                               bias, eps);
  else
    norm =
        RmsNormOp::create(builder, loc, last.getType(), found->x, weight, eps);
  last.getResult().replaceAllUsesWith(norm);
  remark::passed(loc,
                 remark::RemarkOpts::name("norm").category("bridge-raise-norm"))
      << remark::add("{0} norm found in its definition",
                     centered ? "layer" : "rms");
}

namespace {
struct RaiseNorm : public bridge::impl::RaiseNormBase<RaiseNorm> {
  void runOnOperation() override {
    SmallVector<BinaryOp> divisions;
    getOperation().walk([&](BinaryOp op) { divisions.push_back(op); });
    for (BinaryOp op : divisions)
      if (!op->use_empty())
        raise(op);
    eraseDeadOps(getOperation());
  }
};
} // namespace
