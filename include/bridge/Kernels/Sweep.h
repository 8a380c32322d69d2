//===- Sweep.h - Partial results of sweeps over products --------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_SWEEP_H
#define BRIDGE_KERNELS_SWEEP_H

#include "bridge/IR/Plan.h"
#include <cstdint>
#include <optional>

namespace bridge {

/// Blocks of rows, and chunks of columns, that a sweep is cut into, at most:
/// the slots s and t of softmax_sweep and sigmoid_sweep.
inline constexpr int64_t kSweepParts = 16;

/// The operands of a softmax_sweep, in the order of the kind.
struct SoftmaxSweepOperands {
  unsigned left = 0, panels = 1, scale = 2;
  std::optional<unsigned> rowFactors, columnFactors, bias;
  unsigned rowLabels;
  std::optional<unsigned> columnLabels;
  unsigned rowMax, rowSum, rowPicked;
  unsigned columnMax = 0, columnSum = 0, columnPicked = 0;

  explicit SoftmaxSweepOperands(plan::KernelOp kernel);
};

/// The operands of a sigmoid_sweep.
struct SigmoidSweepOperands {
  unsigned left = 0, panels = 1, scale = 2, offset = 3;
  std::optional<unsigned> rowFactors, columnFactors;
  unsigned out;

  explicit SigmoidSweepOperands(plan::KernelOp kernel);
};

} // namespace bridge

#endif // BRIDGE_KERNELS_SWEEP_H
