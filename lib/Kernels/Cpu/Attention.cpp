//===- Attention.cpp - softmax(Q·Kᵀ·scale + bias)·V -----------------------===//
//
// A job takes some of the queries of one head, a panel of them at a time: Qᵀ is
// packed by transposes; Sᵀ = K·Qᵀ has the keys as rows and the panel's queries
// as lanes, so that the softmax runs down the lanes without horizontal
// reductions; the output is (Sᵀ)ᵀ·V with V read in place. One pass over the
// keys, whose scores stand in scratch.
//
// Of bf16, queries are packed in pairs along the depth; exp(score) is rounded
// to pairs along the keys, which take the place of the scores, and V is packed
// likewise.
//
// With a mask the keys are taken a block at a time, as many as a micro-kernel
// has rows, in whole pairs. Blocks that no query of the panel sees are left out
// of everything; the others form runs. A query that sees nothing, where such
// have all keys alike, turns its panel's runs into one of all keys.
//
//===----------------------------------------------------------------------===//
#include "AttentionJob.h"
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

/// Panels of queries that a job takes, at most.
static constexpr int64_t kPanelsPerJob = 8;

namespace {

class AttentionKernel final : public Kernel {
public:
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;
  Value scratchBytes(Emitter &emitter, Arguments &arguments) override;
};

/// Scratch of a thread, each part from a multiple of 64 bytes on. A row of a
/// part has a panel's width.
struct Scratch {
  Value queries;  ///< offset of Qᵀ [steps of d rounded up to lanes]
  Value output;   ///< offset of an output tile [micro rows]
  Value addend;   ///< offset of a further run's output tile [micro rows]
  Value inverses; ///< offset of 1 / Σ exp, one row
  Value seen;     ///< offset of whether a query sees anything, one row of i32
  Value runs;     ///< offset of the runs of keys
  Value values;   ///< offset of V as far as it is packed
  Value scores;   ///< offset of Sᵀ [keys, and a vector's lanes beyond]
  Value bytes;    ///< in all
};

} // namespace

static Scratch layoutScratch(Emitter &emitter, Arguments &arguments) {
  int64_t rowBytes = emitter.level().panelWidth() * 4;
  Scratch scratch;
  scratch.queries = emitter.number(0);
  Value queryRows = emitter.roundUp(
      productSteps(emitter, arguments.elementType(kQ), arguments.size(kQ, 3)),
      emitter.lanes());
  scratch.output = emitter.mul(queryRows, rowBytes);
  int64_t tileBytes = emitter.level().microRows * rowBytes;
  scratch.addend = emitter.add(scratch.output, tileBytes);
  scratch.inverses = emitter.add(scratch.addend, tileBytes);
  scratch.seen = emitter.add(scratch.inverses, rowBytes);
  scratch.runs = emitter.add(scratch.seen, rowBytes);
  Value keys = arguments.size(kK, 2);
  Type element = arguments.elementType(kV);
  // Between two runs there is at least one block.
  Value blocks = emitter.ceilDiv(
      keys, AttentionJob::wholePairs(productRows(emitter.level(), element)));
  Value runs = emitter.add(emitter.div(blocks, 2), 1);
  scratch.values = emitter.add(
      scratch.runs, emitter.roundUp(emitter.mul(runs, kRunBytes), 64));
  Value valueBytes = element.isBF16()
                         ? emitter.mul(productSteps(emitter, element, keys),
                                       AttentionJob::valueRowBytes(
                                           emitter, arguments.size(kV, 3)))
                         : emitter.mul(keys, rowBytes);
  scratch.scores = emitter.add(scratch.values, emitter.roundUp(valueBytes, 64));
  Value keyBytes = emitter.mul(keys, rowBytes);
  keyBytes = emitter.add(keyBytes, emitter.lanes() * rowBytes);
  scratch.bytes = emitter.add(scratch.scores, keyBytes);
  return scratch;
}

namespace {
/// How the queries of one head are dealt out to jobs.
struct Split {
  Value parts;
  Value queries; ///< of each part but perhaps the last, in whole panels
};
} // namespace

static Split splitQueries(Emitter &emitter, Value queries) {
  int64_t width = emitter.level().panelWidth();
  Value one = emitter.number(1);
  Value panels = emitter.ceilDiv(queries, width);
  Value atLeast = emitter.max(emitter.ceilDiv(panels, kPanelsPerJob), one);
  Value panelsOfPart = emitter.ceilDiv(panels, atLeast);
  return {emitter.ceilDiv(panels, emitter.max(panelsOfPart, one)),
          emitter.mul(panelsOfPart, width)};
}

//===----------------------------------------------------------------------===//
// One job
//===----------------------------------------------------------------------===//

