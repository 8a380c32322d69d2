//===- Map.cpp - Element by element, from any views -----------------------===//
//
// The region runs on a vector of neighbours along the last axis. What does not
// differ between them (values of repeated inputs, of the outer positions, of
// captures that are indexed by such) is computed once for each row, as scalars.
//
//===----------------------------------------------------------------------===//
#include "Config.h"
#include "IntegerDivision.h"
#include "Rows.h"
#include "bridge/Kernels/RegionCloner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace bridge;

namespace {

class MapKernel : public CpuKernel {
public:
  MapKernel(plan::KernelOp kernel, unsigned inputs);

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

  bool isUniform(Value value) const { return !varying.contains(value); }
  bool followsRow(plan::LoadOp load) const;
  unsigned operandOf(plan::LoadOp load) const {
    return cast<BlockArgument>(load.getView()).getArgNumber();
  }
  Value indexWithin(Emitter &emitter, Arguments &arguments, unsigned operand,
                    unsigned axis, Value index);

  LogicalResult row(Emitter &emitter, Arguments &arguments, ValueRange place,
                    Value begin, Value end);
  void mapUniform(Emitter &emitter, Arguments &arguments, IRMapping &scalars);
  Value gatherLanes(Emitter &emitter, Arguments &arguments, plan::LoadOp load,
                    IRMapping &mapping);

  Block &region;
  unsigned inputs;   ///< block arguments that are elements of inputs
  unsigned captures; ///< block arguments that are views
  unsigned axes;     ///< of out
  llvm::SmallPtrSet<Value, 16> varying; ///< values that differ along the row
};

} // namespace

MapKernel::MapKernel(plan::KernelOp kernel, unsigned inputs)
    : region(kernel.getBody().front()), inputs(inputs),
      captures(kernel.getSignature().size() - 1 - inputs) {
  auto types = kernel.getSignature().getAsValueRange<TypeAttr>();
  SmallVector<Type> operands(types.begin(), types.end());
  axes = cast<plan::ViewType>(operands.back()).getRank();
  for (unsigned input = 0; input < inputs; ++input)
    if (lastStride(cast<plan::ViewType>(operands[input])) != 0)
      varying.insert(region.getArgument(input));
  if (axes != 0)
    varying.insert(region.getArguments().back());
  // Mathematics is expanded on vectors only.
  for (Operation &op : region.without_terminator())
    if (op.getDialect()->getNamespace() == "math" ||
        llvm::any_of(op.getOperands(),
                     [&](Value operand) { return !isUniform(operand); }))
      varying.insert(op.result_begin(), op.result_end());
}

