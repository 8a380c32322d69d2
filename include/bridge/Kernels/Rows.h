//===- Rows.h - Kernels that work along the last axis -----------*- C++ -*-===//
//
// A row is what a view holds along its last axis, at one place of the others.
// Kernels of rows share how rows are split into jobs, walked, and read and
// written a vector at a time.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_KERNELS_ROWS_H
#define BRIDGE_KERNELS_ROWS_H

#include "bridge/Kernels/Kernel.h"

namespace bridge {

using Values = llvm::SmallVector<mlir::Value>;

/// The end of a row within a vector.
struct Tail {
  mlir::Value mask; ///< a vector of i1: the lanes that are positions of the row
  mlir::Value last; ///< the row's last position, i64
};

/// A row of an operand.
class Row {
public:
  /// The row of the operand at `indices`, one for each axis but the last. An
  /// operand without axes is a row of one element.
  static Row read(Emitter &emitter, Arguments &arguments, unsigned operand,
                  mlir::ValueRange indices);
  static Row write(Emitter &emitter, Arguments &arguments, unsigned operand,
                   mlir::ValueRange indices);
  /// A row that lies as the rows of `operand` do, but starts at `start`.
  static Row readAt(Emitter &emitter, Arguments &arguments, unsigned operand,
                    mlir::Value start);
  /// A row of elements that lie one after the other.
  static Row contiguous(Emitter &emitter, mlir::Type element,
                        mlir::Value start);

  /// A vector of the elements from `position` on; with a tail, those of the row
  /// (zero or others of the row beyond).
  mlir::Value load(mlir::Value position, const Tail *tail) const;
  /// Writes the lanes of `value` (with a tail, those of the row).
  void store(mlir::Value value, mlir::Value position, const Tail *tail) const;
  /// The address of one element.
  mlir::Value address(mlir::Value position) const;
  /// One element, as a scalar.
  mlir::Value loadElement(mlir::Value position) const;
  void storeElement(mlir::Value value, mlir::Value position) const;

private:
  enum class Spacing { Contiguous, Repeated, Strided };

  Row(Emitter &emitter, mlir::Type element, mlir::Value start)
      : emitter(&emitter), element(element), start(start) {}
  static Row make(Emitter &emitter, Arguments &arguments, unsigned operand,
                  mlir::Value start);

  Emitter *emitter;
  mlir::Type element;
  mlir::Value start;
  Spacing spacing = Spacing::Contiguous;
  mlir::Value stride;   ///< in bytes
  mlir::Value repeated; ///< the element that stands for all
};

/// The sizes of the operand's axes `from` to before `to`.
Values sizes(Arguments &arguments, unsigned operand, unsigned from,
             unsigned to);
/// The size of the last axis; 1 for an operand without axes.
mlir::Value rowSize(Emitter &emitter, Arguments &arguments, unsigned operand);
unsigned rank(Arguments &arguments, unsigned operand);
mlir::Type elementType(Arguments &arguments, unsigned operand);
mlir::Value product(Emitter &emitter, mlir::ValueRange factors);

/// Runs `body` for the places `first` to before `last` of the axes, counted in
/// row-major order, with the place as one index for each axis.
void walk(Emitter &emitter, mlir::ValueRange axes, mlir::Value first,
          mlir::Value last, llvm::function_ref<void(mlir::ValueRange)> body);

/// One vector's work on a row: the position of the first lane, the tail or null
/// where all lanes are positions of the row, and the values carried along.
using Step =
    llvm::function_ref<Values(mlir::Value, const Tail *, mlir::ValueRange)>;
/// Two lots of carried values made one.
using Merge = llvm::function_ref<Values(mlir::ValueRange, mlir::ValueRange)>;

/// Visits the positions `begin` to before `end` a vector at a time. Up to
/// `whole` (where given, at most `end`) steps of whole vectors have no tail.
void sweep(Emitter &emitter, mlir::Value begin, mlir::Value end,
           llvm::function_ref<void(mlir::Value, const Tail *)> step,
           mlir::Value whole = {});
/// Carries values along, starting from `neutral`, in four lots that `merge`
/// joins.
Values sweep(Emitter &emitter, mlir::Value begin, mlir::Value end,
             mlir::ValueRange neutral, Step step, Merge merge);

/// The sum of `term(position, tail)`, vectors of f32 that are zero beyond the
/// row, over a row of `size`, as a scalar.
mlir::Value
sumOverRow(Emitter &emitter, mlir::Value size,
           llvm::function_ref<mlir::Value(mlir::Value, const Tail *)> term);
/// The highest of `term(position, tail)` over a row, NaN left out; −inf
/// where there is nothing else.
mlir::Value
maxOverRow(Emitter &emitter, mlir::Value size,
           llvm::function_ref<mlir::Value(mlir::Value, const Tail *)> term);

/// `value` in the lanes of the row, `beyond` in the others.
mlir::Value within(Emitter &emitter, const Tail *tail, mlir::Value value,
                   mlir::Value beyond);
/// The sum of a vector of f32 or i32, in an order that does not depend on
/// sizes.
mlir::Value sumOfLanes(Emitter &emitter, mlir::Value vector);
/// An i64 as a scalar of f32.
mlir::Value toFloat(Emitter &emitter, mlir::Value number);

/// Reports a run-time error by its place and two numbers (i64), unless an
/// earlier one is there.
void reportFault(Emitter &emitter, Arguments &arguments, int64_t site,
                 mlir::Value a, mlir::Value b);

/// A kernel whose jobs are runs of rows.
class RowKernel : public Kernel {
public:
  llvm::LogicalResult body(Emitter &emitter, Arguments &arguments,
                           mlir::Value job, mlir::Value scratch) final;
  mlir::Value jobs(Emitter &emitter, Arguments &arguments) final;

protected:
  /// The axes whose places are the rows.
  virtual Values axes(Emitter &emitter, Arguments &arguments) = 0;
  /// The elements of one row.
  virtual mlir::Value elements(Emitter &emitter, Arguments &arguments) = 0;
  /// The code of the row at `place`, one index for each of the axes.
  virtual void row(Emitter &emitter, Arguments &arguments,
                   mlir::ValueRange place) = 0;
};

/// Rows of `elements` that one job takes.
mlir::Value rowsPerJob(Emitter &emitter, mlir::Value elements);

} // namespace bridge

#endif // BRIDGE_KERNELS_ROWS_H
