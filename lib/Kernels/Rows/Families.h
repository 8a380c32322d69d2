//===- Families.h - The kernels of rows -------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_ROWS_FAMILIES_H
#define BRIDGE_LIB_KERNELS_ROWS_FAMILIES_H

#include "bridge/Kernels/Kernel.h"

namespace bridge {

/// @name The families; null after reporting an error on the kernel.
/// @{
std::unique_ptr<Kernel> makeMapKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeNormKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeSoftmaxKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeReduceKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeArgExtremeKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeCumsumKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeRotaryKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeGatherKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeCrossEntropyKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeSpliceKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeInverseNormKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeSoftmaxMergeKernel(plan::KernelOp kernel);
/// @}

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_ROWS_FAMILIES_H
