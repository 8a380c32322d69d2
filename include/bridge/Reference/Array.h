//===- Array.h - Tensors of the reference -----------------------*- C++ -*-===//
#ifndef BRIDGE_REFERENCE_ARRAY_H
#define BRIDGE_REFERENCE_ARRAY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace bridge {

using Shape = llvm::SmallVector<int64_t, 4>;

/// What the elements of an array are.
enum class Element { Float, Integer, Truth };
/// "floats", "integers" or "truth values".
llvm::StringRef describe(Element element);

/// A tensor in row-major order. Everything is held as float64: integers of the
/// dialect have 32 bits and truth values are 0 and 1, which it holds exactly.
struct Array {
  Element element = Element::Float;
  Shape shape;
  std::vector<double> values;

  Array() = default;
  /// All elements zero.
  Array(Element element, Shape shape);
  Array(Element element, Shape shape, std::vector<double> values)
      : element(element), shape(std::move(shape)), values(std::move(values)) {}

  int64_t rank() const { return shape.size(); }
  int64_t size() const { return values.size(); }
  int64_t lastAxis() const { return shape.back(); }
};

/// The number of elements of a shape.
int64_t sizeOf(llvm::ArrayRef<int64_t> shape);
/// `[2, 3, 16]`.
std::string toString(llvm::ArrayRef<int64_t> shape);
/// The distance between neighbours along each axis, in elements.
Shape rowMajorStrides(llvm::ArrayRef<int64_t> shape);
/// Strides that read an array of shape `from` as if it had shape `to`: axes
/// aligned at the right, 0 where an axis of 1 stretches or is missing.
Shape broadcastStrides(llvm::ArrayRef<int64_t> from,
                       llvm::ArrayRef<int64_t> to);

/// Visits all positions of a shape in row-major order. `offsets[i]` is the
/// position's offset by the i-th strides.
void forEachPosition(
    llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<Shape> strides,
    llvm::function_ref<void(llvm::ArrayRef<int64_t> offsets)> visit);

/// The elements of `source` at the positions of `shape`, from `offset` on.
Array readStrided(const Array &source, Shape shape, const Shape &strides,
                  int64_t offset = 0);
Array broadcastTo(const Array &source, llvm::ArrayRef<int64_t> shape);
/// Axis i of the result is axis permutation[i] of `source`.
Array transpose(const Array &source, llvm::ArrayRef<int64_t> permutation);

} // namespace bridge

#endif // BRIDGE_REFERENCE_ARRAY_H
