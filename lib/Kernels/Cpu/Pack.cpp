//===- Pack.cpp - Matrices into panels ------------------------------------===//
//
// A job fills one panel: `panelWidth` rows of the matrix become the columns of
// [k][panelWidth]; rows that the matrix lacks are zero.
//
//===----------------------------------------------------------------------===//
#include "CpuKernel.h"
#include "VectorTranspose.h"

using namespace mlir;
using namespace bridge;

namespace {

class PackKernel final : public CpuKernel {
public:
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;

private:
  static constexpr unsigned kIn = 0, kOut = 1;
};

/// Where a job reads and writes.
struct Panel {
  Value source;                 ///< the first row
  Value rows;                   ///< rows within the matrix, at least 1
  Value depth;                  ///< k
  Value rowStride, depthStride; ///< in bytes
  Value packed;
};

} // namespace

static int64_t panelRowBytes(Emitter &emitter) {
  return emitter.level().panelWidth() * 4;
}

/// `lanes` steps of k from `k` on, of `lanes` rows from `row` on, by a
/// transpose; `partial` where the matrix may end within them.
static void packSquare(Emitter &emitter, const Panel &panel, Value k,
                       int64_t row, bool partial) {
  int64_t lanes = emitter.lanes();
  Value stepsLeft = emitter.sub(panel.depth, k);
  Emitter::Values loaded;
  for (int64_t lane : llvm::seq(row, row + lanes)) {
    Value index = emitter.number(lane);
    Value mask;
    if (partial) {
      Value within = emitter.less(index, panel.rows);
      mask = emitter.firstLanes(
          emitter.select(within, stepsLeft, emitter.number(0)));
    }
    Value address = emitter.offset(
        emitter.offset(panel.source, emitter.mul(panel.rowStride, index)),
        emitter.mul(k, 4));
    loaded.push_back(emitter.loadElements(emitter.f32Type(), address, mask));
  }
  Emitter::Values columns = transposeSquare(emitter, loaded);
  Value target = emitter.offset(
      emitter.offset(panel.packed, emitter.mul(k, panelRowBytes(emitter))),
      row * 4);
  for (auto [step, column] : llvm::enumerate(columns)) {
    auto put = [&] {
      emitter.store(column,
                    emitter.offset(target, step * panelRowBytes(emitter)));
    };
    if (partial)
      emitter.ifThen(emitter.less(emitter.number(step), stepsLeft), put);
    else
      put();
  }
}

/// Rows whose elements lie one after the other.
static void packRows(Emitter &emitter, const Panel &panel) {
  int64_t lanes = emitter.lanes();
  int64_t width = emitter.level().panelWidth();
  auto packSteps = [&](Value k, bool partial) {
    for (int64_t row = 0; row < width; row += lanes)
      packSquare(emitter, panel, k, row, partial);
  };
  Value step = emitter.number(lanes);
  Value wholeSteps = emitter.select(
      emitter.equal(panel.rows, emitter.number(width)),
      emitter.mul(emitter.div(panel.depth, lanes), lanes), emitter.number(0));
  emitter.loop(emitter.number(0), wholeSteps, step,
               [&](Value k) { packSteps(k, /*partial=*/false); });
  emitter.loop(wholeSteps, panel.depth, step,
               [&](Value k) { packSteps(k, /*partial=*/true); });
}

/// Columns whose elements lie one after the other.
static void packColumns(Emitter &emitter, const Panel &panel) {
  SmallVector<Value> masks;
  for (int64_t row = 0; row < emitter.level().panelWidth();
       row += emitter.lanes())
    masks.push_back(emitter.firstLanes(emitter.add(panel.rows, -row)));
  emitter.loop(panel.depth, 1, [&](Value k) {
    Value source =
        emitter.offset(panel.source, emitter.mul(k, panel.depthStride));
    Value target =
        emitter.offset(panel.packed, emitter.mul(k, panelRowBytes(emitter)));
    for (auto [vector, mask] : llvm::enumerate(masks)) {
      int64_t bytes = vector * emitter.lanes() * 4;
      emitter.store(emitter.loadElements(emitter.f32Type(),
                                         emitter.offset(source, bytes), mask),
                    emitter.offset(target, bytes));
    }
  });
}

/// Any strides, element by element.
static void packElements(Emitter &emitter, const Panel &panel) {
  emitter.loop(panel.depth, 1, [&](Value k) {
    Value source =
        emitter.offset(panel.source, emitter.mul(k, panel.depthStride));
    Value target =
        emitter.offset(panel.packed, emitter.mul(k, panelRowBytes(emitter)));
    for (int64_t row = 0; row < emitter.level().panelWidth();
         row += emitter.lanes()) {
      Value first = emitter.offset(source, emitter.mul(panel.rowStride, row));
      emitter.store(emitter.loadStrided(emitter.f32Type(), first,
                                        panel.rowStride,
                                        emitter.add(panel.rows, -row)),
                    emitter.offset(target, row * 4));
    }
  });
}

LogicalResult PackKernel::body(Emitter &emitter, Arguments &arguments,
                               Value job, Value scratch) {
  int64_t width = emitter.level().panelWidth();
  Value n = arguments.size(kOut, 2);
  Value depth = arguments.size(kOut, 3);
  Value panels = emitter.ceilDiv(n, width);
  Value batch = emitter.div(job, panels);
  Value row = emitter.mul(emitter.rem(job, panels), width);
  Value batch0 = emitter.div(batch, arguments.size(kOut, 1));
  Value batch1 = emitter.rem(batch, arguments.size(kOut, 1));
  Value panelBytes = emitter.mul(depth, panelRowBytes(emitter));
  Panel panel{
      arguments.address(kIn, {batch0, batch1, row}),
      emitter.min(emitter.sub(n, row), emitter.number(width)),
      depth,
      arguments.stride(kIn, 2),
      arguments.stride(kIn, 3),
      emitter.offset(arguments.pointer(kOut), emitter.mul(job, panelBytes))};
  if (isContiguous(cast<plan::ViewType>(arguments.operandType(kIn)))) {
    packRows(emitter, panel);
    return success();
  }
  emitter.ifElse(
      emitter.equal(panel.rowStride, emitter.number(4)),
      [&] { packColumns(emitter, panel); },
      [&] { packElements(emitter, panel); });
  return success();
}

Value PackKernel::jobs(Emitter &emitter, Arguments &arguments) {
  Value panels =
      emitter.ceilDiv(arguments.size(kOut, 2), emitter.level().panelWidth());
  Value batches = emitter.mul(arguments.size(kOut, 0), arguments.size(kOut, 1));
  return emitter.mul(batches, panels);
}

std::unique_ptr<CpuKernel> bridge::makePackKernel(plan::KernelOp kernel) {
  return std::make_unique<PackKernel>();
}
