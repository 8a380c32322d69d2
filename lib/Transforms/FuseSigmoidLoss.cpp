//===- FuseSigmoidLoss.cpp - SigLIP's loss without logits in memory -------===//
#include "Logits.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSESIGMOIDLOSS
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("sigmoid-loss")
      .category("bridge-fuse-sigmoid-loss");
}

static std::optional<double> numberOf(Value tensor) {
  auto constant = dyn_cast_if_present<FloatAttr>(getSplat(tensor));
  if (constant)
    return constant.getValueAsDouble();
  if (auto cast = tensor.getDefiningOp<CastOp>())
    if (auto whole = dyn_cast_if_present<IntegerAttr>(getSplat(cast.getX())))
      return whole.getInt();
  return std::nullopt;
}

/// The axis of [n, m] along which `tensor` counts from 0; −1 for none.
static int64_t countedAxis(Value tensor) {
  if (auto reshape = tensor.getDefiningOp<ReshapeOp>()) {
    auto iota = reshape.getX().getDefiningOp<IotaOp>();
    if (!iota)
      return -1;
    SmallVector<Dim> sizes = getDims(tensor);
    Dim count = getDims(iota.getResult()).front();
    if (sizes == SmallVector<Dim>{count, Dim(1)})
      return 0;
    return sizes == SmallVector<Dim>{Dim(1), count} ? 1 : -1;
  }
  return tensor.getDefiningOp<IotaOp>() ? 1 : -1;
}

/// Whether `condition` is true exactly where row and column are equal.
static bool isDiagonal(Value condition) {
  auto compare = condition.getDefiningOp<CompareOp>();
  if (!compare || compare.getKind() != CompareKind::Eq)
    return false;
  int64_t lhs = countedAxis(compare.getLhs()),
          rhs = countedAxis(compare.getRhs());
  return lhs >= 0 && rhs >= 0 && lhs != rhs;
}

/// Whether `sign` is 1 on the diagonal and −1 elsewhere.
static bool isPairSign(Value sign) {
  if (auto cast = sign.getDefiningOp<CastOp>())
    sign = cast.getX();
  auto select = sign.getDefiningOp<SelectOp>();
  if (!select || !isDiagonal(select.getCondition()))
    return false;
  auto isNumber = [](Value tensor, int64_t expected) {
    TypedAttr splat = getSplat(tensor);
    if (auto whole = dyn_cast_if_present<IntegerAttr>(splat))
      return whole.getInt() == expected;
    std::optional<double> number = numberOf(tensor);
    return number && *number == double(expected);
  };
  return isNumber(select.getA(), 1) && isNumber(select.getB(), -1);
}

/// The logits of ±logits, + on the diagonal, written as a product or a
/// selection; adds what stands between to `chain`.
static Value peelSign(Value tensor, SmallVectorImpl<Operation *> &chain) {
  if (auto product = tensor.getDefiningOp<BinaryOp>();
      product && product.getKind() == BinaryKind::Mul) {
    chain.push_back(product);
    if (isPairSign(product.getLhs()))
      return product.getRhs();
    return isPairSign(product.getRhs()) ? product.getLhs() : Value();
  }
  auto select = tensor.getDefiningOp<SelectOp>();
  if (!select || !isDiagonal(select.getCondition()))
    return {};
  auto negated = select.getB().getDefiningOp<UnaryOp>();
  if (!negated || negated.getKind() != UnaryKind::Neg ||
      negated.getX() != select.getA())
    return {};
  chain.append({select, negated});
  return select.getA();
}

namespace {
/// A reduction of log σ(±logits) over all pairs.
struct SigmoidParts {
  ReduceOp last;
  UnaryOp activation;
  Logits logits;
  /// What divides the sum over all pairs.
  Dim divisor{1};
};
} // namespace

