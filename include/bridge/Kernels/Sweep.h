//===- Sweep.h - Partial results of sweeps over products --------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_SWEEP_H
#define BRIDGE_KERNELS_SWEEP_H

#include <cstdint>

namespace bridge {

/// Blocks of rows, and chunks of columns, that a sweep is cut into, at most:
/// the slots s and t of softmax_sweep and sigmoid_sweep.
inline constexpr int64_t kSweepParts = 16;

} // namespace bridge

#endif // BRIDGE_KERNELS_SWEEP_H
