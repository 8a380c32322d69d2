//===- HostCode.h - Functions of a plan as host functions -------*- C++ -*-===//
#ifndef BRIDGE_CONVERSION_HOSTCODE_H
#define BRIDGE_CONVERSION_HOSTCODE_H

#include "bridge/Conversion/PlanLayout.h"

namespace bridge {

/// In the argument block of a group, for each launch: the jobs of it and those
/// before it, its kernel, its argument block.
inline constexpr int64_t kGroupedLaunchSlots = 3;

/// The symbol of a kernel that runs all jobs of a group's launches, given a
/// block of their kGroupedLaunchSlots.
using GroupKernel = llvm::function_ref<llvm::StringRef()>;

/// Adds to the module the host function of each function of the plan, and the
/// global `entriesName` with the addresses of the entries. A kernel's symbol is
/// that of its plan.kernel, which is what the run time's `parallel` is given;
/// with `.jobs` and `.scratch` after it, of functions of its argument block.
/// Without a kernel for groups their launches run one after the other.
mlir::LogicalResult emitHostCode(mlir::ModuleOp module,
                                 const PlanLayout &layout,
                                 llvm::StringRef entriesName,
                                 GroupKernel groupKernel = {});

} // namespace bridge

#endif // BRIDGE_CONVERSION_HOSTCODE_H
