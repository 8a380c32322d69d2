//===- GroupKernel.h - The kernel that runs a group's jobs ------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_PLANTOCPU_GROUPKERNEL_H
#define BRIDGE_LIB_CONVERSION_PLANTOCPU_GROUPKERNEL_H

#include "bridge/Conversion/HostCode.h"

namespace bridge {

/// The symbol of the function, made at first use, that finds out which launch a
/// job of a group is of and runs it.
llvm::StringRef getGroupKernel(mlir::ModuleOp module);

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_PLANTOCPU_GROUPKERNEL_H
