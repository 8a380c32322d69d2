//===- SoftmaxSweep.cpp - Log-sum-exps of logits that are never stored ----===//
//
// Sums are kept as on the CPU: Σ · 2^max with a whole max, so that scaling is
// exact. A row's sums stay with its two threads along a run of tiles; a
// column's are added to what the block has written for the tiles above.
//
//===----------------------------------------------------------------------===//
#include "GpuKernel.h"
#include "TileSweep.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Functions.h"
#include "bridge/Kernels/Rows.h"
#include "bridge/Kernels/SoftmaxSums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

namespace {

/// The labels of rows or of columns, and what is written for these.
struct Side {
  unsigned labels, max, sum, picked;
  StringRef site;
  Value first, last; ///< those that the job has
  Value part, parts; ///< the slot of the job, and how many are used
  Value classes;
};

/// The code of one block.
class SoftmaxBlock {
public:
  SoftmaxBlock(WarpEmitter &emitter, Arguments &arguments);

  void emit();

private:
  /// Σ · 2^max of some logits.
  struct Sums {
    Value max, sum;
  };
  Sums none() { return {emitter.scalar(-kGreatestPower), emitter.scalar(0)}; }
  Sums join(const Sums &a, const Sums &b);
  Sums addTile(const Sums &sums,
               function_ref<Value(Value place, Value &isThere)> logit);
  /// The sums of both threads of a row or column.
  Sums joinSharers(const Sums &sums);
  Values tile(ValueRange carried);
  void addColumns();
  void pick(unsigned labels, unsigned picked, Value ownPlace, Value ownCount,
            Value begin, Value count, bool ofRows);
  void finishSide(const Side &side);
  Value isBelow(Value value, Value bound);

  WarpEmitter &emitter;
  Arguments &arguments;
  SoftmaxSweepOperands operands;
  TileSweep sweep;
  Functions functions;
  Value factor; ///< scale · log₂ e
  std::optional<int64_t> ignore;
};

} // namespace

static LogitOperands logitsOf(const SoftmaxSweepOperands &operands) {
  return {operands.left, operands.panels, operands.bias, operands.rowFactors,
          operands.columnFactors};
}

SoftmaxBlock::SoftmaxBlock(WarpEmitter &emitter, Arguments &arguments)
    : emitter(emitter), arguments(arguments), operands(arguments.kernel()),
      sweep(emitter, arguments, logitsOf(operands)),
      functions(emitter, emitter.f32Type()) {
  if (auto label = arguments.kernel().getConfig().getAs<IntegerAttr>("ignore"))
    ignore = label.getInt();
  Value scale = emitter.loadElement(arguments.elementType(operands.scale),
                                    arguments.pointer(operands.scale));
  factor = emitter.mulf(scale, emitter.scalar(M_LOG2E));
}

