//===- Families.h - Kernels that only the CPU has ---------------*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_CPU_FAMILIES_H
#define BRIDGE_LIB_KERNELS_CPU_FAMILIES_H

#include "bridge/Kernels/Kernel.h"

namespace bridge {

/// @name The families made for the CPU alone; null after reporting an error on
/// the kernel.
/// @{
std::unique_ptr<Kernel> makeGemmKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makePackKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeAttentionKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeSoftmaxSweepKernel(plan::KernelOp kernel);
std::unique_ptr<Kernel> makeSigmoidSweepKernel(plan::KernelOp kernel);
/// @}

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_FAMILIES_H
