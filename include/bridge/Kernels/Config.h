//===- Config.h - Reading the config of a kernel ----------------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_CONFIG_H
#define BRIDGE_KERNELS_CONFIG_H

#include "bridge/Kernels/Arguments.h"

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

/// Fails with an error unless the operands are views of floats whose last axis
/// is contiguous.
inline llvm::LogicalResult
requireContiguous(plan::KernelOp kernel, llvm::ArrayRef<unsigned> operands) {
  for (unsigned operand : operands) {
    mlir::Type type =
        llvm::cast<mlir::TypeAttr>(kernel.getSignature()[operand]).getValue();
    auto view = llvm::cast<plan::ViewType>(type);
    if (!loadedType(view.getElementType()).isF32() || !isContiguous(view))
      return kernel.emitError("operand ")
             << operand << " of a '"
             << plan::stringifyKernelKind(kernel.getKind())
             << "' kernel must be f32 or bf16 and contiguous along its last "
                "axis, found "
             << type;
  }
  return llvm::success();
}

} // namespace bridge

#endif // BRIDGE_KERNELS_CONFIG_H
