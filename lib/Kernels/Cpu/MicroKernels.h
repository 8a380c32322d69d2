//===- MicroKernels.h - The innermost products ------------------*- C++ -*-===//
//
// Small matrix products with every accumulator in a register, one function per
// number of rows and of vectors across, shared by all kernels of a module and
// reached through tables indexed by the number of rows. They sum over k in
// order, so that an element of a product does not depend on how the product was
// cut into pieces.
//
// Operands are of f32 or of bf16, sums are f32. A step of k takes one unit of
// 32 bits of a row of A, an f32 or a pair of bf16, and one of each column of B.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_CPU_MICROKERNELS_H
#define BRIDGE_LIB_KERNELS_CPU_MICROKERNELS_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

/// C = I + A·B for A of `rows` rows with k contiguous, B [steps of depth,
/// vectors × lanes] units without gaps. Pointers and strides of rows in bytes;
/// a start stride of 0 repeats one row. C may be I.
struct RowProduct {
  mlir::Value a, aStride;
  mlir::Value b;
  mlir::Value depth;
  mlir::Value start, startStride;
  mlir::Value c, cStride;
  /// What is brought near on the way, and how many bytes each step goes on in
  /// it; B a little ahead where null.
  mlir::Value ahead = {}, aheadStep = {};
};

/// C = Aᵀ·B for A [steps, panel width] units and C [rows, panel width] without
/// gaps, and rows of units of B `bStride` bytes apart.
struct ColumnProduct {
  mlir::Value a;
  mlir::Value b, bStride;
  mlir::Value steps;
  mlir::Value c;
};

/// The elements of a unit.
int64_t unitElements(mlir::Type element);
/// The steps of k that a product takes over `depth` elements.
mlir::Value productSteps(Emitter &emitter, mlir::Type element,
                         mlir::Value depth);

/// The address of the table of the product of `element`, `vectors` vectors
/// across, which is emitted with its functions where the module lacks it.
mlir::Value rowProductTable(Emitter &emitter, mlir::Type element,
                            int64_t vectors);
mlir::Value columnProductTable(Emitter &emitter, mlir::Type element,
                               int64_t vectors);

/// The rows of the largest product of `element`.
int64_t productRows(const CpuLevel &level, mlir::Type element);

/// Calls the function for `rows` rows, at least 1 and at most `productRows`.
void callProduct(Emitter &emitter, mlir::Value table, mlir::Value rows,
                 const RowProduct &product);
void callProduct(Emitter &emitter, mlir::Value table, mlir::Value rows,
                 const ColumnProduct &product);

/// How `rows` rows are cut into calls of equal size: the rows of each call but
/// perhaps the last.
mlir::Value evenRows(Emitter &emitter, mlir::Type element, mlir::Value rows);

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_MICROKERNELS_H
