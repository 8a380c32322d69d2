//===- Layout.cpp - Where the elements of a tensor lie --------------------===//
#include "Layout.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <cassert>

using namespace bridge;
using llvm::ArrayRef;
using llvm::SmallVector;

/// A size to compare polynomials by where any fixed order will do: every symbol
/// is taken for the same middling number.
static int64_t typicalValue(const Dim &dim) {
  return dim.evaluate([](llvm::StringRef) { return int64_t(97); });
}

Layout bridge::denseLayout(ArrayRef<Dim> sizes, int64_t elementBytes) {
  Layout layout{Dim(0), SmallVector<Dim>(sizes), SmallVector<Dim>(sizes)};
  Dim stride(elementBytes);
  for (int64_t axis = layout.rank() - 1; axis >= 0; --axis) {
    layout.strides[axis] = stride;
    stride = stride * sizes[axis];
  }
  return layout;
}

/// The bytes from one row to the next. A row of unknown length is not padded:
/// rounding up is no polynomial.
static Dim rowStride(const Dim &bytes) {
  std::optional<int64_t> known = bytes.constant();
  if (!known)
    return bytes;
  int64_t padded = (*known + 63) / 64 * 64;
  return padded % 1024 == 0 ? padded + 64 : padded;
}

Layout bridge::paddedLayout(ArrayRef<Dim> sizes, int64_t elementBytes,
                            ArrayRef<int64_t> order, int64_t rowAxes) {
  Layout layout{Dim(0), SmallVector<Dim>(sizes), SmallVector<Dim>(sizes)};
  Dim stride(elementBytes);
  for (auto [position, axis] : llvm::enumerate(llvm::reverse(order))) {
    if (static_cast<int64_t>(position) == rowAxes)
      stride = rowStride(stride);
    layout.strides[axis] = stride;
    stride = stride * sizes[axis];
  }
  return layout;
}

Layout bridge::paddedLayout(ArrayRef<Dim> sizes, int64_t elementBytes) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(sizes.size()));
  return paddedLayout(sizes, elementBytes, order, 1);
}

SmallVector<int64_t> bridge::physicalOrder(const Layout &layout) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(layout.rank()));
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::make_tuple(-typicalValue(layout.strides[a]), a) <
           std::make_tuple(-typicalValue(layout.strides[b]), b);
  });
  return order;
}

Layout bridge::layoutLike(const Layout &model, int64_t elementBytes) {
  SmallVector<int64_t> order = physicalOrder(model);
  if (llvm::is_sorted(order))
    return paddedLayout(model.sizes, elementBytes);
  // Short neighbouring axes that lie close together are one row, such as the
  // heads of a projection.
  constexpr int64_t longRow = 1024;
  int64_t rowAxes = 1;
  Dim rowBytes =
      order.empty() ? Dim(0) : model.sizes[order.back()] * Dim(elementBytes);
  while (rowAxes < model.rank()) {
    int64_t outer = order[model.rank() - 1 - rowAxes];
    int64_t inner = order[model.rank() - rowAxes];
    std::optional<int64_t> known = rowBytes.constant();
    bool isNear =
        model.strides[outer] == model.strides[inner] * model.sizes[inner];
    if (!known || *known >= longRow || !model.sizes[outer].isStatic() ||
        !isNear)
      break;
    rowBytes = rowBytes * model.sizes[outer];
    ++rowAxes;
  }
  return paddedLayout(model.sizes, elementBytes, order, rowAxes);
}

Dim bridge::bufferBytes(const Layout &layout, int64_t elementBytes) {
  constexpr int64_t readableTail = 256;
  Dim bytes(elementBytes);
  for (auto [size, stride] : llvm::zip_equal(layout.sizes, layout.strides))
    if (typicalValue(size * stride) > typicalValue(bytes))
      bytes = size * stride;
  return bytes + Dim(readableTail);
}

bool bridge::isInjective(const Layout &layout) {
  return llvm::all_of(llvm::zip_equal(layout.sizes, layout.strides),
                      [](auto axis) {
                        auto &[size, stride] = axis;
                        return size == Dim(1) || !(stride == Dim(0));
                      });
}

bool bridge::sameElements(const Layout &a, const Layout &b) {
  if (!(a.offset == b.offset) || a.sizes != b.sizes)
    return false;
  for (auto [size, left, right] :
       llvm::zip_equal(a.sizes, a.strides, b.strides))
    if (!(size == Dim(1)) && !(left == right))
      return false;
  return true;
}

Layout bridge::permute(const Layout &layout, ArrayRef<int64_t> permutation) {
  Layout result{layout.offset, {}, {}};
  for (int64_t axis : permutation) {
    result.sizes.push_back(layout.sizes[axis]);
    result.strides.push_back(layout.strides[axis]);
  }
  return result;
}

Layout bridge::swapLastTwo(const Layout &layout) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(layout.rank()));
  std::swap(order[layout.rank() - 1], order[layout.rank() - 2]);
  return permute(layout, order);
}

Layout bridge::slice(const Layout &layout, ArrayRef<Dim> offsets,
                     ArrayRef<Dim> sizes) {
  Layout result{layout.offset, SmallVector<Dim>(sizes), layout.strides};
  for (auto [offset, stride] : llvm::zip_equal(offsets, layout.strides))
    result.offset = result.offset + offset * stride;
  return result;
}

