//===- Reductions.cpp - Evaluation of reductions and scans ----------------===//
#include "ElementWise.h"
#include "Evaluations.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

/// An array with the axes `axes` moved to the end, and the product of their
/// sizes: its rows are what a reduction takes.
static std::pair<Array, int64_t> rowsOf(const Array &x,
                                        ArrayRef<int64_t> axes) {
  SmallVector<int64_t> permutation;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!llvm::is_contained(axes, axis))
      permutation.push_back(axis);
  int64_t length = 1;
  for (int64_t axis : axes) {
    permutation.push_back(axis);
    length *= x.shape[axis];
  }
  return {transpose(x, permutation), length};
}

static double reduceRow(ReduceKind kind, ArrayRef<double> row) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto fold = [&](double start, auto combine) {
    for (double value : row)
      start = combine(start, value);
    return start;
  };
  switch (kind) {
  case ReduceKind::Sum:
    return fold(0, std::plus<>());
  case ReduceKind::Mean:
    return fold(0, std::plus<>()) / row.size();
  case ReduceKind::Max:
    return fold(-kInfinity, maximum);
  case ReduceKind::Min:
    return fold(kInfinity, minimum);
  case ReduceKind::Any:
    return fold(0, [](double a, double b) { return a != 0 || b != 0; });
  }
  llvm_unreachable("all kinds are handled");
}

static Array evaluateReduce(ReduceOp op, const Scope &scope) {
  auto [x, length] = rowsOf(scope[op.getX()], op.getAxes());
  Array result(elementOf(getElementTypeOrSelf(op.getResult())),
               scope.shape(op.getResult()));
  for (auto [row, value] : llvm::enumerate(result.values))
    value =
        reduceRow(op.getKind(), ArrayRef(x.values).slice(row * length, length));
  return result;
}

/// The first extreme; a NaN is more extreme than any number.
static int64_t extremeOf(ExtremeKind kind, ArrayRef<double> row) {
  int64_t best = 0;
  for (int64_t i = 1; i < static_cast<int64_t>(row.size()); ++i) {
    double a = row[i], b = row[best];
    bool isMore = kind == ExtremeKind::Max ? a > b : a < b;
    if (isMore || (std::isnan(a) && !std::isnan(b)))
      best = i;
  }
  return best;
}

static Array evaluateArgExtreme(ArgExtremeOp op, const Scope &scope) {
  auto [x, length] =
      rowsOf(scope[op.getX()], {static_cast<int64_t>(op.getAxis())});
  Array result(Element::Integer, scope.shape(op.getResult()));
  for (auto [row, value] : llvm::enumerate(result.values))
    value =
        extremeOf(op.getKind(), ArrayRef(x.values).slice(row * length, length));
  return result;
}

static Array evaluateCumsum(CumsumOp op, const Scope &scope) {
  Array result = scope[op.getX()];
  result.element = elementOf(getElementTypeOrSelf(op.getResult()));
  int64_t axis = op.getAxis();
  int64_t stride = rowMajorStrides(result.shape)[axis];
  int64_t length = result.shape[axis];
  for (int64_t i = 0; i < result.size(); ++i)
    if (i / stride % length != 0)
      result.values[i] += result.values[i - stride];
  return result;
}

void bridge::attachReductions(MLIRContext *context) {
  attachEvaluations<evaluateReduce, evaluateArgExtreme, evaluateCumsum>(
      context);
}