Value SoftmaxBlock::isBelow(Value value, Value bound) {
  return arith::CmpIOp::create(emitter.builder(), emitter.loc(),
                               arith::CmpIPredicate::ult, value, bound);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

SoftmaxBlock::Sums SoftmaxBlock::join(const Sums &a, const Sums &b) {
  Value max = emitter.maxf(a.max, b.max);
  return {max,
          emitter.addf(functions.scaleDown(a.sum, emitter.subf(a.max, max)),
                       functions.scaleDown(b.sum, emitter.subf(b.max, max)))};
}

SoftmaxBlock::Sums SoftmaxBlock::joinSharers(const Sums &sums) {
  static_assert(TileSweep::kSharers == 2);
  return join(sums,
              {emitter.exchange(sums.max, 1), emitter.exchange(sums.sum, 1)});
}

/// The sums with this thread's logits along its row or column.
SoftmaxBlock::Sums
SoftmaxBlock::addTile(const Sums &sums,
                      function_ref<Value(Value, Value &)> logit) {
  Values result = sweep.along(
      {sums.max, sums.sum}, [&](Value place, ValueRange carried) -> Values {
        Value isThere;
        Value value = logit(place, isThere);
        Functions::Power power = functions.splitPower(value);
        Sums next = join({carried[0], carried[1]},
                         {power.exponent, emitter.select(isThere, power.factor,
                                                         emitter.scalar(0))});
        return {next.max, next.sum};
      });
  return {result[0], result[1]};
}

//===----------------------------------------------------------------------===//
// One tile
//===----------------------------------------------------------------------===//

/// Adds a row's logits, and leaves them in the tile; then the columns'.
Values SoftmaxBlock::tile(ValueRange carried) {
  Value lowest = emitter.scalar(-kGreatestPower);
  Value row = emitter.add(sweep.row, sweep.own);
  Value isRow = emitter.less(row, sweep.rows);
  Value safeRow = emitter.select(isRow, row, emitter.number(0));
  Sums sums =
      addTile({carried[0], carried[1]}, [&](Value place, Value &isThere) {
        Value column = emitter.add(sweep.column, place);
        isThere = arith::AndIOp::create(emitter.builder(), emitter.loc(), isRow,
                                        emitter.less(column, sweep.columns));
        Value safe = emitter.select(isThere, column, emitter.number(0));
        Value address = sweep.at(sweep.own, place);
        Value value = emitter.mulf(sweep.logit(safeRow, safe, address), factor);
        Value bounded = emitter.minf(emitter.scalar(kGreatestPower),
                                     emitter.maxf(lowest, value));
        bounded = emitter.select(isThere, bounded, lowest);
        emitter.store(bounded, address);
        return bounded;
      });
  emitter.barrier();
  pick(operands.rowLabels, operands.rowPicked, row, sweep.rows, sweep.column,
       sweep.columns, /*ofRows=*/true);
  if (operands.columnLabels) {
    addColumns();
    pick(*operands.columnLabels, operands.columnPicked,
         emitter.add(sweep.column, sweep.own), sweep.columns, sweep.row,
         sweep.rows, /*ofRows=*/false);
  }
  return {sums.max, sums.sum};
}

void SoftmaxBlock::addColumns() {
  Value column = emitter.add(sweep.column, sweep.own);
  Value isColumn = emitter.less(column, sweep.columns);
  Sums sums = addTile(none(), [&](Value place, Value &isThere) {
    isThere = arith::AndIOp::create(
        emitter.builder(), emitter.loc(), isColumn,
        emitter.less(emitter.add(sweep.row, place), sweep.rows));
    return emitter.load(emitter.f32Type(), sweep.at(place, sweep.own));
  });
  sums = joinSharers(sums);
  sweep.byOne([&] {
    emitter.ifThen(isColumn, [&] {
      Value max = arguments.address(operands.columnMax, {sweep.block, column});
      Value sum = arguments.address(operands.columnSum, {sweep.block, column});
      Type type = emitter.f32Type();
      Values above = emitter.ifElse(
          emitter.equal(sweep.row, sweep.firstRow), {type, type},
          [&]() -> Values { return {none().max, none().sum}; },
          [&]() -> Values {
            return {emitter.load(type, max), emitter.load(type, sum)};
          });
      Sums all = join({above[0], above[1]}, sums);
      emitter.store(all.max, max);
      emitter.store(all.sum, sum);
    });
  });
}

/// Stores the logit that this thread's row, or column, picks of the tile.
void SoftmaxBlock::pick(unsigned labels, unsigned picked, Value ownPlace,
                        Value ownCount, Value begin, Value count, bool ofRows) {
  sweep.byOne([&] {
    emitter.ifThen(emitter.less(ownPlace, ownCount), [&] {
      Value label = emitter.widen(emitter.loadElement(
          emitter.builder().getI32Type(), arguments.address(labels, ownPlace)));
      Value place = emitter.sub(label, begin);
      Value end = emitter.min(emitter.sub(count, begin), emitter.number(kTile));
      emitter.ifThen(isBelow(place, end), [&] {
        Value address =
            ofRows ? sweep.at(sweep.own, place) : sweep.at(place, sweep.own);
        emitter.store(emitter.load(emitter.f32Type(), address),
                      arguments.address(picked, ownPlace));
      });
    });
  });
}

//===----------------------------------------------------------------------===//
// The block
//===----------------------------------------------------------------------===//

/// Checks labels and fills slots that no job has; once for each row or column.
void SoftmaxBlock::finishSide(const Side &side) {
  auto site = arguments.kernel().getConfig().getAs<IntegerAttr>(side.site);
  Value start = emitter.add(side.first, emitter.thread());
  emitter.loop(
      start, side.last, emitter.number(kTileThreads), [&](Value place) {
        emitter.loop(
            side.parts, emitter.number(kSweepParts), emitter.number(1),
            [&](Value part) {
              emitter.store(emitter.scalar(-kGreatestPower),
                            arguments.address(side.max, {part, place}));
              emitter.store(emitter.scalar(0),
                            arguments.address(side.sum, {part, place}));
            });
        Value label = emitter.widen(
            emitter.loadElement(emitter.builder().getI32Type(),
                                arguments.address(side.labels, place)));
        emitter.ifElse(
            isBelow(label, side.classes), [] {},
            [&] {
              emitter.store(emitter.scalar(0),
                            arguments.address(side.picked, place));
              auto report = [&] {
                reportFault(emitter, arguments, site.getInt(), label,
                            side.classes);
              };
              if (ignore)
                emitter.ifElse(
                    emitter.equal(label, emitter.number(*ignore)), [] {},
                    report);
              else
                report();
            });
      });
}

void SoftmaxBlock::emit() {
  Sums start = none();
  sweep.emit(
      {start.max, start.sum}, [&](ValueRange carried) { return tile(carried); },
      [&](ValueRange carried) {
        Value row = emitter.add(sweep.row, sweep.own);
        Sums sums = joinSharers({carried[0], carried[1]});
        sweep.byOne([&] {
          emitter.ifThen(emitter.less(row, sweep.rows), [&] {
            emitter.store(sums.max, arguments.address(operands.rowMax,
                                                      {sweep.chunk, row}));
            emitter.store(sums.sum, arguments.address(operands.rowSum,
                                                      {sweep.chunk, row}));
          });
        });
      });
  Value zero = emitter.number(0);
  emitter.ifThen(emitter.equal(sweep.chunk, zero), [&] {
    finishSide({operands.rowLabels, operands.rowMax, operands.rowSum,
                operands.rowPicked, "row_site", sweep.firstRow, sweep.lastRow,
                sweep.chunk, sweep.chunks, sweep.columns});
  });
  if (operands.columnLabels)
    emitter.ifThen(emitter.equal(sweep.block, zero), [&] {
      finishSide({*operands.columnLabels, operands.columnMax,
                  operands.columnSum, operands.columnPicked, "column_site",
                  sweep.firstColumn, sweep.lastColumn, sweep.block,
                  sweep.blocks, sweep.rows});
    });
}

namespace {
class GpuSoftmaxSweep final : public GpuKernel {
public:
  int64_t threads() const override { return kTileThreads; }
  LogicalResult body(WarpEmitter &emitter, Arguments &arguments) override {
    SoftmaxBlock(emitter, arguments).emit();
    return success();
  }
  Value jobs(WarpEmitter &emitter, Arguments &arguments) override {
    return TileSweep::jobs(emitter, arguments,
                           logitsOf(SoftmaxSweepOperands(arguments.kernel())));
  }
};
} // namespace

std::unique_ptr<GpuKernel> bridge::makeGpuSoftmaxSweep(plan::KernelOp kernel) {
  if (failed(requireContiguous(kernel, {0})))
    return nullptr;
  return std::make_unique<GpuSoftmaxSweep>();
}
