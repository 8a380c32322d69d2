//===- Map.cpp - Element by element, from any views -----------------------===//
//
// The region runs on a vector of neighbours along the last axis. What does not
// differ between them (values of repeated inputs, of the outer positions, of
// captures that are indexed by such) is computed once for each row, as scalars.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "bridge/Kernels/Captures.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/IntegerDivision.h"
#include "bridge/Kernels/RegionCloner.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace bridge;

//===----------------------------------------------------------------------===//
// The region
//===----------------------------------------------------------------------===//

namespace {

/// The region of a map, and what in it differs along a row.
class MapRegion {
public:
  MapRegion(plan::KernelOp kernel, unsigned inputs);

  Block &body() const { return block; }
  unsigned inputs() const { return inputCount; }
  unsigned out() const { return outOperand; }
  unsigned axes() const { return outAxes; }
  Value input(unsigned index) const { return block.getArgument(index); }
  Value position(unsigned axis) const {
    return block.getArgument(outOperand + axis);
  }

  /// Whether a value is the same all along a row.
  bool isUniform(Value value) const { return !varying.contains(value); }
  bool isUniform(Operation &op) const { return isUniform(op.getResult(0)); }
  /// Whether the load reads a row of a capture in step with the row of `out`.
  bool followsRow(plan::LoadOp load) const;
  static unsigned operandOf(plan::LoadOp load) {
    return cast<BlockArgument>(load.getView()).getArgNumber();
  }

private:
  Block &block;
  unsigned inputCount;
  unsigned outOperand; ///< the operand; inputs and captures stand before it
  unsigned outAxes;
  llvm::SmallPtrSet<Value, 16> varying;
};

} // namespace

MapRegion::MapRegion(plan::KernelOp kernel, unsigned inputs)
    : block(kernel.getBody().front()), inputCount(inputs),
      outOperand(kernel.getSignature().size() - 1) {
  auto view = [&](unsigned operand) {
    return cast<plan::ViewType>(
        cast<TypeAttr>(kernel.getSignature()[operand]).getValue());
  };
  outAxes = view(outOperand).getRank();
  for (unsigned index = 0; index < inputs; ++index)
    if (lastStride(view(index)) != 0)
      varying.insert(input(index));
  if (outAxes != 0)
    varying.insert(position(outAxes - 1));
  // Mathematics is expanded on vectors only.
  for (Operation &op : block.without_terminator())
    if (op.getDialect()->getNamespace() == "math" ||
        llvm::any_of(op.getOperands(),
                     [&](Value operand) { return !isUniform(operand); }))
      varying.insert(op.result_begin(), op.result_end());
}

bool MapRegion::followsRow(plan::LoadOp load) const {
  OperandRange indices = load.getIndices();
  return outAxes != 0 && !indices.empty() && !load->hasAttr(plan::kSiteAttr) &&
         indices.back() == position(outAxes - 1) &&
         llvm::all_of(indices.drop_back(),
                      [&](Value index) { return isUniform(index); });
}

//===----------------------------------------------------------------------===//
// One row
//===----------------------------------------------------------------------===//

namespace {

/// Emits the code of one row of `out`.
class MapRow {
public:
  MapRow(const MapRegion &region, Emitter &emitter, Arguments &arguments,
         ValueRange place);

  /// The positions `begin` to before `end` of the row.
  LogicalResult emit(Value begin, Value end);

private:
  /// A row of a capture that is read in step, and its size.
  struct Followed {
    Row row;
    Value size;
  };

  void mapUniform(Operation &op);
  void follow(plan::LoadOp load);
  LogicalResult step(Value position, const Tail *tail);
  LogicalResult mapOther(Operation &op, IRMapping &mapping, Value position,
                         const Tail *tail);
  Value loadFollowed(const Followed &followed, Value position,
                     const Tail *tail);
  Value loadLanes(plan::LoadOp load, IRMapping &mapping, const Tail *tail);
  Value indexWithin(plan::LoadOp load, unsigned axis, Value index,
                    const Tail *tail);
  void checkDivisor(Operation &op, Value divisor, const Tail *tail);
  void reportWhere(Operation &op, Value isWrong, Value a, Value b,
                   const Tail *tail);
  Value repeatFirst(Value vector, const Tail *tail);

  const MapRegion &region;
  Emitter &emitter;
  Arguments &arguments;
  SmallVector<Row> inputs;
  Row out;
  IRMapping scalars; ///< what is the same all along the row
  llvm::MapVector<Operation *, Followed> followed;
};

} // namespace

