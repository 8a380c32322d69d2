//===- HostCode.h - Functions of a plan as host functions -------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_PLANTOCPU_HOSTCODE_H
#define BRIDGE_LIB_CONVERSION_PLANTOCPU_HOSTCODE_H

#include "bridge/Conversion/PlanLayout.h"

namespace bridge {

/// Adds to the module the host function of each function of the plan, and the
/// global `entriesName` with the addresses of the entries. Kernels are called
/// by the names that emitCpuKernel gave them.
mlir::LogicalResult emitHostCode(mlir::ModuleOp module,
                                 const PlanLayout &layout,
                                 llvm::StringRef entriesName);

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_PLANTOCPU_HOSTCODE_H