AttentionJob::AttentionJob(Emitter &emitter, Arguments &arguments)
    : emitter(emitter), arguments(arguments),
      hasBias(hasConfig(arguments.kernel(), "bias")),
      element(arguments.elementType(kQ)), isPaired(unitElements(element) == 2),
      out(arguments.operandCount() - 1), width(emitter.level().panelWidth()),
      lanes(emitter.lanes()), rowBytes(width * 4) {
  DictionaryAttr config = arguments.kernel().getConfig();
  scale = config.getAs<FloatAttr>("scale").getValueAsDouble();
  auto empty = config.getAs<EmptyRowsAttr>("empty");
  uniform = empty && empty.getValue() == EmptyRows::Uniform;
  queryCount = arguments.size(kQ, 2);
  keyCount = arguments.size(kK, 2);
  queryDepth = arguments.size(kQ, 3);
  valueDepth = arguments.size(kV, 3);
}

LogicalResult AttentionJob::emit(Value job, Value scratch) {
  Split split = splitQueries(emitter, queryCount);
  Value part = emitter.rem(job, split.parts);
  Value head = emitter.div(job, split.parts);
  Value heads = arguments.size(kQ, 1);
  Value batch = emitter.div(head, heads);
  head = emitter.rem(head, heads);
  // Consecutive query heads share the keys and values of one group.
  Value headsOfGroup = emitter.div(heads, arguments.size(kK, 1));
  Value group = emitter.div(head, headsOfGroup);
  q = arguments.address(kQ, {batch, head});
  k = arguments.address(kK, {batch, group});
  v = arguments.address(kV, {batch, group});
  if (hasBias)
    bias = arguments.address(kBias, {batch, head});
  output = arguments.address(out, {batch, head});
  if (!arguments.kernel().getBody().empty())
    mask.emplace(emitter, arguments, hasBias ? kBias + 1 : kBias, batch, head);

  Scratch layout = layoutScratch(emitter, arguments);
  packedQueries = emitter.offset(scratch, layout.queries);
  outputTile = emitter.offset(scratch, layout.output);
  addend = emitter.offset(scratch, layout.addend);
  inverses = emitter.offset(scratch, layout.inverses);
  seen = emitter.offset(scratch, layout.seen);
  runs = emitter.offset(scratch, layout.runs);
  packedValues = emitter.offset(scratch, layout.values);
  scores = emitter.offset(scratch, layout.scores);

  if (isPaired)
    packValues();
  else
    packLastPanel();
  Value first = emitter.mul(part, split.queries);
  Value last = emitter.min(emitter.add(first, split.queries), queryCount);
  emitter.loop(first, last, emitter.number(width),
               [&](Value query) { emitPanel(query); });
  return status;
}

