//===- Softmax.h - Masks and rows of a softmax ------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_REFERENCE_SOFTMAX_H
#define BRIDGE_LIB_REFERENCE_SOFTMAX_H

#include "bridge/Reference/Evaluation.h"
#include <optional>

namespace bridge {

/// The mask region of an operation, evaluated for all positions.
struct Mask {
  Array seen; ///< [batch…, queries, keys]
  bool uniform = false;

  /// Which keys the row sees: the rows of a tensor [batch…, shared…, queries],
  /// counted in row-major order; `shared` is the product of the shared axes.
  const double *row(int64_t row, int64_t shared) const;

  /// `x` is the shape of the scores. Without a region there is no mask.
  template <typename OpTy>
  static llvm::Expected<std::optional<Mask>>
  evaluate(OpTy op, llvm::ArrayRef<int64_t> x, const Scope &scope) {
    if (op.getMask().empty())
      return std::nullopt;
    return evaluate(op.getMask(), op.getCaptures(), op.getBatchAxes(),
                    op.getEmpty() == EmptyRows::Uniform, x, scope);
  }

private:
  static llvm::Expected<std::optional<Mask>>
  evaluate(mlir::Region &region, mlir::ValueRange captures, int64_t batchAxes,
           bool uniform, llvm::ArrayRef<int64_t> x, const Scope &scope);
};

/// log Σ exp of a row of n, −∞ for an empty one.
double logSumExp(const double *x, int64_t n);

/// Replaces a row of n scores by their softmax over what is seen (all of it,
/// where `seen` is null) and returns the log-sum-exp of that.
double softmaxRow(double *x, int64_t n, const double *seen, bool uniform);

/// Softmax of all rows of x[…, queries, keys] in place; one log-sum-exp for
/// each row. The leading axes after those of the mask's batch share the mask.
std::vector<double> softmaxRows(Array &x, const std::optional<Mask> &mask);

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_SOFTMAX_H
