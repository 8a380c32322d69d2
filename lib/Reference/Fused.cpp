//===- Fused.cpp - Evaluation of operations that passes make --------------===//
#include "ElementWise.h"
#include "Evaluations.h"
#include "Products.h"
#include "ScalarRegion.h"
#include "Softmax.h"

using namespace mlir;
using namespace bridge;
using llvm::Expected;

static Expected<Array> evaluateFusedLinear(FusedLinearOp op,
                                           const Scope &scope) {
  Array result =
      linear(scope[op.getX()], scope[op.getWeight()], scope.find(op.getBias()));
  Expected<ScalarRegion> epilogue =
      ScalarRegion::build(op.getEpilogue(), /*captures=*/{}, scope);
  if (!epilogue)
    return epilogue.takeError();
  SmallVector<Shape> strides{rowMajorStrides(result.shape)};
  SmallVector<const Array *> extras;
  for (Value extra : op.getExtras()) {
    extras.push_back(&scope[extra]);
    strides.push_back(broadcastStrides(extras.back()->shape, result.shape));
  }
  SmallVector<double> arguments(1 + extras.size());
  forEachPosition(result.shape, strides, [&](ArrayRef<int64_t> at) {
    double &value = result.values[at[0]];
    arguments[0] = value;
    for (auto [i, extra] : llvm::enumerate(extras))
      arguments[1 + i] = extra->values[at[1 + i]];
    value = (*epilogue)(arguments);
  });
  if (llvm::Error error = epilogue->takeError())
    return error;
  return result;
}

static Expected<Results> evaluateAttention(AttentionOp op, const Scope &scope) {
  const Array &q = scope[op.getQ()], &k = scope[op.getK()],
              &v = scope[op.getV()];
  auto axis = [](const Array &x, int64_t fromEnd) {
    return x.shape[x.rank() - fromEnd];
  };
  int64_t heads = axis(q, 3), queries = axis(q, 2), width = axis(q, 1);
  int64_t groups = axis(k, 3), keys = axis(k, 2), valueWidth = axis(v, 1);
  int64_t matrices = sizeOf(ArrayRef(q.shape).drop_back(2));
  // The matrix of keys and values that a matrix of queries uses.
  auto groupOf = [&](int64_t matrix) {
    return matrix / heads * groups + matrix % heads * groups / heads;
  };

  Shape shape = q.shape;
  shape.back() = keys;
  Array scores(Element::Float, shape);
  auto swapped = llvm::to_vector(llvm::seq<int64_t>(k.rank()));
  std::swap(swapped[k.rank() - 1], swapped[k.rank() - 2]);
  Array kTransposed = transpose(k, swapped);
  for (int64_t matrix = 0; matrix < matrices; ++matrix)
    accumulateProduct(
        queries, keys, width, q.values.data() + matrix * queries * width,
        kTransposed.values.data() + groupOf(matrix) * width * keys,
        scores.values.data() + matrix * queries * keys);
  double scale = op.getScale().convertToDouble();
  for (double &score : scores.values)
    score *= scale;
  if (const Array *bias = scope.find(op.getBias()))
    forEachPosition(
        shape, {rowMajorStrides(shape), broadcastStrides(bias->shape, shape)},
        [&](ArrayRef<int64_t> at) {
          scores.values[at[0]] += bias->values[at[1]];
        });

  Expected<std::optional<Mask>> mask = Mask::evaluate(op, shape, scope);
  if (!mask)
    return mask.takeError();
  std::vector<double> logSums = softmaxRows(scores, *mask);

  shape.back() = valueWidth;
  Results results{Array(Element::Float, shape)};
  for (int64_t matrix = 0; matrix < matrices; ++matrix)
    accumulateProduct(queries, valueWidth, keys,
                      scores.values.data() + matrix * queries * keys,
                      v.values.data() + groupOf(matrix) * keys * valueWidth,
                      results[0].values.data() + matrix * queries * valueWidth);
  if (op.getLogSumExp())
    results.emplace_back(Element::Float, Shape(ArrayRef(shape).drop_back()),
                         std::move(logSums));
  return results;
}

