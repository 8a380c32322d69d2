//===- Captures.cpp - Loads of captured views in a region -----------------===//
#include "bridge/Kernels/Captures.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

Value bridge::widenIndex(Emitter &emitter, Value index) {
  Type wide = emitter.i64Type();
  if (emitter.isVector(index))
    wide = emitter.vectorType(wide);
  return arith::ExtSIOp::create(emitter.builder(), emitter.loc(), wide, index);
}

Value bridge::keepWithin(Emitter &emitter, Arguments &arguments,
                         unsigned operand, unsigned axis, Value wideIndex) {
  Value last = emitter.sub(arguments.size(operand, axis), emitter.number(1));
  Value low = emitter.number(0);
  if (emitter.isVector(wideIndex)) {
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
  Values places;
  for (auto [axis, index] : llvm::enumerate(indices))
    places.push_back(indexWithin(emitter, arguments, operand, axis, index));
  return gatherAt(emitter, arguments, operand, places);
}

Value bridge::gatherAt(Emitter &emitter, Arguments &arguments, unsigned operand,
                       ValueRange places) {
  Value base = arguments.pointer(operand);
  Value offsets;
  for (auto [axis, place] : llvm::enumerate(places)) {
    Value stride = arguments.stride(operand, axis);
    if (!emitter.isVector(place)) {
      base = emitter.offset(base, emitter.mul(place, stride));
      continue;
    }
    Value bytes = emitter.mul(place, emitter.broadcast(stride));
    offsets = offsets ? emitter.add(offsets, bytes) : bytes;
  }
  return emitter.gather(arguments.elementType(operand), base, offsets);
}
