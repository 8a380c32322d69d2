//===- Gemm.cpp - Matrix products with an epilogue ------------------------===//
//
// A job computes a block of rows of a few panels: for each panel and each row
// tile, a micro-kernel leaves the product in a tile on the stack, and the
// epilogue region takes it from there, on vectors, to the output.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "MicroKernels.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/RegionCloner.h"

using namespace mlir;
using namespace bridge;

namespace {

/// How the rows and columns of a product are dealt out to jobs.
struct Partition {
  Value rowBlocks; ///< blocks of rows
  Value blockRows; ///< rows of a block, but perhaps the last
  Value panels;
  Value chunks; ///< groups of panels
};

class GemmKernel final : public Kernel {
public:
  explicit GemmKernel(plan::KernelOp kernel)
      : hasBias(hasConfig(kernel, "bias")), firstExtra(hasBias ? 3 : 2),
        output(kernel.getSignature().size() - 1) {}

  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;

private:
  bool hasBias;
  unsigned firstExtra, output;
};

/// The code of one job.
class GemmJob {
public:
  GemmJob(Emitter &emitter, Arguments &arguments, unsigned firstExtra,
          unsigned output)
      : emitter(emitter), arguments(arguments), firstExtra(firstExtra),
        output(output), width(emitter.level().panelWidth()),
        vectors(emitter.level().panelVectors) {
    arguments.mapDims(dims);
  }

  LogicalResult emit(Value job, std::optional<unsigned> bias);

private:
  /// Where a row tile stands in the product.
  struct Tile {
    Value row, rows; ///< its first row, and how many
    Value column;    ///< its first column
    Value columns;   ///< how many lie within the product
  };

  Region &region() { return arguments.kernel().getBody(); }
  plan::ViewType view(unsigned operand) {
    return cast<plan::ViewType>(arguments.operandType(operand));
  }
  /// The address of an operand [b₀, b₁, m, n] at a row and column of this
  /// batch.
  Value address(unsigned operand, Value row, Value column) {
    return arguments.address(operand, {batch0, batch1, row, column});
  }
  void emitStartRow(std::optional<unsigned> bias, Value column, Value columns);
  void prefetchTile(const Tile &tile);
  void emitTile(const Tile &tile, Value a, Value panel, Value depth);
  /// Takes the tile from the stack to the output, masked where `partial`.
  void emitEpilogue(const Tile &tile, bool partial);
  Value loadExtra(unsigned operand, const Tile &tile, Value row, int64_t vector,
                  Value mask);

  Emitter &emitter;
  Arguments &arguments;
  unsigned firstExtra, output;
  int64_t width, vectors;
  IRMapping dims;
  Value batch0, batch1;
  Value stackTile; ///< [micro rows, width] of f32
  Value startRow;  ///< [width] of f32, where the accumulators start
  LogicalResult status = success();
};

} // namespace

static Partition partition(Emitter &emitter, Value rows, Value columns) {
  const CpuLevel &level = emitter.level();
  Value one = emitter.number(1);
  Value atLeast = emitter.max(emitter.ceilDiv(rows, level.rowBlock), one);
  Value blockRows = emitter.mul(
      emitter.ceilDiv(emitter.ceilDiv(rows, level.microRows), atLeast),
      level.microRows);
  Value panels = emitter.ceilDiv(columns, level.panelWidth());
  return {emitter.ceilDiv(rows, emitter.max(blockRows, one)), blockRows, panels,
          emitter.ceilDiv(panels, level.panelChunk)};
}

//===----------------------------------------------------------------------===//
// One job
//===----------------------------------------------------------------------===//

LogicalResult GemmJob::emit(Value job, std::optional<unsigned> bias) {
  const unsigned a = 0, b = 1;
  Value rows = arguments.size(output, 2);
  Value columns = arguments.size(output, 3);
  Value depth = arguments.size(a, 3);
  Partition parts = partition(emitter, rows, columns);
  Value block = emitter.rem(job, parts.rowBlocks);
  Value blockOfBatch = emitter.div(job, parts.rowBlocks);
  Value chunk = emitter.rem(blockOfBatch, parts.chunks);
  Value batch = emitter.div(blockOfBatch, parts.chunks);
  batch0 = emitter.div(batch, arguments.size(output, 1));
  batch1 = emitter.rem(batch, arguments.size(output, 1));

  Type element = arguments.elementType(a);
  Value panelBytes =
      emitter.mul(productSteps(emitter, element, depth), width * 4);
  Value matrixBytes = emitter.mul(parts.panels, panelBytes);
  // Panels of one batch serve all batches of the output.
  auto batchOf = [&](unsigned axis, Value index) {
    Value shared = emitter.equal(arguments.size(b, axis), emitter.number(1));
    return emitter.select(shared, emitter.number(0), index);
  };
  Value matrix =
      emitter.add(emitter.mul(batchOf(0, batch0), arguments.size(b, 1)),
                  batchOf(1, batch1));
  Value panelsOfBatch =
      emitter.offset(arguments.pointer(b), emitter.mul(matrix, matrixBytes));

  stackTile = emitter.stack(emitter.level().microRows * width * 4);
  startRow = emitter.stack(width * 4);

  Value firstRow = emitter.mul(block, parts.blockRows);
  Value lastRow = emitter.min(emitter.add(firstRow, parts.blockRows), rows);
  Value tileRows = evenRows(emitter, element, emitter.sub(lastRow, firstRow));
  Value firstPanel = emitter.mul(chunk, emitter.level().panelChunk);
  Value lastPanel = emitter.min(
      emitter.add(firstPanel, emitter.level().panelChunk), parts.panels);
  emitter.loop(firstPanel, lastPanel, emitter.number(1), [&](Value panel) {
    Value column = emitter.mul(panel, width);
    Value left =
        emitter.min(emitter.sub(columns, column), emitter.number(width));
    emitStartRow(bias, column, left);
    Value packed =
        emitter.offset(panelsOfBatch, emitter.mul(panel, panelBytes));
    emitter.loop(firstRow, lastRow, tileRows, [&](Value row) {
      Tile tile{row, emitter.min(tileRows, emitter.sub(lastRow, row)), column,
                left};
      Value left = arguments.address(a, {batch0, batch1, row});
      emitTile(tile, left, packed, depth);
    });
  });
  return status;
}

