//===- Storage.h - How elements stand in memory -----------------*- C++ -*-===//
//
// Most types stand in memory as they are computed with. The others are i1, a
// byte of 0 or 1, and bf16, the upper half of an f32. These functions take
// scalars and vectors.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_KERNELS_STORAGE_H
#define BRIDGE_KERNELS_STORAGE_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

/// The type that loads and stores of an element of a view have.
mlir::Type storedType(mlir::Type element);
/// What has been loaded as `loadedType(element)`: bytes become truth values,
/// bf16 widens.
mlir::Value fromStored(Emitter &emitter, mlir::Type element,
                       mlir::Value stored);
/// What is to be stored: truth values become bytes, f32 is rounded to the
/// nearest bf16, ties to even.
mlir::Value toStored(Emitter &emitter, mlir::Type element, mlir::Value value);

/// @name Pairs of bf16 as i32, the first one in the lower half
/// @{
/// Of two vectors of f32.
mlir::Value toPairs(Emitter &emitter, mlir::Value low, mlir::Value high);
/// Of two vectors of bf16 as they are stored.
mlir::Value pairStored(Emitter &emitter, mlir::Value low, mlir::Value high);
/// The elements of a vector of such pairs: those of the lower halves, and those
/// of the upper ones.
mlir::Value lowOfPairs(Emitter &emitter, mlir::Value pairs);
mlir::Value highOfPairs(Emitter &emitter, mlir::Value pairs);
/// @}

/// A vector of 32-bit units from `pointer` on: numbers of f32, or pairs of
/// bf16. With a count, only so many elements are read, and zero stands beyond.
mlir::Value loadUnits(Emitter &emitter, mlir::Type element, mlir::Value pointer,
                      mlir::Value count = {});
/// The numbers of a vector of units with their signs turned.
mlir::Value negateUnits(Emitter &emitter, mlir::Type element,
                        mlir::Value units);

} // namespace bridge

#endif // BRIDGE_KERNELS_STORAGE_H
