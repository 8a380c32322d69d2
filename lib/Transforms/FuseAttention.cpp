//===- FuseAttention.cpp - Attention without scores in memory -------------===//
#include "AttentionPattern.h"
#include "ConditionMask.h"
#include "TensorPatterns.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include <limits>

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

//===----------------------------------------------------------------------===//
// Heads
//===----------------------------------------------------------------------===//

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

/// `matrices` with the leading axes `batch`, and with `heads` heads where it
/// has one and may not keep it.
static Value broadcastBatch(OpBuilder &builder, Value matrices,
                            ArrayRef<Dim> batch, const Dim &heads) {
  SmallVector<Dim> own = getDims(matrices), sizes(batch);
  sizes.push_back(heads);
  sizes.append(own.end() - 2, own.end());
  return broadcastTo(builder, matrices, sizes);
}

static Dim headsOf(Value tensor) {
  SmallVector<Dim> sizes = getDims(tensor);
  return sizes.size() < 3 ? Dim(1) : sizes.end()[-3];
}

//===----------------------------------------------------------------------===//
// The operation
//===----------------------------------------------------------------------===//

namespace {
/// Builds the attention that a pattern is.
class AttentionBuilder {
public:
  AttentionBuilder(OpBuilder &builder, AttentionPattern &pattern);
  void build();

private:
  Value matrices(const Matrices &operand, bool isOfScores);
  Value applyFactors(Value tensor, ArrayRef<ScoreFactor> factors);
  Value bias();
  Value hidden(const ScoreTerm &term);
  void addMask(AttentionOp fused);

  OpBuilder &builder;
  AttentionPattern &pattern;
  Location loc;
  SmallVector<Dim> scores; ///< […, h, t, s]
};
} // namespace

AttentionBuilder::AttentionBuilder(OpBuilder &builder,
                                   AttentionPattern &pattern)
    : builder(builder), pattern(pattern),
      loc(builder.getFusedLoc({pattern.scores.getLoc(),
                               pattern.softmax.getLoc(),
                               pattern.output->getLoc()})),
      scores(getDims(pattern.softmax.getResult())) {
  if (scores.size() == 2)
    scores.insert(scores.begin(), Dim(1));
}

/// An operand as [… rows, width]; one of the product with the leading axes that
/// the scores have in the end.
Value AttentionBuilder::matrices(const Matrices &operand, bool isOfScores) {
  Value tensor =
      operand.isSwapped ? swapLastTwo(builder, operand.tensor) : operand.tensor;
  SmallVector<Dim> own = getDims(tensor);
  auto withLeading = [&](ArrayRef<Dim> leading) {
    SmallVector<Dim> sizes(leading);
    sizes.append(own.end() - 2, own.end());
    return sizes;
  };
  if (isOfScores && pattern.innerLeading) {
    tensor = broadcastTo(builder, tensor, withLeading(*pattern.innerLeading));
    tensor =
        reshapeTo(builder, tensor, withLeading(ArrayRef(scores).drop_back(2)));
  }
  return tensor;
}

Value AttentionBuilder::applyFactors(Value tensor,
                                     ArrayRef<ScoreFactor> factors) {
  for (const ScoreFactor &factor : factors)
    tensor = createBinary(builder, loc,
                          factor.divides ? BinaryKind::Div : BinaryKind::Mul,
                          tensor, factor.tensor);
  return tensor;
}

/// 0 where keys are seen, −∞ where they are not.
Value AttentionBuilder::hidden(const ScoreTerm &term) {
  Value zero = createNumber(builder, loc, 0);
  Value lowest =
      createNumber(builder, loc, -std::numeric_limits<double>::infinity());
  if (!term.hidesWhereTrue)
    std::swap(zero, lowest);
  return SelectOp::create(
      builder, loc,
      getTensorType(getDims(term.condition), builder.getF32Type()),
      term.condition, lowest, zero);
}

/// The sum of the terms; null where there is none.
Value AttentionBuilder::bias() {
  Value sum;
  for (const ScoreTerm &term : pattern.terms) {
    Value tensor = term.tensor ? term.tensor : hidden(term);
    tensor = applyFactors(tensor, term.factors);
    if (term.number != 1)
      tensor = createBinary(builder, loc, BinaryKind::Mul, tensor,
                            createNumber(builder, loc, term.number));
    sum =
        sum ? createBinary(builder, loc, BinaryKind::Add, sum, tensor) : tensor;
  }
  return sum;
}

