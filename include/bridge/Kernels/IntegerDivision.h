//===- IntegerDivision.h - Division of i32 on vectors -----------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_INTEGERDIVISION_H
#define BRIDGE_KERNELS_INTEGERDIVISION_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

/// Whether `op` divides: arith.divsi, arith.remsi or arith.floordivsi of i32.
bool isIntegerDivision(mlir::Operation &op);

/// What the division `op` gives for `lhs` and `rhs`, scalars or vectors. The
/// processor has no division of integer vectors, and its scalar one traps; this
/// one divides in f64, which is exact, and never traps: anything divided by 0
/// is 0, and so is the remainder, for callers that have reported it.
mlir::Value emitIntegerDivision(Emitter &emitter, mlir::Operation &op,
                                mlir::Value lhs, mlir::Value rhs);

} // namespace bridge

#endif // BRIDGE_KERNELS_INTEGERDIVISION_H
