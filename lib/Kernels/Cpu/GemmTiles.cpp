//===- GemmTiles.cpp - The operands of a product, tile by tile ------------===//
#include "GemmTiles.h"
#include "MicroKernels.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/RegionCloner.h"
#include "bridge/Runtime/Abi.h"

using namespace mlir;
using namespace bridge;

GemmTiles::GemmTiles(Emitter &emitter, Arguments &arguments)
    : emitter(emitter), arguments(arguments), firstExtra(2),
      output(arguments.operandCount() - 1), width(emitter.level().panelWidth()),
      vectors(emitter.level().panelVectors) {
  if (hasConfig(arguments.kernel(), "bias"))
    bias = firstExtra++;
  endOfExtras = output;
  if (hasConfig(arguments.kernel(), "scatter"))
    places = --endOfExtras;
  arguments.mapDims(dims);
}

Value GemmTiles::batches() {
  return emitter.mul(arguments.size(output, 0), arguments.size(output, 1));
}

Value GemmTiles::threads() {
  return emitter.load(
      emitter.i64Type(),
      emitter.offset(arguments.call(), offsetof(bridge_call, threads)));
}

void GemmTiles::startJob(Value job, const GemmPartition &parts) {
  Value block = emitter.rem(job, parts.rowBlocks);
  Value blockOfBatch = emitter.div(job, parts.rowBlocks);
  Value chunk = emitter.rem(blockOfBatch, parts.chunks);
  Value batch = emitter.div(blockOfBatch, parts.chunks);
  batch0 = emitter.div(batch, arguments.size(output, 1));
  batch1 = emitter.rem(batch, arguments.size(output, 1));

  panelBytes =
      emitter.mul(productSteps(emitter, element(), depth()), width * 4);
  Value matrixBytes = emitter.mul(parts.panels, panelBytes);
  // Panels of one batch serve all batches of the output.
  auto batchOf = [&](unsigned axis, Value index) {
    Value shared = emitter.equal(arguments.size(kB, axis), emitter.number(1));
    return emitter.select(shared, emitter.number(0), index);
  };
  Value matrix =
      emitter.add(emitter.mul(batchOf(0, batch0), arguments.size(kB, 1)),
                  batchOf(1, batch1));
  panelsOfBatch =
      emitter.offset(arguments.pointer(kB), emitter.mul(matrix, matrixBytes));

  firstRow = emitter.mul(block, parts.blockRows);
  lastRow = emitter.min(emitter.add(firstRow, parts.blockRows), rows());
  firstPanel = emitter.mul(chunk, parts.chunkPanels);
  lastPanel =
      emitter.min(emitter.add(firstPanel, parts.chunkPanels), parts.panels);
  startEpilogue();
}

void GemmTiles::startEpilogue() {
  uniform = dims;
  auto numbers =
      arguments.kernel().getConfig().getAs<DenseI64ArrayAttr>("uniform");
  if (!numbers)
    return;
  Block &body = region().front();
  for (int64_t number : numbers.asArrayRef()) {
    unsigned operand = firstExtra + number;
    uniform.map(body.getArgument(number + 1),
                emitter.loadElement(arguments.elementType(operand),
                                    arguments.pointer(operand)));
  }
  cloneUniform(emitter, body, uniform);
}

Value GemmTiles::a(Value row) {
  return arguments.address(kA, {batch0, batch1, row});
}

Value GemmTiles::panel(Value index) {
  return emitter.offset(panelsOfBatch, emitter.mul(index, panelBytes));
}

GemmTile GemmTiles::tile(Value panel, Value row, Value rows) {
  Value column = emitter.mul(panel, width);
  return {row, rows, column,
          emitter.min(emitter.sub(columns(), column), emitter.number(width))};
}

void GemmTiles::storeStart(Value panel, Value address) {
  Value column = emitter.mul(panel, width);
  Value columnsLeft = emitter.sub(columns(), column);
  for (int64_t vector : llvm::seq(vectors)) {
    int64_t lane = vector * emitter.lanes();
    Value start = emitter.splat(0);
    if (bias) {
      Type element = arguments.elementType(*bias);
      Value source = emitter.offset(arguments.address(*bias, column),
                                    lane * elementBytes(element));
      Value count = emitter.add(columnsLeft, -lane);
      start =
          isContiguous(view(*bias))
              ? emitter.loadElements(element, source, emitter.firstLanes(count))
              : emitter.loadStrided(
                    element,
                    arguments.address(*bias, emitter.add(column, lane)),
                    arguments.stride(*bias, 0), count);
    }
    emitter.store(start, emitter.offset(address, lane * 4));
  }
}

