//===- RecognizeCrossEntropy.cpp - Cross-entropies that are written out ---===//
//
// mean(log_softmax(x)[arange(n), labels]) is −cross_entropy(x, labels).
//
//===----------------------------------------------------------------------===//
#include "Logits.h"
#include "bridge/IR/ScalarMath.h"

using namespace mlir;
using namespace bridge;

template <typename Op> static Op findOp(Value tensor) {
  return tensor ? tensor.getDefiningOp<Op>() : nullptr;
}

static Value findUnary(Value tensor, UnaryKind kind) {
  auto op = findOp<UnaryOp>(tensor);
  return op && op.getKind() == kind ? op.getX() : Value();
}

/// The tensor [n, c] that `column`, [n, 1], is a reduction of along c.
static Value findReduced(Value column, ReduceKind kind) {
  auto reshape = findOp<ReshapeOp>(column);
  auto reduce = reshape ? findOp<ReduceOp>(reshape.getX()) : nullptr;
  if (!reduce || reduce.getKind() != kind ||
      reduce.getAxes() != ArrayRef<int64_t>{1} ||
      getDims(column) != SmallVector<Dim>{getDims(reduce.getX())[0], Dim(1)})
    return {};
  return reduce.getX();
}

/// x of x − max(x), the maximum along the last axis; null for anything else.
static Value findUnshifted(Value tensor) {
  auto shifted = findOp<BinaryOp>(tensor);
  if (!shifted || shifted.getKind() != BinaryKind::Sub)
    return {};
  Value x = findReduced(shifted.getRhs(), ReduceKind::Max);
  return x == shifted.getLhs() ? x : Value();
}

/// log of a column [n, 1], taken before or after the sum gets its axis back.
static Value findLogOfSum(Value column) {
  if (Value sum = findUnary(column, UnaryKind::Log))
    return findReduced(sum, ReduceKind::Sum);
  auto reshape = findOp<ReshapeOp>(column);
  Value sum = reshape ? findUnary(reshape.getX(), UnaryKind::Log) : Value();
  auto reduce = findOp<ReduceOp>(sum);
  if (!reduce || reduce.getKind() != ReduceKind::Sum ||
      reduce.getAxes() != ArrayRef<int64_t>{1} ||
      getDims(column) != SmallVector<Dim>{getDims(reduce.getX())[0], Dim(1)})
    return {};
  return reduce.getX();
}

/// x[n, c] of log_softmax(x), written as log(softmax(x)) or as x − log Σ exp x,
/// with or without the greatest element taken away.
static Value findLogits(Value logProbabilities) {
  if (getDims(logProbabilities).size() != 2)
    return {};
  if (auto softmax =
          findOp<SoftmaxOp>(findUnary(logProbabilities, UnaryKind::Log)))
    return softmax.getMask().empty() ? softmax.getX() : Value();
  auto op = findOp<BinaryOp>(logProbabilities);
  if (!op || op.getKind() != BinaryKind::Sub)
    return {};
  Value shifted = op.getLhs();
  if (findUnary(findLogOfSum(op.getRhs()), UnaryKind::Exp) != shifted)
    return {};
  Value x = findUnshifted(shifted);
  return x ? x : shifted;
}

/// Labels as cross-entropies want them: gathers count negative ones from the
/// end.
static Value countFromStart(OpBuilder &builder, Value labels,
                            const Dim &classes) {
  if (labels.getDefiningOp<IotaOp>())
    return labels;
  Location loc = labels.getLoc();
  auto type = cast<RankedTensorType>(labels.getType());
  RankedTensorType scalar = getTensorType({}, type.getElementType());
  Value zero = bridge::ConstantOp::create(
      builder, loc, scalar, DenseElementsAttr::get(scalar, int32_t(0)));
  Value count =
      bridge::DimOp::create(builder, loc, scalar, classes.str()).getResult();
  RankedTensorType truths = getTensorType(getDims(type), builder.getI1Type());
  Value isNegative =
      CompareOp::create(builder, loc, truths, CompareKind::Lt, labels, zero);
  Value fromEnd =
      BinaryOp::create(builder, loc, type, BinaryKind::Add, labels, count);
  return SelectOp::create(builder, loc, type, isNegative, fromEnd, labels);
}

/// Replaces the mean of picked log-probabilities; a sum is not one.
static void recognize(ReduceOp mean) {
  auto gather = findOp<GatherOp>(mean.getX());
  if (mean.getKind() != ReduceKind::Mean || !gather || gather.getAxis() != 0 ||
      gather.getIndices().size() != 2 ||
      getDims(gather.getResult()).size() != 1)
    return;
  Value logProbabilities = gather.getX();
  Value logits = findLogits(logProbabilities);
  auto rows = findOp<IotaOp>(gather.getIndices()[0]);
  Value labels = gather.getIndices()[1];
  if (!logits || !logProbabilities.hasOneUse() || !rows ||
      getDims(rows.getResult())[0] != getDims(logits)[0] ||
      labels.getType() != rows.getType())
    return;
  OpBuilder builder(mean);
  Location loc = builder.getFusedLoc({mean.getLoc(), gather.getLoc()});
  labels = countFromStart(builder, labels, getDims(logits)[1]);
  Value loss =
      CrossEntropyOp::create(builder, loc, mean.getResult().getType(), logits,
                             labels, IntegerAttr(), builder.getF64FloatAttr(0));
  Value negated =
      UnaryOp::create(builder, loc, loss.getType(), UnaryKind::Neg, loss);
  mean.getResult().replaceAllUsesWith(negated);
  mean.erase();
  SmallVector<Operation *> dead{gather};
  while (!dead.empty()) {
    Operation *op = dead.pop_back_val();
    if (!isOpTriviallyDead(op))
      continue;
    llvm::SetVector<Operation *> producers;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        producers.insert(producer);
    op->erase();
    llvm::append_range(dead, producers);
  }
}

void bridge::recognizeCrossEntropies(Operation *module) {
  SmallVector<ReduceOp> reductions;
  module->walk([&](ReduceOp op) { reductions.push_back(op); });
  for (ReduceOp op : reductions)
    recognize(op);
}
