//===- CpuKernels.h - Kernels of the plan for the CPU -----------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_CPUKERNELS_H
#define BRIDGE_KERNELS_CPUKERNELS_H

#include "bridge/IR/Plan.h"
#include "bridge/Kernels/CpuLevel.h"

namespace bridge {

/// Emits the code of a kernel as three internal functions of the module that
/// the builder stands in (at its top level):
///
///   @NAME(args: ptr, job: i64, scratch: ptr)   one job, a bridge_kernel
///   @NAME.jobs(args: ptr) -> i64               how many there are
///   @NAME.scratch(args: ptr) -> i64            bytes of scratch per thread
///
/// `args` is the argument block of bridge/Kernels/Arguments.h. Sizes and
/// strides are read at run time; NAME does for every launch of the kernel.
/// Functions that kernels share are emitted on demand; their names carry the
/// level's.
llvm::LogicalResult emitCpuKernel(mlir::OpBuilder &builder,
                                  plan::KernelOp kernel, const CpuLevel &level,
                                  llvm::StringRef name);

} // namespace bridge

#endif // BRIDGE_KERNELS_CPUKERNELS_H
