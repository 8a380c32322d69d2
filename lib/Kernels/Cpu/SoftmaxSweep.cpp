//===- SoftmaxSweep.cpp - Log-sum-exps of logits that are never stored ----===//
//
// One polynomial for each logit x·log₂e = n + f, n whole, serves its row and
// its column: 2ᶠ · 2^(n − N) is added to a sum that is scaled by 2^−N, N the
// greatest n so far. Scaling by powers of two is exact, so that sums lose
// nothing when N grows, and no scale of the logits is too great.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "ProductSweep.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Functions.h"
#include "bridge/Kernels/Rows.h"
#include "bridge/Kernels/SoftmaxSums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <cmath>

using namespace mlir;
using namespace bridge;

namespace {

class SoftmaxSweepKernel final : public Kernel {
public:
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override {
    return ProductSweep::jobs(emitter, arguments);
  }
  Value scratchBytes(Emitter &emitter, Arguments &arguments) override;
};

class SoftmaxSweep final : public ProductSweep {
public:
  SoftmaxSweep(Emitter &emitter, Arguments &arguments, Value scratch);

private:
  /// Sums of 2^logit of some lanes: Σ · 2^max.
  struct Sums {
    Value max, sum;
  };
  /// The labels of rows or of columns, and what is written for these.
  struct Side {
    unsigned labels, max, sum, picked;
    StringRef site;
    Value first, last; ///< those that the job has
    Value part, parts; ///< the slot of the job, and how many are used
    Value classes;
  };

  void startJob() override;
  void startPanel() override;
  void finishTile(const Tile &tile) override;
  void finishPanel() override;
  void finishJob() override;
  std::optional<unsigned> bias() const override { return operands.bias; }

  Values finishRow(const Tile &tile, Value inTile, ValueRange columnSums);
  /// The sums with further terms.
  Sums add(Sums sums, ArrayRef<Functions::Power> terms);
  void pickRows(const Tile &tile);
  void pickColumns(const Tile &tile);
  /// Checks labels and fills slots that no job has; once for each row or
  /// column.
  void finishSide(const Side &side);

  Value any(Value mask);
  Value isBelow(Value value, Value bound);
  Value rowState(Value row, Value base);
  Type vectorType() { return emitter.vectorType(emitter.f32Type()); }

  SoftmaxSweepOperands operands;
  Functions functions;
  Value rowMaxima, rowSums; ///< scratch: a vector for each row of the block
  Value columnState;        ///< on the stack: max, then sum, by vector
  Value factor;             ///< scale · log₂ e
  std::optional<int64_t> ignore;
};

} // namespace

SoftmaxSweep::SoftmaxSweep(Emitter &emitter, Arguments &arguments,
                           Value scratch)
    : ProductSweep(emitter, arguments), operands(arguments.kernel()),
      functions(emitter, emitter.vectorType(emitter.f32Type())),
      rowMaxima(scratch) {
  if (auto label = arguments.kernel().getConfig().getAs<IntegerAttr>("ignore"))
    ignore = label.getInt();
  Value rows = ProductSweep::blockRows(emitter, arguments);
  rowSums = emitter.offset(scratch, emitter.mul(rows, lanes * 4));
}

Value SoftmaxSweep::rowState(Value row, Value base) {
  Value inBlock = emitter.sub(row, firstRow);
  return emitter.offset(base, emitter.mul(inBlock, lanes * 4));
}

void SoftmaxSweep::startJob() {
  Value scale = emitter.loadElement(arguments.elementType(operands.scale),
                                    arguments.pointer(operands.scale));
  factor = emitter.mulf(scale, emitter.scalar(M_LOG2E));
  columnState = emitter.stack(2 * width * 4);
  emitter.loop(firstRow, lastRow, emitter.number(1), [&](Value row) {
    emitter.store(emitter.splat(-kGreatestPower), rowState(row, rowMaxima));
    emitter.store(emitter.splat(0), rowState(row, rowSums));
  });
}