MapRow::MapRow(const MapRegion &region, Emitter &emitter, Arguments &arguments,
               ValueRange place)
    : region(region), emitter(emitter), arguments(arguments),
      out(Row::write(emitter, arguments, region.out(), place)) {
  arguments.mapDims(scalars);
  for (unsigned index = 0; index < region.inputs(); ++index) {
    inputs.push_back(Row::read(emitter, arguments, index, place));
    if (region.isUniform(region.input(index)))
      scalars.map(region.input(index),
                  inputs.back().loadElement(emitter.number(0)));
  }
  for (auto [axis, index] : llvm::enumerate(place))
    scalars.map(region.position(axis), emitter.narrow(index));
  for (Operation &op : region.body().without_terminator()) {
    if (region.isUniform(op))
      mapUniform(op);
    else if (auto load = dyn_cast<plan::LoadOp>(op);
             load && region.followsRow(load))
      follow(load);
  }
}

void MapRow::mapUniform(Operation &op) {
  Value result = op.getResult(0);
  if (scalars.contains(result))
    return;
  if (isIntegerDivision(op)) {
    checkDivisor(op, scalars.lookup(op.getOperand(1)), nullptr);
    scalars.map(result, emitIntegerDivision(emitter, op,
                                            scalars.lookup(op.getOperand(0)),
                                            scalars.lookup(op.getOperand(1))));
    return;
  }
  auto load = dyn_cast<plan::LoadOp>(op);
  if (!load) {
    emitter.builder().clone(op, scalars);
    return;
  }
  unsigned operand = region.operandOf(load);
  Values indices;
  for (auto [axis, index] : llvm::enumerate(load.getIndices()))
    indices.push_back(indexWithin(load, axis, scalars.lookup(index), nullptr));
  scalars.map(result, emitter.loadElement(elementType(arguments, operand),
                                          arguments.address(operand, indices)));
}

void MapRow::follow(plan::LoadOp load) {
  unsigned operand = region.operandOf(load);
  Values indices;
  for (auto [axis, index] : llvm::enumerate(load.getIndices().drop_back()))
    indices.push_back(indexWithin(load, axis, scalars.lookup(index), nullptr));
  followed.insert({load,
                   {Row::read(emitter, arguments, operand, indices),
                    rowSize(emitter, arguments, operand)}});
}

LogicalResult MapRow::emit(Value begin, Value end) {
  // A capture that is shorter than `out` ends what is read without a mask.
  Value whole = end;
  for (const auto &[load, capture] : followed)
    whole = emitter.min(whole, capture.size);
  LogicalResult result = success();
  sweep(
      emitter, begin, end,
      [&](Value position, const Tail *tail) {
        if (succeeded(result))
          result = step(position, tail);
      },
      emitter.max(whole, begin));
  return result;
}

/// Lanes beyond the row repeat the first lane, so that their indices are good.
Value MapRow::repeatFirst(Value vector, const Tail *tail) {
  if (!tail)
    return vector;
  return emitter.select(tail->mask, vector,
                        emitter.broadcast(emitter.firstLane(vector)));
}

/// One vector of the row.
LogicalResult MapRow::step(Value position, const Tail *tail) {
  IRMapping mapping;
  for (auto [from, to] : scalars.getValueMap())
    if (!from.getDefiningOp<arith::ConstantOp>())
      mapping.map(from, to);
  for (auto [index, input] : llvm::enumerate(inputs))
    if (!region.isUniform(region.input(index)))
      mapping.map(region.input(index), input.load(position, tail));
  if (region.axes() != 0) {
    Value positions = emitter.add(emitter.broadcast(emitter.narrow(position)),
                                  emitter.laneNumbers());
    mapping.map(region.position(region.axes() - 1),
                repeatFirst(positions, tail));
  }
  FailureOr<SmallVector<Value>> result = cloneOnVectors(
      emitter, region.body(), mapping, emitter.lanes(),
      [&](Operation &op, IRMapping &mapping) {
        return mapOther(op, mapping, position, tail);
      },
      [&](Operation &op, Value divisor) { checkDivisor(op, divisor, tail); });
  if (failed(result))
    return failure();
  out.store(result->front(), position, tail);
  return success();
}

LogicalResult MapRow::mapOther(Operation &op, IRMapping &mapping,
                               Value position, const Tail *tail) {
  auto load = dyn_cast<plan::LoadOp>(op);
  if (!load)
    return op.emitError("expected an element-wise operation or plan.load in "
                        "the region of a map, found '")
           << op.getName() << "'";
  auto found = followed.find(load);
  mapping.map(load.getResult(),
              found == followed.end()
                  ? loadLanes(load, mapping, tail)
                  : loadFollowed(found->second, position, tail));
  return success();
}

Value MapRow::loadFollowed(const Followed &followed, Value position,
                           const Tail *tail) {
  if (!tail)
    return followed.row.load(position, nullptr);
  Value last =
      emitter.min(tail->last, emitter.sub(followed.size, emitter.number(1)));
  Value count = emitter.sub(emitter.add(last, 1), position);
  Tail inside = {emitter.firstLanes(count), last};
  return followed.row.load(position, &inside);
}

