//===- Gemm.cpp - Matrix products with an epilogue ------------------------===//
//
// A job computes a block of rows of a few panels: for each panel and each row
// tile, a micro-kernel leaves the product in a tile on the stack, and the
// epilogue region takes it from there, on vectors, to the output. Large
// products may be made of fewer small ones (Strassen.h).
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "GemmTiles.h"
#include "MicroKernels.h"
#include "Strassen.h"
#include "bridge/Kernels/Config.h"

using namespace mlir;
using namespace bridge;

namespace {

class GemmKernel final : public Kernel {
public:
  explicit GemmKernel(DenseI64ArrayAttr strassen) : strassen(strassen) {}

  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;
  Value scratchBytes(Emitter &emitter, Arguments &arguments) override;

private:
  /// From which sizes on Strassen's scheme is taken; null for never.
  DenseI64ArrayAttr strassen;
};

/// The code of one job.
class GemmJob {
public:
  GemmJob(Emitter &emitter, GemmTiles &tiles)
      : emitter(emitter), tiles(tiles), width(emitter.level().panelWidth()),
        stackTile(emitter.stack(emitter.level().microRows * width * 4)),
        start(emitter.stack(width * 4)) {}

  void emit(Value job);

private:
  void emitTile(const GemmTile &tile, Value panel);

  Emitter &emitter;
  GemmTiles &tiles;
  int64_t width;
  Value stackTile; ///< [micro rows, width] of f32
  Value start;     ///< [width] of f32, where the accumulators start
};

} // namespace

static GemmPartition partition(Emitter &emitter, GemmTiles &tiles) {
  const CpuLevel &level = emitter.level();
  Value one = emitter.number(1);
  Value rows = tiles.rows();
  Value atLeast = emitter.max(emitter.ceilDiv(rows, level.rowBlock), one);
  Value blockRows = emitter.mul(
      emitter.ceilDiv(emitter.ceilDiv(rows, level.microRows), atLeast),
      level.microRows);
  Value panels = emitter.ceilDiv(tiles.columns(), level.panelWidth());
  return {emitter.ceilDiv(rows, emitter.max(blockRows, one)), blockRows, panels,
          emitter.number(level.panelChunk),
          emitter.ceilDiv(panels, level.panelChunk)};
}

void GemmJob::emit(Value job) {
  tiles.startJob(job, partition(emitter, tiles));
  Value tileRows = evenRows(emitter, tiles.element(),
                            emitter.sub(tiles.lastRow, tiles.firstRow));
  emitter.loop(
      tiles.firstPanel, tiles.lastPanel, emitter.number(1), [&](Value panel) {
        tiles.storeStart(panel, start);
        emitter.loop(tiles.firstRow, tiles.lastRow, tileRows, [&](Value row) {
          Value rows = emitter.min(tileRows, emitter.sub(tiles.lastRow, row));
          emitTile(tiles.tile(panel, row, rows), tiles.panel(panel));
        });
      });
}

void GemmJob::emitTile(const GemmTile &tile, Value panel) {
  tiles.prefetch(tile);
  Value whole = emitter.equal(tile.columns, emitter.number(width));
  Value tileStride = emitter.number(width * 4);
  RowProduct product{tiles.a(tile.row), tiles.aStride(), panel,
                     tiles.depth(),     start,           emitter.number(0),
                     stackTile,         tileStride};
  // Without an epilogue, f32 needs nothing but to be stored.
  bool isPlain = tiles.isPlain();
  if (isPlain) {
    product.c = emitter.select(whole, tiles.outputAddress(tile), stackTile);
    product.cStride = emitter.select(whole, tiles.outputStride(), tileStride);
  }
  Value table =
      rowProductTable(emitter, tiles.element(), emitter.level().panelVectors);
  callProduct(emitter, table, tile.rows, product);
  auto finish = [&] {
    tiles.finish(tile, stackTile, /*skipped=*/emitter.number(0));
  };
  if (isPlain)
    emitter.ifElse(whole, [] {}, finish);
  else
    finish();
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

LogicalResult GemmKernel::body(Emitter &emitter, Arguments &arguments,
                               Value job, Value scratch) {
  GemmTiles tiles(emitter, arguments);
  auto emitPlain = [&] { GemmJob(emitter, tiles).emit(job); };
  if (strassen)
    emitter.ifElse(
        isStrassen(emitter, tiles, strassen),
        [&] { emitStrassenJob(emitter, tiles, job, scratch); }, emitPlain);
  else
    emitPlain();
  return tiles.status;
}

Value GemmKernel::jobs(Emitter &emitter, Arguments &arguments) {
  GemmTiles tiles(emitter, arguments);
  auto count = [&](const GemmPartition &parts) {
    return emitter.mul(tiles.batches(),
                       emitter.mul(parts.chunks, parts.rowBlocks));
  };
  Value plain = count(partition(emitter, tiles));
  if (!strassen)
    return plain;
  return emitter.select(isStrassen(emitter, tiles, strassen),
                        count(strassenPartition(emitter, tiles)), plain);
}

Value GemmKernel::scratchBytes(Emitter &emitter, Arguments &arguments) {
  if (!strassen)
    return emitter.number(0);
  GemmTiles tiles(emitter, arguments);
  return emitter.select(isStrassen(emitter, tiles, strassen),
                        strassenScratchBytes(emitter, tiles),
                        emitter.number(0));
}

std::unique_ptr<Kernel> bridge::makeGemmKernel(plan::KernelOp kernel) {
  auto output = unsigned(kernel.getSignature().size() - 1);
  if (failed(requireContiguous(kernel, {/*a=*/0, output})))
    return nullptr;
  return std::make_unique<GemmKernel>(
      kernel.getConfig().getAs<DenseI64ArrayAttr>("strassen"));
}
