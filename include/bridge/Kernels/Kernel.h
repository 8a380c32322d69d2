//===- Kernel.h - What each family of kernels provides ----------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_KERNEL_H
#define BRIDGE_KERNELS_KERNEL_H

#include "bridge/Kernels/Arguments.h"
#include "bridge/Kernels/Emitter.h"
#include <memory>

namespace bridge {

/// One kernel of the plan, ready to be emitted. Each function is called once,
/// with the builder at the start of the function that it fills.
class Kernel {
public:
  virtual ~Kernel() = default;

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

} // namespace bridge

#endif // BRIDGE_KERNELS_KERNEL_H
