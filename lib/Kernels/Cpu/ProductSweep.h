//===- ProductSweep.h - Products that are looked at, not stored -*- C++ -*-===//
//
// A sweep computes a·bᵀ tile by tile and gives each tile, still on the stack,
// to a loss. A job takes a block of rows and a chunk of panels; there are at
// most kSweepParts of either, whatever the sizes, so that partial results take
// memory in proportion to rows and columns. Parts depend on the sizes alone.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_CPU_PRODUCTSWEEP_H
#define BRIDGE_LIB_KERNELS_CPU_PRODUCTSWEEP_H

#include "bridge/Kernels/Kernel.h"
#include "bridge/Kernels/Sweep.h"

namespace bridge {

/// The code of one job over a[m, k] (operand 0) and panels b[1, 1, n, k]
/// (operand 1), with the scale[] of the logits as operand 2.
class ProductSweep {
public:
  ProductSweep(Emitter &emitter, Arguments &arguments);
  virtual ~ProductSweep() = default;

  void emit(mlir::Value job);
  static mlir::Value jobs(Emitter &emitter, Arguments &arguments);
  /// Rows of a block, at most.
  static mlir::Value blockRows(Emitter &emitter, Arguments &arguments);

protected:
  using Values = llvm::SmallVector<mlir::Value>;

  /// Rows of the stack tile, and where they stand in the product.
  struct Tile {
    mlir::Value row, rows;
  };

  virtual void startJob() = 0;
  /// The columns of the product in the panel at hand are known from here on.
  virtual void startPanel() = 0;
  virtual void finishTile(const Tile &tile) = 0;
  virtual void finishPanel() {}
  virtual void finishJob() = 0;
  /// The operand that is added to each row of the product before it is scaled.
  virtual std::optional<unsigned> bias() const { return std::nullopt; }

  /// The stack tile's vector `vector` of row `inTile`.
  mlir::Value tileAddress(mlir::Value inTile, int64_t vector);
  /// Runs `row` for each row of a tile with the row's number in it, carrying
  /// values along.
  Values
  overRows(const Tile &tile, mlir::ValueRange initial,
           llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> row);
  /// Factors of the tile's columns (a null operand: none), by vector.
  void loadColumnFactors(std::optional<unsigned> operand);
  /// The logits of a row: its vectors of the tile times all factors.
  Values logits(mlir::Value inTile, mlir::Value rowFactor);
  /// `factor`, times the row's own where there is an operand with these.
  mlir::Value rowFactor(mlir::Value factor, std::optional<unsigned> operand,
                        mlir::Value row);

  Emitter &emitter;
  Arguments &arguments;
  int64_t width, lanes, vectors;
  mlir::Value rowCount, columnCount, depth;
  mlir::Value blocks, chunks;    ///< how many parts there are
  mlir::Value block, chunk;      ///< those of the job
  mlir::Value firstRow, lastRow; ///< of the job
  mlir::Value column, columns;   ///< of the panel: the first, and how many
  llvm::SmallVector<mlir::Value> masks; ///< lanes that are columns, by vector
  mlir::Value firstColumn, lastColumn;  ///< of the job

private:
  void emitPanel(mlir::Value panel);
  void emitStartRow();
  /// A vector of a view's elements [n] at the panel's columns.
  mlir::Value loadColumns(unsigned operand, int64_t vector);

  mlir::Value stackTile, startRow;
  llvm::SmallVector<mlir::Value> columnFactors;
};

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_PRODUCTSWEEP_H
