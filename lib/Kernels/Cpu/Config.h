//===- Config.h - Reading the config of a kernel ----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_CPU_CONFIG_H
#define BRIDGE_LIB_KERNELS_CPU_CONFIG_H

#include "bridge/IR/Plan.h"

namespace bridge {

/// The attribute `name` of the kernel's config; null after an error where there
/// is none of that type.
template <typename Attr>
Attr requireConfig(plan::KernelOp kernel, llvm::StringRef name) {
  auto attr = kernel.getConfig().getAs<Attr>(name);
  if (!attr)
    kernel.emitError("expected '")
        << name << "' in the config of a '"
        << plan::stringifyKernelKind(kernel.getKind()) << "' kernel";
  return attr;
}

/// Whether the unit attribute `name` is in the kernel's config.
inline bool hasConfig(plan::KernelOp kernel, llvm::StringRef name) {
  return kernel.getConfig().contains(name);
}

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_CONFIG_H
