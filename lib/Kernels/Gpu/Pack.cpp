//===- Pack.cpp - Matrices into panels ------------------------------------===//
//
// A warp fills one panel: its threads are the panel's columns, which are rows
// of the matrix; what the matrix lacks is zero.
//
//===----------------------------------------------------------------------===//
#include "GpuKernel.h"
#include "Panels.h"
#include "bridge/Kernels/Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace bridge;

Value bridge::panelBytes(WarpEmitter &emitter, Arguments &arguments,
                         unsigned operand) {
  Value depth = arguments.size(operand, 3);
  Value steps = arguments.elementType(operand).isBF16()
                    ? emitter.ceilDiv(depth, 2)
                    : depth;
  return emitter.mul(steps, kPanelColumns * 4);
}

Value bridge::panelsOfBatch(WarpEmitter &emitter, Arguments &arguments,
                            unsigned operand, ValueRange batches) {
  auto batchOf = [&](unsigned axis) {
    Value isShared =
        emitter.equal(arguments.size(operand, axis), emitter.number(1));
    return emitter.select(isShared, emitter.number(0), batches[axis]);
  };
  Value matrix = emitter.add(
      emitter.mul(batchOf(0), arguments.size(operand, 1)), batchOf(1));
  Value panels = emitter.ceilDiv(arguments.size(operand, 2), kPanelColumns);
  Value bytes = emitter.mul(panels, panelBytes(emitter, arguments, operand));
  return emitter.offset(arguments.pointer(operand), emitter.mul(matrix, bytes));
}

namespace {

class GpuPack final : public GpuKernel {
public:
  int64_t threads() const override { return kWarps * kWarpThreads; }
  int64_t jobsPerBlock() const override { return kWarps; }
  LogicalResult body(WarpEmitter &emitter, Arguments &arguments) override;
  Value jobs(WarpEmitter &emitter, Arguments &arguments) override {
    Value panels = emitter.ceilDiv(arguments.size(kOut, 2), kPanelColumns);
    return emitter.mul(
        panels, emitter.mul(arguments.size(kOut, 0), arguments.size(kOut, 1)));
  }

private:
  static constexpr int64_t kWarps = 4;
  static constexpr unsigned kIn = 0, kOut = 1;

  void fillPanel(WarpEmitter &emitter, Arguments &arguments, Value job);
};

} // namespace

void GpuPack::fillPanel(WarpEmitter &emitter, Arguments &arguments, Value job) {
  Type element = arguments.elementType(kIn);
  Value panels = emitter.ceilDiv(arguments.size(kOut, 2), kPanelColumns);
  Value panel = emitter.rem(job, panels), batch = emitter.div(job, panels);
  Value batches[] = {emitter.div(batch, arguments.size(kOut, 1)),
                     emitter.rem(batch, arguments.size(kOut, 1))};
  Value bytes = panelBytes(emitter, arguments, kOut);
  Value target =
      emitter.offset(panelsOfBatch(emitter, arguments, kOut, batches),
                     emitter.mul(panel, bytes));
  Value depth = arguments.size(kIn, 3);
  Value lane = emitter.widen(emitter.laneNumbers());
  Value row = emitter.add(emitter.mul(panel, kPanelColumns), lane);
  Value isRow = emitter.less(row, arguments.size(kIn, 2));
  Value source =
      arguments.address(kIn, {batches[0], batches[1],
                              emitter.select(isRow, row, emitter.number(0))});
  Type stored = storedType(element);
  auto elementAt = [&](Value k) {
    Value isThere = arith::AndIOp::create(emitter.builder(), emitter.loc(),
                                          isRow, emitter.less(k, depth));
    Value address =
        emitter.offset(source, emitter.mul(k, arguments.stride(kIn, 3)));
    return emitter.ifElse(
        isThere, stored,
        [&]() -> Emitter::Values { return {emitter.load(stored, address)}; },
        [&]() -> Emitter::Values {
          return {
              arith::ConstantOp::create(emitter.builder(), emitter.loc(),
                                        emitter.builder().getZeroAttr(stored))};
        })[0];
  };
  int64_t elements = element.isBF16() ? 2 : 1;
  Value steps = emitter.ceilDiv(depth, elements);
  emitter.loop(steps, 1, [&](Value step) {
    Value place =
        emitter.offset(target, emitter.add(emitter.mul(step, kPanelColumns * 4),
                                           emitter.mul(lane, 4)));
    for (int64_t which : llvm::seq(elements)) {
      Value k = emitter.add(emitter.mul(step, elements), which);
      emitter.store(elementAt(k),
                    emitter.offset(place, which * elementBytes(element)));
    }
  });
}

LogicalResult GpuPack::body(WarpEmitter &emitter, Arguments &arguments) {
  Value job = emitter.add(emitter.mul(emitter.block(), kWarps), emitter.warp());
  emitter.ifThen(emitter.less(job, jobs(emitter, arguments)),
                 [&] { fillPanel(emitter, arguments, job); });
  return success();
}

std::unique_ptr<GpuKernel> bridge::makeGpuPack(plan::KernelOp) {
  return std::make_unique<GpuPack>();
}
