//===- Reductions.cpp - Sum, mean, max, min, any over the last axes -------===//
//
// Lanes run along the last axis of x; or, where its elements lie apart and
// those of neighbouring results lie together (a mean over tokens), along the
// last axis of out. Sums are taken in pieces, so that rounding errors grow with
// the number of pieces and their length, not with their product.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace bridge;

namespace {

/// x[R + S] → out[R].
class ReduceKernel : public Kernel {
public:
  ReduceKernel(plan::KernelOp kernel, ReduceKind kind, unsigned reducedAxes);

  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;

private:
  /// How results are split into jobs: along rows of results, each in blocks.
  struct Split {
    Value rows, blocks, blockSize;
  };
  Split splitAcross(Emitter &emitter, Arguments &arguments);
  Value resultsPerJob(Emitter &emitter, Arguments &arguments);
  Value liesAcross(Emitter &emitter, Arguments &arguments);

  void reduceAlong(Emitter &emitter, Arguments &arguments, Value job);
  void reduceAcross(Emitter &emitter, Arguments &arguments, Value job);
  Value inPieces(Emitter &emitter, Value from, Value to, int64_t piece,
                 function_ref<Value(Value, Value)> overPiece);
  Value overAxes(Emitter &emitter, Arguments &arguments, unsigned axis,
                 Value start,
                 function_ref<Value(Value, Value, Value)> overPiece);

  Value neutral(Emitter &emitter);
  Value widened(Emitter &emitter, Value loaded);
  Value combine(Emitter &emitter, Value value, Value accumulator);
  Value overLanes(Emitter &emitter, Value accumulator);
  Value finished(Emitter &emitter, Value accumulator, Value count);
  Value count(Emitter &emitter, Arguments &arguments) {
    return product(emitter, sizes(arguments, 0, kept, kept + reduced));
  }

  ReduceKind kind;
  unsigned kept, reduced; ///< axes
  Type element, result;   ///< of x, of out
  bool isFloat;           ///< accumulates in f32, else in i32
  bool mayLieAcross;      ///< the last axis of x is not contiguous
};

} // namespace

/// Elements of the last axis that are put together before they join the rest;
/// and those of them that are added one after the other.
static constexpr int64_t kPiece = 8192;
static constexpr int64_t kPieceAcross = 128;

ReduceKernel::ReduceKernel(plan::KernelOp kernel, ReduceKind kind,
                           unsigned reducedAxes)
    : kind(kind), reduced(reducedAxes) {
  auto types = kernel.getSignature().getAsRange<TypeAttr>();
  auto x = cast<plan::ViewType>((*types.begin()).getValue());
  auto out =
      cast<plan::ViewType>(cast<TypeAttr>(kernel.getSignature()[1]).getValue());
  kept = out.getRank();
  element = x.getElementType();
  result = out.getElementType();
  isFloat = kind == ReduceKind::Mean ||
            (loadedType(element).isF32() && kind != ReduceKind::Any);
  mayLieAcross = kept != 0 && !isContiguous(x);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Value ReduceKernel::neutral(Emitter &emitter) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (kind) {
  case ReduceKind::Max:
    return isFloat ? emitter.splat(-infinity) : emitter.splat32(INT32_MIN);
  case ReduceKind::Min:
    return isFloat ? emitter.splat(infinity) : emitter.splat32(INT32_MAX);
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return isFloat ? emitter.splat(0) : emitter.splat32(0);
  case ReduceKind::Any:
    return emitter.splat32(0);
  }
  llvm_unreachable("all kinds are covered");
}

/// A vector of elements as it is accumulated.
Value ReduceKernel::widened(Emitter &emitter, Value loaded) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  if (kind == ReduceKind::Any && !element.isInteger(1))
    loaded = loadedType(element).isF32()
                 ? Value(arith::CmpFOp::create(builder, loc,
                                               arith::CmpFPredicate::UNE,
                                               loaded, emitter.splat(0)))
                 : Value(arith::CmpIOp::create(builder, loc,
                                               arith::CmpIPredicate::ne, loaded,
                                               emitter.splat32(0)));
  if (getElementTypeOrSelf(loaded).isInteger(1))
    loaded = arith::ExtUIOp::create(
        builder, loc, emitter.vectorType(builder.getI32Type()), loaded);
  if (isFloat && getElementTypeOrSelf(loaded).isInteger(32))
    loaded = arith::SIToFPOp::create(
        builder, loc, emitter.vectorType(emitter.f32Type()), loaded);
  return loaded;
}