void GemmJob::emitStartRow(std::optional<unsigned> bias, Value column,
                           Value columns) {
  for (int64_t vector : llvm::seq(vectors)) {
    int64_t lane = vector * emitter.lanes();
    Value start = emitter.splat(0);
    if (bias) {
      Type element = arguments.elementType(*bias);
      Value address = emitter.offset(arguments.address(*bias, column),
                                     lane * elementBytes(element));
      Value count = emitter.add(columns, -lane);
      start = isContiguous(view(*bias))
                  ? emitter.loadElements(element, address,
                                         emitter.firstLanes(count))
                  : emitter.loadStrided(
                        element,
                        arguments.address(*bias, emitter.add(column, lane)),
                        arguments.stride(*bias, 0), count);
    }
    emitter.store(start, emitter.offset(startRow, lane * 4));
  }
}

void GemmJob::prefetchTile(const Tile &tile) {
  emitter.loop(tile.rows, 1, [&](Value inTile) {
    Value row = emitter.add(tile.row, inTile);
    auto prefetch = [&](unsigned operand, bool forWriting) {
      int64_t bytes = width * elementBytes(arguments.elementType(operand));
      for (int64_t line = 0; line < bytes; line += 64)
        emitter.prefetch(
            emitter.offset(address(operand, row, tile.column), line), 3,
            forWriting);
    };
    prefetch(output, /*forWriting=*/true);
    for (unsigned extra = firstExtra; extra < output; ++extra)
      if (isContiguous(view(extra)))
        prefetch(extra, /*forWriting=*/false);
  });
}

void GemmJob::emitTile(const Tile &tile, Value a, Value panel, Value depth) {
  prefetchTile(tile);
  Value whole = emitter.equal(tile.columns, emitter.number(width));
  Value tileStride = emitter.number(width * 4);
  RowProduct product{a,        arguments.stride(0, 2), panel,     depth,
                     startRow, emitter.number(0),      stackTile, tileStride};
  // Without an epilogue, f32 needs nothing but to be stored.
  bool isPlain = region().empty() && arguments.elementType(output).isF32();
  if (isPlain) {
    product.c = emitter.select(whole, address(output, tile.row, tile.column),
                               stackTile);
    product.cStride =
        emitter.select(whole, arguments.stride(output, 2), tileStride);
  }
  Value table =
      rowProductTable(emitter, arguments.elementType(/*a=*/0), vectors);
  callProduct(emitter, table, tile.rows, product);
  emitter.ifElse(
      whole,
      [&] {
        if (!isPlain)
          emitEpilogue(tile, /*partial=*/false);
      },
      [&] { emitEpilogue(tile, /*partial=*/true); });
}

void GemmJob::emitEpilogue(const Tile &tile, bool partial) {
  SmallVector<Value> masks(vectors);
  if (partial)
    for (auto [vector, mask] : llvm::enumerate(masks))
      mask = emitter.firstLanes(
          emitter.add(tile.columns, -int64_t(vector) * emitter.lanes()));
  emitter.loop(tile.rows, 1, [&](Value inTile) {
    Value row = emitter.add(tile.row, inTile);
    Value tileRow = emitter.offset(stackTile, emitter.mul(inTile, width * 4));
    for (auto [vector, mask] : llvm::enumerate(masks)) {
      int64_t lane = vector * emitter.lanes();
      Value result = emitter.load(emitter.vectorType(emitter.f32Type()),
                                  emitter.offset(tileRow, lane * 4));
      if (!region().empty()) {
        Block &body = region().front();
        IRMapping mapping = dims;
        mapping.map(body.getArgument(0), result);
        for (unsigned extra = firstExtra; extra < output; ++extra)
          mapping.map(body.getArgument(extra - firstExtra + 1),
                      loadExtra(extra, tile, row, vector, mask));
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
                            emitter.offset(address(output, row, tile.column),
                                           lane * elementBytes(element)),
                            mask);
    }
  });
}

Value GemmJob::loadExtra(unsigned operand, const Tile &tile, Value row,
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

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

LogicalResult GemmKernel::body(Emitter &emitter, Arguments &arguments,
                               Value job, Value scratch) {
  std::optional<unsigned> bias;
  if (hasBias)
    bias = firstExtra - 1;
  return GemmJob(emitter, arguments, firstExtra, output).emit(job, bias);
}

Value GemmKernel::jobs(Emitter &emitter, Arguments &arguments) {
  Partition parts =
      partition(emitter, arguments.size(output, 2), arguments.size(output, 3));
  Value batches =
      emitter.mul(arguments.size(output, 0), arguments.size(output, 1));
  return emitter.mul(batches, emitter.mul(parts.chunks, parts.rowBlocks));
}

std::unique_ptr<Kernel> bridge::makeGemmKernel(plan::KernelOp kernel) {
  auto output = unsigned(kernel.getSignature().size() - 1);
  if (failed(requireContiguous(kernel, {/*a=*/0, output})))
    return nullptr;
  return std::make_unique<GemmKernel>(kernel);
}
