//===- Intervals.cpp - What a scalar region can be over a block -----------===//
#include "bridge/Kernels/Intervals.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;
using namespace bridge;

static constexpr int64_t kLeast = std::numeric_limits<int32_t>::min();
static constexpr int64_t kGreatest = std::numeric_limits<int32_t>::max();

//===----------------------------------------------------------------------===//
// Truth values
//===----------------------------------------------------------------------===//

Value Intervals::truth(bool value) {
  return arith::ConstantOp::create(emitter.builder(), emitter.loc(),
                                   emitter.builder().getBoolAttr(value));
}
Value Intervals::both(Value a, Value b) {
  return arith::AndIOp::create(emitter.builder(), emitter.loc(), a, b);
}
Value Intervals::either(Value a, Value b) {
  return arith::OrIOp::create(emitter.builder(), emitter.loc(), a, b);
}
Value Intervals::negate(Value value) {
  return arith::XOrIOp::create(emitter.builder(), emitter.loc(), value,
                               truth(true));
}

//===----------------------------------------------------------------------===//
// Intervals
//===----------------------------------------------------------------------===//

Interval Intervals::whole(Type type) {
  if (type.isInteger(1))
    return {truth(false), truth(true)};
  if (type.isInteger(32))
    return {emitter.number(kLeast), emitter.number(kGreatest)};
  return {};
}

Interval Intervals::lookup(Value value) {
  auto found = known.find(value);
  return found == known.end() ? whole(value.getType()) : found->second;
}

void Intervals::evaluate(Operation &op, Load load) {
  for (Value result : op.getResults())
    if (!known.contains(result))
      known[result] = compute(op, load);
}

Interval Intervals::wrapped(Interval interval) {
  Value leaves = either(emitter.less(interval.low, emitter.number(kLeast)),
                        emitter.less(emitter.number(kGreatest), interval.high));
  return {emitter.select(leaves, emitter.number(kLeast), interval.low),
          emitter.select(leaves, emitter.number(kGreatest), interval.high)};
}

Interval Intervals::product(Interval a, Interval b) {
  Value first = emitter.mul(a.low, b.low), second = emitter.mul(a.low, b.high);
  Value third = emitter.mul(a.high, b.low), last = emitter.mul(a.high, b.high);
  return {emitter.min(emitter.min(first, second), emitter.min(third, last)),
          emitter.max(emitter.max(first, second), emitter.max(third, last))};
}

/// Of a division by a positive constant, which keeps order.
Interval Intervals::floorDivide(Operation &op) {
  IntegerAttr divisor;
  if (!matchPattern(op.getOperand(1), m_Constant(&divisor)) ||
      divisor.getInt() <= 0)
    return whole(op.getResult(0).getType());
  Interval dividend = lookup(op.getOperand(0));
  auto divide = [&](Value value) {
    // x − (x mod n), with a remainder that is not negative.
    Value n = emitter.number(divisor.getInt());
    Value rest =
        arith::RemSIOp::create(emitter.builder(), emitter.loc(), value, n);
    rest = emitter.select(emitter.less(rest, emitter.number(0)),
                          emitter.add(rest, n), rest);
    return arith::DivSIOp::create(emitter.builder(), emitter.loc(),
                                  emitter.sub(value, rest), n)
        .getResult();
  };
  return {divide(dividend.low), divide(dividend.high)};
}

Interval Intervals::compare(arith::CmpIOp op) {
  if (!op.getLhs().getType().isInteger(32))
    return whole(op.getType());
  Interval a = lookup(op.getLhs()), b = lookup(op.getRhs());
  auto less = [&](Interval a, Interval b) -> Interval {
    return {emitter.less(a.high, b.low), emitter.less(a.low, b.high)};
  };
  auto inverse = [&](Interval x) -> Interval {
    return {negate(x.high), negate(x.low)};
  };
  Interval below = less(a, b), above = less(b, a);
  auto equal = [&]() -> Interval {
    Value same =
        both(both(emitter.equal(a.low, a.high), emitter.equal(b.low, b.high)),
             emitter.equal(a.low, b.low));
    return {same, both(negate(below.low), negate(above.low))};
  };
  switch (op.getPredicate()) {
  case arith::CmpIPredicate::eq:
    return equal();
  case arith::CmpIPredicate::ne:
    return inverse(equal());
  case arith::CmpIPredicate::slt:
    return below;
  case arith::CmpIPredicate::sge:
    return inverse(below);
  case arith::CmpIPredicate::sgt:
    return above;
  case arith::CmpIPredicate::sle:
    return inverse(above);
  default:
    return whole(op.getType());
  }
}