Value ReduceKernel::combine(Emitter &emitter, Value value, Value accumulator) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return isFloat ? emitter.addf(accumulator, value)
                   : emitter.add(accumulator, value);
  case ReduceKind::Any:
    return arith::OrIOp::create(builder, loc, accumulator, value);
  case ReduceKind::Max:
  case ReduceKind::Min:
    break;
  }
  bool isMax = kind == ReduceKind::Max;
  if (!isFloat)
    return isMax ? emitter.max(accumulator, value)
                 : emitter.min(accumulator, value);
  // These keep an accumulator that is NaN; a value that is becomes one.
  Value extreme = isMax ? emitter.maxf(value, accumulator)
                        : emitter.minf(value, accumulator);
  Value isNan = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                      value, value);
  return emitter.select(isNan, value, extreme);
}

/// The lanes of the accumulator made one scalar.
Value ReduceKernel::overLanes(Emitter &emitter, Value accumulator) {
  LaneReduction how = LaneReduction::Add;
  if (kind == ReduceKind::Any)
    how = LaneReduction::Or;
  else if (kind == ReduceKind::Max)
    how = isFloat ? LaneReduction::Maximum : LaneReduction::MaxSigned;
  else if (kind == ReduceKind::Min)
    how = isFloat ? LaneReduction::Minimum : LaneReduction::MinSigned;
  return emitter.reduce(how, accumulator);
}

/// The result (a scalar or vector) of `count` elements.
Value ReduceKernel::finished(Emitter &emitter, Value accumulator, Value count) {
  OpBuilder &builder = emitter.builder();
  bool isVector = emitter.isVector(accumulator);
  if (kind == ReduceKind::Mean) {
    Value divisor = toFloat(emitter, count);
    return emitter.divf(accumulator,
                        isVector ? emitter.broadcast(divisor) : divisor);
  }
  if (!result.isInteger(1))
    return accumulator;
  Type bits = isVector ? Type(emitter.vectorType(result)) : result;
  return arith::TruncIOp::create(builder, emitter.loc(), bits, accumulator);
}

//===----------------------------------------------------------------------===//
// Jobs
//===----------------------------------------------------------------------===//

/// Whether neighbouring results come from neighbouring elements.
Value ReduceKernel::liesAcross(Emitter &emitter, Arguments &arguments) {
  return emitter.equal(arguments.stride(0, kept - 1),
                       emitter.number(elementBytes(element)));
}

Value ReduceKernel::resultsPerJob(Emitter &emitter, Arguments &arguments) {
  return rowsPerJob(emitter, count(emitter, arguments));
}

ReduceKernel::Split ReduceKernel::splitAcross(Emitter &emitter,
                                              Arguments &arguments) {
  Split split;
  split.rows = product(emitter, sizes(arguments, 1, 0, kept - 1));
  split.blockSize =
      emitter.roundUp(resultsPerJob(emitter, arguments), emitter.lanes());
  split.blocks =
      emitter.ceilDiv(rowSize(emitter, arguments, 1), split.blockSize);
  return split;
}

Value ReduceKernel::jobs(Emitter &emitter, Arguments &arguments) {
  Value results = product(emitter, sizes(arguments, 1, 0, kept));
  Value along = emitter.ceilDiv(results, resultsPerJob(emitter, arguments));
  if (!mayLieAcross)
    return along;
  Split split = splitAcross(emitter, arguments);
  return emitter.select(liesAcross(emitter, arguments),
                        emitter.mul(split.rows, split.blocks), along);
}

LogicalResult ReduceKernel::body(Emitter &emitter, Arguments &arguments,
                                 Value job, Value) {
  if (mayLieAcross)
    emitter.ifElse(
        liesAcross(emitter, arguments),
        [&] { reduceAcross(emitter, arguments, job); },
        [&] { reduceAlong(emitter, arguments, job); });
  else
    reduceAlong(emitter, arguments, job);
  return success();
}

/// The accumulator of what lies from `from` to before `to`, put together from
/// those of pieces.
Value ReduceKernel::inPieces(Emitter &emitter, Value from, Value to,
                             int64_t piece,
                             function_ref<Value(Value, Value)> overPiece) {
  Value step = emitter.number(piece);
  return emitter.loop(
      from, to, step, neutral(emitter),
      [&](Value begin, ValueRange accumulator) -> Values {
        Value end = emitter.min(emitter.add(begin, step), to);
        return {combine(emitter, overPiece(begin, end), accumulator[0])};
      })[0];
}