void AttentionJob::emitPanel(Value firstQuery) {
  Value queries =
      emitter.min(emitter.sub(queryCount, firstQuery), emitter.number(width));
  isHalf = emitter.less(queries, emitter.number(lanes + 1));
  Value halves = emitter.select(isHalf, emitter.number(1),
                                emitter.number(emitter.level().panelVectors));
  packQueries(firstQuery, halves);
  emitScores(firstQuery, queries, halves);
  if (mask && uniform)
    widenRuns(halves);
  emitter.loop(halves, 1, [&](Value half) { emitSoftmax(half); });
  emitOutput(firstQuery, queries);
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// The greatest score of each query of a vector; NaN is passed over.
Value AttentionJob::rowMax(Value column) {
  constexpr int64_t chains = 4;
  Type type = emitter.vectorType(emitter.f32Type());
  Value lowest = emitter.splat(-std::numeric_limits<double>::infinity());
  auto take = [&](Value greatest, Value key, int64_t ahead) {
    Value address = emitter.offset(at(column, key), ahead * rowBytes);
    return emitter.maxf(emitter.load(type, address), greatest);
  };
  Values greatest = forRuns(
      Values(chains, lowest), [&](Value begin, Value end, ValueRange carried) {
        Value count = emitter.sub(end, begin);
        Value whole =
            emitter.add(begin, emitter.mul(emitter.div(count, chains), chains));
        Values next =
            emitter.loop(begin, whole, emitter.number(chains), carried,
                         [&](Value key, ValueRange carried) {
                           Values next;
                           for (auto [chain, value] : llvm::enumerate(carried))
                             next.push_back(take(value, key, chain));
                           return next;
                         });
        next[0] = emitter.loop(whole, end, emitter.number(1), next[0],
                               [&](Value key, ValueRange carried) -> Values {
                                 return {take(carried[0], key, 0)};
                               })[0];
        return next;
      });
  return emitter.maxf(emitter.maxf(greatest[0], greatest[1]),
                      emitter.maxf(greatest[2], greatest[3]));
}

/// Scores of a vector of queries to exp(score − max), and their sums to
/// inverses. Where nothing is seen, all keys may have the same weight.
void AttentionJob::emitSoftmax(Value half) {
  Type type = emitter.vectorType(emitter.f32Type());
  Value column = emitter.offset(scores, emitter.mul(half, lanes * 4));
  Value factor = emitter.splat(std::abs(scale) * M_LOG2E);
  Value shift = rowMax(column);
  // Where nothing is seen, exp(−∞ − 0) = 0.
  if (mask)
    shift = emitter.select(isEmpty(half), emitter.splat(0), shift);
  shift = emitter.subf(emitter.splat(0), emitter.mulf(shift, factor));
  Value uniformLanes = mask && uniform ? isEmpty(half) : Value();
  auto powerOf = [&](Value key) {
    Value exponent =
        emitter.fma(emitter.load(type, at(column, key)), factor, shift);
    Value power =
        math::Exp2Op::create(emitter.builder(), emitter.loc(), exponent);
    return uniformLanes ? emitter.select(uniformLanes, emitter.splat(1), power)
                        : power;
  };
  Value sum = forRuns(
      emitter.splat(0), [&](Value begin, Value end, ValueRange carried) {
        return isPaired ? pairPowers(column, begin, end, carried, powerOf)
                        : storePowers(column, begin, end, carried, powerOf);
      })[0];
  if (mask)
    sum = emitter.select(isEmpty(half), emptySum(), sum);
  emitter.store(emitter.divf(emitter.splat(1), sum),
                emitter.offset(inverses, emitter.mul(half, lanes * 4)));
}

/// The powers of a run of keys take the places of their scores.
Values AttentionJob::storePowers(Value column, Value begin, Value end,
                                 ValueRange sum,
                                 function_ref<Value(Value)> powerOf) {
  return emitter.loop(begin, end, emitter.number(1), sum,
                      [&](Value key, ValueRange carried) -> Values {
                        Value power = powerOf(key);
                        emitter.store(power, at(column, key));
                        return {emitter.addf(carried[0], power)};
                      });
}

/// The same as pairs: that of keys 2i and 2i + 1 stands in row i, whose score
/// has been read by then. A run begins with a whole pair.
Values AttentionJob::pairPowers(Value column, Value begin, Value end,
                                ValueRange sum,
                                function_ref<Value(Value)> powerOf) {
  Value step = emitter.number(2);
  Value whole = emitter.mul(emitter.div(end, 2), 2);
  auto put = [&](Value key, Value low, Value high) {
    emitter.store(toPairs(emitter, low, high), at(column, emitter.div(key, 2)));
  };
  Values sums = emitter.loop(
      begin, whole, step, sum, [&](Value key, ValueRange carried) -> Values {
        Value low = powerOf(key), high = powerOf(emitter.add(key, 1));
        put(key, low, high);
        return {emitter.addf(carried[0], emitter.addf(low, high))};
      });
  return emitter.loop(whole, end, step, sums,
                      [&](Value key, ValueRange carried) -> Values {
                        Value low = powerOf(key);
                        put(key, low, emitter.splat(0));
                        return {emitter.addf(carried[0], low)};
                      });
}

/// What the sum of a query that sees nothing is instead of 0.
Value AttentionJob::emptySum() {
  if (!uniform)
    return emitter.splat(1);
  return emitter.broadcast(arith::SIToFPOp::create(
      emitter.builder(), emitter.loc(), emitter.f32Type(), keyCount));
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

void AttentionJob::emitOutput(Value firstQuery, Value queries) {
  Value columns = emitter.rem(valueDepth, width);
  Value wholeColumns = emitter.sub(valueDepth, columns);
  Value tileRows = evenRows(emitter, element, queries);
  Value values = isPaired ? packedValues : v;
  Value valueStride =
      isPaired ? valueRowBytes(emitter, valueDepth) : arguments.stride(kV, 2);
  auto table = [&](int64_t vectors) {
    return columnProductTable(emitter, element, vectors);
  };
  emitter.loop(emitter.number(0), queries, tileRows, [&](Value row) {
    Tile tile{emitter.add(firstQuery, row), row,
              emitter.min(tileRows, emitter.sub(queries, row))};
    Value whole = table(emitter.level().panelVectors);
    emitter.loop(emitter.number(0), wholeColumns, emitter.number(width),
                 [&](Value column) {
                   Value address =
                       emitter.offset(values, emitter.mul(column, 4));
                   emitTile(tile, whole, address, valueStride, column,
                            /*columns=*/{});
                 });
    emitter.ifThen(emitter.less(emitter.number(0), columns), [&] {
      Value isNarrow = emitter.less(columns, emitter.number(lanes + 1));
      Value narrow = emitter.select(isNarrow, table(1), whole);
      Value address = emitter.offset(values, emitter.mul(wholeColumns, 4));
      Value stride = valueStride;
      if (!isPaired) {
        Value inPlace = fillsVectors(columns);
        address = emitter.select(inPlace, address, packedValues);
        stride = emitter.select(inPlace, stride, emitter.number(rowBytes));
      }
      emitTile(tile, narrow, address, stride, wholeColumns, columns);
    });
  });
}

/// The output of a tile's queries in a panel of columns from `column` on, all
/// of them or only the first `columns`.
void AttentionJob::emitTile(const Tile &tile, Value table, Value values,
                            Value valueStride, Value column, Value columns) {
  ColumnProduct product{emitter.offset(scores, emitter.mul(tile.row, 4)),
                        values, valueStride,
                        productSteps(emitter, element, keyCount), outputTile};
  if (mask)
    sumRuns(table, tile.rows, product);
  else
    callProduct(emitter, table, tile.rows, product);
  SmallVector<Value> masks(emitter.level().panelVectors);
  if (columns)
    for (auto [vector, mask] : llvm::enumerate(masks))
      mask = emitter.firstLanes(emitter.add(columns, -int64_t(vector) * lanes));
  Type outElement = arguments.elementType(out);
  emitter.loop(tile.rows, 1, [&](Value inTile) {
    Value query = emitter.add(tile.query, inTile);
    Value target = emitter.offset(
        emitter.offset(output, emitter.mul(query, arguments.stride(out, 2))),
        emitter.mul(column, elementBytes(outElement)));
    Value row = emitter.add(tile.row, inTile);
    Value inverse = emitter.broadcast(emitter.load(
        emitter.f32Type(), emitter.offset(inverses, emitter.mul(row, 4))));
    for (auto [vector, mask] : llvm::enumerate(masks)) {
      int64_t bytes = int64_t(vector) * lanes * 4;
      Value summed =
          emitter.load(emitter.vectorType(emitter.f32Type()),
                       emitter.offset(at(outputTile, inTile), bytes));
      int64_t lane = int64_t(vector) * lanes;
      emitter.storeElements(
          outElement, emitter.mulf(summed, inverse),
          emitter.offset(target, lane * elementBytes(outElement)), mask);
    }
  });
}

/// The product over the runs of keys, of the product over all.
void AttentionJob::sumRuns(Value table, Value rows,
                           const ColumnProduct &whole) {
  auto productOf = [&](Value begin, Value end, Value result) {
    // A run begins with a whole step.
    Value first = emitter.div(begin, unitElements(element));
    Value last = productSteps(emitter, element, end);
    callProduct(emitter, table, rows,
                ColumnProduct{
                    at(whole.a, first),
                    emitter.offset(whole.b, emitter.mul(first, whole.bStride)),
                    whole.bStride, emitter.sub(last, first), result});
  };
  emitter.ifElse(
      emitter.less(emitter.number(0), runCount),
      [&] {
        productOf(emitter.load(emitter.i64Type(), runs),
                  emitter.load(emitter.i64Type(), emitter.offset(runs, 8)),
                  whole.c);
      },
      [&] { productOf(emitter.number(0), emitter.number(0), whole.c); });
  Type type = emitter.vectorType(emitter.f32Type());
  forRuns(
      [&](Value begin, Value end) {
        productOf(begin, end, addend);
        emitter.loop(rows, 1, [&](Value row) {
          for (int64_t lane = 0; lane < width; lane += lanes) {
            Value sum = emitter.offset(at(whole.c, row), lane * 4);
            Value next =
                emitter.load(type, emitter.offset(at(addend, row), lane * 4));
            emitter.store(emitter.addf(emitter.load(type, sum), next), sum);
          }
        });
      },
      /*from=*/1);
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

LogicalResult AttentionKernel::body(Emitter &emitter, Arguments &arguments,
                                    Value job, Value scratch) {
  return AttentionJob(emitter, arguments).emit(job, scratch);
}

Value AttentionKernel::jobs(Emitter &emitter, Arguments &arguments) {
  Value heads = emitter.mul(arguments.size(kQ, 0), arguments.size(kQ, 1));
  return emitter.mul(heads, splitQueries(emitter, arguments.size(kQ, 2)).parts);
}

Value AttentionKernel::scratchBytes(Emitter &emitter, Arguments &arguments) {
  return layoutScratch(emitter, arguments).bytes;
}

std::unique_ptr<Kernel> bridge::makeAttentionKernel(plan::KernelOp kernel) {
  auto output = unsigned(kernel.getSignature().size() - 1);
  if (failed(requireContiguous(kernel, {kQ, kK, kV, output})))
    return nullptr;
  auto scale = requireConfig<FloatAttr>(kernel, "scale");
  if (!scale)
    return nullptr;
  if (scale.getValue().isZero()) {
    kernel.emitError("the scale of an attention must not be 0");
    return nullptr;
  }
  return std::make_unique<AttentionKernel>();
}