/// A load whose indices differ between the lanes in any way, lane by lane.
Value MapRow::loadLanes(plan::LoadOp load, IRMapping &mapping,
                        const Tail *tail) {
  Values places;
  for (auto [axis, index] : llvm::enumerate(load.getIndices()))
    places.push_back(indexWithin(load, axis, mapping.lookup(index), tail));
  return gatherAt(emitter, arguments, region.operandOf(load), places);
}

/// An index of a capture as i64; a wrong one is reported, and kept within the
/// axis, so that nothing beyond is read.
Value MapRow::indexWithin(plan::LoadOp load, unsigned axis, Value index,
                          const Tail *tail) {
  unsigned operand = region.operandOf(load);
  Value widened = widenIndex(emitter, index);
  Value inside = keepWithin(emitter, arguments, operand, axis, widened);
  if (load->hasAttr(plan::kSiteAttr))
    reportWhere(*load,
                arith::CmpIOp::create(emitter.builder(), emitter.loc(),
                                      arith::CmpIPredicate::ne, inside,
                                      widened),
                widened, arguments.size(operand, axis), tail);
  return inside;
}

void MapRow::checkDivisor(Operation &op, Value divisor, const Tail *tail) {
  if (!op.hasAttr(plan::kSiteAttr))
    return;
  Value zero =
      emitter.isVector(divisor) ? emitter.splat32(0) : emitter.number32(0);
  reportWhere(op, emitter.equal(divisor, zero), emitter.number(0),
              emitter.number(0), tail);
}

/// Reports at the operation's site where `isWrong`, in a lane of the row. Of
/// several lanes' `a`, the greatest is told.
void MapRow::reportWhere(Operation &op, Value isWrong, Value a, Value b,
                         const Tail *tail) {
  int64_t site = op.getAttrOfType<IntegerAttr>(plan::kSiteAttr).getInt();
  Value any = isWrong;
  if (emitter.isVector(isWrong)) {
    if (tail)
      isWrong = arith::AndIOp::create(emitter.builder(), emitter.loc(), isWrong,
                                      tail->mask);
    any = emitter.reduce(LaneReduction::Or, isWrong);
  }
  emitter.ifThen(any, [&] {
    Value told = a;
    if (emitter.isVector(a))
      told = emitter.reduce(
          LaneReduction::MaxSigned,
          emitter.select(isWrong, a,
                         emitter.broadcast(emitter.number(INT64_MIN))));
    reportFault(emitter, arguments, site, told, b);
  });
}

//===----------------------------------------------------------------------===//
// Jobs
//===----------------------------------------------------------------------===//

namespace {

class MapKernel : public Kernel {
public:
  MapKernel(plan::KernelOp kernel, unsigned inputs) : region(kernel, inputs) {}

  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override;

private:
  /// How the places of `out` are split: into runs of rows, and long rows into
  /// pieces.
  struct Split {
    Values axes;
    Value rows, rowsPerJob, pieces;
  };
  Split split(Emitter &emitter, Arguments &arguments);

  MapRegion region;
};

} // namespace

MapKernel::Split MapKernel::split(Emitter &emitter, Arguments &arguments) {
  unsigned axes = region.axes();
  Split split;
  split.axes = sizes(arguments, region.out(), 0, axes ? axes - 1 : 0);
  split.rows = product(emitter, split.axes);
  Value size = rowSize(emitter, arguments, region.out());
  split.rowsPerJob = rowsPerJob(emitter, size);
  split.pieces = emitter.ceilDiv(size, emitter.elementsPerJob());
  return split;
}

Value MapKernel::jobs(Emitter &emitter, Arguments &arguments) {
  Split parts = split(emitter, arguments);
  return emitter.mul(emitter.ceilDiv(parts.rows, parts.rowsPerJob),
                     parts.pieces);
}

LogicalResult MapKernel::body(Emitter &emitter, Arguments &arguments, Value job,
                              Value) {
  Split parts = split(emitter, arguments);
  Value run = emitter.div(job, parts.pieces);
  Value first = emitter.mul(run, parts.rowsPerJob);
  Value last = emitter.min(emitter.add(first, parts.rowsPerJob), parts.rows);
  Value begin =
      emitter.mul(emitter.rem(job, parts.pieces), emitter.elementsPerJob());
  Value end = emitter.min(emitter.add(begin, emitter.elementsPerJob()),
                          rowSize(emitter, arguments, region.out()));
  LogicalResult result = success();
  walk(emitter, parts.axes, first, last, [&](ValueRange place) {
    result = MapRow(region, emitter, arguments, place).emit(begin, end);
  });
  return result;
}

std::unique_ptr<Kernel> bridge::makeMapKernel(plan::KernelOp kernel) {
  auto inputs = requireConfig<IntegerAttr>(kernel, "inputs");
  if (!inputs)
    return nullptr;
  if (kernel.getBody().empty()) {
    kernel.emitError("expected a region in a 'map' kernel");
    return nullptr;
  }
  return std::make_unique<MapKernel>(kernel, inputs.getInt());
}
