//===- GpuKernel.h - What each family of GPU kernels provides ---*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_GPU_GPUKERNEL_H
#define BRIDGE_LIB_KERNELS_GPU_GPUKERNEL_H

#include "WarpEmitter.h"
#include "bridge/Kernels/Arguments.h"
#include <memory>

namespace bridge {

/// One kernel of the plan, ready to be emitted for the GPU.
class GpuKernel {
public:
  virtual ~GpuKernel() = default;

  /// Threads of a block, in whole warps.
  virtual int64_t threads() const = 0;
  /// Jobs that a block takes.
  virtual int64_t jobsPerBlock() const { return 1; }
  /// What every thread of a block runs; reports its errors on the kernel.
  virtual llvm::LogicalResult body(WarpEmitter &emitter,
                                   Arguments &arguments) = 0;
  /// The number of jobs, i64; host code, too.
  virtual mlir::Value jobs(WarpEmitter &emitter, Arguments &arguments) = 0;
};

/// @name The families; null after reporting an error on the kernel.
/// @{
std::unique_ptr<GpuKernel> makeGpuGemm(plan::KernelOp kernel);
std::unique_ptr<GpuKernel> makeGpuPack(plan::KernelOp kernel);
std::unique_ptr<GpuKernel> makeGpuAttention(plan::KernelOp kernel);
std::unique_ptr<GpuKernel> makeGpuSoftmaxSweep(plan::KernelOp kernel);
std::unique_ptr<GpuKernel> makeGpuSigmoidSweep(plan::KernelOp kernel);
/// All kinds that makeRowKernel knows: a warp takes a job.
std::unique_ptr<GpuKernel> makeGpuRows(plan::KernelOp kernel);
/// @}

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_GPU_GPUKERNEL_H
