//===- Gemm.cpp - Matrix products with an epilogue ------------------------===//
//
// A block computes a tile of 64 × 64 (BlockProduct.h) and leaves it in shared
// memory; the epilogue region takes it from there, element by element,
// neighbours along a row by neighbouring threads.
//
//===----------------------------------------------------------------------===//
#include "BlockProduct.h"
#include "GpuKernel.h"
#include "Panels.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/RegionCloner.h"

using namespace mlir;
using namespace bridge;

namespace {

class GpuGemm final : public GpuKernel {
public:
  explicit GpuGemm(plan::KernelOp kernel)
      : hasBias(hasConfig(kernel, "bias")), firstExtra(hasBias ? 3 : 2),
        output(kernel.getSignature().size() - 1), endOfExtras(output) {
    if (hasConfig(kernel, "scatter"))
      places = --endOfExtras;
  }

  int64_t threads() const override { return kTileThreads; }
  LogicalResult body(WarpEmitter &emitter, Arguments &arguments) override;
  Value jobs(WarpEmitter &emitter, Arguments &arguments) override;

private:
  static constexpr unsigned kLeft = 0, kRight = 1;

  Value epilogue(WarpEmitter &emitter, Arguments &arguments, Value sum,
                 ValueRange place);
  void write(WarpEmitter &emitter, Arguments &arguments, Value sum,
             ArrayRef<Value> place);

  bool hasBias;
  unsigned firstExtra, output, endOfExtras;
  /// Which rows of the output the rows of the product are.
  std::optional<unsigned> places;
  LogicalResult status = success();
};

} // namespace

/// What the region makes of a sum at `place`, one index for each axis.
Value GpuGemm::epilogue(WarpEmitter &emitter, Arguments &arguments, Value sum,
                        ValueRange place) {
  auto load = [&](unsigned operand, ValueRange place) {
    return emitter.loadElement(arguments.elementType(operand),
                               arguments.address(operand, place));
  };
  if (hasBias)
    sum = emitter.addf(sum, load(firstExtra - 1, place.back()));
  Region &region = arguments.kernel().getBody();
  if (region.empty())
    return sum;
  Block &block = region.front();
  IRMapping mapping;
  arguments.mapDims(mapping);
  mapping.map(block.getArgument(0), sum);
  for (unsigned extra = firstExtra; extra < endOfExtras; ++extra)
    mapping.map(block.getArgument(extra - firstExtra + 1), load(extra, place));
  auto results = cloneOnVectors(emitter, block, mapping, /*lanes=*/1);
  if (succeeded(results))
    return results->front();
  status = failure();
  return sum;
}

/// Stores what becomes of a sum; a negative row is nowhere.
void GpuGemm::write(WarpEmitter &emitter, Arguments &arguments, Value sum,
                    ArrayRef<Value> place) {
  Value result = epilogue(emitter, arguments, sum, place);
  auto store = [&](ArrayRef<Value> to) {
    emitter.storeElement(arguments.elementType(output), result,
                         arguments.address(output, to));
  };
  if (!places)
    return store(place);
  Emitter::Values to(place);
  to[2] = emitter.widen(emitter.loadElement(
      arguments.elementType(*places), arguments.address(*places, place[2])));
  emitter.ifElse(
      emitter.less(to[2], emitter.number(0)), [] {}, [&] { store(to); });
}

LogicalResult GpuGemm::body(WarpEmitter &emitter, Arguments &arguments) {
  Value rows = arguments.size(kLeft, 2), columns = arguments.size(output, 3);
  Value rowTiles = emitter.ceilDiv(rows, kTile);
  Value columnTiles = emitter.ceilDiv(columns, kTile);
  // Neighbouring blocks share the columns, which are weights.
  Value job = emitter.block();
  Value row = emitter.mul(emitter.rem(job, rowTiles), kTile);
  Value rest = emitter.div(job, rowTiles);
  Value column = emitter.mul(emitter.rem(rest, columnTiles), kTile);
  Value batch = emitter.div(rest, columnTiles);
  Value batches[] = {emitter.div(batch, arguments.size(output, 1)),
                     emitter.rem(batch, arguments.size(output, 1))};

  GlobalMatrix left{arguments.elementType(kLeft),
                    arguments.address(kLeft, batches),
                    arguments.stride(kLeft, 2), rows, arguments.size(kLeft, 3)};
  BlockProduct product(emitter);
  BlockProduct::Sums sums = product.timesPanels(
      product.zeros(), left, row,
      panelsOfBatch(emitter, arguments, kRight, batches), columns, column);
  Value tile = emitter.shared(kTileBytes);
  product.store(sums, tile, /*apart=*/false);
  emitter.barrier();
  emitter.loop(
      emitter.thread(), emitter.number(kTile * kTile),
      emitter.number(kTileThreads), [&](Value index) {
        Value inRow = emitter.div(index, kTile);
        Value inColumn = emitter.rem(index, kTile);
        Emitter::Values place{batches[0], batches[1], emitter.add(row, inRow),
                              emitter.add(column, inColumn)};
        emitter.ifThen(emitter.less(place[2], rows), [&] {
          emitter.ifThen(emitter.less(place[3], columns), [&] {
            Value sum =
                emitter.load(emitter.f32Type(),
                             BlockProduct::at(emitter, tile, inRow, inColumn));
            write(emitter, arguments, sum, place);
          });
        });
      });
  return status;
}

Value GpuGemm::jobs(WarpEmitter &emitter, Arguments &arguments) {
  Value tiles = emitter.mul(emitter.ceilDiv(arguments.size(kLeft, 2), kTile),
                            emitter.ceilDiv(arguments.size(output, 3), kTile));
  return emitter.mul(
      tiles, emitter.mul(arguments.size(output, 0), arguments.size(output, 1)));
}

std::unique_ptr<GpuKernel> bridge::makeGpuGemm(plan::KernelOp kernel) {
  auto output = unsigned(kernel.getSignature().size() - 1);
  if (failed(requireContiguous(kernel, {/*left=*/0, output})))
    return nullptr;
  return std::make_unique<GpuGemm>(kernel);
}
