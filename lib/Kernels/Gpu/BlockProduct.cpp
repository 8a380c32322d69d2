//===- BlockProduct.cpp - A tile of a product of matrices -----------------===//
#include "BlockProduct.h"
#include "bridge/Kernels/GpuLevel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace bridge;

using Sums = BlockProduct::Sums;

/// Depth of a piece.
static constexpr int64_t kDepth = 16;
/// Pieces in shared memory at once.
static constexpr int64_t kStages = 3;
/// Floats from row to row of a piece whose rows run along the depth.
static constexpr int64_t kPitch = kDepth + 4;
static constexpr int64_t kLeftBytes = kTile * kPitch * 4;
static constexpr int64_t kStageBytes = 2 * kLeftBytes;
/// A thread's sums, and how far apart their rows and columns are.
static constexpr int64_t kColumns = 4, kRowStep = 8, kColumnStep = 16;
/// Floats that are read from shared memory at once.
static constexpr int64_t kWide = 4;
/// Columns of a panel.
static constexpr int64_t kPanel = kGpuPanelWidth;

BlockProduct::BlockProduct(WarpEmitter &emitter) : emitter(emitter) {
  Value thread = emitter.thread();
  firstRow = emitter.div(thread, kColumnStep);
  firstColumn = emitter.rem(thread, kColumnStep);
  buffers = emitter.shared(kStages * kStageBytes);
}

Sums BlockProduct::zeros() { return Sums(kRows * kColumns, emitter.scalar(0)); }

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void BlockProduct::share(int64_t count, function_ref<void(Value)> body) {
  Value thread = emitter.thread();
  emitter.loop(thread, emitter.number(count), emitter.number(kTileThreads),
               body);
}

/// The address of an element of a piece.
static Value within(Emitter &emitter, Value target, Value row, Value column,
                    int64_t pitch) {
  return emitter.offset(
      target, emitter.mul(emitter.add(emitter.mul(row, pitch), column), 4));
}

/// `width` floats at a time, asynchronously.
void BlockProduct::copyWords(const GlobalMatrix &from, Value row, Value column,
                             const Piece &piece, int64_t width) {
  int64_t perRow = piece.columns / width;
  share(piece.rows * perRow, [&](Value word) {
    Value inRow = emitter.div(word, perRow);
    Value inColumn = emitter.mul(emitter.rem(word, perRow), width);
    Value there = emitter.add(row, inRow);
    Value first = emitter.add(column, inColumn);
    Value zero = emitter.number(0);
    Value left = emitter.max(
        emitter.min(emitter.sub(from.columns, first), emitter.number(width)),
        zero);
    Value valid = emitter.select(emitter.less(there, from.rows), left, zero);
    // Where nothing is read, the address has to be a good one all the same.
    Value isRead = emitter.less(zero, valid);
    Value bytes =
        emitter.add(emitter.mul(there, from.stride), emitter.mul(first, 4));
    emitter.copyAsync(
        within(emitter, piece.target, inRow, inColumn, piece.pitch),
        emitter.offset(from.start, emitter.select(isRead, bytes, zero)),
        width * 4, emitter.narrow(emitter.mul(valid, 4)));
  });
}

void BlockProduct::copyElements(const GlobalMatrix &from, Value row,
                                Value column, const Piece &piece) {
  share(piece.rows * piece.columns, [&](Value index) {
    Value inRow = emitter.div(index, piece.columns);
    Value inColumn = emitter.rem(index, piece.columns);
    Value there = emitter.add(row, inRow);
    Value place = emitter.add(column, inColumn);
    Value isRead = arith::AndIOp::create(emitter.builder(), emitter.loc(),
                                         emitter.less(there, from.rows),
                                         emitter.less(place, from.columns));
    Value address = emitter.offset(
        emitter.offset(from.start, emitter.mul(there, from.stride)),
        emitter.mul(place, elementBytes(from.element)));
    Value loaded = emitter.ifElse(
        isRead, emitter.f32Type(),
        [&]() -> Emitter::Values {
          return {emitter.loadElement(from.element, address)};
        },
        [&]() -> Emitter::Values { return {emitter.scalar(0)}; })[0];
    emitter.store(loaded,
                  within(emitter, piece.target, inRow, inColumn, piece.pitch));
  });
}