/// The accumulator of all elements of the axes from `axis` on, which begin at
/// `start`: `overPiece(start, from, to)` gives that of a piece of the last one.
Value ReduceKernel::overAxes(
    Emitter &emitter, Arguments &arguments, unsigned axis, Value start,
    function_ref<Value(Value, Value, Value)> overPiece) {
  Value zero = emitter.number(0);
  Value size = arguments.size(0, axis);
  if (axis + 1 == kept + reduced)
    return inPieces(emitter, zero, size, kPiece, [&](Value from, Value to) {
      return overPiece(start, from, to);
    });
  return inPieces(emitter, zero, size, 1, [&](Value from, Value) {
    Value offset = emitter.mul(from, arguments.stride(0, axis));
    return overAxes(emitter, arguments, axis + 1, emitter.offset(start, offset),
                    overPiece);
  });
}

/// One result after the other, lanes along the last axis of x.
void ReduceKernel::reduceAlong(Emitter &emitter, Arguments &arguments,
                               Value job) {
  auto overPiece = [&](Value start, Value from, Value to) {
    Row row = Row::readAt(emitter, arguments, 0, start);
    Value none = neutral(emitter);
    return sweep(
        emitter, from, to, none,
        [&](Value position, const Tail *tail, ValueRange carried) -> Values {
          Value value = within(
              emitter, tail, widened(emitter, row.load(position, tail)), none);
          return {combine(emitter, value, carried[0])};
        },
        [&](ValueRange a, ValueRange b) -> Values {
          return {combine(emitter, a[0], b[0])};
        })[0];
  };
  Values axes = sizes(arguments, 1, 0, kept);
  Value perJob = resultsPerJob(emitter, arguments);
  Value first = emitter.mul(job, perJob);
  Value last = emitter.min(emitter.add(first, perJob), product(emitter, axes));
  walk(emitter, axes, first, last, [&](ValueRange place) {
    Value accumulator = overAxes(emitter, arguments, kept,
                                 arguments.address(0, place), overPiece);
    emitter.storeElement(result,
                         finished(emitter, overLanes(emitter, accumulator),
                                  count(emitter, arguments)),
                         arguments.address(1, place));
  });
}

/// A vector of neighbouring results at once.
void ReduceKernel::reduceAcross(Emitter &emitter, Arguments &arguments,
                                Value job) {
  Split split = splitAcross(emitter, arguments);
  Value outerRow = emitter.div(job, split.blocks);
  Value begin = emitter.mul(emitter.rem(job, split.blocks), split.blockSize);
  Value end = emitter.min(emitter.add(begin, split.blockSize),
                          rowSize(emitter, arguments, 1));
  auto results = [&](ValueRange place) {
    Row out = Row::write(emitter, arguments, 1, place);
    Row neighbours =
        Row::contiguous(emitter, element, arguments.address(0, place));
    sweep(emitter, begin, end, [&](Value position, const Tail *tail) {
      auto overPiece = [&](Value start, Value from, Value to) {
        Value stride = arguments.stride(0, kept + reduced - 1);
        auto overElement = [&](Value index, Value) {
          Row row = Row::contiguous(
              emitter, element,
              emitter.offset(start, emitter.mul(index, stride)));
          return widened(emitter, row.load(emitter.number(0), tail));
        };
        return inPieces(emitter, from, to, kPieceAcross,
                        [&](Value begin, Value end) {
                          return inPieces(emitter, begin, end, 1, overElement);
                        });
      };
      Value accumulator = overAxes(emitter, arguments, kept,
                                   neighbours.address(position), overPiece);
      out.store(finished(emitter, accumulator, count(emitter, arguments)),
                position, tail);
    });
  };
  walk(emitter, sizes(arguments, 1, 0, kept - 1), outerRow,
       emitter.add(outerRow, 1), results);
}

std::unique_ptr<Kernel> bridge::makeReduceKernel(plan::KernelOp kernel) {
  auto kind = requireConfig<ReduceKindAttr>(kernel, "reduce");
  auto axes = requireConfig<IntegerAttr>(kernel, "axes");
  if (!kind || !axes)
    return nullptr;
  return std::make_unique<ReduceKernel>(kernel, kind.getValue(), axes.getInt());
}
