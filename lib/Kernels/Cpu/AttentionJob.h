//===- AttentionJob.h - The code of one job of an attention -----*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_CPU_ATTENTIONJOB_H
#define BRIDGE_LIB_KERNELS_CPU_ATTENTIONJOB_H

#include "MicroKernels.h"
#include "bridge/Kernels/AttentionMask.h"
#include <cmath>
#include <optional>

namespace bridge {

/// Operands of the kernel; captures follow, and the output is the last.
enum AttentionOperand : unsigned { kQ, kK, kV, kBias };

/// Bytes of a run of keys: the first, and the one after the last, i64.
inline constexpr int64_t kRunBytes = 16;

/// The code of one job.
class AttentionJob {
public:
  using Values = Emitter::Values;

  AttentionJob(Emitter &emitter, Arguments &arguments);
  llvm::LogicalResult emit(mlir::Value job, mlir::Value scratch);

  /// Keys of a block where they are taken in pairs: at most `rows`.
  static int64_t wholePairs(int64_t rows) { return rows / 2 * 2; }
  /// Bytes of a row of V packed in pairs.
  static mlir::Value valueRowBytes(Emitter &emitter, mlir::Value depth);

private:
  /// Queries whose outputs a micro-kernel computes at once.
  struct Tile {
    mlir::Value query; ///< the first one
    mlir::Value row;   ///< its lane in the panel
    mlir::Value rows;  ///< how many
  };

  mlir::Value at(mlir::Value base, mlir::Value row) {
    return emitter.offset(base, emitter.mul(row, rowBytes));
  }
  mlir::Value reciprocal() { return emitter.splat(1 / std::abs(scale)); }
  void emitPanel(mlir::Value firstQuery);
  void packQueries(mlir::Value firstQuery, mlir::Value halves);
  void packSquare(mlir::Value firstQuery, mlir::Value half, mlir::Value column,
                  bool partial);
  void packLastPanel();
  void packValues();
  void emitScores(mlir::Value firstQuery, mlir::Value queries,
                  mlir::Value halves);
  void emitBlock(mlir::Value key, mlir::Value keys, mlir::Value firstQuery,
                 mlir::Value queries);
  void copyBias(mlir::Value firstKey, mlir::Value keys, mlir::Value firstQuery,
                mlir::Value queries, mlir::Value target);
  void transposeBias(mlir::Value firstKey, mlir::Value keys,
                     mlir::Value firstQuery, int64_t lane, mlir::Value target);
  mlir::Value addRun(mlir::Value key, mlir::Value keys, mlir::Value count);
  void hideBlock(mlir::Value key, mlir::Value keys, mlir::Value firstQuery,
                 mlir::Value halves);
  void fillSeen(mlir::Value value);
  void widenRuns(mlir::Value halves);
  mlir::Value isEmpty(mlir::Value half);
  void
  forRuns(llvm::function_ref<void(mlir::Value begin, mlir::Value end)> body,
          int64_t from);
  Values forRuns(mlir::ValueRange initial,
                 llvm::function_ref<Values(mlir::Value begin, mlir::Value end,
                                           mlir::ValueRange)>
                     body);
  void emitSoftmax(mlir::Value half);
  mlir::Value rowMax(mlir::Value column);
  Values storePowers(mlir::Value column, mlir::Value begin, mlir::Value end,
                     mlir::ValueRange sum,
                     llvm::function_ref<mlir::Value(mlir::Value)> powerOf);
  Values pairPowers(mlir::Value column, mlir::Value begin, mlir::Value end,
                    mlir::ValueRange sum,
                    llvm::function_ref<mlir::Value(mlir::Value)> powerOf);
  mlir::Value emptySum();
  void emitOutput(mlir::Value firstQuery, mlir::Value queries);
  void emitTile(const Tile &tile, mlir::Value table, mlir::Value values,
                mlir::Value valueStride, mlir::Value column,
                mlir::Value columns);
  void sumRuns(mlir::Value table, mlir::Value rows, const ColumnProduct &whole);
  /// Whether the last columns of V can be read in place.
  mlir::Value fillsVectors(mlir::Value columns) {
    return emitter.equal(emitter.rem(columns, lanes), emitter.number(0));
  }

  Emitter &emitter;
  Arguments &arguments;
  bool hasBias;
  std::optional<AttentionMask> mask;
  mlir::Type element; ///< of q, k and v
  bool isPaired;      ///< whether a step of a product takes two elements
  unsigned out;
  int64_t width, lanes, rowBytes;
  double scale;
  bool uniform;
  mlir::Value queryCount, keyCount, queryDepth, valueDepth;
  mlir::Value q, k, v, bias, output; ///< addresses of this head's matrices
  /// Addresses of the parts of scratch.
  mlir::Value packedQueries, outputTile, addend, inverses, seen, runs,
      packedValues, scores;
  mlir::Value isHalf;   ///< whether the panel's queries fit into one vector
  mlir::Value runCount; ///< of the panel; only with a mask
  llvm::LogicalResult status = llvm::success();
};

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_ATTENTIONJOB_H
