//===- RaiseSoftmax.cpp - Softmax from its definition ---------------------===//
#include "TensorPatterns.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_RAISESOFTMAX
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("softmax").category("bridge-raise-softmax");
}

/// What `op` divides, and by what: a / b, or a · (1 / b) on either side.
static std::pair<Value, Value> findQuotient(BinaryOp op) {
  if (op.getKind() == BinaryKind::Div)
    return {op.getLhs(), op.getRhs()};
  if (op.getKind() != BinaryKind::Mul)
    return {};
  for (auto [left, right] : {std::pair(op.getLhs(), op.getRhs()),
                             std::pair(op.getRhs(), op.getLhs())}) {
    auto inverse = right.getDefiningOp<BinaryOp>();
    if (inverse && inverse.getKind() == BinaryKind::Div &&
        findNumber(inverse.getLhs()) == 1.0)
      return {left, inverse.getRhs()};
  }
  return {};
}

/// x − max(x) is x to a softmax.
static Value peelMaximum(Value x) {
  auto op = x.getDefiningOp<BinaryOp>();
  if (!op || op.getKind() != BinaryKind::Sub)
    return x;
  ReduceOp reduce = findRowReduction(op.getRhs(), ReduceKind::Max);
  return reduce && reduce.getX() == op.getLhs() ? op.getLhs() : x;
}

static void raise(BinaryOp division) {
  auto [dividend, divisor] = findQuotient(division);
  ReduceOp sum = divisor ? findRowReduction(divisor, ReduceKind::Sum) : nullptr;
  auto powers = sum ? sum.getX().getDefiningOp<UnaryOp>() : UnaryOp();
  if (!powers || powers.getKind() != UnaryKind::Exp)
    return;
  // The product with the values may come before the division.
  MatmulOp product;
  if (dividend != powers.getResult()) {
    product = dividend.getDefiningOp<MatmulOp>();
    if (!product || product.getA() != powers.getResult())
      return;
  }
  Operation *user = product ? product.getOperation() : division.getOperation();
  auto missed = [&](StringRef why) {
    remark::missed(division.getLoc(), remarkNamed())
        << remark::reason("{0}", why);
  };
  if (llvm::any_of(powers->getUsers(), [&](Operation *other) {
        return other != user && other != sum;
      }))
    return missed("the exponentials have another use");
  if (product && !product->hasOneUse())
    return missed("the product of the exponentials has another use");
  if (product && product.getResult().getType() != division.getType())
    return missed("the division repeats the product");

  OpBuilder builder(division);
  Value x = peelMaximum(powers.getX());
  auto softmax = SoftmaxOp::create(builder, division.getLoc(), x.getType(), x,
                                   ValueRange(), builder.getI64IntegerAttr(0),
                                   EmptyRowsAttr());
  Value result = softmax.getResult();
  if (product)
    result =
        MatmulOp::create(builder, product.getLoc(),
                         product.getResult().getType(), result, product.getB());
  division.getResult().replaceAllUsesWith(result);
  division.erase();
  remark::passed(softmax.getLoc(), remarkNamed())
      << remark::add("exp(x) / Σ exp(x) is a softmax");
}

namespace {
struct RaiseSoftmax : public bridge::impl::RaiseSoftmaxBase<RaiseSoftmax> {
  void runOnOperation() override {
    SmallVector<BinaryOp> divisions;
    getOperation().walk([&](BinaryOp op) { divisions.push_back(op); });
    for (BinaryOp op : divisions)
      raise(op);
    // What is left of the definition would count as a use of the scores.
    eraseDeadOps(getOperation());
  }
};
} // namespace