/// Reductions, from the last one up to what they reduce.
static Value peelReductions(ReduceOp last, Dim &divisor,
                            SmallVectorImpl<Operation *> &chain) {
  Value tensor = last.getResult();
  while (auto reduce = tensor.getDefiningOp<ReduceOp>()) {
    if (reduce != last)
      chain.push_back(reduce);
    SmallVector<Dim> sizes = getDims(reduce.getX());
    if (reduce.getKind() == ReduceKind::Mean)
      for (int64_t axis : reduce.getAxes())
        divisor = divisor * sizes[axis];
    else if (reduce.getKind() != ReduceKind::Sum)
      return {};
    tensor = reduce.getX();
  }
  return tensor;
}

static std::optional<SigmoidParts> match(OpBuilder &builder, ReduceOp last,
                                         StringRef &reason) {
  SigmoidParts found;
  found.last = last;
  SmallVector<Operation *> chain;
  Value reduced = peelReductions(last, found.divisor, chain);
  found.activation = reduced ? reduced.getDefiningOp<UnaryOp>() : nullptr;
  if (!found.activation ||
      found.activation.getKind() != UnaryKind::LogSigmoid ||
      getDims(reduced).size() != 2 || !getDims(last.getResult()).empty())
    return std::nullopt;
  chain.push_back(found.activation);
  Value logits = peelSign(found.activation.getX(), chain);
  if (!logits) {
    reason = "the sign is not that of the diagonal";
    return std::nullopt;
  }
  builder.setInsertionPoint(last);
  std::optional<Logits> matched = Logits::match(builder, logits, reason);
  if (!matched)
    return std::nullopt;
  found.logits = std::move(*matched);
  if (found.logits.bias || getDims(found.logits.rows).size() != 2) {
    reason = "the logits are those of a layer";
    return std::nullopt;
  }
  found.logits.chain.insert_range(chain);
  if (found.logits.hasOtherUse(last.getOperation())) {
    reason = "the logits have another use";
    return std::nullopt;
  }
  return found;
}

static void fuse(OpBuilder &builder, const SigmoidParts &found) {
  ReduceOp last = found.last;
  builder.setInsertionPoint(last);
  const Logits &logits = found.logits;
  Location loc =
      builder.getFusedLoc({last.getLoc(), logits.chain.front()->getLoc()});
  Value scale = logits.scale(builder, loc);
  if (!scale)
    scale = makeNumber(builder, loc, 1);
  Value bias = logits.shift ? withoutAxes(builder, logits.shift)
                            : makeNumber(builder, loc, 0);
  Type type = last.getResult().getType();
  if (logits.subtractsShift)
    bias = UnaryOp::create(builder, loc, type, UnaryKind::Neg, bias);
  Value loss = SigmoidLossOp::create(builder, loc, type, logits.rows,
                                     logits.columns, scale, bias);
  loss = UnaryOp::create(builder, loc, type, UnaryKind::Neg, loss);
  if (found.divisor != Dim(1)) {
    Value count = bridge::DimOp::create(builder, loc,
                                        getTensorType({}, builder.getI32Type()),
                                        found.divisor.str());
    Value divisor = CastOp::create(builder, loc, type, count);
    loss = BinaryOp::create(builder, loc, type, BinaryKind::Div, loss, divisor);
  }
  last.getResult().replaceAllUsesWith(loss);
  remark::passed(loc, remarkNamed())
      << remark::add("sigmoid loss of all pairs fused into their product");
}

namespace {
struct FuseSigmoidLoss
    : public bridge::impl::FuseSigmoidLossBase<FuseSigmoidLoss> {
  void runOnOperation() override {
    SmallVector<ReduceOp> reductions;
    getOperation().walk([&](ReduceOp op) {
      // Only the last of several.
      if (llvm::none_of(op->getUsers(), llvm::IsaPred<ReduceOp>))
        reductions.push_back(op);
    });
    OpBuilder builder(&getContext());
    for (ReduceOp op : reductions) {
      StringRef reason;
      if (std::optional<SigmoidParts> found = match(builder, op, reason))
        fuse(builder, *found);
      else if (!reason.empty())
        remark::missed(op.getLoc(), remarkNamed())
            << remark::reason("{0}", reason);
    }
  }
};
} // namespace