void BlockProduct::copy(const GlobalMatrix &from, Value row, Value column,
                        const Piece &piece) {
  if (!from.element.isF32())
    return copyElements(from, row, column, piece);
  Value address = LLVM::PtrToIntOp::create(emitter.builder(), emitter.loc(),
                                           emitter.i64Type(), from.start);
  Value misplaced =
      emitter.rem(arith::OrIOp::create(emitter.builder(), emitter.loc(),
                                       address, from.stride),
                  16);
  emitter.ifElse(
      emitter.equal(misplaced, emitter.number(0)),
      [&] { copyWords(from, row, column, piece, kWide); },
      [&] { copyWords(from, row, column, piece, 1); });
}

/// The rows `step` … of a panel, 32 floats each, or half as many of pairs.
void BlockProduct::copyPanel(Type element, Value panel, Value step, Value depth,
                             Value isThere, const Piece &piece) {
  Value rows = emitter.select(isThere, depth, emitter.number(0));
  if (element.isF32())
    return copyWords({element, panel, emitter.number(kPanel * 4), rows,
                      emitter.number(kPanel)},
                     step, emitter.number(0), piece, kWide);
  share(piece.rows * piece.columns, [&](Value index) {
    Value inRow = emitter.div(index, kPanel);
    Value inColumn = emitter.rem(index, kPanel);
    Value there = emitter.add(step, inRow);
    Value address = emitter.offset(
        panel, emitter.add(emitter.mul(emitter.div(there, 2), kPanel * 4),
                           emitter.add(emitter.mul(inColumn, 4),
                                       emitter.mul(emitter.rem(there, 2), 2))));
    Value loaded = emitter.ifElse(
        emitter.less(there, rows), emitter.f32Type(),
        [&]() -> Emitter::Values {
          return {emitter.loadElement(element, address)};
        },
        [&]() -> Emitter::Values { return {emitter.scalar(0)}; })[0];
    emitter.store(loaded,
                  within(emitter, piece.target, inRow, inColumn, piece.pitch));
  });
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

Sums BlockProduct::accumulate(const Sums &sums, Value left, int64_t leftPitch,
                              Value right, bool apart) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  auto wide = VectorType::get(kWide, emitter.f32Type());
  Value leftStart = emitter.offset(left, emitter.mul(firstRow, leftPitch * 4));
  Value rightStart = emitter.offset(
      right, emitter.mul(firstColumn, apart ? kPitch * 4 : kColumns * 4));
  auto load = [&](Value start, int64_t floats) {
    return emitter.load(wide, emitter.offset(start, floats * 4), 16);
  };
  auto element = [&](Value vector, int64_t index) -> Value {
    return vector::ExtractOp::create(builder, loc, vector, index);
  };
  Sums result = sums;
  for (int64_t step = 0; step < kDepth; step += kWide) {
    Emitter::Values leftRows, rightWords;
    for (int64_t row : llvm::seq(kRows))
      leftRows.push_back(load(leftStart, row * kRowStep * leftPitch + step));
    for (int64_t word : llvm::seq(kWide))
      rightWords.push_back(
          apart ? load(rightStart, word * kColumnStep * kPitch + step)
                : load(rightStart, (step + word) * kTile));
    for (int64_t k : llvm::seq(kWide))
      for (int64_t row : llvm::seq(kRows))
        for (int64_t column : llvm::seq(kColumns)) {
          Value b = apart ? element(rightWords[column], k)
                          : element(rightWords[k], column);
          Value &sum = result[row * kColumns + column];
          sum = emitter.fma(element(leftRows[row], k), b, sum);
        }
  }
  return result;
}

