//===- AttentionScores.cpp - Scores, biases and masks of attention --------===//
#include "AttentionJob.h"
#include "VectorTranspose.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include <limits>

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

void AttentionJob::emitScores(Value firstQuery, Value queries, Value halves) {
  Value tileRows = evenRows(emitter, element, keyCount);
  if (!mask) {
    emitter.loop(emitter.number(0), keyCount, tileRows, [&](Value key) {
      emitBlock(key, emitter.min(tileRows, emitter.sub(keyCount, key)),
                firstQuery, queries);
    });
    return;
  }
  mask->beginQueries(firstQuery,
                     emitter.add(emitter.add(firstQuery, queries), -1));
  fillSeen(emitter.splat32(0));
  // Runs begin with whole pairs.
  if (isPaired)
    tileRows = emitter.min(
        emitter.roundUp(tileRows, 2),
        emitter.number(wholePairs(productRows(emitter.level(), element))));
  Value none = emitter.number(0);
  runCount = emitter.loop(
      none, keyCount, tileRows, none,
      [&](Value key, ValueRange carried) -> Values {
        Value keys = emitter.min(tileRows, emitter.sub(keyCount, key));
        Interval bounds =
            mask->bounds(key, emitter.add(emitter.add(key, keys), -1));
        return emitter.ifElse(
            bounds.high, {emitter.i64Type()},
            [&]() -> Values {
              emitBlock(key, keys, firstQuery, queries);
              emitter.ifElse(
                  bounds.low, [&] { fillSeen(emitter.splat32(-1)); },
                  [&] { hideBlock(key, keys, firstQuery, halves); });
              return {addRun(key, keys, carried[0])};
            },
            [&]() -> Values { return {carried[0]}; });
      })[0];
}

/// The scores of a few keys.
void AttentionJob::emitBlock(Value key, Value keys, Value firstQuery,
                             Value queries) {
  Value zeros = emitter.stack(rowBytes);
  for (int64_t lane = 0; lane < width; lane += lanes)
    emitter.store(emitter.splat(0), emitter.offset(zeros, lane * 4));
  Value table = emitter.select(
      isHalf, rowProductTable(emitter, element, 1),
      rowProductTable(emitter, element, emitter.level().panelVectors));
  Value a = emitter.offset(k, emitter.mul(key, arguments.stride(kK, 2)));
  Value target = at(scores, key);
  Value stride = emitter.number(rowBytes);
  RowProduct product{a,     arguments.stride(kK, 2), packedQueries, queryDepth,
                     zeros, emitter.number(0),       target,        stride};
  if (hasBias) {
    copyBias(key, keys, firstQuery, queries, target);
    product.start = target;
    product.startStride = stride;
  }
  callProduct(emitter, table, keys, product);
}

/// Where the accumulators start: the bias, over what scores are scaled with
/// later.
void AttentionJob::copyBias(Value firstKey, Value keys, Value firstQuery,
                            Value queries, Value target) {
  Type biasElement = arguments.elementType(kBias);
  for (int64_t lane = 0; lane < width; lane += lanes) {
    if (isContiguous(cast<plan::ViewType>(arguments.operandType(kBias)))) {
      transposeBias(firstKey, keys, firstQuery, lane, target);
      continue;
    }
    Value query = emitter.add(firstQuery, lane);
    emitter.loop(keys, 1, [&](Value inTile) {
      Value key = emitter.add(firstKey, inTile);
      Value pointer = emitter.offset(
          emitter.offset(bias, emitter.mul(key, arguments.stride(kBias, 3))),
          emitter.mul(query, arguments.stride(kBias, 2)));
      Value loaded =
          emitter.loadStrided(biasElement, pointer, arguments.stride(kBias, 2),
                              emitter.add(queries, -lane));
      emitter.store(emitter.mulf(loaded, reciprocal()),
                    emitter.offset(at(target, inTile), lane * 4));
    });
  }
}

