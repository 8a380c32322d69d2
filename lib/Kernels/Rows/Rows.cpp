//===- Rows.cpp - Kernels that work along the last axis -------------------===//
#include "bridge/Kernels/Rows.h"
#include "bridge/Runtime/Abi.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace bridge;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

static plan::ViewType viewType(Arguments &arguments, unsigned operand) {
  return cast<plan::ViewType>(arguments.operandType(operand));
}

unsigned bridge::rank(Arguments &arguments, unsigned operand) {
  return viewType(arguments, operand).getRank();
}

Type bridge::elementType(Arguments &arguments, unsigned operand) {
  return arguments.elementType(operand);
}

Values bridge::sizes(Arguments &arguments, unsigned operand, unsigned from,
                     unsigned to) {
  Values result;
  for (unsigned axis = from; axis < to; ++axis)
    result.push_back(arguments.size(operand, axis));
  return result;
}

Value bridge::rowSize(Emitter &emitter, Arguments &arguments,
                      unsigned operand) {
  unsigned axes = rank(arguments, operand);
  return axes ? arguments.size(operand, axes - 1) : emitter.number(1);
}

Value bridge::product(Emitter &emitter, ValueRange factors) {
  Value result = emitter.number(1);
  for (Value factor : factors)
    result = emitter.mul(factor, result);
  return result;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

Row Row::make(Emitter &emitter, Arguments &arguments, unsigned operand,
              Value start) {
  plan::ViewType view = viewType(arguments, operand);
  Row row(emitter, view.getElementType(), start);
  if (view.getRank() == 0 || isContiguous(view))
    return row;
  row.spacing = Spacing::Strided;
  row.stride = arguments.stride(operand, view.getRank() - 1);
  return row;
}

Row Row::readAt(Emitter &emitter, Arguments &arguments, unsigned operand,
                Value start) {
  Row row = make(emitter, arguments, operand, start);
  plan::ViewType view = viewType(arguments, operand);
  if (view.getRank() != 0 && lastStride(view) == 0) {
    row.spacing = Spacing::Repeated;
    row.repeated = emitter.loadElement(row.element, start);
  }
  return row;
}

Row Row::read(Emitter &emitter, Arguments &arguments, unsigned operand,
              ValueRange indices) {
  return readAt(emitter, arguments, operand,
                arguments.address(operand, indices));
}

Row Row::write(Emitter &emitter, Arguments &arguments, unsigned operand,
               ValueRange indices) {
  return make(emitter, arguments, operand, arguments.address(operand, indices));
}

Row Row::contiguous(Emitter &emitter, Type element, Value start) {
  return Row(emitter, element, start);
}

Value Row::address(Value position) const {
  Value bytes = spacing == Spacing::Contiguous
                    ? emitter->mul(position, elementBytes(element))
                    : emitter->mul(position, stride);
  return emitter->offset(start, bytes);
}

Value Row::loadElement(Value position) const {
  return repeated ? repeated : emitter->loadElement(element, address(position));
}

void Row::storeElement(Value value, Value position) const {
  emitter->storeElement(element, value, address(position));
}

Value Row::load(Value position, const Tail *tail) const {
  if (spacing == Spacing::Repeated)
    return emitter->broadcast(repeated);
  if (spacing == Spacing::Contiguous)
    return emitter->loadElements(element, address(position),
                                 tail ? tail->mask : Value());
  return emitter->loadRow(element, start, stride, position,
                          tail ? tail->last : Value());
}

void Row::store(Value value, Value position, const Tail *tail) const {
  if (spacing == Spacing::Contiguous)
    return emitter->storeElements(element, value, address(position),
                                  tail ? tail->mask : Value());
  Value count = emitter->number(emitter->lanes());
  if (tail)
    count = emitter->min(count,
                         emitter->sub(emitter->add(tail->last, 1), position));
  emitter->storeStrided(element, value, address(position), stride, count);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void bridge::walk(Emitter &emitter, ValueRange axes, Value first, Value last,
                  function_ref<void(ValueRange)> body) {
  Values place(axes.size());
  Value rest = first;
  for (unsigned axis = axes.size(); axis-- > 1;) {
    place[axis] = emitter.rem(rest, axes[axis]);
    rest = emitter.div(rest, axes[axis]);
  }
  if (!place.empty())
    place[0] = rest;
  emitter.loop(first, last, emitter.number(1), place,
               [&](Value, ValueRange here) -> Values {
                 body(here);
                 Values next(here);
                 Value carry;
                 for (unsigned axis = axes.size(); axis-- > 0;) {
                   Value more = emitter.add(here[axis], 1);
                   if (carry)
                     more = emitter.select(carry, more, here[axis]);
                   next[axis] = more;
                   if (axis == 0)
                     break;
                   carry = emitter.equal(more, axes[axis]);
                   next[axis] = emitter.select(carry, emitter.number(0), more);
                 }
                 return next;
               });
}

/// The part of `begin` … `end` that `step` divides.
static Value wholeSteps(Emitter &emitter, Value begin, Value end,
                        int64_t step) {
  Value count = emitter.div(emitter.sub(end, begin), step);
  return emitter.add(begin, emitter.mul(count, step));
}

static Tail tailAt(Emitter &emitter, Value position, Value end) {
  return {emitter.firstLanes(emitter.sub(end, position)),
          emitter.sub(end, emitter.number(1))};
}

void bridge::sweep(Emitter &emitter, Value begin, Value end,
                   function_ref<void(Value, const Tail *)> step, Value whole) {
  Value lanes = emitter.number(emitter.lanes());
  Value edge = wholeSteps(emitter, begin, whole ? whole : end, emitter.lanes());
  emitter.loop(begin, edge, lanes,
               [&](Value position) { step(position, nullptr); });
  emitter.loop(edge, end, lanes, [&](Value position) {
    Tail tail = tailAt(emitter, position, end);
    step(position, &tail);
  });
}

Values bridge::sweep(Emitter &emitter, Value begin, Value end,
                     ValueRange neutral, Step step, Merge merge) {
  constexpr unsigned lots = 4;
  unsigned width = neutral.size();
  int64_t lanes = emitter.lanes();
  Values initial;
  for (unsigned lot = 0; lot < lots; ++lot)
    llvm::append_range(initial, neutral);

  Value edge = wholeSteps(emitter, begin, end, lots * lanes);
  Values carried = emitter.loop(
      begin, edge, emitter.number(lots * lanes), initial,
      [&](Value position, ValueRange values) -> Values {
        Values next;
        for (unsigned lot = 0; lot < lots; ++lot)
          llvm::append_range(next,
                             step(emitter.add(position, lot * lanes), nullptr,
                                  values.slice(lot * width, width)));
        return next;
      });

  ValueRange all = carried;
  Values low = merge(all.slice(0, width), all.slice(width, width));
  Values high = merge(all.slice(2 * width, width), all.slice(3 * width, width));
  return emitter.loop(edge, end, emitter.number(lanes), merge(low, high),
                      [&](Value position, ValueRange values) {
                        Tail tail = tailAt(emitter, position, end);
                        return step(position, &tail, values);
                      });
}

//===----------------------------------------------------------------------===//
// Sums and maxima
//===----------------------------------------------------------------------===//

Value bridge::within(Emitter &emitter, const Tail *tail, Value value,
                     Value beyond) {
  return tail ? emitter.select(tail->mask, value, beyond) : value;
}

Value bridge::sumOfLanes(Emitter &emitter, Value vector) {
  return emitter.reduce(LaneReduction::Add, vector);
}

Value bridge::toFloat(Emitter &emitter, Value number) {
  return arith::SIToFPOp::create(emitter.builder(), emitter.loc(),
                                 emitter.f32Type(), number);
}

Value bridge::sumOverRow(Emitter &emitter, Value size,
                         function_ref<Value(Value, const Tail *)> term) {
  Values sum = sweep(
      emitter, emitter.number(0), size, {emitter.splat(0)},
      [&](Value position, const Tail *tail, ValueRange sum) -> Values {
        return {emitter.addf(sum[0], term(position, tail))};
      },
      [&](ValueRange a, ValueRange b) -> Values {
        return {emitter.addf(a[0], b[0])};
      });
  return sumOfLanes(emitter, sum[0]);
}

Value bridge::maxOverRow(Emitter &emitter, Value size,
                         function_ref<Value(Value, const Tail *)> term) {
  Values highest = sweep(
      emitter, emitter.number(0), size,
      {emitter.splat(-std::numeric_limits<double>::infinity())},
      [&](Value position, const Tail *tail, ValueRange highest) -> Values {
        return {emitter.maxf(term(position, tail), highest[0])};
      },
      [&](ValueRange a, ValueRange b) -> Values {
        return {emitter.maxf(a[0], b[0])};
      });
  // No lane is NaN, so that the reduction may assume so.
  return emitter.reduce(LaneReduction::MaxNumber, highest[0]);
}

//===----------------------------------------------------------------------===//
// Jobs
//===----------------------------------------------------------------------===//

Value bridge::rowsPerJob(Emitter &emitter, Value elements) {
  Value one = emitter.number(1);
  return emitter.max(emitter.div(emitter.number(emitter.elementsPerJob()),
                                 emitter.max(elements, one)),
                     one);
}

Value RowKernel::jobs(Emitter &emitter, Arguments &arguments) {
  Value rows = product(emitter, axes(emitter, arguments));
  return emitter.ceilDiv(rows,
                         rowsPerJob(emitter, elements(emitter, arguments)));
}

LogicalResult RowKernel::body(Emitter &emitter, Arguments &arguments, Value job,
                              Value) {
  Values places = axes(emitter, arguments);
  Value count = rowsPerJob(emitter, elements(emitter, arguments));
  Value first = emitter.mul(job, count);
  Value last = emitter.min(emitter.add(first, count), product(emitter, places));
  walk(emitter, places, first, last,
       [&](ValueRange place) { row(emitter, arguments, place); });
  return success();
}

void bridge::reportFault(Emitter &emitter, Arguments &arguments, int64_t site,
                         Value a, Value b) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  Value call = arguments.call();
  Value exchange = LLVM::AtomicCmpXchgOp::create(
      builder, loc, emitter.offset(call, offsetof(bridge_call, fault_site)),
      emitter.number(-1), emitter.number(site), LLVM::AtomicOrdering::monotonic,
      LLVM::AtomicOrdering::monotonic);
  Value isFirst = LLVM::ExtractValueOp::create(builder, loc, exchange,
                                               ArrayRef<int64_t>{1});
  emitter.ifThen(isFirst, [&] {
    emitter.store(a, emitter.offset(call, offsetof(bridge_call, fault_a)));
    emitter.store(b, emitter.offset(call, offsetof(bridge_call, fault_b)));
  });
}