Sums BlockProduct::pipeline(const Sums &sums, Value pieces, Fill fill,
                            Use use) {
  Value zero = emitter.number(0), one = emitter.number(1);
  auto fillStage = [&](Value piece, Value stage) {
    emitter.ifThen(emitter.less(piece, pieces), [&] {
      Value left = emitter.offset(buffers, stage);
      fill(piece, left, emitter.offset(left, kLeftBytes));
    });
    emitter.commitCopies();
  };
  for (int64_t ahead : llvm::seq(kStages - 1))
    fillStage(emitter.number(ahead), emitter.number(ahead * kStageBytes));

  // Carried: where the next piece is read from, where one is written to.
  Emitter::Values carried{zero, emitter.number((kStages - 1) * kStageBytes)};
  llvm::append_range(carried, sums);
  auto next = [&](Value stage) {
    Value last = emitter.number((kStages - 1) * kStageBytes);
    return emitter.select(emitter.equal(stage, last), zero,
                          emitter.add(stage, kStageBytes));
  };
  Emitter::Values result = emitter.loop(
      zero, pieces, one, carried,
      [&](Value piece, ValueRange values) -> Emitter::Values {
        emitter.waitCopies(kStages - 2);
        // Everybody's copies have come, and everybody is done with the stage
        // that is written next.
        emitter.barrier();
        fillStage(emitter.add(piece, kStages - 1), values[1]);
        Value left = emitter.offset(buffers, values[0]);
        Emitter::Values given{next(values[0]), next(values[1])};
        llvm::append_range(given, use(Sums(values.drop_front(2)), piece, left,
                                      emitter.offset(left, kLeftBytes)));
        return given;
      });
  emitter.waitCopies(0);
  emitter.barrier();
  return Sums(ArrayRef(result).drop_front(2));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

Sums BlockProduct::timesRows(const Sums &sums, const GlobalMatrix &left,
                             Value row, const GlobalMatrix &right,
                             Value column) {
  return pipeline(
      sums, emitter.ceilDiv(left.columns, kDepth),
      [&](Value piece, Value leftPiece, Value rightPiece) {
        Value step = emitter.mul(piece, kDepth);
        copy(left, row, step, {leftPiece, kTile, kDepth, kPitch});
        copy(right, column, step, {rightPiece, kTile, kDepth, kPitch});
      },
      [&](const Sums &sums, Value, Value leftPiece, Value rightPiece) {
        return accumulate(sums, leftPiece, kPitch, rightPiece, /*apart=*/true);
      });
}

Sums BlockProduct::timesPanels(const Sums &sums, const GlobalMatrix &left,
                               Value row, Value panels, Value columns,
                               Value column) {
  Value depth = left.columns;
  Value steps = left.element.isF32() ? depth : emitter.ceilDiv(depth, 2);
  Value panelBytes = emitter.mul(steps, kPanel * 4);
  Value first = emitter.div(column, kPanel);
  Value count = emitter.ceilDiv(columns, kPanel);
  return pipeline(
      sums, emitter.ceilDiv(depth, kDepth),
      [&](Value piece, Value leftPiece, Value rightPiece) {
        Value step = emitter.mul(piece, kDepth);
        copy(left, row, step, {leftPiece, kTile, kDepth, kPitch});
        for (int64_t which : llvm::seq(kTile / kPanel)) {
          Value panel = emitter.add(first, which);
          Value isThere = emitter.less(panel, count);
          Value start = emitter.select(isThere, panel, emitter.number(0));
          copyPanel(left.element,
                    emitter.offset(panels, emitter.mul(start, panelBytes)),
                    step, depth, isThere,
                    {emitter.offset(rightPiece, which * kPanel * 4), kDepth,
                     kPanel, kTile});
        }
      },
      [&](const Sums &sums, Value, Value leftPiece, Value rightPiece) {
        return accumulate(sums, leftPiece, kPitch, rightPiece,
                          /*apart=*/false);
      });
}

Sums BlockProduct::tileTimes(const Sums &sums, Value tile,
                             const GlobalMatrix &right, Value row,
                             Value column) {
  return pipeline(
      sums, emitter.number(kTile / kDepth),
      [&](Value piece, Value, Value rightPiece) {
        copy(right, emitter.add(row, emitter.mul(piece, kDepth)), column,
             {rightPiece, kDepth, kTile, kTile});
      },
      [&](const Sums &sums, Value piece, Value, Value rightPiece) {
        Value left = emitter.offset(tile, emitter.mul(piece, kDepth * 4));
        return accumulate(sums, left, kTilePitch, rightPiece, /*apart=*/false);
      });
}

//===----------------------------------------------------------------------===//
// Whole tiles
//===----------------------------------------------------------------------===//

Value BlockProduct::at(Emitter &emitter, Value tile, Value row, Value column) {
  return within(emitter, tile, row, column, kTilePitch);
}

void BlockProduct::forRows(function_ref<void(int64_t, Value)> body) {
  for (int64_t row : llvm::seq(kRows))
    body(row, emitter.add(firstRow, row * kRowStep));
}

void BlockProduct::store(const Sums &sums, Value tile, bool apart) {
  forRows([&](int64_t index, Value row) {
    ArrayRef<Value> ofRow = ArrayRef(sums).slice(index * kColumns, kColumns);
    if (apart) {
      for (auto [word, sum] : llvm::enumerate(ofRow))
        emitter.store(sum, at(emitter, tile, row,
                              emitter.add(firstColumn, word * kColumnStep)));
      return;
    }
    Value together = vector::FromElementsOp::create(
        emitter.builder(), emitter.loc(),
        VectorType::get(kColumns, emitter.f32Type()), ofRow);
    emitter.store(together,
                  at(emitter, tile, row, emitter.mul(firstColumn, kColumns)),
                  16);
  });
}
