//===- RowKernels.h - The kernels of rows, for any target -------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_ROWKERNELS_H
#define BRIDGE_KERNELS_ROWKERNELS_H

#include "bridge/Kernels/Kernel.h"

namespace bridge {

/// The kernel of a kind that every target computes row by row: map, the norms,
/// softmax, the reductions and scans, rotary, gather, splice, cross-entropy and
/// the merge of sweeps. Null after reporting an error on the kernel.
std::unique_ptr<Kernel> makeRowKernel(plan::KernelOp kernel);

} // namespace bridge

#endif // BRIDGE_KERNELS_ROWKERNELS_H
