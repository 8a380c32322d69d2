//===- GemmTiles.h - The operands of a product, tile by tile ----*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_CPU_GEMMTILES_H
#define BRIDGE_LIB_KERNELS_CPU_GEMMTILES_H

#include "bridge/Kernels/Arguments.h"

namespace bridge {

/// A row tile of a panel: where it stands in the product.
struct GemmTile {
  mlir::Value row, rows; ///< its first row, and how many
  mlir::Value column;    ///< its first column
  mlir::Value columns;   ///< how many lie within the product
};

/// How the rows and columns of a product are dealt out to jobs: a job takes a
/// block of rows and a chunk of panels of one batch.
struct GemmPartition {
  mlir::Value rowBlocks; ///< blocks of rows
  mlir::Value blockRows; ///< rows of a block, but perhaps the last
  mlir::Value panels;
  mlir::Value chunkPanels; ///< panels of a chunk, but perhaps the last
  mlir::Value chunks;
};

/// What a job of a gemm kernel reads and writes (the operands are those of
/// plan.kernel's row `gemm`).
class GemmTiles {
public:
  GemmTiles(Emitter &emitter, Arguments &arguments);

  /// @name Of the whole product
  /// @{
  mlir::Value rows() { return arguments.size(kA, 2); }
  mlir::Value columns() { return arguments.size(output, 3); }
  mlir::Value depth() { return arguments.size(kA, 3); }
  mlir::Value batches();
  mlir::Type element() { return arguments.elementType(kA); }
  /// @}
  /// Those that share the jobs.
  mlir::Value threads();

  /// Everything below is of this job.
  void startJob(mlir::Value job, const GemmPartition &partition);
  mlir::Value firstRow, lastRow;     ///< the job's rows
  mlir::Value firstPanel, lastPanel; ///< and panels

  mlir::Value a(mlir::Value row);
  mlir::Value aStride() { return arguments.stride(kA, 2); }
  mlir::Value panel(mlir::Value index);
  /// The tile of some rows in a panel.
  GemmTile tile(mlir::Value panel, mlir::Value row, mlir::Value rows);

  /// Stores where the accumulators of a panel start, its bias or 0, as
  /// [panel width] of f32.
  void storeStart(mlir::Value panel, mlir::Value address);

  /// Asks for what `finish` will touch.
  void prefetch(const GemmTile &tile);
  /// Takes a tile of accumulators [rows, panel width] of f32 through the
  /// epilogue to the output, but for the first `skipped` rows.
  void finish(const GemmTile &tile, mlir::Value accumulators,
              mlir::Value skipped);
  /// Whether the output is the accumulators.
  bool isPlain();
  /// The address in the output of a tile, and the stride of its rows.
  mlir::Value outputAddress(const GemmTile &tile) {
    return address(output, tile.row, tile.column);
  }
  mlir::Value outputStride() { return arguments.stride(output, 2); }

  /// Whether all that was emitted so far is sound.
  llvm::LogicalResult status = llvm::success();

private:
  static constexpr unsigned kA = 0, kB = 1;

  mlir::Region &region() { return arguments.kernel().getBody(); }
  plan::ViewType view(unsigned operand) {
    return llvm::cast<plan::ViewType>(arguments.operandType(operand));
  }
  /// The address of an operand [b₀, b₁, m, n] at a row and column of this
  /// batch.
  mlir::Value address(unsigned operand, mlir::Value row, mlir::Value column) {
    return arguments.address(operand, {batch0, batch1, row, column});
  }
  /// The row of the output that a row of the product is; negative where none.
  mlir::Value outputRow(mlir::Value row);
  void finishRow(const GemmTile &tile, mlir::Value accumulators,
                 mlir::Value inTile, llvm::ArrayRef<mlir::Value> masks);
  void finishRows(const GemmTile &tile, mlir::Value accumulators,
                  mlir::Value skipped, bool partial);
  /// Computes what of the epilogue is the same for all elements.
  void startEpilogue();
  mlir::Value loadExtra(unsigned operand, const GemmTile &tile, mlir::Value row,
                        int64_t vector, mlir::Value mask);

  Emitter &emitter;
  Arguments &arguments;
  std::optional<unsigned> bias;
  std::optional<unsigned> places;
  unsigned firstExtra, endOfExtras, output;
  int64_t width, vectors;
  mlir::IRMapping dims;
  mlir::IRMapping uniform; ///< what of the epilogue is the same everywhere
  mlir::Value batch0, batch1;
  mlir::Value panelBytes, panelsOfBatch;
};

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_GEMMTILES_H
