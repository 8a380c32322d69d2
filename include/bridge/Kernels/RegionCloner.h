//===- RegionCloner.h - Scalar regions on vectors ---------------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_REGIONCLONER_H
#define BRIDGE_KERNELS_REGIONCLONER_H

#include "bridge/Kernels/Emitter.h"
#include "mlir/IR/IRMapping.h"

namespace bridge {

/// Emits an operation of a region that is not element-wise, mapping its
/// results; failure reports an error at the operation.
using CloneOther = llvm::function_ref<llvm::LogicalResult(mlir::Operation &,
                                                          mlir::IRMapping &)>;

/// Emits the check of a division of integers that can fail, by its divisor.
using CheckDivisor =
    llvm::function_ref<void(mlir::Operation &, mlir::Value divisor)>;

/// Clones the operations of `body`, which compute scalars, so that they compute
/// vectors of `lanes` elements (scalars where `lanes` is 1), and returns the
/// values that its terminator passes on.
///
/// `mapping` holds values for the block's arguments. Element-wise operations
/// keep their names and attributes (but divisions of integers, which are made
/// so that they do not trap), constants become splats, and values mapped to
/// scalars are broadcast where they meet vectors. An operation whose results
/// are mapped already is left out; any other is given to `other`. Divisions of
/// integers are given to `check` before.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
cloneOnVectors(Emitter &emitter, mlir::Block &body, mlir::IRMapping &mapping,
               int64_t lanes, CloneOther other = {}, CheckDivisor check = {});

/// Emits the constants of `body` and, as vectors, the element-wise operations
/// whose operands are mapped, and maps their results: what is the same for all
/// elements, where `mapping` holds the arguments that are.
void cloneUniform(Emitter &emitter, mlir::Block &body,
                  mlir::IRMapping &mapping);

} // namespace bridge

#endif // BRIDGE_KERNELS_REGIONCLONER_H
