//===- AttentionMask.cpp - Which keys the queries of a panel see ----------===//
#include "bridge/Kernels/AttentionMask.h"
#include "bridge/Kernels/Captures.h"
#include "bridge/Kernels/RegionCloner.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

/// Elements of a captured vector that are looked at for one block, at most.
static constexpr int64_t kLongestScan = 128;

AttentionMask::AttentionMask(Emitter &emitter, Arguments &arguments,
                             unsigned firstCapture, Value batch, Value head)
    : emitter(emitter), arguments(arguments),
      body(arguments.kernel().getBody().front()), firstCapture(firstCapture),
      batch(batch), head(head) {
  variesByQuery.insert(position(2));
  variesByKey.insert(position(1));
  for (Operation &op : body.without_terminator())
    for (auto *varies : {&variesByQuery, &variesByKey})
      if (llvm::any_of(op.getOperands(), [&](Value operand) {
            return varies->contains(operand);
          }))
        varies->insert(op.result_begin(), op.result_end());
}

unsigned AttentionMask::operandOf(plan::LoadOp load) const {
  return firstCapture + cast<BlockArgument>(load.getView()).getArgNumber();
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

void AttentionMask::beginQueries(Value first, Value last) {
  lastQuery = last;
  ofQueries.emplace(emitter);
  ofQueries->set(position(4), Intervals::point(batch));
  ofQueries->set(position(3), Intervals::point(head));
  ofQueries->set(position(2), {first, last});
  IRMapping dims;
  arguments.mapDims(dims);
  for (Operation &op : body.without_terminator()) {
    Value result = op.getResult(0);
    if (isa<plan::DimOp>(op))
      ofQueries->set(result,
                     Intervals::point(emitter.widen(dims.lookup(result))));
    else if (!variesByKey.contains(result))
      ofQueries->evaluate(op, [&](plan::LoadOp load, ArrayRef<Interval> at) {
        return boundsOfLoad(load, at);
      });
  }
}

Interval AttentionMask::bounds(Value first, Value last) {
  Intervals intervals = *ofQueries;
  intervals.set(position(1), {first, last});
  for (Operation &op : body.without_terminator())
    intervals.evaluate(op, [&](plan::LoadOp load, ArrayRef<Interval> at) {
      return boundsOfLoad(load, at);
    });
  return intervals.lookup(body.getTerminator()->getOperand(0));
}

Interval AttentionMask::boundsOfLoad(plan::LoadOp load,
                                     ArrayRef<Interval> indices) {
  std::optional<unsigned> varying;
  for (auto [axis, index] : llvm::enumerate(load.getIndices())) {
    if (!variesByQuery.contains(index) && !variesByKey.contains(index))
      continue;
    if (varying)
      return ofQueries->whole(load.getType());
    varying = axis;
  }
  if (load.getType().isF32())
    return {};
  if (varying)
    return scan(load, indices, *varying);
  Values places;
  for (const Interval &index : indices)
    places.push_back(emitter.narrow(index.low));
  Value element = loadCaptured(emitter, arguments, operandOf(load), places);
  return Intervals::point(
      element.getType().isInteger(1) ? element : emitter.widen(element));
}

/// The least and the greatest of the elements that an index along one axis can
/// point at.
Interval AttentionMask::scan(plan::LoadOp load, ArrayRef<Interval> indices,
                             unsigned axis) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  unsigned operand = operandOf(load);
  Type type = load.getType();
  bool isTruth = type.isInteger(1);
  auto within = [&](unsigned axis, Value index) {
    return indexWithin(emitter, arguments, operand, axis,
                       emitter.narrow(index));
  };
  Value first = within(axis, indices[axis].low);
  Value last = within(axis, indices[axis].high);
  Value row = arguments.pointer(operand);
  for (auto [other, index] : llvm::enumerate(indices))
    if (other != axis)
      row = emitter.offset(row, emitter.mul(within(other, index.low),
                                            arguments.stride(operand, other)));
  auto elementAt = [&](Value place) {
    Value element = emitter.loadElement(
        type, emitter.offset(
                  row, emitter.mul(place, arguments.stride(operand, axis))));
    return isTruth ? element : emitter.widen(element);
  };
  Value isShort =
      emitter.less(emitter.sub(last, first), emitter.number(kLongestScan));
  Interval whole = ofQueries->whole(type);
  Type bound = whole.low.getType();
  Values result = emitter.ifElse(
      isShort, {bound, bound},
      [&]() -> Values {
        Value start = elementAt(first);
        return emitter.loop(
            emitter.add(first, 1), emitter.add(last, 1), emitter.number(1),
            {start, start}, [&](Value place, ValueRange carried) -> Values {
              Value element = elementAt(place);
              if (!isTruth)
                return {emitter.min(element, carried[0]),
                        emitter.max(element, carried[1])};
              return {arith::AndIOp::create(builder, loc, element, carried[0]),
                      arith::OrIOp::create(builder, loc, element, carried[1])};
            });
      },
      [&]() -> Values { return {whole.low, whole.high}; });
  return {result[0], result[1]};
}