void GemmTiles::prefetch(const GemmTile &tile) {
  emitter.loop(tile.rows, 1, [&](Value inTile) {
    Value row = emitter.add(tile.row, inTile);
    auto prefetch = [&](unsigned operand, Value at, bool forWriting) {
      int64_t bytes = width * elementBytes(arguments.elementType(operand));
      for (int64_t line = 0; line < bytes; line += 64)
        emitter.prefetch(
            emitter.offset(address(operand, at, tile.column), line), 3,
            forWriting);
    };
    prefetch(output, outputRow(row), /*forWriting=*/true);
    for (unsigned extra = firstExtra; extra < endOfExtras; ++extra)
      if (isContiguous(view(extra)))
        prefetch(extra, row, /*forWriting=*/false);
  });
}

bool GemmTiles::isPlain() {
  return region().empty() && arguments.elementType(output).isF32() && !places;
}

void GemmTiles::finish(const GemmTile &tile, Value accumulators,
                       Value skipped) {
  emitter.ifElse(
      emitter.equal(tile.columns, emitter.number(width)),
      [&] { finishRows(tile, accumulators, skipped, /*partial=*/false); },
      [&] { finishRows(tile, accumulators, skipped, /*partial=*/true); });
}

Value GemmTiles::outputRow(Value row) {
  if (!places)
    return row;
  return emitter.widen(emitter.loadElement(arguments.elementType(*places),
                                           arguments.address(*places, row)));
}

void GemmTiles::finishRow(const GemmTile &tile, Value accumulators,
                          Value inTile, ArrayRef<Value> masks) {
  Value row = emitter.add(tile.row, inTile);
  Value tileRow = emitter.offset(accumulators, emitter.mul(inTile, width * 4));
  Value written = outputRow(row);
  for (auto [vector, mask] : llvm::enumerate(masks)) {
    int64_t lane = vector * emitter.lanes();
    Value result = emitter.load(emitter.vectorType(emitter.f32Type()),
                                emitter.offset(tileRow, lane * 4));
    if (!region().empty()) {
      Block &body = region().front();
      IRMapping mapping = uniform;
      mapping.map(body.getArgument(0), result);
      for (unsigned extra = firstExtra; extra < endOfExtras; ++extra) {
        Value argument = body.getArgument(extra - firstExtra + 1);
        if (!uniform.contains(argument))
          mapping.map(argument, loadExtra(extra, tile, row, vector, mask));
      }
      FailureOr<SmallVector<Value>> results =
          cloneOnVectors(emitter, body, mapping, emitter.lanes());
      if (failed(results)) {
        status = failure();
        return;
      }
      result = results->front();
    }
    Type element = arguments.elementType(output);
    emitter.storeElements(element, result,
                          emitter.offset(address(output, written, tile.column),
                                         lane * elementBytes(element)),
                          mask);
  }
}

void GemmTiles::finishRows(const GemmTile &tile, Value accumulators,
                           Value skipped, bool partial) {
  SmallVector<Value> masks(vectors);
  if (partial)
    for (auto [vector, mask] : llvm::enumerate(masks))
      mask = emitter.firstLanes(
          emitter.add(tile.columns, -int64_t(vector) * emitter.lanes()));
  emitter.loop(skipped, tile.rows, emitter.number(1), [&](Value inTile) {
    auto finish = [&] { finishRow(tile, accumulators, inTile, masks); };
    if (!places)
      return finish();
    Value place = outputRow(emitter.add(tile.row, inTile));
    emitter.ifElse(emitter.less(place, emitter.number(0)), [] {}, finish);
  });
}

Value GemmTiles::loadExtra(unsigned operand, const GemmTile &tile, Value row,
                           int64_t vector, Value mask) {
  Type element = view(operand).getElementType();
  int64_t lane = vector * emitter.lanes();
  Value pointer = address(operand, row, tile.column);
  if (isContiguous(view(operand)))
    return emitter.loadElements(
        element, emitter.offset(pointer, lane * elementBytes(element)), mask);
  if (lastStride(view(operand)) == 0)
    return emitter.loadElement(element, pointer);
  Value stride = arguments.stride(operand, 3);
  return emitter.loadStrided(element,
                             emitter.offset(pointer, emitter.mul(stride, lane)),
                             stride, emitter.add(tile.columns, -lane));
}
