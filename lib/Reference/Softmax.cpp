//===- Softmax.cpp - Masks and rows of a softmax --------------------------===//
#include "Softmax.h"
#include "ElementWise.h"
#include "ScalarRegion.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

Expected<std::optional<Mask>>
Mask::evaluate(Region &region, ValueRange captures, int64_t batchAxes,
               bool uniform, ArrayRef<int64_t> x, const Scope &scope) {
  Expected<ScalarRegion> predicate =
      ScalarRegion::build(region, captures, scope);
  if (!predicate)
    return predicate.takeError();
  Shape shape(x.take_front(batchAxes));
  shape.append(x.end() - 2, x.end());

  // The arguments of the predicate are the position itself.
  SmallVector<Shape> axes;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    axes.emplace_back(shape.size());
    axes.back()[axis] = 1;
  }
  Mask mask{Array(Element::Truth, shape), uniform};
  double *next = mask.seen.values.data();
  forEachPosition(shape, axes, [&](ArrayRef<int64_t> position) {
    SmallVector<double> arguments(position);
    *next++ = (*predicate)(arguments);
  });
  if (llvm::Error error = predicate->takeError())
    return error;
  return mask;
}

const double *Mask::row(int64_t row, int64_t shared) const {
  int64_t queries = seen.shape[seen.rank() - 2];
  int64_t batch = row / (queries * shared);
  return seen.values.data() +
         (batch * queries + row % queries) * seen.lastAxis();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

double bridge::logSumExp(const double *x, int64_t n) {
  double top = -std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < n; ++i)
    top = maximum(top, x[i]);
  if (std::isinf(top))
    return top;
  double sum = 0;
  for (int64_t i = 0; i < n; ++i)
    sum += std::exp(x[i] - top);
  return top + std::log(sum);
}

double bridge::softmaxRow(double *x, int64_t n, const double *seen,
                          bool uniform) {
  std::vector<double> visible;
  for (int64_t i = 0; i < n; ++i)
    if (!seen || seen[i])
      visible.push_back(x[i]);
  double total = logSumExp(visible.data(), visible.size());
  if (visible.empty()) {
    std::fill_n(x, n, uniform ? 1.0 / n : 0.0);
    return total;
  }
  double top = *std::max_element(visible.begin(), visible.end());
  double sum = 0;
  for (double score : visible)
    sum += std::exp(score - top);
  for (int64_t i = 0; i < n; ++i)
    x[i] = !seen || seen[i] ? std::exp(x[i] - top) / sum : 0;
  return total;
}

std::vector<double> bridge::softmaxRows(Array &x,
                                        const std::optional<Mask> &mask) {
  int64_t keys = x.lastAxis();
  int64_t rows = keys ? x.size() / keys : 0;
  int64_t shared = 1;
  if (mask)
    for (int64_t axis = mask->seen.rank() - 2; axis < x.rank() - 2; ++axis)
      shared *= x.shape[axis];
  std::vector<double> logSums;
  for (int64_t row = 0; row < rows; ++row)
    logSums.push_back(softmaxRow(x.values.data() + row * keys, keys,
                                 mask ? mask->row(row, shared) : nullptr,
                                 mask && mask->uniform));
  return logSums;
}
