//===- DeviceKernels.h - What kernels for a device tell ---------*- C++ -*-===//
#ifndef BRIDGE_IR_DEVICEKERNELS_H
#define BRIDGE_IR_DEVICEKERNELS_H

#include "llvm/ADT/StringRef.h"

namespace bridge {

/// On kernels in code for a device: the types of their operands, the
/// signature of the plan.kernel, which tells what bytes an argument block
/// points at.
inline constexpr llvm::StringLiteral kSignatureAttr = "bridge.signature";

} // namespace bridge

#endif // BRIDGE_IR_DEVICEKERNELS_H
