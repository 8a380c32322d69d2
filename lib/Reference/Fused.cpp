//===- Fused.cpp - Evaluation of operations that passes make --------------===//
#include "ElementWise.h"
#include "Evaluation.h"
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

/// image · textᵀ: [n, n].
static Array products(const Array &image, const Array &text) {
  return linear(image, text, /*bias=*/nullptr);
}

static Expected<Results> evaluateContrastiveLoss(ContrastiveLossOp op,
                                                 const Scope &scope) {
  Array logits = products(scope[op.getImage()], scope[op.getText()]);
  int64_t n = logits.lastAxis();
  double scale = scope[op.getScale()].values[0];
  for (double &logit : logits.values)
    logit *= scale;
  Array columns = transpose(logits, {1, 0});

  Array rowSums(Element::Float, {n}), columnSums(Element::Float, {n});
  double loss = 0;
  for (int64_t i = 0; i < n; ++i) {
    rowSums.values[i] = logSumExp(logits.values.data() + i * n, n);
    columnSums.values[i] = logSumExp(columns.values.data() + i * n, n);
    loss += (rowSums.values[i] + columnSums.values[i]) / 2 -
            logits.values[i * n + i];
  }
  Results results{Array(Element::Float, {}, {loss / n})};
  results.push_back(std::move(rowSums));
  results.push_back(std::move(columnSums));
  return results;
}

static Array evaluateSigmoidLoss(SigmoidLossOp op, const Scope &scope) {
  Array logits = products(scope[op.getImage()], scope[op.getText()]);
  int64_t n = logits.lastAxis();
  double scale = scope[op.getScale()].values[0];
  double bias = scope[op.getBias()].values[0];
  double loss = 0;
  for (int64_t i = 0; i < n * n; ++i) {
    double logit = scale * logits.values[i] + bias;
    loss -= logSigmoid(i % (n + 1) == 0 ? logit : -logit);
  }
  return Array(Element::Float, {}, {loss / n});
}

void bridge::addFused(EvaluatorTable &table) {
  table.add(evaluateFusedLinear);
  table.add(evaluateAttention);
  table.add(evaluateContrastiveLoss);
  table.add(evaluateSigmoidLoss);
}
