//===- VectorTranspose.h - Square transposes in registers -------*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_CPU_VECTORTRANSPOSE_H
#define BRIDGE_LIB_KERNELS_CPU_VECTORTRANSPOSE_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

/// The columns of the square whose rows are `lanes` vectors of f32, as
/// `lanes` vectors, by shuffles that are one instruction each.
Emitter::Values transposeSquare(Emitter &emitter, mlir::ValueRange rows);

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_VECTORTRANSPOSE_H
