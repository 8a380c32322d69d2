//===- Captures.h - Loads of captured views in a region ---------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_CAPTURES_H
#define BRIDGE_KERNELS_CAPTURES_H

#include "bridge/Kernels/Arguments.h"

namespace bridge {

/// An index, i32 scalar or vector, as i64.
mlir::Value widenIndex(Emitter &emitter, mlir::Value index);

/// A wide index of an operand kept within the axis, so that a wrong one reads
/// something else of the operand and nothing beyond.
mlir::Value keepWithin(Emitter &emitter, Arguments &arguments, unsigned operand,
                       unsigned axis, mlir::Value wideIndex);

/// An index, widened and kept within the axis.
mlir::Value indexWithin(Emitter &emitter, Arguments &arguments,
                        unsigned operand, unsigned axis, mlir::Value index);

/// The element that scalar indices point at.
mlir::Value loadCaptured(Emitter &emitter, Arguments &arguments,
                         unsigned operand, mlir::ValueRange indices);

/// A vector of elements whose indices, of which some are vectors, differ
/// between the lanes in any way; lane by lane.
mlir::Value loadCapturedLanes(Emitter &emitter, Arguments &arguments,
                              unsigned operand, mlir::ValueRange indices);

/// The same for wide places that are within their axes.
mlir::Value gatherAt(Emitter &emitter, Arguments &arguments, unsigned operand,
                     mlir::ValueRange places);

} // namespace bridge

#endif // BRIDGE_KERNELS_CAPTURES_H