//===----------------------------------------------------------------------===//
// One key
//===----------------------------------------------------------------------===//

FailureOr<Value> AttentionMask::clone(Value queries, Value key, int64_t lanes,
                                      Load load) {
  IRMapping mapping;
  arguments.mapDims(mapping);
  mapping.map(position(4), emitter.narrow(batch));
  mapping.map(position(3), emitter.narrow(head));
  mapping.map(position(2), queries);
  mapping.map(position(1), emitter.narrow(key));
  FailureOr<SmallVector<Value>> result = cloneOnVectors(
      emitter, body, mapping, lanes,
      [&](Operation &op, IRMapping &mapping) -> LogicalResult {
        auto found = dyn_cast<plan::LoadOp>(op);
        if (!found)
          return op.emitError("expected an element-wise operation or "
                              "plan.load in the region of an attention, "
                              "found '")
                 << op.getName() << "'";
        mapping.map(found.getResult(), load(found, mapping));
        return success();
      });
  if (failed(result))
    return failure();
  return result->front();
}

FailureOr<Value> AttentionMask::seen(Value query, Value key) {
  Value queries = emitter.add(emitter.broadcast(emitter.narrow(query)),
                              emitter.laneNumbers());
  queries = emitter.min(queries, emitter.broadcast(emitter.narrow(lastQuery)));
  return clone(queries, key, emitter.lanes(),
               [&](plan::LoadOp op, IRMapping &mapping) {
                 return load(op, mapping, query);
               });
}

FailureOr<Value> AttentionMask::seenByOne(Value query, Value key) {
  return clone(emitter.narrow(query), key, /*lanes=*/1,
               [&](plan::LoadOp op, IRMapping &mapping) {
                 Values indices;
                 for (Value index : op.getIndices())
                   indices.push_back(mapping.lookup(index));
                 return loadCaptured(emitter, arguments, operandOf(op),
                                     indices);
               });
}

Value AttentionMask::load(plan::LoadOp op, IRMapping &mapping, Value query) {
  unsigned operand = operandOf(op);
  auto view = cast<plan::ViewType>(arguments.operandType(operand));
  Values indices;
  for (Value index : op.getIndices())
    indices.push_back(mapping.lookup(index));
  auto isScalar = [](Value index) { return !isa<VectorType>(index.getType()); };
  if (llvm::all_of(indices, isScalar))
    return loadCaptured(emitter, arguments, operand, indices);
  bool isRow = op.getIndices().back() == position(2) && isContiguous(view) &&
               llvm::all_of(ArrayRef(indices).drop_back(), isScalar);
  if (!isRow)
    return loadCapturedLanes(emitter, arguments, operand, indices);
  Values places;
  for (auto [axis, index] : llvm::enumerate(ArrayRef(indices).drop_back()))
    places.push_back(indexWithin(emitter, arguments, operand, axis, index));
  places.push_back(query);
  Value count = emitter.sub(arguments.size(operand, view.getRank() - 1), query);
  return emitter.loadElements(view.getElementType(),
                              arguments.address(operand, places),
                              emitter.firstLanes(count));
}