MapKernel::Split MapKernel::split(Emitter &emitter, Arguments &arguments) {
  unsigned out = inputs + captures;
  Split split;
  split.axes = sizes(arguments, out, 0, axes ? axes - 1 : 0);
  split.rows = product(emitter, split.axes);
  Value size = rowSize(emitter, arguments, out);
  split.rowsPerJob = rowsPerJob(emitter, size);
  split.pieces = emitter.ceilDiv(size, kElementsPerJob);
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
  Value begin = emitter.mul(emitter.rem(job, parts.pieces), kElementsPerJob);
  Value end = emitter.min(emitter.add(begin, kElementsPerJob),
                          rowSize(emitter, arguments, inputs + captures));
  LogicalResult result = success();
  walk(emitter, parts.axes, first, last, [&](ValueRange place) {
    result = row(emitter, arguments, place, begin, end);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Captures
//===----------------------------------------------------------------------===//

/// Whether the load reads a row of a capture in step with the row of `out`.
bool MapKernel::followsRow(plan::LoadOp load) const {
  OperandRange indices = load.getIndices();
  return axes != 0 && !indices.empty() &&
         indices.back() == region.getArguments().back() &&
         llvm::all_of(indices.drop_back(),
                      [&](Value index) { return isUniform(index); });
}

/// An index of a capture as i64; kept within the axis, so that a wrong one
/// reads something else of the capture and nothing beyond.
Value MapKernel::indexWithin(Emitter &emitter, Arguments &arguments,
                             unsigned operand, unsigned axis, Value index) {
  Value last = emitter.sub(arguments.size(operand, axis), emitter.number(1));
  Value low = emitter.number(0);
  Type wide = emitter.i64Type();
  if (isa<VectorType>(index.getType())) {
    wide = emitter.vectorType(wide);
    last = emitter.broadcast(last);
    low = emitter.broadcast(low);
  }
  Value widened =
      arith::ExtSIOp::create(emitter.builder(), emitter.loc(), wide, index);
  return emitter.max(emitter.min(widened, last), low);
}

/// A load whose indices differ between the lanes in any way, lane by lane.
Value MapKernel::gatherLanes(Emitter &emitter, Arguments &arguments,
                             plan::LoadOp load, IRMapping &mapping) {
  unsigned operand = operandOf(load);
  Value base = arguments.pointer(operand);
  Value offsets;
  for (auto [axis, index] : llvm::enumerate(load.getIndices())) {
    Value at =
        indexWithin(emitter, arguments, operand, axis, mapping.lookup(index));
    Value stride = arguments.stride(operand, axis);
    if (!isa<VectorType>(at.getType())) {
      base = emitter.offset(base, emitter.mul(at, stride));
      continue;
    }
    Value bytes = emitter.mul(at, emitter.broadcast(stride));
    offsets = offsets ? emitter.add(offsets, bytes) : bytes;
  }
  Type element = load.getType();
  Values lanes;
  for (int64_t lane = 0; lane < emitter.lanes(); ++lane) {
    Value offset = vector::ExtractOp::create(emitter.builder(), emitter.loc(),
                                             offsets, lane);
    lanes.push_back(emitter.loadElement(element, emitter.offset(base, offset)));
  }
  return vector::FromElementsOp::create(emitter.builder(), emitter.loc(),
                                        emitter.vectorType(element), lanes);
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// Computes what is the same all along the row.
void MapKernel::mapUniform(Emitter &emitter, Arguments &arguments,
                           IRMapping &scalars) {
  for (Operation &op : region.without_terminator()) {
    if (isa<plan::DimOp>(op) ||
        llvm::any_of(op.getResults(),
                     [&](Value result) { return !isUniform(result); }))
      continue;
    if (isIntegerDivision(op)) {
      scalars.map(op.getResult(0),
                  emitIntegerDivision(emitter, op,
                                      scalars.lookup(op.getOperand(0)),
                                      scalars.lookup(op.getOperand(1))));
      continue;
    }
    auto load = dyn_cast<plan::LoadOp>(op);
    if (!load) {
      emitter.builder().clone(op, scalars);
      continue;
    }
    unsigned operand = operandOf(load);
    Values indices;
    for (auto [axis, index] : llvm::enumerate(load.getIndices()))
      indices.push_back(indexWithin(emitter, arguments, operand, axis,
                                    scalars.lookup(index)));
    scalars.map(load.getResult(),
                emitter.loadElement(load.getType(),
                                    arguments.address(operand, indices)));
  }
}

LogicalResult MapKernel::row(Emitter &emitter, Arguments &arguments,
                             ValueRange place, Value begin, Value end) {
  IRMapping scalars;
  arguments.mapDims(scalars);
  SmallVector<Row> rows;
  for (unsigned input = 0; input < inputs; ++input) {
    rows.push_back(Row::read(emitter, arguments, input, place));
    if (isUniform(region.getArgument(input)))
      scalars.map(region.getArgument(input),
                  rows.back().loadElement(emitter.number(0)));
  }
  for (auto [axis, index] : llvm::enumerate(place))
    scalars.map(region.getArgument(inputs + captures + axis),
                emitter.narrow(index));
  mapUniform(emitter, arguments, scalars);
  Row out = Row::write(emitter, arguments, inputs + captures, place);

  // Rows of captures; a capture that is shorter than `out` ends what is read
  // without a mask.
  llvm::DenseMap<Operation *, std::pair<Row, Value>> followed;
  Value whole = end;
  for (auto load : region.getOps<plan::LoadOp>()) {
    if (!followsRow(load))
      continue;
    unsigned operand = operandOf(load);
    Values indices;
    for (auto [axis, index] : llvm::enumerate(load.getIndices().drop_back()))
      indices.push_back(indexWithin(emitter, arguments, operand, axis,
                                    scalars.lookup(index)));
    Value size = rowSize(emitter, arguments, operand);
    whole = emitter.min(whole, size);
    followed.try_emplace(load, Row::read(emitter, arguments, operand, indices),
                         size);
  }
  whole = emitter.max(whole, begin);

  auto step = [&](Value position, const Tail *tail) -> LogicalResult {
    // Lanes beyond the row repeat the first one, so that they cannot do what no
    // place of the row does (divide by zero).
    auto repeatFirst = [&](Value value) {
      if (!tail)
        return value;
      Value firstLane =
          vector::ExtractOp::create(emitter.builder(), emitter.loc(), value, 0);
      return emitter.select(tail->mask, value, emitter.broadcast(firstLane));
    };
    IRMapping mapping;
    for (auto [from, to] : scalars.getValueMap())
      if (!from.getDefiningOp<arith::ConstantOp>())
        mapping.map(from, to);
    for (unsigned input = 0; input < inputs; ++input)
      if (!isUniform(region.getArgument(input)))
        mapping.map(region.getArgument(input),
                    repeatFirst(rows[input].load(position, tail)));
    if (axes != 0)
      mapping.map(
          region.getArguments().back(),
          repeatFirst(emitter.add(emitter.broadcast(emitter.narrow(position)),
                                  emitter.laneNumbers())));

    auto other = [&](Operation &op, IRMapping &mapping) -> LogicalResult {
      auto load = dyn_cast<plan::LoadOp>(op);
      if (!load)
        return op.emitError("not an operation for the region of a map");
      auto found = followed.find(load);
      if (found == followed.end()) {
        mapping.map(load.getResult(),
                    gatherLanes(emitter, arguments, load, mapping));
        return success();
      }
      auto &[row, size] = found->second;
      if (!tail) {
        mapping.map(load.getResult(), row.load(position, nullptr));
        return success();
      }
      Tail inside = {
          emitter.firstLanes(emitter.sub(emitter.min(size, end), position)),
          emitter.min(tail->last, emitter.sub(size, emitter.number(1)))};
      mapping.map(load.getResult(), repeatFirst(row.load(position, &inside)));
      return success();
    };
    FailureOr<SmallVector<Value>> result =
        cloneOnVectors(emitter, region, mapping, emitter.lanes(), other);
    if (failed(result))
      return failure();
    out.store(result->front(), position, tail);
    return success();
  };

  LogicalResult result = success();
  sweep(
      emitter, begin, end,
      [&](Value position, const Tail *tail) {
        if (succeeded(result))
          result = step(position, tail);
      },
      whole);
  return result;
}

std::unique_ptr<CpuKernel> bridge::makeMapKernel(plan::KernelOp kernel) {
  auto inputs = requireConfig<IntegerAttr>(kernel, "inputs");
  if (!inputs)
    return nullptr;
  if (kernel.getBody().empty()) {
    kernel.emitError("expected a region in a 'map' kernel");
    return nullptr;
  }
  return std::make_unique<MapKernel>(kernel, inputs.getInt());
}
