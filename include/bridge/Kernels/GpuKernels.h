//===- GpuKernels.h - Kernels of the plan for NVIDIA GPUs -------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_GPUKERNELS_H
#define BRIDGE_KERNELS_GPUKERNELS_H

#include "bridge/IR/Plan.h"
#include "mlir/IR/BuiltinOps.h"

namespace bridge {

/// Emits the code of a kernel for the device as a function of the module
/// `kernels` in the llvm dialect with `nvvm.kernel`,
///
///   @NAME(args: the argument block of bridge/Kernels/Arguments.h, by value)
///
/// with the types of its operands as bridge.signature,
///
/// and at the top level of `host` what launches it:
///
///   @NAME                      a bridge_device_kernel (bridge/Runtime/Abi.h)
///   @NAME.jobs(args) -> i64    how many jobs there are
///   @NAME.scratch(args) -> i64 0
///
/// where NAME is the kernel's symbol. Sizes and strides are read at run time.
llvm::LogicalResult emitGpuKernel(mlir::ModuleOp host, mlir::ModuleOp kernels,
                                  plan::KernelOp kernel);

} // namespace bridge

#endif // BRIDGE_KERNELS_GPUKERNELS_H