void AttentionBuilder::addMask(AttentionOp fused) {
  if (!pattern.condition.tensor) {
    fused.getMask().takeBody(pattern.softmax.getMask());
    return;
  }
  ConditionMask mask =
      makeConditionMask(builder.getContext(), pattern.condition.tensor,
                        pattern.condition.hidesWhereTrue, scores);
  fused.getCapturesMutable().assign(mask.captures);
  fused.setBatchAxes(mask.batchAxes);
  fused.setEmpty(EmptyRows::Uniform);
  fused.getMask().push_back(mask.body.release());
}

/// Erases `op` and what it uses up to `last`.
static void eraseTo(Operation *op, Operation *last) {
  while (op != last) {
    Operation *next = op->getOperand(0).getDefiningOp();
    op->erase();
    op = next;
  }
  last->erase();
}

void AttentionBuilder::build() {
  ArrayRef<Dim> batch = ArrayRef(scores).drop_back(3);
  Value q =
      applyFactors(matrices(pattern.q, /*isOfScores=*/true), pattern.factors);
  Value k = matrices(pattern.k, /*isOfScores=*/true);
  Value v = matrices(pattern.v, /*isOfScores=*/false);
  SmallVector<Dim> values = getDims(v);
  Value weights = pattern.isOutputSwapped ? pattern.output->getOperand(1)
                                          : pattern.output->getOperand(0);
  if (getDims(weights).size() != getDims(pattern.softmax.getResult()).size() ||
      ArrayRef(getDims(weights)).drop_back(2) !=
          ArrayRef(getDims(pattern.softmax.getResult())).drop_back(2)) {
    // The values belong to probabilities of another shape.
    SmallVector<Dim> sizes = getDims(weights);
    sizes.pop_back_n(2);
    sizes.append(values.end() - 2, values.end());
    v = broadcastTo(builder, v, sizes);
    sizes.assign(scores.begin(), scores.end() - 2);
    sizes.append(values.end() - 2, values.end());
    v = reshapeTo(builder, v, sizes);
  }

  Value singleK = findUnrepeated(builder, k);
  Value singleV = findUnrepeated(builder, v);
  if (singleK && singleV && headsOf(singleK) == headsOf(singleV)) {
    k = singleK;
    v = singleV;
  }
  // Keys and values keep the heads they share.
  Dim heads = scores.end()[-3];
  Dim keyHeads = headsOf(k);
  if (!(headsOf(v) == keyHeads))
    keyHeads = heads;
  SmallVector<Dim> sizes(scores.begin(), scores.end() - 1);
  sizes.push_back(values.back());
  auto fused = AttentionOp::create(
      builder, loc, TypeRange{getTensorType(sizes, builder.getF32Type())},
      broadcastBatch(builder, q, batch, heads),
      broadcastBatch(builder, k, batch, keyHeads),
      broadcastBatch(builder, v, batch, keyHeads), bias(),
      pattern.softmax.getCaptures(), builder.getF64FloatAttr(pattern.number),
      pattern.softmax.getBatchAxesAttr(), pattern.softmax.getEmptyAttr());
  addMask(fused);

  Value result = fused.getResult();
  if (pattern.isOutputSwapped)
    result = swapLastTwo(builder, result);
  result = reshapeTo(builder, result, getDims(pattern.output->getResult(0)));
  pattern.output->getResult(0).replaceAllUsesWith(result);
  pattern.output->erase();
  eraseTo(weights.getDefiningOp(), pattern.softmax);
  remark::passed(loc, remarkNamed())
      << remark::add("softmax(q kᵀ · {0}{1}) v fused", pattern.number,
                     pattern.terms.empty() ? "" : " + bias");
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct FuseAttention : public bridge::impl::FuseAttentionBase<FuseAttention> {
  void runOnOperation() override {
    SmallVector<MatmulOp> products;
    getOperation().walk([&](MatmulOp op) { products.push_back(op); });
    OpBuilder builder(&getContext());
    for (MatmulOp output : products) {
      StringRef reason;
      std::optional<AttentionPattern> found = matchAttention(output, reason);
      if (found) {
        builder.setInsertionPoint(output);
        AttentionBuilder(builder, *found).build();
      } else if (!reason.empty()) {
        remark::missed(output.getLoc(), remarkNamed())
            << remark::reason("{0}", reason);
      }
    }
  }
};
} // namespace
