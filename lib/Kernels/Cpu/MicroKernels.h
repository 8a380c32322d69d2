//===- MicroKernels.h - The innermost products ------------------*- C++ -*-===//
//
// Small matrix products with every accumulator in a register, one function per
// number of rows and of vectors across, shared by all kernels of a module and
// reached through tables indexed by the number of rows. They sum over k in
// order, so that an element of a product does not depend on how the product was
// cut into pieces.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_CPU_MICROKERNELS_H
#define BRIDGE_LIB_KERNELS_CPU_MICROKERNELS_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

/// C = I + A·B for A of `rows` rows with k contiguous, B [depth, vectors ×
/// lanes] without gaps. Pointers and strides of rows in bytes; a start stride
/// of 0 repeats one row. C may be I.
struct RowProduct {
  mlir::Value a, aStride;
  mlir::Value b;
  mlir::Value depth;
  mlir::Value start, startStride;
  mlir::Value c, cStride;
};

/// C = Aᵀ·B for A [depth, panel width] and C [rows, panel width] without gaps,
/// and rows of B `bStride` bytes apart.
struct ColumnProduct {
  mlir::Value a;
  mlir::Value b, bStride;
  mlir::Value depth;
  mlir::Value c;
};

/// The address of the table of the product of `vectors` vectors across, which
/// is emitted with its functions where the module lacks it.
mlir::Value rowProductTable(Emitter &emitter, int64_t vectors);
mlir::Value columnProductTable(Emitter &emitter, int64_t vectors);

/// Calls the function for `rows` rows, at least 1 and at most
/// `level().microRows`.
void callProduct(Emitter &emitter, mlir::Value table, mlir::Value rows,
                 const RowProduct &product);
void callProduct(Emitter &emitter, mlir::Value table, mlir::Value rows,
                 const ColumnProduct &product);

/// How `rows` rows are cut into calls of equal size: the rows of each call but
/// perhaps the last.
mlir::Value evenRows(Emitter &emitter, mlir::Value rows);

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_MICROKERNELS_H