Interval Intervals::choose(arith::SelectOp op) {
  Interval yes = lookup(op.getTrueValue()), no = lookup(op.getFalseValue());
  if (!yes.low || !no.low)
    return {};
  Interval condition = lookup(op.getCondition());
  bool isTruth = op.getType().isInteger(1);
  Value low = isTruth ? both(yes.low, no.low) : emitter.min(yes.low, no.low);
  Value high =
      isTruth ? either(yes.high, no.high) : emitter.max(yes.high, no.high);
  auto pick = [&](Value ifYes, Value ifNo, Value ifOpen) {
    return emitter.select(condition.low, ifYes,
                          emitter.select(condition.high, ifOpen, ifNo));
  };
  return {pick(yes.low, no.low, low), pick(yes.high, no.high, high)};
}

Interval Intervals::compute(Operation &op, Load load) {
  Type type = op.getResult(0).getType();
  if (!type.isInteger(1) && !type.isInteger(32))
    return {};
  auto of = [&](unsigned operand) { return lookup(op.getOperand(operand)); };
  auto logic = [&](auto join) -> Interval {
    if (!type.isInteger(1))
      return whole(type);
    return {join(of(0).low, of(1).low), join(of(0).high, of(1).high)};
  };
  return TypeSwitch<Operation *, Interval>(&op)
      .Case([&](arith::ConstantOp constant) {
        auto value = cast<IntegerAttr>(constant.getValue());
        return point(type.isInteger(1) ? truth(value.getValue().isOne())
                                       : emitter.number(value.getInt()));
      })
      .Case([&](arith::AddIOp) {
        return wrapped({emitter.add(of(0).low, of(1).low),
                        emitter.add(of(0).high, of(1).high)});
      })
      .Case([&](arith::SubIOp) {
        return wrapped({emitter.sub(of(0).low, of(1).high),
                        emitter.sub(of(0).high, of(1).low)});
      })
      .Case([&](arith::MulIOp) { return wrapped(product(of(0), of(1))); })
      .Case([&](arith::FloorDivSIOp) { return floorDivide(op); })
      .Case([&](arith::MinSIOp) -> Interval {
        return {emitter.min(of(0).low, of(1).low),
                emitter.min(of(0).high, of(1).high)};
      })
      .Case([&](arith::MaxSIOp) -> Interval {
        return {emitter.max(of(0).low, of(1).low),
                emitter.max(of(0).high, of(1).high)};
      })
      .Case([&](math::AbsIOp) {
        Value zero = emitter.number(0);
        Value turned = emitter.sub(zero, of(0).low);
        Value returned = emitter.sub(zero, of(0).high);
        return wrapped({emitter.max(zero, emitter.max(of(0).low, returned)),
                        emitter.max(of(0).high, turned)});
      })
      .Case([&](arith::AndIOp) {
        return logic([&](Value a, Value b) { return both(a, b); });
      })
      .Case([&](arith::OrIOp) {
        return logic([&](Value a, Value b) { return either(a, b); });
      })
      .Case([&](arith::XOrIOp) -> Interval {
        if (!type.isInteger(1) || !matchPattern(op.getOperand(1), m_One()))
          return whole(type);
        return {negate(of(0).high), negate(of(0).low)};
      })
      .Case([&](arith::ExtUIOp cast) -> Interval {
        if (!cast.getIn().getType().isInteger(1))
          return whole(type);
        auto number = [&](Value value) {
          return emitter.select(value, emitter.number(1), emitter.number(0));
        };
        return {number(of(0).low), number(of(0).high)};
      })
      .Case([&](arith::CmpIOp compares) { return compare(compares); })
      .Case([&](arith::SelectOp select) { return choose(select); })
      .Case([&](plan::LoadOp op) {
        return load(op, llvm::map_to_vector(op.getIndices(), [&](Value index) {
                      return lookup(index);
                    }));
      })
      .Default([&](Operation *) { return whole(type); });
}