/// The bias of a vector of queries: rows of the bias become columns. Rows
/// beyond the keys are written, too, and later overwritten.
void AttentionJob::transposeBias(Value firstKey, Value keys, Value firstQuery,
                                 int64_t lane, Value target) {
  Value lastQuery = emitter.add(queryCount, -1);
  Value mask = emitter.firstLanes(keys);
  Type biasElement = arguments.elementType(kBias);
  Values rows;
  for (int64_t row : llvm::seq(lanes)) {
    Value query = emitter.min(emitter.add(firstQuery, lane + row), lastQuery);
    Value address = emitter.offset(
        emitter.offset(bias, emitter.mul(query, arguments.stride(kBias, 2))),
        emitter.mul(firstKey, elementBytes(biasElement)));
    Value loaded = emitter.loadElements(biasElement, address, mask);
    rows.push_back(emitter.mulf(loaded, reciprocal()));
  }
  for (auto [row, vector] : llvm::enumerate(transposeSquare(emitter, rows)))
    emitter.store(vector,
                  emitter.offset(target, int64_t(row) * rowBytes + lane * 4));
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Appends a block to the runs, of which there are `count`; how many there are
/// then.
Value AttentionJob::addRun(Value key, Value keys, Value count) {
  Type type = emitter.i64Type();
  Value end = emitter.add(key, keys);
  auto run = [&](Value number) {
    return emitter.offset(runs, emitter.mul(number, kRunBytes));
  };
  Value hasLast = emitter.less(emitter.number(0), count);
  Value last = emitter.max(emitter.add(count, -1), emitter.number(0));
  // What stands there before the first run is written does not count.
  Value lastEnd = emitter.load(type, emitter.offset(run(last), 8));
  lastEnd = emitter.select(hasLast, lastEnd, emitter.number(-1));
  Value continues = emitter.equal(lastEnd, key);
  Value number = emitter.select(continues, last, count);
  emitter.ifElse(continues, [] {}, [&] { emitter.store(key, run(number)); });
  emitter.store(end, emitter.offset(run(number), 8));
  return emitter.add(number, 1);
}

/// Scores that are not seen become −∞; notes which queries see anything.
void AttentionJob::hideBlock(Value key, Value keys, Value firstQuery,
                             Value halves) {
  Value lowest = emitter.splat(-std::numeric_limits<double>::infinity());
  Type scoresType = emitter.vectorType(emitter.f32Type());
  Type truths = emitter.vectorType(emitter.builder().getI32Type());
  emitter.loop(halves, 1, [&](Value half) {
    Value bytes = emitter.mul(half, lanes * 4);
    Value query = emitter.add(firstQuery, emitter.mul(half, lanes));
    Value flags = emitter.offset(seen, bytes);
    emitter.loop(keys, 1, [&](Value inTile) {
      Value place = emitter.add(key, inTile);
      FailureOr<Value> sees = mask->seen(query, place);
      if (failed(sees)) {
        status = failure();
        return;
      }
      Value address = emitter.offset(at(scores, place), bytes);
      emitter.store(
          emitter.select(*sees, emitter.load(scoresType, address), lowest),
          address);
      emitter.store(emitter.select(*sees, emitter.splat32(-1),
                                   emitter.load(truths, flags)),
                    flags);
    });
  });
}

void AttentionJob::fillSeen(Value value) {
  for (int64_t lane = 0; lane < width; lane += lanes)
    emitter.store(value, emitter.offset(seen, lane * 4));
}

/// Which queries of a vector see nothing.
Value AttentionJob::isEmpty(Value half) {
  Value flags =
      emitter.load(emitter.vectorType(emitter.builder().getI32Type()),
                   emitter.offset(seen, emitter.mul(half, lanes * 4)));
  return emitter.equal(flags, emitter.splat32(0));
}

/// Makes one run of all keys where a query sees nothing.
void AttentionJob::widenRuns(Value halves) {
  OpBuilder &builder = emitter.builder();
  Value no = arith::ConstantOp::create(builder, emitter.loc(),
                                       builder.getBoolAttr(false));
  Value any = emitter.loop(
      emitter.number(0), halves, emitter.number(1), no,
      [&](Value half, ValueRange carried) -> Values {
        Value empty = LLVM::vector_reduce_or::create(
            builder, emitter.loc(), builder.getI1Type(), isEmpty(half));
        return {
            arith::OrIOp::create(builder, emitter.loc(), carried[0], empty)};
      })[0];
  runCount = emitter.ifElse(
      any, {emitter.i64Type()},
      [&]() -> Values {
        Value lowest = emitter.splat(-std::numeric_limits<double>::infinity());
        auto fill = [&](Value begin, Value end) {
          emitter.loop(begin, end, emitter.number(1), [&](Value key) {
            for (int64_t lane = 0; lane < width; lane += lanes)
              emitter.store(lowest, emitter.offset(at(scores, key), lane * 4));
          });
        };
        Value last =
            forRuns(emitter.number(0),
                    [&](Value begin, Value end, ValueRange carried) -> Values {
                      fill(carried[0], begin);
                      return {end};
                    })[0];
        fill(last, keyCount);
        emitter.store(emitter.number(0), runs);
        emitter.store(keyCount, emitter.offset(runs, 8));
        return {emitter.number(1)};
      },
      [&]() -> Values { return {runCount}; })[0];
}

/// Visits the runs of keys from number `from` on.
void AttentionJob::forRuns(function_ref<void(Value begin, Value end)> body,
                           int64_t from) {
  emitter.loop(
      emitter.number(from), runCount, emitter.number(1), [&](Value number) {
        Value run = emitter.offset(runs, emitter.mul(number, kRunBytes));
        body(emitter.load(emitter.i64Type(), run),
             emitter.load(emitter.i64Type(), emitter.offset(run, 8)));
      });
}

/// Visits all runs; without a mask the one of all keys.
Values AttentionJob::forRuns(
    ValueRange initial,
    function_ref<Values(Value begin, Value end, ValueRange)> body) {
  if (!mask)
    return body(emitter.number(0), keyCount, initial);
  return emitter.loop(
      emitter.number(0), runCount, emitter.number(1), initial,
      [&](Value number, ValueRange carried) {
        Value run = emitter.offset(runs, emitter.mul(number, kRunBytes));
        return body(emitter.load(emitter.i64Type(), run),
                    emitter.load(emitter.i64Type(), emitter.offset(run, 8)),
                    carried);
      });
}
