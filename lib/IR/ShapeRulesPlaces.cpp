//===- ShapeRulesPlaces.cpp - Rules of reductions and of what moves data --===//
#include "ShapeRulesDetail.h"

using namespace mlir;
using namespace bridge;

static Inferred noAxis(StringRef constraint, rules::Type x, int64_t axis) {
  return rules::violation(constraint,
                          describe(x) + " has no axis " + Twine(axis));
}

static bool hasAxis(rules::Type x, int64_t axis) {
  return axis >= 0 && axis < x.getRank();
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

Inferred rules::reduce(ReduceKind kind, Type x, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return violation("C1", "`" + stringifyReduceKind(kind) +
                               "` needs at least one axis");
  Dims dims = getDims(x);
  int64_t previous = x.getRank();
  for (int64_t axis : llvm::reverse(axes)) {
    if (!hasAxis(x, axis))
      return noAxis("C1", x, axis);
    if (axis >= previous)
      return violation("C1", "the axes " + Twine(axis) + " and " +
                                 Twine(previous) + " are not in order");
    dims.erase(dims.begin() + axis);
    previous = axis;
  }
  mlir::Type element = x.getElementType();
  bool fits = kind == ReduceKind::Any    ? element.isInteger(1)
              : kind == ReduceKind::Mean ? element.isF32()
                                         : !element.isInteger(1);
  if (!fits)
    return violation("C2", "`" + stringifyReduceKind(kind) +
                               "` does not take " + describe(x));
  return getTensorType(dims, element);
}

Inferred rules::argExtreme(Type x, int64_t axis) {
  if (!hasAxis(x, axis))
    return noAxis("C1", x, axis);
  if (x.getElementType().isInteger(1))
    return violation("C2", "`arg_extreme` does not take " + describe(x));
  Dims dims = getDims(x);
  dims.erase(dims.begin() + axis);
  return getTensorType(dims, IntegerType::get(x.getContext(), 32));
}

Inferred rules::cumsum(Type x, int64_t axis) {
  if (!hasAxis(x, axis))
    return noAxis("C1", x, axis);
  if (x.getElementType().isInteger(1))
    return x.clone(IntegerType::get(x.getContext(), 32));
  return x;
}

//===----------------------------------------------------------------------===//
// Shapes and places
//===----------------------------------------------------------------------===//

Inferred rules::embedding(Type ids, Type table) {
  if (table.getRank() != 2)
    return wrongRank("C1", "the table of `embedding` has 2 axes", table);
  Dims dims = getDims(ids);
  dims.push_back(getDims(table)[1]);
  return getTensorType(dims, table.getElementType());
}

Inferred rules::gather(Type x, Types indices, int64_t axis) {
  int64_t count = indices.size();
  if (count == 0)
    return violation("C1", "an index is needed");
  if (axis < 0 || axis + count > x.getRank())
    return violation("C1", Twine(count) + " indices from axis " + Twine(axis) +
                               " on are too many for " + describe(x));
  SmallVector<Dims> shapes;
  for (Type index : indices)
    shapes.push_back(getDims(index));
  Inferred picked = broadcastTypes("C2", shapes, x.getElementType());
  if (!picked)
    return picked;
  Dims dims = getDims(x), places = getDims(picked.type());
  dims.erase(dims.begin() + axis, dims.begin() + axis + count);
  dims.insert(dims.begin() + axis, places.begin(), places.end());
  return getTensorType(dims, x.getElementType());
}

Inferred rules::concat(Types parts, int64_t axis) {
  if (parts.empty())
    return violation("C1", "there is nothing to put together");
  Type first = parts.front();
  if (!hasAxis(first, axis))
    return noAxis("C2", first, axis);
  Dims dims = getDims(first);
  for (Type part : parts.drop_front()) {
    if (part.getRank() != first.getRank() ||
        part.getElementType() != first.getElementType())
      return violation("C1", "the parts " + describe(first) + " and " +
                                 describe(part) + " are of different kinds");
    for (auto [i, size] : llvm::enumerate(getDims(part))) {
      if (int64_t(i) == axis)
        dims[i] = dims[i] + size;
      else if (dims[i] != size)
        return differ("C3", "the other axes", dims[i], size);
    }
  }
  return getTensorType(dims, first.getElementType());
}

Inferred rules::slice(Type x, ArrayRef<Dim> offsets, ArrayRef<Dim> sizes) {
  if (int64_t(offsets.size()) != x.getRank() || offsets.size() != sizes.size())
    return violation("C1", "a slice needs an offset and a size for each axis "
                           "of " +
                               describe(x));
  for (auto [size, offset, length] : llvm::zip(getDims(x), offsets, sizes)) {
    auto isNegative = [](const Dim &dim) {
      return dim.constant().value_or(0) < 0;
    };
    if (isNegative(offset) || isNegative(length) ||
        isNegative(size - offset - length))
      return violation("C2",
                       describe(length) + " elements from " + describe(offset) +
                           " on are not inside an axis of " + describe(size));
  }
  return getTensorType(sizes, x.getElementType());
}

Inferred rules::transpose(Type x, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  bool permutes = int64_t(sorted.size()) == x.getRank();
  for (auto [i, axis] : llvm::enumerate(sorted))
    permutes &= axis == int64_t(i);
  if (!permutes)
    return violation("C1", "expected each axis of " + describe(x) + " once");
  Dims dims = getDims(x), result;
  for (int64_t axis : permutation)
    result.push_back(dims[axis]);
  return getTensorType(result, x.getElementType());
}

Inferred rules::reshape(Type x, ArrayRef<Dim> dims) {
  Type result = getTensorType(dims, x.getElementType());
  Dim before = product(getDims(x)), after = product(dims);
  if (before != after)
    return violation("C1", describe(x) + " has " + describe(before) +
                               " elements, " + describe(result) + " has " +
                               describe(after));
  return result;
}

Inferred rules::broadcast(Type x, ArrayRef<Dim> dims) {
  Type result = getTensorType(dims, x.getElementType());
  Dims from = getDims(x);
  bool fits = from.size() <= dims.size();
  for (auto [a, b] : llvm::zip(llvm::reverse(from), llvm::reverse(dims)))
    fits &= a == b || a == Dim(1);
  if (!fits)
    return violation("C1",
                     describe(x) + " does not stretch to " + describe(result));
  return result;
}

Inferred rules::splice(Type x, Type values, Type at) {
  if (x.getRank() < 1 || values.getRank() < 1)
    return wrongRank("C1", "`splice` takes text and values of at least 1 axis",
                     x.getRank() < 1 ? x : values);
  if (ArrayRef<Dim>(getDims(x)).drop_back() != ArrayRef<Dim>(getDims(at)))
    return violation("C1", "places " + describe(at) +
                               " are not the leading axes of " + describe(x));
  if (getDims(x).back() != getDims(values).back())
    return differ("C2", "the widths of text and values", getDims(x).back(),
                  getDims(values).back());
  return x;
}
