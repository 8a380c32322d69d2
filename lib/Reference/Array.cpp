//===- Array.cpp - Tensors of the reference -------------------------------===//
#include "bridge/Reference/Array.h"
#include "llvm/ADT/StringExtras.h"
#include <numeric>

using namespace bridge;

Array::Array(Element element, Shape shape)
    : element(element), shape(std::move(shape)), values(sizeOf(this->shape)) {}

llvm::StringRef bridge::describe(Element element) {
  switch (element) {
  case Element::Float:
    return "floats";
  case Element::Integer:
    return "integers";
  case Element::Truth:
    return "truth values";
  }
  llvm_unreachable("all elements are described");
}

int64_t bridge::sizeOf(llvm::ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

std::string bridge::toString(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (auto [i, size] : llvm::enumerate(shape))
    text += (i ? ", " : "") + llvm::itostr(size);
  return text + "]";
}

Shape bridge::rowMajorStrides(llvm::ArrayRef<int64_t> shape) {
  Shape strides(shape.size());
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Shape bridge::broadcastStrides(llvm::ArrayRef<int64_t> from,
                               llvm::ArrayRef<int64_t> to) {
  Shape own = rowMajorStrides(from);
  Shape strides(to.size());
  size_t missing = to.size() - from.size();
  for (size_t axis = 0; axis < from.size(); ++axis)
    strides[missing + axis] = from[axis] == 1 ? 0 : own[axis];
  return strides;
}

void bridge::forEachPosition(
    llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<Shape> strides,
    llvm::function_ref<void(llvm::ArrayRef<int64_t> offsets)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  Shape position(shape.size()), offsets(strides.size());
  while (true) {
    visit(offsets);
    size_t axis = shape.size();
    for (; axis-- > 0;) {
      bool wraps = ++position[axis] == shape[axis];
      for (auto [offset, stride] : llvm::zip_equal(offsets, strides))
        offset += wraps ? -stride[axis] * (shape[axis] - 1) : stride[axis];
      if (!wraps)
        break;
      position[axis] = 0;
    }
    if (axis == size_t(-1))
      return;
  }
}

Array bridge::readStrided(const Array &source, Shape shape,
                          const Shape &strides, int64_t offset) {
  Array result(source.element, std::move(shape));
  double *next = result.values.data();
  forEachPosition(result.shape, strides, [&](llvm::ArrayRef<int64_t> at) {
    *next++ = source.values[offset + at[0]];
  });
  return result;
}

Array bridge::broadcastTo(const Array &source, llvm::ArrayRef<int64_t> shape) {
  return readStrided(source, Shape(shape),
                     broadcastStrides(source.shape, shape));
}

Array bridge::transpose(const Array &source,
                        llvm::ArrayRef<int64_t> permutation) {
  Shape own = rowMajorStrides(source.shape);
  Shape shape, strides;
  for (int64_t axis : permutation) {
    shape.push_back(source.shape[axis]);
    strides.push_back(own[axis]);
  }
  return readStrided(source, std::move(shape), strides);
}
