//===- Pack.cpp - Matrices into panels ------------------------------------===//
//
// A job fills one panel: `panelWidth` rows of the matrix become the columns of
// [steps of k][panelWidth] units (see MicroKernels.h); what the matrix lacks is
// zero.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "MicroKernels.h"
#include "VectorTranspose.h"
#include "bridge/Kernels/Storage.h"

using namespace mlir;
using namespace bridge;

namespace {

class PackKernel final : public Kernel {
public:
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;

private:
  static constexpr unsigned kIn = 0, kOut = 1;
};

/// Where a job reads and writes.
struct Panel {
  Type element;
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

/// `lanes` steps of k from `step` on, of `lanes` rows from `row` on, by a
/// transpose; `partial` where the matrix may end within them.
static void packSquare(Emitter &emitter, const Panel &panel, Value step,
                       int64_t row, bool partial) {
  int64_t lanes = emitter.lanes();
  Value k = emitter.mul(step, unitElements(panel.element));
  Value left = emitter.sub(panel.depth, k);
  Emitter::Values loaded;
  for (int64_t lane : llvm::seq(row, row + lanes)) {
    Value index = emitter.number(lane);
    Value count;
    if (partial)
      count = emitter.select(emitter.less(index, panel.rows), left,
                             emitter.number(0));
    Value address = emitter.offset(
        emitter.offset(panel.source, emitter.mul(panel.rowStride, index)),
        emitter.mul(k, elementBytes(panel.element)));
    loaded.push_back(loadUnits(emitter, panel.element, address, count));
  }
  Emitter::Values columns = transposeSquare(emitter, loaded);
  Value stepsLeft = productSteps(emitter, panel.element, left);
  Value target = emitter.offset(
      emitter.offset(panel.packed, emitter.mul(step, panelRowBytes(emitter))),
      row * 4);
  for (auto [ahead, column] : llvm::enumerate(columns)) {
    auto put = [&] {
      emitter.store(column,
                    emitter.offset(target, ahead * panelRowBytes(emitter)));
    };
    if (partial)
      emitter.ifThen(emitter.less(emitter.number(ahead), stepsLeft), put);
    else
      put();
  }
}

/// Rows whose elements lie one after the other.
static void packRows(Emitter &emitter, const Panel &panel) {
  int64_t lanes = emitter.lanes();
  int64_t width = emitter.level().panelWidth();
  auto packSteps = [&](Value step, bool partial) {
    for (int64_t row = 0; row < width; row += lanes)
      packSquare(emitter, panel, step, row, partial);
  };
  Value ahead = emitter.number(lanes);
  Value whole = emitter.div(panel.depth, unitElements(panel.element) * lanes);
  Value wholeSteps =
      emitter.select(emitter.equal(panel.rows, emitter.number(width)),
                     emitter.mul(whole, lanes), emitter.number(0));
  emitter.loop(emitter.number(0), wholeSteps, ahead,
               [&](Value step) { packSteps(step, /*partial=*/false); });
  emitter.loop(wholeSteps, productSteps(emitter, panel.element, panel.depth),
               ahead, [&](Value step) { packSteps(step, /*partial=*/true); });
}

/// Step by step, where `load` gives the elements at one k, as they are stored,
/// of a vector of rows from `row` on; of `count` rows at most.
static void packSteps(
    Emitter &emitter, const Panel &panel,
    function_ref<Value(Type stored, Value source, int64_t row, Value count)>
        load) {
  Type stored = storedType(panel.element);
  int64_t elements = unitElements(panel.element);
  Value steps = productSteps(emitter, panel.element, panel.depth);
  emitter.loop(steps, 1, [&](Value step) {
    Value target =
        emitter.offset(panel.packed, emitter.mul(step, panelRowBytes(emitter)));
    for (int64_t row = 0; row < emitter.level().panelWidth();
         row += emitter.lanes()) {
      auto loadAt = [&](Value k, Value rows) {
        return load(
            stored,
            emitter.offset(panel.source, emitter.mul(k, panel.depthStride)),
            row, emitter.add(rows, -row));
      };
      Value k = emitter.mul(step, elements);
      Value unit = loadAt(k, panel.rows);
      if (elements == 2) {
        Value next = emitter.add(k, 1);
        Value rows = emitter.select(emitter.less(next, panel.depth), panel.rows,
                                    emitter.number(0));
        unit = pairStored(emitter, unit, loadAt(next, rows));
      }
      emitter.store(unit, emitter.offset(target, row * 4));
    }
  });
}

/// Columns whose elements lie one after the other.
static void packColumns(Emitter &emitter, const Panel &panel) {
  packSteps(
      emitter, panel, [&](Type stored, Value source, int64_t row, Value count) {
        Value first = emitter.offset(source, row * elementBytes(panel.element));
        return emitter.loadElements(stored, first, emitter.firstLanes(count));
      });
}

/// Any strides, element by element.
static void packElements(Emitter &emitter, const Panel &panel) {
  packSteps(
      emitter, panel, [&](Type stored, Value source, int64_t row, Value count) {
        Value first = emitter.offset(source, emitter.mul(panel.rowStride, row));
        return emitter.loadStrided(stored, first, panel.rowStride, count);
      });
}

LogicalResult PackKernel::body(Emitter &emitter, Arguments &arguments,
                               Value job, Value scratch) {
  int64_t width = emitter.level().panelWidth();
  Type element = arguments.elementType(kIn);
  Value n = arguments.size(kOut, 2);
  Value depth = arguments.size(kOut, 3);
  Value panels = emitter.ceilDiv(n, width);
  Value batch = emitter.div(job, panels);
  Value row = emitter.mul(emitter.rem(job, panels), width);
  Value batch0 = emitter.div(batch, arguments.size(kOut, 1));
  Value batch1 = emitter.rem(batch, arguments.size(kOut, 1));
  Value panelBytes = emitter.mul(productSteps(emitter, element, depth),
                                 panelRowBytes(emitter));
  Panel panel{
      element,
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
      emitter.equal(panel.rowStride, emitter.number(elementBytes(element))),
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

std::unique_ptr<Kernel> bridge::makePackKernel(plan::KernelOp kernel) {
  return std::make_unique<PackKernel>();
}
