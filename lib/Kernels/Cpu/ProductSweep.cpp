//===- ProductSweep.cpp - Products that are looked at, not stored ---------===//
#include "ProductSweep.h"
#include "MicroKernels.h"

using namespace mlir;
using namespace bridge;

/// Panels of a chunk, at least.
static constexpr int64_t kLeastPanels = 2;

enum SweepOperand : unsigned { kA, kB };

namespace {
/// `count` things in at most kSweepParts parts.
struct Parts {
  Value parts; ///< at least one, which may be empty
  Value each;  ///< things of each part but perhaps the last
};
} // namespace

static Parts splitRows(Emitter &emitter, Value rows) {
  const CpuLevel &level = emitter.level();
  Value one = emitter.number(1);
  Value wanted = emitter.min(emitter.ceilDiv(rows, level.rowBlock),
                             emitter.number(kSweepParts));
  Value tiles = emitter.ceilDiv(emitter.ceilDiv(rows, level.microRows),
                                emitter.max(wanted, one));
  Value each = emitter.max(emitter.mul(tiles, level.microRows), one);
  return {emitter.max(emitter.ceilDiv(rows, each), one), each};
}

static Parts splitPanels(Emitter &emitter, Value columns) {
  Value panels = emitter.ceilDiv(columns, emitter.level().panelWidth());
  Value each = emitter.max(emitter.ceilDiv(panels, kSweepParts),
                           emitter.number(kLeastPanels));
  return {emitter.max(emitter.ceilDiv(panels, each), emitter.number(1)), each};
}

ProductSweep::ProductSweep(Emitter &emitter, Arguments &arguments)
    : emitter(emitter), arguments(arguments),
      width(emitter.level().panelWidth()), lanes(emitter.lanes()),
      vectors(emitter.level().panelVectors), rowCount(arguments.size(kA, 0)),
      columnCount(arguments.size(kB, 2)), depth(arguments.size(kA, 1)) {}

Value ProductSweep::jobs(Emitter &emitter, Arguments &arguments) {
  return emitter.mul(splitRows(emitter, arguments.size(kA, 0)).parts,
                     splitPanels(emitter, arguments.size(kB, 2)).parts);
}

Value ProductSweep::blockRows(Emitter &emitter, Arguments &arguments) {
  return splitRows(emitter, arguments.size(kA, 0)).each;
}

//===----------------------------------------------------------------------===//
// One job
//===----------------------------------------------------------------------===//

void ProductSweep::emit(Value job) {
  Parts rows = splitRows(emitter, rowCount);
  Parts panels = splitPanels(emitter, columnCount);
  blocks = rows.parts;
  chunks = panels.parts;
  block = emitter.rem(job, blocks);
  chunk = emitter.div(job, blocks);
  firstRow = emitter.mul(block, rows.each);
  lastRow = emitter.min(emitter.add(firstRow, rows.each), rowCount);
  Value firstPanel = emitter.mul(chunk, panels.each);
  Value lastPanel = emitter.min(emitter.add(firstPanel, panels.each),
                                emitter.ceilDiv(columnCount, width));
  firstColumn = emitter.mul(firstPanel, width);
  lastColumn = emitter.min(emitter.mul(lastPanel, width), columnCount);
  stackTile = emitter.stack(emitter.level().microRows * width * 4);
  startRow = emitter.stack(width * 4);

  startJob();
  emitter.loop(firstPanel, lastPanel, emitter.number(1),
               [&](Value panel) { emitPanel(panel); });
  finishJob();
}

void ProductSweep::emitPanel(Value panel) {
  column = emitter.mul(panel, width);
  columns =
      emitter.min(emitter.sub(columnCount, column), emitter.number(width));
  masks.clear();
  for (int64_t vector : llvm::seq(vectors))
    masks.push_back(emitter.firstLanes(emitter.add(columns, -vector * lanes)));
  emitStartRow();
  startPanel();

  Type element = arguments.elementType(kA);
  Value panelBytes =
      emitter.mul(productSteps(emitter, element, depth), width * 4);
  Value packed =
      emitter.offset(arguments.pointer(kB), emitter.mul(panel, panelBytes));
  Value tileRows = evenRows(emitter, element, emitter.sub(lastRow, firstRow));
  emitter.loop(firstRow, lastRow, tileRows, [&](Value row) {
    Tile tile{row, emitter.min(tileRows, emitter.sub(lastRow, row))};
    callProduct(emitter, rowProductTable(emitter, element, vectors), tile.rows,
                RowProduct{arguments.address(kA, row), arguments.stride(kA, 0),
                           packed, depth, startRow, emitter.number(0),
                           stackTile, emitter.number(width * 4)});
    finishTile(tile);
  });
  finishPanel();
}

void ProductSweep::emitStartRow() {
  for (auto [vector, mask] : llvm::enumerate(masks)) {
    Value start = bias() ? loadColumns(*bias(), vector) : emitter.splat(0);
    emitter.store(start, emitter.offset(startRow, int64_t(vector) * lanes * 4));
  }
}

Value ProductSweep::loadColumns(unsigned operand, int64_t vector) {
  Type element = arguments.elementType(operand);
  Value address = emitter.offset(arguments.address(operand, column),
                                 vector * lanes * elementBytes(element));
  return emitter.loadElements(element, address, masks[vector]);
}

//===----------------------------------------------------------------------===//
// Logits
//===----------------------------------------------------------------------===//

Value ProductSweep::tileAddress(Value inTile, int64_t vector) {
  return emitter.offset(
      emitter.offset(stackTile, emitter.mul(inTile, width * 4)),
      vector * lanes * 4);
}

ProductSweep::Values
ProductSweep::overRows(const Tile &tile, ValueRange initial,
                       function_ref<Values(Value, ValueRange)> row) {
  return emitter.loop(emitter.number(0), tile.rows, emitter.number(1), initial,
                      row);
}

void ProductSweep::loadColumnFactors(std::optional<unsigned> operand) {
  columnFactors.clear();
  if (!operand)
    return;
  for (int64_t vector : llvm::seq(vectors))
    columnFactors.push_back(loadColumns(*operand, vector));
}

Value ProductSweep::rowFactor(Value factor, std::optional<unsigned> operand,
                              Value row) {
  if (operand)
    factor = emitter.mulf(
        factor, emitter.loadElement(arguments.elementType(*operand),
                                    arguments.address(*operand, row)));
  return emitter.broadcast(factor);
}

ProductSweep::Values ProductSweep::logits(Value inTile, Value rowFactor) {
  Values result;
  for (int64_t vector : llvm::seq(vectors)) {
    Value product = emitter.load(emitter.vectorType(emitter.f32Type()),
                                 tileAddress(inTile, vector));
    Value logit = emitter.mulf(product, rowFactor);
    if (!columnFactors.empty())
      logit = emitter.mulf(logit, columnFactors[vector]);
    result.push_back(logit);
  }
  return result;
}
