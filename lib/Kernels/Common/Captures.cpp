//===- Captures.cpp - Loads of captured views in a region -----------------===//
#include "bridge/Kernels/Captures.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

Value bridge::widenIndex(Emitter &emitter, Value index) {
  Type wide = emitter.i64Type();
  if (isa<VectorType>(index.getType()))
    wide = emitter.vectorType(wide);
  return arith::ExtSIOp::create(emitter.builder(), emitter.loc(), wide, index);
}

Value bridge::keepWithin(Emitter &emitter, Arguments &arguments,
                         unsigned operand, unsigned axis, Value wideIndex) {
  Value last = emitter.sub(arguments.size(operand, axis), emitter.number(1));
  Value low = emitter.number(0);
  if (isa<VectorType>(wideIndex.getType())) {
    last = emitter.broadcast(last);
    low = emitter.broadcast(low);
  }
  return emitter.max(emitter.min(wideIndex, last), low);
}

Value bridge::indexWithin(Emitter &emitter, Arguments &arguments,
                          unsigned operand, unsigned axis, Value index) {
  return keepWithin(emitter, arguments, operand, axis,
                    widenIndex(emitter, index));
}

Value bridge::loadCaptured(Emitter &emitter, Arguments &arguments,
                           unsigned operand, ValueRange indices) {
  Values places;
  for (auto [axis, index] : llvm::enumerate(indices))
    places.push_back(indexWithin(emitter, arguments, operand, axis, index));
  return emitter.loadElement(arguments.elementType(operand),
                             arguments.address(operand, places));
}

Value bridge::loadCapturedLanes(Emitter &emitter, Arguments &arguments,
                                unsigned operand, ValueRange indices) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  Value base = arguments.pointer(operand);
  Value offsets;
  for (auto [axis, index] : llvm::enumerate(indices)) {
    Value at = indexWithin(emitter, arguments, operand, axis, index);
    Value stride = arguments.stride(operand, axis);
    if (!isa<VectorType>(at.getType())) {
      base = emitter.offset(base, emitter.mul(at, stride));
      continue;
    }
    Value bytes = emitter.mul(at, emitter.broadcast(stride));
    offsets = offsets ? emitter.add(offsets, bytes) : bytes;
  }
  Type element = arguments.elementType(operand);
  Values lanes;
  for (int64_t lane = 0; lane < emitter.lanes(); ++lane) {
    Value offset = vector::ExtractOp::create(builder, loc, offsets, lane);
    lanes.push_back(emitter.loadElement(element, emitter.offset(base, offset)));
  }
  return vector::FromElementsOp::create(
      builder, loc, emitter.vectorType(loadedType(element)), lanes);
}
