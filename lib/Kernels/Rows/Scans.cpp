//===- Scans.cpp - arg_extreme and cumsum along the last axis -------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace bridge;

//===----------------------------------------------------------------------===//
// arg_extreme
//===----------------------------------------------------------------------===//

namespace {

/// x[R + 1] → out[R] i32: the first of the extremes; NaN is beyond all numbers,
/// as in NumPy.
class ArgExtremeKernel : public RowKernel {
public:
  ArgExtremeKernel(bool isMax) : isMax(isMax) {}

protected:
  Values axes(Emitter &, Arguments &arguments) override {
    return sizes(arguments, 1, 0, rank(arguments, 1));
  }
  Value elements(Emitter &emitter, Arguments &arguments) override {
    return rowSize(emitter, arguments, 0);
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override;

private:
  Value key(Emitter &emitter, Value loaded);

  bool isMax;
};

} // namespace

/// Integers in the order of the elements, the extreme the highest.
Value ArgExtremeKernel::key(Emitter &emitter, Value loaded) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  Type integers = emitter.vectorType(builder.getI32Type());
  Value value = loaded;
  if (getElementTypeOrSelf(loaded).isInteger(1))
    value = arith::ExtUIOp::create(builder, loc, integers, loaded);
  Value isNan;
  if (getElementTypeOrSelf(loaded).isF32()) {
    isNan = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                  loaded, loaded);
    // −0 + 0 is 0. Below zero, the bits of floats run the other way.
    Value bits = arith::BitcastOp::create(
        builder, loc, integers, emitter.addf(loaded, emitter.splat(0)));
    Value sign =
        arith::ShRSIOp::create(builder, loc, bits, emitter.splat32(31));
    Value flip =
        arith::AndIOp::create(builder, loc, sign, emitter.splat32(INT32_MAX));
    value = arith::XOrIOp::create(builder, loc, bits, flip);
  }
  if (!isMax)
    value = arith::XOrIOp::create(builder, loc, value, emitter.splat32(-1));
  return isNan ? emitter.select(isNan, emitter.splat32(INT32_MAX), value)
               : value;
}

void ArgExtremeKernel::row(Emitter &emitter, Arguments &arguments,
                           ValueRange place) {
  Row x = Row::read(emitter, arguments, 0, place);
  Value lowest = emitter.splat32(INT32_MIN);

  // Carried: the highest key of each lane, and its first position. Lanes whose
  // keys are all the lowest stay at position 0, which is then the answer.
  auto better = [&](Value key, Value position, ValueRange best) -> Values {
    Value isBetter = emitter.less(best[0], key);
    return {emitter.select(isBetter, key, best[0]),
            emitter.select(isBetter, position, best[1])};
  };
  Values best = sweep(
      emitter, emitter.number(0), rowSize(emitter, arguments, 0),
      {lowest, emitter.splat32(0)},
      [&](Value position, const Tail *tail, ValueRange best) {
        Value key = within(emitter, tail,
                           this->key(emitter, x.load(position, tail)), lowest);
        Value positions = emitter.add(
            emitter.broadcast(emitter.narrow(position)), emitter.laneNumbers());
        return better(key, positions, best);
      },
      [&](ValueRange a, ValueRange b) -> Values {
        Value isTie = emitter.equal(a[0], b[0]);
        Values best = better(b[0], b[1], a);
        return {best[0],
                emitter.select(isTie, emitter.min(a[1], b[1]), best[1])};
      });

  Value highest = emitter.reduce(LaneReduction::MaxSigned, best[0]);
  Value candidates =
      emitter.select(emitter.equal(best[0], emitter.broadcast(highest)),
                     best[1], emitter.splat32(INT32_MAX));
  Value first = emitter.reduce(LaneReduction::MinSigned, candidates);
  emitter.store(first, arguments.address(1, place));
}

std::unique_ptr<Kernel> bridge::makeArgExtremeKernel(plan::KernelOp kernel) {
  auto extreme = requireConfig<ExtremeKindAttr>(kernel, "extreme");
  if (!extreme)
    return nullptr;
  return std::make_unique<ArgExtremeKernel>(extreme.getValue() ==
                                            ExtremeKind::Max);
}

//===----------------------------------------------------------------------===//
// cumsum
//===----------------------------------------------------------------------===//

namespace {

/// x[R] → out[R]: inclusive sums, one after the other.
class CumsumKernel : public RowKernel {
protected:
  Values axes(Emitter &, Arguments &arguments) override {
    return sizes(arguments, 0, 0, rank(arguments, 0) - 1);
  }
  Value elements(Emitter &emitter, Arguments &arguments) override {
    return rowSize(emitter, arguments, 0);
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override;
};

} // namespace

void CumsumKernel::row(Emitter &emitter, Arguments &arguments,
                       ValueRange place) {
  Row x = Row::read(emitter, arguments, 0, place);
  Row out = Row::write(emitter, arguments, 1, place);
  Type element = elementType(arguments, 0);
  bool isFloat = loadedType(element).isF32();
  // Another lane may not read what this one has written: x may be out.
  emitter.once([&] {
    emitter.loop(
        emitter.number(0), rowSize(emitter, arguments, 0), emitter.number(1),
        isFloat ? emitter.scalar(0) : emitter.number32(0),
        [&](Value position, ValueRange sum) -> Values {
          Value value = x.loadElement(position);
          if (element.isInteger(1))
            value =
                arith::ExtUIOp::create(emitter.builder(), emitter.loc(),
                                       emitter.builder().getI32Type(), value);
          Value next = isFloat ? emitter.addf(sum[0], value)
                               : emitter.add(sum[0], value);
          out.storeElement(next, position);
          return {next};
        });
  });
}

std::unique_ptr<Kernel> bridge::makeCumsumKernel(plan::KernelOp kernel) {
  return std::make_unique<CumsumKernel>();
}