namespace {
/// The cross-entropy of the rows of logits, and what it is made of.
struct RowLosses {
  double mean;
  Array logSums; ///< [rows]
};
} // namespace

/// Without labels, row i belongs to column i.
static Expected<RowLosses> rowLosses(Operation *op, const Array &logits,
                                     const Array *labels,
                                     std::optional<int64_t> ignore) {
  int64_t classes = logits.lastAxis(), rows = logits.shape[0];
  RowLosses result{0, Array(Element::Float, {rows})};
  int64_t counted = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const double *row = logits.values.data() + i * classes;
    result.logSums.values[i] = logSumExp(row, classes);
    int64_t label = labels ? static_cast<int64_t>(labels->values[i]) : i;
    if (label == ignore)
      continue;
    if (label < 0 || label >= classes)
      return failure(op, "a label is " + Twine(label) + "; there are " +
                             Twine(classes) + " classes");
    result.mean += result.logSums.values[i] - row[label];
    ++counted;
  }
  result.mean /= counted;
  return result;
}

static Array scaledProducts(const Array &rows, const Array &columns,
                            const Array *bias, double scale) {
  Array logits = linear(rows, columns, bias);
  for (double &logit : logits.values)
    logit *= scale;
  return logits;
}

static Expected<Results> evaluateContrastiveLoss(ContrastiveLossOp op,
                                                 const Scope &scope) {
  Array logits =
      scaledProducts(scope[op.getImage()], scope[op.getText()],
                     /*bias=*/nullptr, scope[op.getScale()].values[0]);
  Expected<RowLosses> images =
      rowLosses(op, logits, scope.find(op.getImageLabels()), op.getIgnore());
  if (!images)
    return images.takeError();
  Expected<RowLosses> texts =
      rowLosses(op, transpose(logits, {1, 0}), scope.find(op.getTextLabels()),
                op.getIgnore());
  if (!texts)
    return texts.takeError();
  return Results{Array(Element::Float, {}, {images->mean}),
                 Array(Element::Float, {}, {texts->mean}),
                 std::move(images->logSums), std::move(texts->logSums)};
}

static Expected<Results> evaluateLinearCrossEntropy(LinearCrossEntropyOp op,
                                                    const Scope &scope) {
  const Array *scale = scope.find(op.getScale());
  Array logits =
      scaledProducts(scope[op.getX()], scope[op.getWeight()],
                     scope.find(op.getBias()), scale ? scale->values[0] : 1);
  const Array &labels = scope[op.getLabels()];
  logits.shape = {labels.size(), logits.lastAxis()};
  Expected<RowLosses> rows = rowLosses(op, logits, &labels, op.getIgnore());
  if (!rows)
    return rows.takeError();
  rows->logSums.shape = labels.shape;
  return Results{Array(Element::Float, {}, {rows->mean}),
                 std::move(rows->logSums)};
}

static Array evaluateSigmoidLoss(SigmoidLossOp op, const Scope &scope) {
  Array logits =
      scaledProducts(scope[op.getImage()], scope[op.getText()],
                     /*bias=*/nullptr, scope[op.getScale()].values[0]);
  int64_t columns = logits.lastAxis();
  double bias = scope[op.getBias()].values[0];
  double loss = 0;
  for (int64_t i = 0; i < logits.size(); ++i) {
    double logit = logits.values[i] + bias;
    loss -= logSigmoid(i / columns == i % columns ? logit : -logit);
  }
  return Array(Element::Float, {}, {loss});
}

void bridge::attachFused(MLIRContext *context) {
  attachEvaluations<evaluateFusedLinear, evaluateAttention,
                    evaluateContrastiveLoss, evaluateLinearCrossEntropy,
                    evaluateSigmoidLoss>(context);
}
