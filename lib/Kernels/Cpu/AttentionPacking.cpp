//===- AttentionPacking.cpp - Operands of attention for micro-kernels -----===//
#include "AttentionJob.h"
#include "VectorTranspose.h"
#include "bridge/Kernels/Storage.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

void AttentionJob::packQueries(Value firstQuery, Value halves) {
  Value step = emitter.number(lanes);
  Value whole = emitter.mul(
      emitter.div(queryDepth, lanes * unitElements(element)), lanes);
  Value steps = productSteps(emitter, element, queryDepth);
  emitter.loop(halves, 1, [&](Value half) {
    emitter.loop(emitter.number(0), whole, step, [&](Value column) {
      packSquare(firstQuery, half, column, /*partial=*/false);
    });
    emitter.ifThen(emitter.less(whole, steps), [&] {
      packSquare(firstQuery, half, whole, /*partial=*/true);
    });
  });
}

/// Qᵀ of `lanes` queries and steps from `column` on. Queries beyond the last
/// repeat it; a panel of one vector is packed without gaps.
void AttentionJob::packSquare(Value firstQuery, Value half, Value column,
                              bool partial) {
  Value count;
  if (partial)
    count = emitter.sub(queryDepth, emitter.mul(column, unitElements(element)));
  Value lastQuery = emitter.add(queryCount, -1);
  Value query = emitter.add(firstQuery, emitter.mul(half, lanes));
  Values rows;
  for (int64_t row : llvm::seq(lanes)) {
    Value index = emitter.min(emitter.add(query, row), lastQuery);
    Value address =
        emitter.offset(q, emitter.mul(index, arguments.stride(kQ, 2)));
    Value loaded =
        loadUnits(emitter, element,
                  emitter.offset(address, emitter.mul(column, 4)), count);
    // The scale's magnitude is part of the exponent.
    rows.push_back(scale < 0 ? negateUnits(emitter, element, loaded) : loaded);
  }
  Value stride = emitter.select(isHalf, emitter.number(lanes * 4),
                                emitter.number(rowBytes));
  Value target = emitter.offset(packedQueries, emitter.mul(half, lanes * 4));
  for (auto [row, vector] : llvm::enumerate(transposeSquare(emitter, rows))) {
    Value index = emitter.add(column, int64_t(row));
    emitter.store(vector, emitter.offset(target, emitter.mul(stride, index)));
  }
}

Value AttentionJob::valueRowBytes(Emitter &emitter, Value depth) {
  return emitter.mul(emitter.roundUp(depth, emitter.lanes()), 4);
}

/// V as pairs along the keys, columns rounded up to vectors; zero beyond. The
/// partner of an odd last key, whose weight is 0, is that key.
void AttentionJob::packValues() {
  Type stored = storedType(element);
  Value rowStride = arguments.stride(kV, 2);
  Value targetStride = valueRowBytes(emitter, valueDepth);
  Value lastKey = emitter.add(keyCount, -1);
  Value whole = emitter.mul(emitter.div(valueDepth, lanes), lanes);
  emitter.loop(productSteps(emitter, element, keyCount), 1, [&](Value pair) {
    Value key = emitter.mul(pair, 2);
    auto rowOf = [&](Value key) {
      return emitter.offset(v, emitter.mul(key, rowStride));
    };
    Value low = rowOf(key);
    Value high = rowOf(emitter.min(emitter.add(key, 1), lastKey));
    Value target =
        emitter.offset(packedValues, emitter.mul(pair, targetStride));
    auto pack = [&](Value column, Value mask) {
      auto load = [&](Value row) {
        Value bytes = emitter.mul(column, elementBytes(element));
        return emitter.loadElements(stored, emitter.offset(row, bytes), mask);
      };
      emitter.store(pairStored(emitter, load(low), load(high)),
                    emitter.offset(target, emitter.mul(column, 4)));
    };
    emitter.loop(emitter.number(0), whole, emitter.number(lanes),
                 [&](Value column) { pack(column, {}); });
    emitter.ifThen(emitter.less(whole, valueDepth), [&] {
      pack(whole, emitter.firstLanes(emitter.sub(valueDepth, whole)));
    });
  });
}

/// Columns of V beyond the last whole panel, where they do not fill vectors:
/// padded with zeros, since V ends with its elements.
void AttentionJob::packLastPanel() {
  Value columns = emitter.rem(valueDepth, width);
  Value first = emitter.sub(valueDepth, columns);
  emitter.ifElse(
      fillsVectors(columns), [] {},
      [&] {
        emitter.loop(keyCount, 1, [&](Value key) {
          Value source =
              emitter.offset(v, emitter.mul(key, arguments.stride(kV, 2)));
          source = emitter.offset(source, emitter.mul(first, 4));
          for (int64_t lane = 0; lane < width; lane += lanes) {
            Value mask = emitter.firstLanes(emitter.add(columns, -lane));
            emitter.store(emitter.loadElements(
                              element, emitter.offset(source, lane * 4), mask),
                          emitter.offset(at(packedValues, key), lane * 4));
          }
        });
      });
}
