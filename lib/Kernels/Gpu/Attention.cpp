//===- Attention.cpp - softmax(Q·Kᵀ·scale + bias)·V -----------------------===//
//
// A block takes 64 queries of one head and 64 columns of its output. Keys come
// 64 at a time: Q·Kᵀ, a tile in shared memory; its softmax, each row by two
// threads, with the maximum and the sum so far; P·V added to the block's sums,
// which are scaled where the maximum has grown. What is stored at the end is
// divided by the sum.
//
// Tiles that the mask hides from all queries are left out, the mask of tiles
// that all see is not evaluated. Where queries that see nothing have all keys
// alike, their values are summed once more.
//
//===----------------------------------------------------------------------===//
#include "BlockProduct.h"
#include "GpuKernel.h"
#include "bridge/Kernels/AttentionMask.h"
#include "bridge/Kernels/Config.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;

using Sums = BlockProduct::Sums;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Threads that share a row of a tile, every other column each.
static constexpr int64_t kSharers = kTileThreads / kTile;

namespace {

enum Operand : unsigned { kQ, kK, kV, kBias };

/// The code of one block.
class AttentionBlock {
public:
  AttentionBlock(WarpEmitter &emitter, Arguments &arguments);

  LogicalResult emit();

private:
  /// What a block knows of its queries after some of the keys.
  struct State {
    Sums sums;
    Value max, sum; ///< of this thread's row
  };
  Emitter::Values flatten(const State &state);
  State restore(ValueRange values);

  State addKeys(const State &state, Value key);
  void storeScores(Value key, Value isSeenByAll);
  Value seen(Value key, Value isSeenByAll);
  Sums addUniform(const Sums &sums, Value isEmpty);
  void forRow(function_ref<void(Value column, Value address)> body);
  Emitter::Values
  forRow(Value initial, function_ref<Value(Value address, Value carried)> body);
  Sums scaled(const Sums &sums);
  void setFactor(Value factor);
  void storeOutput(const Sums &sums);

  WarpEmitter &emitter;
  Arguments &arguments;
  BlockProduct product;
  bool hasBias, isUniform = false;
  unsigned out;
  double scale;
  Value batch, head, firstQuery, firstColumn;
  Value queryCount, keyCount, valueDepth;
  GlobalMatrix q, k, v;
  Value tile;    ///< of scores, then of their powers; at last of the output
  Value factors; ///< a number for each row
  Value row, firstInRow; ///< this thread's
  Value query;           ///< of this thread's row; the last one beyond it
  std::optional<AttentionMask> mask;
  LogicalResult status = success();
};

} // namespace

AttentionBlock::AttentionBlock(WarpEmitter &emitter, Arguments &arguments)
    : emitter(emitter), arguments(arguments), product(emitter),
      hasBias(hasConfig(arguments.kernel(), "bias")),
      out(arguments.operandCount() - 1) {
  DictionaryAttr config = arguments.kernel().getConfig();
  scale = config.getAs<FloatAttr>("scale").getValueAsDouble();
  if (auto empty = config.getAs<EmptyRowsAttr>("empty"))
    isUniform = empty.getValue() == EmptyRows::Uniform;
  queryCount = arguments.size(kQ, 2);
  keyCount = arguments.size(kK, 2);
  valueDepth = arguments.size(kV, 3);

  Value job = emitter.block();
  auto split = [&](Value count) {
    Value part = emitter.rem(job, count);
    job = emitter.div(job, count);
    return part;
  };
  firstColumn = emitter.mul(split(emitter.ceilDiv(valueDepth, kTile)), kTile);
  firstQuery = emitter.mul(split(emitter.ceilDiv(queryCount, kTile)), kTile);
  Value heads = arguments.size(kQ, 1);
  head = split(heads);
  batch = job;
  // Consecutive query heads share the keys and values of one group.
  Value group = emitter.div(head, emitter.div(heads, arguments.size(kK, 1)));
  auto matrix = [&](unsigned operand, Value head, Value rows) {
    return GlobalMatrix{arguments.elementType(operand),
                        arguments.address(operand, {batch, head}),
                        arguments.stride(operand, 2), rows,
                        arguments.size(operand, 3)};
  };
  q = matrix(kQ, head, queryCount);
  k = matrix(kK, group, keyCount);
  v = matrix(kV, group, keyCount);

  tile = emitter.shared(kTileBytes);
  factors = emitter.shared(kTile * 4);
  row = emitter.div(emitter.thread(), kSharers);
  firstInRow = emitter.rem(emitter.thread(), kSharers);
  Value last = emitter.sub(queryCount, emitter.number(1));
  query = emitter.min(emitter.add(firstQuery, row), last);
  if (!arguments.kernel().getBody().empty()) {
    mask.emplace(emitter, arguments, hasBias ? kBias + 1 : kBias, batch, head);
    mask->beginQueries(firstQuery,
                       emitter.min(emitter.add(firstQuery, kTile - 1), last));
  }
}

