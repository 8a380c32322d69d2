//===- BlockProduct.h - A tile of a product of matrices ---------*- C++ -*-===//
//
// A block of threads computes a tile of 64 × 64 sums. Of both factors, pieces
// of 16 along the depth pass through shared memory, copied ahead:
//
//   left   [64][16], a row padded to 20 floats
//   right  [16][64], as columns of the product lie side by side, or
//          [64][16] like the left one, where they lie apart
//
// A thread holds 8 × 4 sums: rows of the tile `first` + 8 i, i < 8; columns
// 4 f + j side by side, or f + 16 j apart, j < 4. So the threads of a warp read
// shared memory from different banks, 16 bytes at a time.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_GPU_BLOCKPRODUCT_H
#define BRIDGE_LIB_KERNELS_GPU_BLOCKPRODUCT_H

#include "WarpEmitter.h"

namespace bridge {

/// Rows and columns of a tile.
inline constexpr int64_t kTile = 64;
/// Threads that compute it.
inline constexpr int64_t kTileThreads = 128;
/// Floats from one row of a whole tile in shared memory to the next.
inline constexpr int64_t kTilePitch = kTile + 4;
/// Bytes of a whole tile in shared memory.
inline constexpr int64_t kTileBytes = kTile * kTilePitch * 4;

/// A matrix in global memory whose rows are contiguous.
struct GlobalMatrix {
  mlir::Type element;        ///< f32 or bf16
  mlir::Value start;         ///< the address of its first element
  mlir::Value stride;        ///< bytes from row to row
  mlir::Value rows, columns; ///< what is beyond counts as zero
};

class BlockProduct {
public:
  explicit BlockProduct(WarpEmitter &emitter);

  /// Rows that a thread has sums of.
  static constexpr int64_t kRows = 8;
  /// 8 × 4 sums of this thread, row by row.
  using Sums = llvm::SmallVector<mlir::Value>;
  Sums zeros();

  /// Adds to `sums` left[m₀ … m₀ + 64, 0 … depth] · rightᵀ, a matrix of rows
  /// n₀ … n₀ + 64; sums of columns apart.
  Sums timesRows(const Sums &sums, const GlobalMatrix &left, mlir::Value row,
                 const GlobalMatrix &right, mlir::Value column);
  /// The same of the panels of bridge/IR/PlanDialect.td, which start at
  /// `panels`, have 32 columns each and `columns` in all; sums of columns side
  /// by side.
  Sums timesPanels(const Sums &sums, const GlobalMatrix &left, mlir::Value row,
                   mlir::Value panels, mlir::Value columns, mlir::Value column);
  /// Adds a whole tile in shared memory, rows of kTilePitch, times the rows
  /// `row` to before `row` + 64 of a matrix, from `column` on; sums of columns
  /// side by side.
  Sums tileTimes(const Sums &sums, mlir::Value tile, const GlobalMatrix &right,
                 mlir::Value row, mlir::Value column);

  /// Stores sums to a whole tile in shared memory.
  void store(const Sums &sums, mlir::Value tile, bool apart);
  /// Runs `body` for each row of this thread's sums, the row's place in the
  /// tile given.
  void forRows(llvm::function_ref<void(int64_t index, mlir::Value row)> body);

  /// The address of an element of a whole tile.
  static mlir::Value at(Emitter &emitter, mlir::Value tile, mlir::Value row,
                        mlir::Value column);

private:
  using Fill = llvm::function_ref<void(mlir::Value piece, mlir::Value left,
                                       mlir::Value right)>;
  using Use = llvm::function_ref<Sums(const Sums &sums, mlir::Value piece,
                                      mlir::Value left, mlir::Value right)>;

  /// How elements of global memory come to lie in shared memory, as f32.
  struct Piece {
    mlir::Value target;
    int64_t rows, columns, pitch; ///< the pitch in floats
  };
  void copy(const GlobalMatrix &from, mlir::Value row, mlir::Value column,
            const Piece &piece);
  void copyWords(const GlobalMatrix &from, mlir::Value row, mlir::Value column,
                 const Piece &piece, int64_t width);
  /// Of bf16: those of a row are `spacing` bytes apart.
  void copyElements(const GlobalMatrix &from, mlir::Value row,
                    mlir::Value column, const Piece &piece);
  void copyPanel(mlir::Type element, mlir::Value panel, mlir::Value step,
                 mlir::Value depth, mlir::Value isThere, const Piece &piece);
  /// Runs `body` for this thread's share of `count` things.
  void share(int64_t count, llvm::function_ref<void(mlir::Value)> body);
  /// Fills pieces ahead and uses them one after the other.
  Sums pipeline(const Sums &sums, mlir::Value pieces, Fill fill, Use use);
  /// Sums of one piece.
  Sums accumulate(const Sums &sums, mlir::Value left, int64_t leftPitch,
                  mlir::Value right, bool apart);

  WarpEmitter &emitter;
  mlir::Value firstRow, firstColumn; ///< this thread's place
  mlir::Value buffers;               ///< the pieces in shared memory
};

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_GPU_BLOCKPRODUCT_H