Layout bridge::broadcastTo(const Layout &layout, ArrayRef<Dim> sizes) {
  Layout result{layout.offset, SmallVector<Dim>(sizes), {}};
  int64_t added = sizes.size() - layout.rank();
  assert(added >= 0 && "broadcasting adds axes");
  result.strides.assign(added, Dim(0));
  for (int64_t axis = 0; axis < layout.rank(); ++axis) {
    bool stretched = !(layout.sizes[axis] == sizes[added + axis]);
    result.strides.push_back(stretched ? Dim(0) : layout.strides[axis]);
  }
  return result;
}

/// The strides of new axes `sizes` that together walk the old axes of
/// `layout` from `first` on, `count` of them, in row-major order.
static std::optional<SmallVector<Dim>> splitGroup(const Layout &layout,
                                                  int64_t first, int64_t count,
                                                  ArrayRef<Dim> sizes) {
  // Axes of size 1 have no say.
  SmallVector<int64_t> axes;
  for (int64_t axis = first; axis < first + count; ++axis)
    if (!(layout.sizes[axis] == Dim(1)))
      axes.push_back(axis);
  for (auto [outer, inner] :
       llvm::zip(axes, ArrayRef(axes).drop_front(axes.empty() ? 0 : 1)))
    if (!(layout.strides[outer] == layout.sizes[inner] * layout.strides[inner]))
      return std::nullopt;
  SmallVector<Dim> strides(sizes.size());
  Dim stride = axes.empty() ? layout.strides[first + count - 1]
                            : layout.strides[axes.back()];
  for (int64_t i = sizes.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride = stride * sizes[i];
  }
  return strides;
}

std::optional<Layout> bridge::reshapeTo(const Layout &layout,
                                        ArrayRef<Dim> sizes) {
  Layout result{layout.offset, SmallVector<Dim>(sizes), {}};
  int64_t oldAxis = 0, newAxis = 0;
  int64_t oldRank = layout.rank(), newRank = sizes.size();
  while (oldAxis < oldRank && newAxis < newRank) {
    // The smallest groups of old and new axes with as many elements.
    int64_t oldEnd = oldAxis + 1, newEnd = newAxis + 1;
    Dim oldCount = layout.sizes[oldAxis], newCount = sizes[newAxis];
    while (!(oldCount == newCount)) {
      bool extendOld = typicalValue(oldCount) < typicalValue(newCount);
      if (extendOld ? oldEnd == oldRank : newEnd == newRank)
        extendOld = !extendOld;
      if (extendOld && oldEnd < oldRank)
        oldCount = oldCount * layout.sizes[oldEnd++];
      else if (!extendOld && newEnd < newRank)
        newCount = newCount * sizes[newEnd++];
      else
        return std::nullopt;
    }
    auto strides = splitGroup(layout, oldAxis, oldEnd - oldAxis,
                              ArrayRef(sizes).slice(newAxis, newEnd - newAxis));
    if (!strides)
      return std::nullopt;
    result.strides.append(*strides);
    oldAxis = oldEnd;
    newAxis = newEnd;
  }
  // What is left has size 1.
  Dim last = layout.strides.empty() || result.strides.empty()
                 ? Dim(0)
                 : result.strides.back();
  result.strides.resize(newRank, last);
  return result;
}

bool bridge::mergeAxes(llvm::MutableArrayRef<Layout *> layouts, int64_t axis) {
  for (Layout *layout : layouts)
    if (!(layout->strides[axis] ==
          layout->sizes[axis + 1] * layout->strides[axis + 1]))
      return false;
  for (Layout *layout : layouts) {
    layout->sizes[axis + 1] = layout->sizes[axis] * layout->sizes[axis + 1];
    layout->sizes.erase(layout->sizes.begin() + axis);
    layout->strides.erase(layout->strides.begin() + axis);
  }
  return true;
}

void bridge::mergeLeading(llvm::MutableArrayRef<Layout *> layouts,
                          int64_t keep) {
  int64_t axis = layouts.front()->rank() - keep - 1;
  for (; axis >= 0; --axis) {
    bool single = llvm::all_of(
        layouts, [&](Layout *layout) { return layout->sizes[axis] == Dim(1); });
    if (single) {
      for (Layout *layout : layouts) {
        layout->sizes.erase(layout->sizes.begin() + axis);
        layout->strides.erase(layout->strides.begin() + axis);
      }
      continue;
    }
    if (axis + 1 < layouts.front()->rank() - keep)
      mergeAxes(layouts, axis);
  }
}

void bridge::padRank(Layout &layout, int64_t rank) {
  while (layout.rank() < rank) {
    layout.sizes.insert(layout.sizes.begin(), Dim(1));
    layout.strides.insert(layout.strides.begin(), Dim(0));
  }
}

std::optional<Layout> bridge::denseRows(const Layout &layout,
                                        int64_t elementBytes) {
  Layout dense = layout;
  if (layout.rank() != 0 && layout.sizes.back() == Dim(1))
    dense.strides.back() = Dim(elementBytes);
  if (layout.rank() != 0 && dense.strides.back() != Dim(elementBytes))
    return std::nullopt;
  return dense;
}