//===----------------------------------------------------------------------===//
// A thread's part of its row
//===----------------------------------------------------------------------===//

void AttentionBlock::forRow(function_ref<void(Value, Value)> body) {
  emitter.loop(firstInRow, emitter.number(kTile), emitter.number(kSharers),
               [&](Value column) {
                 body(column, BlockProduct::at(emitter, tile, row, column));
               });
}

Emitter::Values AttentionBlock::forRow(Value initial,
                                       function_ref<Value(Value, Value)> body) {
  return emitter.loop(
      firstInRow, emitter.number(kTile), emitter.number(kSharers), initial,
      [&](Value column, ValueRange carried) -> Emitter::Values {
        return {body(BlockProduct::at(emitter, tile, row, column), carried[0])};
      });
}

/// A number for this thread's row, which all threads read after a barrier.
void AttentionBlock::setFactor(Value factor) {
  emitter.ifThen(emitter.equal(firstInRow, emitter.number(0)), [&] {
    emitter.store(factor, emitter.offset(factors, emitter.mul(row, 4)));
  });
}

Sums AttentionBlock::scaled(const Sums &sums) {
  Sums result = sums;
  product.forRows([&](int64_t index, Value row) {
    Value factor = emitter.load(emitter.f32Type(),
                                emitter.offset(factors, emitter.mul(row, 4)));
    int64_t columns = sums.size() / BlockProduct::kRows;
    for (Value &sum : MutableArrayRef(result).slice(index * columns, columns))
      sum = emitter.mulf(sum, factor);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

Emitter::Values AttentionBlock::flatten(const State &state) {
  Emitter::Values values{state.max, state.sum};
  llvm::append_range(values, state.sums);
  return values;
}

AttentionBlock::State AttentionBlock::restore(ValueRange values) {
  return {Sums(values.drop_front(2)), values[0], values[1]};
}

/// Whether this thread's query sees a key, which may be beyond the last one.
Value AttentionBlock::seen(Value key, Value isSeenByAll) {
  Value isKey = emitter.less(key, keyCount);
  if (!mask)
    return isKey;
  Value isOpen = arith::AndIOp::create(
      emitter.builder(), emitter.loc(), isKey,
      emitter.equal(isSeenByAll, arith::ConstantIntOp::create(
                                     emitter.builder(), emitter.loc(), 0, 1)));
  return emitter.ifElse(
      isOpen, isKey.getType(),
      [&]() -> Emitter::Values {
        FailureOr<Value> seen = mask->seenByOne(query, key);
        if (succeeded(seen))
          return {*seen};
        status = failure();
        return {isKey};
      },
      [&]() -> Emitter::Values { return {isKey}; })[0];
}

/// Scores become exponents of 2: those of keys that are not seen −∞.
void AttentionBlock::storeScores(Value key, Value isSeenByAll) {
  forRow([&](Value column, Value address) {
    Value place = emitter.add(key, column);
    Value score = emitter.load(emitter.f32Type(), address);
    if (hasBias) {
      Value last = emitter.sub(keyCount, emitter.number(1));
      Value bias = emitter.loadElement(
          arguments.elementType(kBias),
          arguments.address(kBias,
                            {batch, head, query, emitter.min(place, last)}));
      score = emitter.mulf(emitter.fma(score, emitter.scalar(scale), bias),
                           emitter.scalar(M_LOG2E));
    } else {
      score = emitter.mulf(score, emitter.scalar(scale * M_LOG2E));
    }
    emitter.store(emitter.select(seen(place, isSeenByAll), score,
                                 emitter.scalar(-kInfinity)),
                  address);
  });
}

AttentionBlock::State AttentionBlock::addKeys(const State &state, Value key) {
  Value isSeenByAll;
  if (mask) {
    Value last = emitter.sub(emitter.min(emitter.add(key, kTile), keyCount),
                             emitter.number(1));
    isSeenByAll = mask->bounds(key, last).low;
  }
  product.store(product.timesRows(product.zeros(), q, firstQuery, k, key), tile,
                /*apart=*/true);
  emitter.barrier();
  storeScores(key, isSeenByAll);
  auto greater = [&](Value a, Value b) { return emitter.maxf(a, b); };
  Value max = forRow(state.max, [&](Value address, Value carried) {
    return emitter.maxf(emitter.load(emitter.f32Type(), address), carried);
  })[0];
  max = emitter.combine(max, kSharers, greater);
  // A row that has seen nothing so far has no maximum: 2^(−∞ − 0) = 0.
  Value shift = max;
  if (mask)
    shift = emitter.select(emitter.equalf(max, emitter.scalar(-kInfinity)),
                           emitter.scalar(0), max);
  auto power = [&](Value exponent) -> Value {
    return math::Exp2Op::create(emitter.builder(), emitter.loc(),
                                emitter.subf(exponent, shift));
  };
  Value growth = power(state.max);
  Value sum = forRow(emitter.scalar(0), [&](Value address, Value carried) {
    Value weight = power(emitter.load(emitter.f32Type(), address));
    emitter.store(weight, address);
    return emitter.addf(carried, weight);
  })[0];
  sum = emitter.combine(sum, kSharers,
                        [&](Value a, Value b) { return emitter.addf(a, b); });
  setFactor(growth);
  emitter.barrier();
  Sums sums = product.tileTimes(scaled(state.sums), tile, v, key, firstColumn);
  return {sums, max, emitter.fma(state.sum, growth, sum)};
}

/// For rows where nothing was seen, the sums of all values.
Sums AttentionBlock::addUniform(const Sums &sums, Value isEmpty) {
  setFactor(emitter.select(isEmpty, emitter.scalar(1), emitter.scalar(0)));
  emitter.barrier();
  Value count = emitter.loop(
      emitter.number(0), emitter.number(kTile), emitter.number(1),
      emitter.scalar(0), [&](Value row, ValueRange carried) -> Emitter::Values {
        Value factor = emitter.load(
            emitter.f32Type(), emitter.offset(factors, emitter.mul(row, 4)));
        return {emitter.addf(carried[0], factor)};
      })[0];
  SmallVector<Type> types(sums.size(), emitter.f32Type());
  return emitter.ifElse(
      emitter.lessf(emitter.scalar(0), count), types,
      [&]() -> Emitter::Values {
        Emitter::Values all = emitter.loop(
            emitter.number(0), keyCount, emitter.number(kTile), product.zeros(),
            [&](Value key, ValueRange carried) -> Emitter::Values {
              forRow([&](Value column, Value address) {
                emitter.store(
                    emitter.select(
                        emitter.less(emitter.add(key, column), keyCount),
                        emitter.scalar(1), emitter.scalar(0)),
                    address);
              });
              emitter.barrier();
              return product.tileTimes(Sums(carried), tile, v, key,
                                       firstColumn);
            });
        Emitter::Values chosen = sums;
        product.forRows([&](int64_t index, Value row) {
          Value factor = emitter.load(
              emitter.f32Type(), emitter.offset(factors, emitter.mul(row, 4)));
          Value takes = emitter.lessf(emitter.scalar(0), factor);
          int64_t columns = sums.size() / BlockProduct::kRows;
          for (int64_t i : llvm::seq(index * columns, (index + 1) * columns))
            chosen[i] = emitter.select(takes, all[i], sums[i]);
        });
        return chosen;
      },
      [&]() -> Emitter::Values { return sums; });
}

//===----------------------------------------------------------------------===//
// The block
//===----------------------------------------------------------------------===//

void AttentionBlock::storeOutput(const Sums &sums) {
  product.store(sums, tile, /*apart=*/false);
  emitter.barrier();
  emitter.loop(emitter.thread(), emitter.number(kTile * kTile),
               emitter.number(kTileThreads), [&](Value index) {
                 Value inRow = emitter.div(index, kTile);
                 Value inColumn = emitter.rem(index, kTile);
                 Value query = emitter.add(firstQuery, inRow);
                 Value column = emitter.add(firstColumn, inColumn);
                 Value isInside =
                     arith::AndIOp::create(emitter.builder(), emitter.loc(),
                                           emitter.less(query, queryCount),
                                           emitter.less(column, valueDepth));
                 emitter.ifThen(isInside, [&] {
                   Value result = emitter.load(
                       emitter.f32Type(),
                       BlockProduct::at(emitter, tile, inRow, inColumn));
                   emitter.storeElement(
                       arguments.elementType(out), result,
                       arguments.address(out, {batch, head, query, column}));
                 });
               });
}

LogicalResult AttentionBlock::emit() {
  State initial{product.zeros(), emitter.scalar(-kInfinity), emitter.scalar(0)};
  State state = restore(emitter.loop(
      emitter.number(0), keyCount, emitter.number(kTile), flatten(initial),
      [&](Value key, ValueRange carried) -> Emitter::Values {
        if (!mask)
          return flatten(addKeys(restore(carried), key));
        Value last = emitter.sub(emitter.min(emitter.add(key, kTile), keyCount),
                                 emitter.number(1));
        return emitter.ifElse(
            mask->bounds(key, last).high, TypeRange(carried),
            [&] { return flatten(addKeys(restore(carried), key)); },
            [&] { return Emitter::Values(carried); });
      }));
  Sums sums = state.sums;
  Value divisor = state.sum;
  if (mask) {
    // The greatest of what is seen is 2⁰.
    Value isEmpty = emitter.equalf(state.sum, emitter.scalar(0));
    Value count = emitter.scalar(1);
    if (isUniform) {
      sums = addUniform(sums, isEmpty);
      count = arith::SIToFPOp::create(emitter.builder(), emitter.loc(),
                                      emitter.f32Type(), keyCount);
    }
    divisor = emitter.select(isEmpty, count, divisor);
    emitter.barrier();
  }
  setFactor(emitter.divf(emitter.scalar(1), divisor));
  emitter.barrier();
  storeOutput(scaled(sums));
  return status;
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

namespace {
class GpuAttention final : public GpuKernel {
public:
  int64_t threads() const override { return kTileThreads; }
  LogicalResult body(WarpEmitter &emitter, Arguments &arguments) override {
    return AttentionBlock(emitter, arguments).emit();
  }
  Value jobs(WarpEmitter &emitter, Arguments &arguments) override {
    Value tiles = emitter.mul(emitter.ceilDiv(arguments.size(kQ, 2), kTile),
                              emitter.ceilDiv(arguments.size(kV, 3), kTile));
    return emitter.mul(
        tiles, emitter.mul(arguments.size(kQ, 0), arguments.size(kQ, 1)));
  }
};
} // namespace

std::unique_ptr<GpuKernel> bridge::makeGpuAttention(plan::KernelOp kernel) {
  auto output = unsigned(kernel.getSignature().size() - 1);
  if (failed(requireContiguous(kernel, {kQ, kK, kV, output})) ||
      !requireConfig<FloatAttr>(kernel, "scale"))
    return nullptr;
  return std::make_unique<GpuAttention>();
}