void SoftmaxSweep::startPanel() {
  loadColumnFactors(operands.columnFactors);
  for (int64_t vector : llvm::seq(vectors)) {
    Value state = emitter.offset(columnState, vector * lanes * 4);
    emitter.store(emitter.splat(-kGreatestPower), state);
    emitter.store(emitter.splat(0), emitter.offset(state, width * 4));
  }
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

SoftmaxSweep::Sums SoftmaxSweep::add(Sums sums,
                                     ArrayRef<Functions::Power> terms) {
  Value max = sums.max;
  for (const Functions::Power &term : terms)
    max = emitter.maxf(term.exponent, max);
  Value sum = functions.scaleDown(sums.sum, emitter.subf(sums.max, max));
  for (const Functions::Power &term : terms)
    sum = emitter.addf(sum, functions.scaleDown(
                                term.factor, emitter.subf(term.exponent, max)));
  return {max, sum};
}

void SoftmaxSweep::finishTile(const Tile &tile) {
  Values initial;
  auto columnAddress = [&](size_t index) {
    return emitter.offset(columnState, int64_t(index) * lanes * 4);
  };
  if (operands.columnLabels)
    for (int64_t index : llvm::seq(2 * vectors))
      initial.push_back(emitter.load(vectorType(), columnAddress(index)));
  Values sums =
      overRows(tile, initial, [&](Value inTile, ValueRange columnSums) {
        return finishRow(tile, inTile, columnSums);
      });
  for (auto [index, value] : llvm::enumerate(sums))
    emitter.store(value, columnAddress(index));
  pickRows(tile);
  if (operands.columnLabels)
    pickColumns(tile);
}

/// Adds a row's logits to its sums and to those of the columns, and leaves them
/// in the tile.
Emitter::Values SoftmaxSweep::finishRow(const Tile &tile, Value inTile,
                                        ValueRange columnSums) {
  Value row = emitter.add(tile.row, inTile);
  Values values = logits(inTile, rowFactor(factor, operands.rowFactors, row));
  SmallVector<Functions::Power> powers;
  Value lowest = emitter.splat(-kGreatestPower);
  for (auto [vector, value] : llvm::enumerate(values)) {
    Value bounded = emitter.minf(emitter.splat(kGreatestPower),
                                 emitter.maxf(lowest, value));
    bounded = emitter.select(masks[vector], bounded, lowest);
    emitter.store(bounded, tileAddress(inTile, vector));
    powers.push_back(functions.splitPower(bounded));
  }
  Value maxAddress = rowState(row, rowMaxima);
  Value sumAddress = rowState(row, rowSums);
  Sums sums = add({emitter.load(vectorType(), maxAddress),
                   emitter.load(vectorType(), sumAddress)},
                  powers);
  emitter.store(sums.max, maxAddress);
  emitter.store(sums.sum, sumAddress);
  if (columnSums.empty())
    return {};

  Values next(2 * vectors);
  for (int64_t vector : llvm::seq(vectors)) {
    Sums column =
        add({columnSums[vector], columnSums[vectors + vector]}, powers[vector]);
    next[vector] = column.max;
    next[vectors + vector] = column.sum;
  }
  return next;
}

void SoftmaxSweep::finishPanel() {
  if (!operands.columnLabels)
    return;
  for (auto [vector, mask] : llvm::enumerate(masks)) {
    Value state = emitter.offset(columnState, int64_t(vector) * lanes * 4);
    Value first = emitter.add(column, int64_t(vector) * lanes);
    emitter.storeElements(emitter.f32Type(), emitter.load(vectorType(), state),
                          arguments.address(operands.columnMax, {block, first}),
                          mask);
    emitter.storeElements(
        emitter.f32Type(),
        emitter.load(vectorType(), emitter.offset(state, width * 4)),
        arguments.address(operands.columnSum, {block, first}), mask);
  }
}

void SoftmaxSweep::finishJob() {
  emitter.loop(firstRow, lastRow, emitter.number(1), [&](Value row) {
    Value maxima = emitter.load(vectorType(), rowState(row, rowMaxima));
    Value sums = emitter.load(vectorType(), rowState(row, rowSums));
    // No lane is NaN, so that the reduction may assume so.
    Value max = vector::ReductionOp::create(emitter.builder(), emitter.loc(),
                                            vector::CombiningKind::MAXNUMF,
                                            maxima, arith::FastMathFlags::nnan);
    Value scaled =
        functions.scaleDown(sums, emitter.subf(maxima, emitter.broadcast(max)));
    emitter.store(max, arguments.address(operands.rowMax, {chunk, row}));
    emitter.store(sumOfLanes(emitter, scaled),
                  arguments.address(operands.rowSum, {chunk, row}));
  });

  Value first = emitter.number(0);
  emitter.ifThen(emitter.equal(chunk, first), [&] {
    finishSide({operands.rowLabels, operands.rowMax, operands.rowSum,
                operands.rowPicked, "row_site", firstRow, lastRow, chunk,
                chunks, columnCount});
  });
  if (operands.columnLabels)
    emitter.ifThen(emitter.equal(block, first), [&] {
      finishSide({*operands.columnLabels, operands.columnMax,
                  operands.columnSum, operands.columnPicked, "column_site",
                  firstColumn, lastColumn, block, blocks, rowCount});
    });
}

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

Value SoftmaxSweep::isBelow(Value value, Value bound) {
  return arith::CmpIOp::create(emitter.builder(), emitter.loc(),
                               arith::CmpIPredicate::ult, value, bound);
}

Value SoftmaxSweep::any(Value mask) {
  return LLVM::vector_reduce_or::create(emitter.builder(), emitter.loc(),
                                        emitter.builder().getI1Type(), mask);
}

void SoftmaxSweep::pickRows(const Tile &tile) {
  Type label = emitter.builder().getI32Type();
  Value address = arguments.address(operands.rowLabels, tile.row);
  // As many rows as a tile has fit into a vector.
  Value mask = emitter.firstLanes(tile.rows);
  Value labels = emitter.loadElements(label, address, mask);
  Value offsets =
      emitter.sub(labels, emitter.broadcast(emitter.narrow(column)));
  Value hits = isBelow(offsets, emitter.broadcast(emitter.narrow(columns)));
  emitter.ifThen(any(emitter.select(mask, hits, mask)), [&] {
    emitter.loop(tile.rows, 1, [&](Value inTile) {
      Value row = emitter.add(tile.row, inTile);
      Value place =
          emitter.sub(emitter.widen(emitter.loadElement(
                          label, arguments.address(operands.rowLabels, row))),
                      column);
      emitter.ifThen(isBelow(place, columns), [&] {
        Value logit = emitter.loadElement(
            emitter.f32Type(),
            emitter.offset(tileAddress(inTile, 0), emitter.mul(place, 4)));
        emitter.store(logit, arguments.address(operands.rowPicked, row));
      });
    });
  });
}

void SoftmaxSweep::pickColumns(const Tile &tile) {
  Type label = emitter.builder().getI32Type();
  unsigned operand = *operands.columnLabels;
  Value anyHit;
  for (auto [vector, mask] : llvm::enumerate(masks)) {
    Value address = arguments.address(
        operand, emitter.add(column, int64_t(vector) * lanes));
    Value labels = emitter.loadElements(label, address, mask);
    Value offsets =
        emitter.sub(labels, emitter.broadcast(emitter.narrow(tile.row)));
    Value hits = isBelow(offsets, emitter.broadcast(emitter.narrow(tile.rows)));
    Value hit = any(emitter.select(mask, hits, mask));
    anyHit = anyHit ? emitter.select(anyHit, anyHit, hit) : hit;
  }
  emitter.ifThen(anyHit, [&] {
    emitter.loop(columns, 1, [&](Value inPanel) {
      Value place = emitter.add(column, inPanel);
      Value inTile = emitter.sub(emitter.widen(emitter.loadElement(
                                     label, arguments.address(operand, place))),
                                 tile.row);
      emitter.ifThen(isBelow(inTile, tile.rows), [&] {
        Value logit = emitter.loadElement(
            emitter.f32Type(),
            emitter.offset(tileAddress(inTile, 0), emitter.mul(inPanel, 4)));
        emitter.store(logit, arguments.address(operands.columnPicked, place));
      });
    });
  });
}

void SoftmaxSweep::finishSide(const Side &side) {
  auto site = arguments.kernel().getConfig().getAs<IntegerAttr>(side.site);
  emitter.loop(side.first, side.last, emitter.number(1), [&](Value place) {
    emitter.loop(side.parts, emitter.number(kSweepParts), emitter.number(1),
                 [&](Value part) {
                   emitter.store(emitter.scalar(-kGreatestPower),
                                 arguments.address(side.max, {part, place}));
                   emitter.store(emitter.scalar(0),
                                 arguments.address(side.sum, {part, place}));
                 });
    Value label = emitter.widen(emitter.loadElement(
        emitter.builder().getI32Type(), arguments.address(side.labels, place)));
    emitter.ifElse(
        isBelow(label, side.classes), [] {},
        [&] {
          emitter.store(emitter.scalar(0),
                        arguments.address(side.picked, place));
          auto report = [&] {
            reportFault(emitter, arguments, site.getInt(), label, side.classes);
          };
          if (ignore)
            emitter.ifElse(
                emitter.equal(label, emitter.number(*ignore)), [] {}, report);
          else
            report();
        });
  });
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxSweepKernel::body(Emitter &emitter, Arguments &arguments,
                                       Value job, Value scratch) {
  SoftmaxSweep(emitter, arguments, scratch).emit(job);
  return success();
}

Value SoftmaxSweepKernel::scratchBytes(Emitter &emitter, Arguments &arguments) {
  return emitter.mul(ProductSweep::blockRows(emitter, arguments),
                     2 * emitter.lanes() * 4);
}

std::unique_ptr<Kernel> bridge::makeSoftmaxSweepKernel(plan::KernelOp kernel) {
  if (failed(requireContiguous(kernel, {0})))
    return nullptr;
  return std::make_unique<SoftmaxSweepKernel>();
}
