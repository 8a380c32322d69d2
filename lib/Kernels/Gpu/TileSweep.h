//===- TileSweep.h - Products that are looked at, not stored ----*- C++ -*-===//
//
// A block of threads takes a run of tiles down and one across, of which there
// are at most kSweepParts of either, whatever the sizes: partial results take
// memory in proportion to rows and columns. It computes the logits tile by tile
// into shared memory. Of a tile, two threads share a row, or a column.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_GPU_TILESWEEP_H
#define BRIDGE_LIB_KERNELS_GPU_TILESWEEP_H

#include "BlockProduct.h"
#include "bridge/Kernels/Arguments.h"
#include "bridge/Kernels/Sweep.h"

namespace bridge {

/// What is between a product and a logit: (sum + bias) · scale · factors.
struct LogitOperands {
  unsigned left, panels;
  std::optional<unsigned> bias, rowFactors, columnFactors;
};

class TileSweep {
public:
  using Values = Emitter::Values;

  TileSweep(WarpEmitter &emitter, Arguments &arguments, LogitOperands operands);

  static mlir::Value jobs(WarpEmitter &emitter, Arguments &arguments,
                          const LogitOperands &operands);

  /// Tiles one after the other: those of a row of tiles carry `initial` and
  /// what `tile(values)` makes of it, and `finish(values)` ends each such row.
  void emit(mlir::ValueRange initial,
            llvm::function_ref<Values(mlir::ValueRange)> tile,
            llvm::function_ref<void(mlir::ValueRange)> finish);

  /// A logit of the tile at hand from the product's sum, without the scale.
  mlir::Value logit(mlir::Value row, mlir::Value column, mlir::Value address);
  /// The address of a logit of the tile at hand.
  mlir::Value at(mlir::Value inRow, mlir::Value inColumn) {
    return BlockProduct::at(emitter, tileStart, inRow, inColumn);
  }
  /// This thread's row, or column, within a tile; and the first of the places
  /// along it, which are kSharers apart.
  mlir::Value own, first;
  static constexpr int64_t kSharers = kTileThreads / kTile;
  /// Runs `body` for this thread's places along its row or column.
  Values along(mlir::ValueRange initial,
               llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);
  /// Runs `body` in one of the threads that share a row or column.
  void byOne(llvm::function_ref<void()> body);

  mlir::Value rows, columns;     ///< of the product
  mlir::Value block, chunk;      ///< the job's run of tiles down and across
  mlir::Value blocks, chunks;    ///< how many there are
  mlir::Value firstRow, lastRow; ///< of the job
  mlir::Value firstColumn, lastColumn;
  mlir::Value row, column; ///< where the tile at hand begins

private:
  WarpEmitter &emitter;
  Arguments &arguments;
  LogitOperands operands;
  BlockProduct product;
  mlir::Value tileStart;
};

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_GPU_TILESWEEP_H
