//===- TileSweep.cpp - Products that are looked at, not stored ------------===//
#include "TileSweep.h"
#include "Panels.h"

using namespace mlir;
using namespace bridge;

namespace {
/// How rows or columns are dealt out.
struct Parts {
  Value count, size;
};
} // namespace

static Parts split(WarpEmitter &emitter, Value places) {
  Value tiles = emitter.ceilDiv(places, kTile);
  Value one = emitter.number(1);
  Value tilesOfPart = emitter.max(emitter.ceilDiv(tiles, kSweepParts), one);
  return {emitter.ceilDiv(tiles, tilesOfPart), emitter.mul(tilesOfPart, kTile)};
}

TileSweep::TileSweep(WarpEmitter &emitter, Arguments &arguments,
                     LogitOperands operands)
    : emitter(emitter), arguments(arguments), operands(operands),
      product(emitter) {
  rows = arguments.size(operands.left, 0);
  columns = arguments.size(operands.panels, 2);
  Parts down = split(emitter, rows), across = split(emitter, columns);
  blocks = down.count;
  chunks = across.count;
  Value job = emitter.block();
  block = emitter.rem(job, blocks);
  chunk = emitter.div(job, blocks);
  firstRow = emitter.mul(block, down.size);
  lastRow = emitter.min(emitter.add(firstRow, down.size), rows);
  firstColumn = emitter.mul(chunk, across.size);
  lastColumn = emitter.min(emitter.add(firstColumn, across.size), columns);
  own = emitter.div(emitter.thread(), kSharers);
  first = emitter.rem(emitter.thread(), kSharers);
  tileStart = emitter.shared(kTileBytes);
}

Value TileSweep::jobs(WarpEmitter &emitter, Arguments &arguments,
                      const LogitOperands &operands) {
  return emitter.mul(split(emitter, arguments.size(operands.left, 0)).count,
                     split(emitter, arguments.size(operands.panels, 2)).count);
}

void TileSweep::emit(ValueRange initial, function_ref<Values(ValueRange)> tile,
                     function_ref<void(ValueRange)> finish) {
  GlobalMatrix left{arguments.elementType(operands.left),
                    arguments.pointer(operands.left),
                    arguments.stride(operands.left, 0), rows,
                    arguments.size(operands.left, 1)};
  Value zero = emitter.number(0), step = emitter.number(kTile);
  Value panels =
      panelsOfBatch(emitter, arguments, operands.panels, {zero, zero});
  emitter.loop(firstRow, lastRow, step, [&](Value tileRow) {
    row = tileRow;
    finish(emitter.loop(firstColumn, lastColumn, step, initial,
                        [&](Value tileColumn, ValueRange carried) {
                          column = tileColumn;
                          product.store(product.timesPanels(product.zeros(),
                                                            left, row, panels,
                                                            columns, column),
                                        tileStart, /*apart=*/false);
                          emitter.barrier();
                          Values next = tile(carried);
                          // The next tile takes the place of this one.
                          emitter.barrier();
                          return next;
                        }));
  });
}

Value TileSweep::logit(Value row, Value column, Value address) {
  Value value = emitter.load(emitter.f32Type(), address);
  auto load = [&](unsigned operand, Value place) {
    return emitter.loadElement(arguments.elementType(operand),
                               arguments.address(operand, place));
  };
  if (operands.bias)
    value = emitter.addf(value, load(*operands.bias, column));
  if (operands.rowFactors)
    value = emitter.mulf(value, load(*operands.rowFactors, row));
  if (operands.columnFactors)
    value = emitter.mulf(value, load(*operands.columnFactors, column));
  return value;
}

TileSweep::Values
TileSweep::along(ValueRange initial,
                 function_ref<Values(Value, ValueRange)> body) {
  return emitter.loop(first, emitter.number(kTile), emitter.number(kSharers),
                      initial, body);
}

void TileSweep::byOne(function_ref<void()> body) {
  emitter.ifThen(emitter.equal(first, emitter.number(0)), body);
}
