//===- FuseAttention.cpp - Attention without scores in memory -------------===//
#include "bridge/IR/Bridge.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSEATTENTION
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("attention")
      .category("bridge-fuse-attention");
}

namespace {
/// What `softmax(q kᵀ · scale) v` is made of.
struct AttentionParts {
  MatmulOp output, scores;
  SoftmaxOp softmax;
  Value q, k, v;
  double scale = 1.0;
};
} // namespace

/// The number of a constant of one number.
static std::optional<double> findNumber(Value tensor) {
  auto constant = tensor.getDefiningOp<bridge::ConstantOp>();
  if (!constant)
    return std::nullopt;
  // As exact as the constant is, not as the tensor.
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<FloatAttr>().getValueAsDouble();
}

/// Looks through multiplications with and divisions by constants.
static Value peelScale(Value tensor, double &scale) {
  auto op = tensor.getDefiningOp<BinaryOp>();
  if (!op)
    return tensor;
  Value inner = op.getLhs();
  std::optional<double> number = findNumber(op.getRhs());
  if (op.getKind() == BinaryKind::Mul && !number) {
    inner = op.getRhs();
    number = findNumber(op.getLhs());
  }
  if (!number || inner.getType() != tensor.getType())
    return tensor;
  if (op.getKind() == BinaryKind::Mul)
    scale *= *number;
  else if (op.getKind() == BinaryKind::Div)
    scale /= *number;
  else
    return tensor;
  return peelScale(inner, scale);
}

/// The tensor of which `keys` are the last two axes swapped.
static Value untranspose(OpBuilder &builder, Value keys) {
  auto transpose = keys.getDefiningOp<TransposeOp>();
  if (!transpose)
    return {};
  SmallVector<int64_t> permutation(transpose.getPermutation());
  std::swap(permutation.end()[-1], permutation.end()[-2]);
  if (llvm::equal(permutation, llvm::seq<int64_t>(permutation.size())))
    return transpose.getX();
  SmallVector<Dim> sizes = getDims(keys);
  std::swap(sizes.end()[-1], sizes.end()[-2]);
  auto type = cast<RankedTensorType>(keys.getType());
  return TransposeOp::create(builder, transpose.getLoc(),
                             getTensorType(sizes, type.getElementType()),
                             transpose.getX(), permutation);
}

/// What was repeated for each query of a group: x[…, g, s, d] where `tensor` is
/// [… g·r s d], r times each; null where nothing was.
static Value findUnrepeated(OpBuilder &builder, Value tensor) {
  auto merge = tensor.getDefiningOp<ReshapeOp>();
  auto repeat = merge ? merge.getX().getDefiningOp<BroadcastOp>() : nullptr;
  if (!repeat)
    return {};
  SmallVector<Dim> merged = getDims(tensor);
  SmallVector<Dim> repeated = getDims(repeat.getResult());
  SmallVector<Dim> single = getDims(repeat.getX());
  size_t rank = merged.size(), group = rank - 2;
  if (rank < 3 || repeated.size() != rank + 1 || single.size() != rank + 1)
    return {};
  SmallVector<Dim> expected = repeated;
  expected[group] = Dim(1);
  SmallVector<Dim> sizes = expected;
  sizes.erase(sizes.begin() + group);
  SmallVector<Dim> joined = sizes;
  joined[group - 1] = joined[group - 1] * repeated[group];
  if (single != expected || joined != merged)
    return {};
  auto type = cast<RankedTensorType>(tensor.getType());
  RankedTensorType wanted = getTensorType(sizes, type.getElementType());
  auto split = repeat.getX().getDefiningOp<ReshapeOp>();
  if (split && split.getX().getType() == wanted)
    return split.getX();
  return ReshapeOp::create(builder, repeat.getLoc(), wanted, repeat.getX());
}

/// `tensor` with the leading axes `batch`, and with `heads` heads where it has
/// one and may not keep it.
static Value broadcastBatch(OpBuilder &builder, Value tensor,
                            ArrayRef<Dim> batch, const Dim &heads) {
  SmallVector<Dim> own = getDims(tensor), sizes(batch);
  sizes.push_back(heads);
  sizes.append(own.end() - 2, own.end());
  auto type = cast<RankedTensorType>(tensor.getType());
  RankedTensorType wanted = getTensorType(sizes, type.getElementType());
  if (wanted == type)
    return tensor;
  return BroadcastOp::create(builder, tensor.getLoc(), wanted, tensor);
}

