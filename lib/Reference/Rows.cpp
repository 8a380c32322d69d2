//===- Rows.cpp - Evaluation of operations on the last axis ---------------===//
#include "ElementWise.h"
#include "Evaluations.h"
#include "Softmax.h"
#include <cmath>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

/// Calls `change` with each row of the last axis of a copy of x.
static Array mapRows(const Array &x,
                     llvm::function_ref<void(MutableArrayRef<double>)> change) {
  Array result = x;
  int64_t width = x.lastAxis();
  for (int64_t first = 0; first < x.size(); first += width)
    change(MutableArrayRef(result.values).slice(first, width));
  return result;
}

static double meanSquare(ArrayRef<double> row) {
  double sum = 0;
  for (double value : row)
    sum += value * value;
  return sum / row.size();
}

/// row · weight + bias, of which either may be null.
static void scaleAndShift(MutableArrayRef<double> row, const Array *weight,
                          const Array *bias) {
  for (auto [i, value] : llvm::enumerate(row))
    value =
        value * (weight ? weight->values[i] : 1) + (bias ? bias->values[i] : 0);
}

static Array layerNorm(const Array &x, const Array *weight, const Array *bias,
                       double eps) {
  return mapRows(x, [&](MutableArrayRef<double> row) {
    double mean = 0;
    for (double value : row)
      mean += value / row.size();
    for (double &value : row)
      value -= mean;
    double deviation = std::sqrt(meanSquare(row) + eps);
    for (double &value : row)
      value /= deviation;
    scaleAndShift(row, weight, bias);
  });
}

static Array rmsNorm(const Array &x, const Array *weight, double eps) {
  return mapRows(x, [&](MutableArrayRef<double> row) {
    double root = std::sqrt(meanSquare(row) + eps);
    for (double &value : row)
      value /= root;
    scaleAndShift(row, weight, nullptr);
  });
}

static Array evaluateLayerNorm(LayerNormOp op, const Scope &scope) {
  return layerNorm(scope[op.getX()], scope.find(op.getWeight()),
                   scope.find(op.getBias()), op.getEps().convertToDouble());
}

static Array evaluateRmsNorm(RmsNormOp op, const Scope &scope) {
  return rmsNorm(scope[op.getX()], scope.find(op.getWeight()),
                 op.getEps().convertToDouble());
}

static Expected<Results> evaluateResidualNorm(ResidualNormOp op,
                                              const Scope &scope) {
  Array sum = scope[op.getX()];
  for (auto [value, residual] :
       llvm::zip_equal(sum.values, scope[op.getResidual()].values))
    value += residual;
  const Array *weight = scope.find(op.getWeight());
  double eps = op.getEps().convertToDouble();
  Array normed = op.getKind() == NormKind::Rms
                     ? rmsNorm(sum, weight, eps)
                     : layerNorm(sum, weight, scope.find(op.getBias()), eps);
  Results results;
  results.push_back(std::move(sum));
  results.push_back(std::move(normed));
  return results;
}

static Expected<Array> evaluateSoftmax(SoftmaxOp op, const Scope &scope) {
  Array result = scope[op.getX()];
  Expected<std::optional<Mask>> mask = Mask::evaluate(op, result.shape, scope);
  if (!mask)
    return mask.takeError();
  softmaxRows(result, *mask);
  return result;
}

static Array evaluateL2Normalize(L2NormalizeOp op, const Scope &scope) {
  double eps = op.getEps().convertToDouble();
  return mapRows(scope[op.getX()], [&](MutableArrayRef<double> row) {
    double norm = maximum(std::sqrt(meanSquare(row) * row.size()), eps);
    for (double &value : row)
      value /= norm;
  });
}

static Array evaluateRotary(RotaryOp op, const Scope &scope) {
  const Array &x = scope[op.getX()], &angles = scope[op.getAngles()];
  int64_t tokens = x.shape[x.rank() - 2];
  int64_t half = x.lastAxis() / 2;
  int64_t rowsOfBatch = angles.rank() == 3 ? x.shape[1] * tokens : 0;
  int64_t row = 0;
  return mapRows(x, [&](MutableArrayRef<double> values) {
    int64_t batch = rowsOfBatch ? row / rowsOfBatch : 0;
    const double *angle =
        angles.values.data() + (batch * tokens + row % tokens) * half;
    for (int64_t i = 0; i < half; ++i) {
      double first = values[i], second = values[half + i];
      double cos = std::cos(angle[i]), sin = std::sin(angle[i]);
      values[i] = first * cos - second * sin;
      values[half + i] = second * cos + first * sin;
    }
    ++row;
  });
}

static Expected<Array> evaluateCrossEntropy(CrossEntropyOp op,
                                            const Scope &scope) {
  const Array &x = scope[op.getX()], &labels = scope[op.getLabels()];
  int64_t classes = x.lastAxis();
  double smoothing = op.getSmoothing().convertToDouble();
  double sum = 0;
  int64_t counted = 0;
  for (auto [i, labelValue] : llvm::enumerate(labels.values)) {
    auto label = static_cast<int64_t>(labelValue);
    if (op.getIgnore() && label == static_cast<int64_t>(*op.getIgnore()))
      continue;
    if (label < 0 || label >= classes)
      return failure(op, "a label is " + Twine(label) + "; there are " +
                             Twine(classes) + " classes");
    const double *row = x.values.data() + i * classes;
    double mean = 0;
    for (int64_t c = 0; c < classes; ++c)
      mean += row[c] / classes;
    double target =
        (1 - smoothing) * row[label] + (smoothing != 0 ? smoothing * mean : 0);
    sum += logSumExp(row, classes) - target;
    ++counted;
  }
  return Array(Element::Float, {}, {sum / counted});
}

void bridge::attachRows(MLIRContext *context) {
  attachEvaluations<evaluateLayerNorm, evaluateRmsNorm, evaluateResidualNorm,
                    evaluateSoftmax, evaluateL2Normalize, evaluateRotary,
                    evaluateCrossEntropy>(context);
}
