//===- CpuKernel.h - What each family of kernels provides -------*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_CPU_CPUKERNEL_H
#define BRIDGE_LIB_KERNELS_CPU_CPUKERNEL_H

#include "bridge/Kernels/Arguments.h"
#include "bridge/Kernels/Emitter.h"
#include <memory>

namespace bridge {

/// One kernel of the plan, ready to be emitted. Each function is called once,
/// with the builder at the start of the function that it fills.
class CpuKernel {
public:
  virtual ~CpuKernel() = default;

  /// The code of job `job`; reports its errors on the kernel.
  virtual llvm::LogicalResult body(Emitter &emitter, Arguments &arguments,
                                   mlir::Value job, mlir::Value scratch) = 0;
  /// The number of jobs, i64.
  virtual mlir::Value jobs(Emitter &emitter, Arguments &arguments) = 0;
  /// Bytes of scratch that a thread needs, i64.
  virtual mlir::Value scratchBytes(Emitter &emitter, Arguments &arguments) {
    return emitter.number(0);
  }
};

/// @name The families; null after reporting an error on the kernel.
/// @{
std::unique_ptr<CpuKernel> makeGemmKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makePackKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeAttentionKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeMapKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeNormKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeSoftmaxKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeReduceKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeArgExtremeKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeCumsumKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeRotaryKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeGatherKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeCrossEntropyKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeSpliceKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeInverseNormKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeSoftmaxSweepKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeSoftmaxMergeKernel(plan::KernelOp kernel);
std::unique_ptr<CpuKernel> makeSigmoidSweepKernel(plan::KernelOp kernel);
/// @}

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_CPUKERNEL_H