static Dim headsOf(Value tensor) {
  SmallVector<Dim> sizes = getDims(tensor);
  return sizes.size() < 3 ? Dim(1) : sizes.end()[-3];
}

/// Finds the pattern that ends in `output`. Null and a reason where there is
/// none; a null reason where the operation is nothing like it.
static std::optional<AttentionParts> match(OpBuilder &builder, MatmulOp output,
                                           StringRef &reason) {
  AttentionParts found;
  found.output = output;
  found.softmax = output.getA().getDefiningOp<SoftmaxOp>();
  found.v = output.getB();
  if (!found.softmax)
    return std::nullopt;
  auto miss = [&](StringRef why) {
    reason = why;
    return std::nullopt;
  };
  if (!found.softmax->hasOneUse())
    return miss("the probabilities have another use");
  Value scores = peelScale(found.softmax.getX(), found.scale);
  found.scores = scores.getDefiningOp<MatmulOp>();
  if (!found.scores)
    return miss("the scores are not a product times a constant");
  for (Value step = found.softmax.getX();;) {
    if (!step.hasOneUse())
      return miss("the scores have another use");
    if (step == scores)
      break;
    auto op = step.getDefiningOp<BinaryOp>();
    step = findNumber(op.getRhs()) ? op.getLhs() : op.getRhs();
  }
  if (getDims(scores).size() < 3)
    return miss("there is no axis of heads");
  if (ArrayRef(getDims(scores)).drop_back(2) !=
      ArrayRef(getDims(output.getResult())).drop_back(2))
    return miss("the values have leading axes that the scores have not");
  found.q = peelScale(found.scores.getA(), found.scale);
  builder.setInsertionPoint(output);
  Value keys = peelScale(found.scores.getB(), found.scale);
  Value k = untranspose(builder, keys);
  if (!k)
    return miss("the keys are not transposed for the product");
  found.k = peelScale(k, found.scale);
  return found;
}

static void fuse(OpBuilder &builder, AttentionParts found) {
  SmallVector<Dim> scores = getDims(found.scores.getResult());
  SmallVector<Dim> result = getDims(found.output.getResult());
  Value k = findUnrepeated(builder, found.k);
  Value v = findUnrepeated(builder, found.v);
  if (k && v && headsOf(k) == headsOf(v)) {
    found.k = k;
    found.v = v;
  }
  // Keys and values keep the heads they share.
  Dim heads = scores.end()[-3];
  Dim keyHeads = headsOf(found.k);
  if (!(headsOf(found.v) == keyHeads))
    keyHeads = heads;
  ArrayRef<Dim> batch = ArrayRef(result).drop_back(3);
  Location loc = builder.getFusedLoc(
      {found.scores.getLoc(), found.softmax.getLoc(), found.output.getLoc()});
  auto fused = AttentionOp::create(
      builder, loc, TypeRange{found.output.getResult().getType()},
      broadcastBatch(builder, found.q, batch, heads),
      broadcastBatch(builder, found.k, batch, keyHeads),
      broadcastBatch(builder, found.v, batch, keyHeads),
      found.softmax.getCaptures(), builder.getF64FloatAttr(found.scale),
      found.softmax.getBatchAxesAttr(), found.softmax.getEmptyAttr());
  fused.getMask().takeBody(found.softmax.getMask());
  found.output.getResult().replaceAllUsesWith(fused.getResult());
  found.output.erase();
  found.softmax.erase();
  remark::passed(loc, remarkNamed())
      << remark::add("softmax(q kᵀ · {0}) v fused", found.scale);
}

namespace {
struct FuseAttention : public bridge::impl::FuseAttentionBase<FuseAttention> {
  void runOnOperation() override {
    SmallVector<MatmulOp> products;
    getOperation().walk([&](MatmulOp op) { products.push_back(op); });
    OpBuilder builder(&getContext());
    for (MatmulOp output : products) {
      StringRef reason;
      if (std::optional<AttentionParts> found = match(builder, output, reason))
        fuse(builder, *found);
      else if (!reason.empty())
        remark::missed(output.getLoc(), remarkNamed())
            << remark::reason("{0}", reason);
    }
  }
};
} // namespace
