//===- View.cpp - Parts of stored tensors ---------------------------------===//
#include "View.h"
#include "bridge/Reference/Weights.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

using namespace bridge;
using llvm::Expected;
using llvm::StringRef;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

/// An index or the bound of a slice; negative ones count from the end.
static Expected<int64_t> parseIndex(StringRef text, int64_t size) {
  int64_t index;
  if (text.getAsInteger(10, index))
    return failure("expected a number in a view, found `" + text + "`");
  return index < 0 ? index + size : index;
}

/// Applies one item of `[a:b, c]` to an axis: its first element and how many,
/// or no count where the axis is dropped.
static Expected<std::pair<int64_t, std::optional<int64_t>>>
parseItem(StringRef item, int64_t size) {
  bool isSlice = item.contains(':');
  auto [low, high] = item.split(':');
  low = low.trim();
  high = high.trim();
  int64_t first = 0, end = size;
  if (!isSlice || !low.empty()) {
    Expected<int64_t> index = parseIndex(low, size);
    if (!index)
      return index.takeError();
    first = *index;
  }
  if (isSlice && !high.empty()) {
    Expected<int64_t> index = parseIndex(high, size);
    if (!index)
      return index.takeError();
    end = *index;
  }
  if (!isSlice)
    end = first + 1;
  if (first < 0 || end < first || end > size)
    return failure("`" + item.trim() + "` is outside an axis of " +
                   llvm::Twine(size) + " elements");
  if (!isSlice)
    return std::pair(first, std::nullopt);
  return std::pair(first, end - first);
}

static llvm::Error applyItems(View &view, StringRef items) {
  llvm::SmallVector<StringRef> parts;
  items.split(parts, ',');
  if (parts.size() > view.shape.size())
    return failure("`[" + items + "]` has more items than the tensor has axes");
  View result{{}, {}, view.offset};
  for (size_t axis = 0; axis < view.shape.size(); ++axis) {
    StringRef item = axis < parts.size() ? parts[axis] : StringRef(":");
    auto range = parseItem(item, view.shape[axis]);
    if (!range)
      return range.takeError();
    result.offset += range->first * view.strides[axis];
    if (!range->second)
      continue;
    result.shape.push_back(*range->second);
    result.strides.push_back(view.strides[axis]);
  }
  view = std::move(result);
  return llvm::Error::success();
}

Expected<View> View::parse(StringRef text, llvm::ArrayRef<int64_t> stored) {
  View view{Shape(stored), rowMajorStrides(stored)};
  for (text = text.trim(); !text.empty(); text = text.ltrim()) {
    if (text.consume_front(".T")) {
      size_t rank = view.shape.size();
      if (rank < 2)
        return failure("`.T` needs two axes");
      std::swap(view.shape[rank - 1], view.shape[rank - 2]);
      std::swap(view.strides[rank - 1], view.strides[rank - 2]);
      continue;
    }
    size_t close = text.find(']');
    if (!text.starts_with("[") || close == StringRef::npos)
      return failure("expected `.T` or `[…]` in a view, found `" + text + "`");
    if (llvm::Error error = applyItems(view, text.slice(1, close)))
      return error;
    text = text.drop_front(close + 1);
  }
  return view;
}

Expected<Array> bridge::applyView(const Array &stored, StringRef text) {
  Expected<View> view = View::parse(text, stored.shape);
  if (!view)
    return view.takeError();
  return readStrided(stored, view->shape, view->strides, view->offset);
}
