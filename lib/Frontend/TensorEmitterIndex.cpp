//===- TensorEmitterIndex.cpp - Indexing, as NumPy does it ----------------===//
#include "bridge/Frontend/TensorEmitter.h"

using namespace mlir;
using namespace bridge;

/// Whether a bound or an index counts from the end.
static bool countsFromEnd(const Dim &dim) {
  return dim != Dim(0) && isNonNegative(Dim(0) - dim);
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

FailureOr<Value> TensorEmitter::slice(Value x, ArrayRef<Dim> offsets,
                                      ArrayRef<Dim> sizes) {
  Inferred inferred = rules::slice(typeOf(x), offsets, sizes);
  if (inferred && inferred.type() == x.getType() &&
      llvm::all_of(offsets, [](const Dim &dim) { return dim == Dim(0); }))
    return x;
  FailureOr<Value> result = create<SliceOp>(
      inferred, x, x, DimsAttr::get(builder.getContext(), offsets));
  if (failed(result))
    return failure();
  for (auto [dim, offset, size] : llvm::zip(getDims(x), offsets, sizes)) {
    std::string text = "elements " + describe(offset) + " to " +
                       describe(offset + size) + " of " + describe(x.getType());
    require(offset, text);
    require(size, text);
    require(dim - offset - size, text);
  }
  return result;
}

/// Where `low:high` begins and how long it is. Known bounds of known axes are
/// clamped, as NumPy does.
static std::pair<Dim, Dim> resolveSlice(const IndexItem::Slice &slice,
                                        const Dim &size) {
  auto resolve = [&](const std::optional<Dim> &bound, const Dim &missing) {
    if (!bound)
      return missing;
    Dim place = countsFromEnd(*bound) ? size + *bound : *bound;
    if (place.isStatic() && size.isStatic())
      return Dim(std::clamp<int64_t>(*place.constant(), 0, *size.constant()));
    return place;
  };
  Dim low = resolve(slice.low, Dim(0)), high = resolve(slice.high, size);
  if (low.isStatic() && high.isStatic() && *high.constant() < *low.constant())
    high = low;
  return {low, high - low};
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

template <typename T> static bool is(const IndexItem &item) {
  return std::holds_alternative<T>(item.value);
}

/// Spells out `...` and the axes that are not mentioned.
static FailureOr<SmallVector<IndexItem>>
spellOut(ArrayRef<IndexItem> items, int64_t rank, std::string &error) {
  using Item = IndexItem;
  int64_t used = llvm::count_if(items, [](const Item &item) {
    return !is<Item::Ellipsis>(item) && !is<Item::NewAxis>(item);
  });
  if (llvm::count_if(items, is<Item::Ellipsis>) > 1) {
    error = "`...` can stand once";
    return failure();
  }
  if (used > rank) {
    error = "there are " + std::to_string(used) + " indices";
    return failure();
  }
  SmallVector<Item> all;
  bool filled = false;
  auto fill = [&] {
    all.append(rank - used, Item{Item::Slice{}});
    filled = true;
  };
  for (const Item &item : items) {
    if (is<Item::Ellipsis>(item))
      fill();
    else
      all.push_back(item);
  }
  if (!filled)
    fill();
  return all;
}

/// What the items of an index mean for the axes of a tensor.
struct TensorEmitter::IndexPlan {
  SmallVector<Dim> offsets, sizes; ///< the slice, for every axis
  SmallVector<Dim> kept;           ///< its sizes without the axes of integers
  SmallVector<Value> picks;        ///< the integer tensors
  int64_t pickAxis = 0;            ///< the first of them, among `kept`
};

LogicalResult TensorEmitter::addInteger(Value x, const Dim &number,
                                        IndexPlan &plan) {
  Dim size = getDims(x)[plan.sizes.size()];
  Dim offset = countsFromEnd(number) ? size + number : number;
  if (offset.constant().value_or(0) < 0 ||
      (size - offset).constant().value_or(1) < 1)
    return fail(describe(x.getType()) + " has no element " + describe(number) +
                " along its axis of size " + describe(size));
  plan.offsets.push_back(offset);
  plan.sizes.push_back(Dim(1));
  return success();
}

LogicalResult TensorEmitter::addPick(Value x, Value pick, IndexPlan &plan) {
  if (!typeOf(pick).getElementType().isInteger(32))
    return fail("an index is an integer, found " + describe(pick.getType()));
  Dim size = getDims(x)[plan.sizes.size()];
  if (plan.picks.empty())
    plan.pickAxis = plan.kept.size();
  plan.picks.push_back(pick);
  plan.offsets.push_back(Dim(0));
  plan.sizes.push_back(size);
  plan.kept.push_back(size);
  return success();
}

/// Whether integers and integer tensors stand next to one another; where no
/// tensor is among them it does not matter.
static bool standTogether(ArrayRef<IndexItem> items) {
  auto picks = [](const IndexItem &item) {
    return is<Value>(item) || is<Dim>(item);
  };
  if (llvm::none_of(items, is<Value>))
    return true;
  auto first = llvm::find_if(items, picks);
  auto end = std::find_if_not(first, items.end(), picks);
  return std::none_of(end, items.end(), picks);
}

FailureOr<Value> TensorEmitter::index(Value x, ArrayRef<IndexItem> items) {
  std::string problem;
  FailureOr<SmallVector<IndexItem>> all =
      spellOut(items, typeOf(x).getRank(), problem);
  if (failed(all))
    return fail(describe(x.getType()) + " cannot be indexed so: " + problem);
  if (!standTogether(*all))
    return fail("what picks elements of " + describe(x.getType()) +
                    " does not stand together",
                "pick along one axis after the other");

  IndexPlan plan;
  for (const IndexItem &item : *all) {
    if (auto *bounds = std::get_if<IndexItem::Slice>(&item.value)) {
      auto [offset, size] =
          resolveSlice(*bounds, getDims(x)[plan.sizes.size()]);
      plan.offsets.push_back(offset);
      plan.sizes.push_back(size);
      plan.kept.push_back(size);
    } else if (auto *number = std::get_if<Dim>(&item.value)) {
      if (failed(addInteger(x, *number, plan)))
        return failure();
    } else if (auto *pick = std::get_if<Value>(&item.value)) {
      if (failed(addPick(x, *pick, plan)))
        return failure();
    }
  }
  FailureOr<Value> sliced = slice(x, plan.offsets, plan.sizes);
  if (failed(sliced))
    return failure();
  if (plan.picks.empty())
    return addAxes(*sliced, plan.kept, *all, /*picked=*/0);

  Value source = *reshape(*sliced, plan.kept);
  SmallVector<RankedTensorType> types(llvm::map_range(plan.picks, typeOf));
  SmallVector<Value> shown{x};
  llvm::append_range(shown, plan.picks);
  FailureOr<Value> gathered = create<GatherOp>(
      rules::gather(typeOf(source), types, plan.pickAxis), shown, source,
      plan.picks, builder.getI64IntegerAttr(plan.pickAxis));
  if (failed(gathered))
    return failure();
  int64_t others = plan.kept.size() - plan.picks.size();
  return addAxes(*gathered, getDims(*gathered), *all,
                 typeOf(*gathered).getRank() - others);
}

/// Reshapes `x` to `dims` with the new axes of `items` among them; the items
/// that pick stand for `picked` axes.
FailureOr<Value> TensorEmitter::addAxes(Value x, ArrayRef<Dim> dims,
                                        ArrayRef<IndexItem> items,
                                        int64_t picked) {
  SmallVector<Dim> result;
  auto take = [&](size_t count) {
    llvm::append_range(result, dims.take_front(count));
    dims = dims.drop_front(count);
  };
  for (const IndexItem &item : items) {
    if (is<IndexItem::NewAxis>(item))
      result.push_back(Dim(1));
    else if (is<IndexItem::Slice>(item))
      take(1);
    else
      take(std::exchange(picked, 0));
  }
  return reshape(x, result);
}

FailureOr<SmallVector<Value>> TensorEmitter::unstack(Value x) {
  SmallVector<Dim> dims = getDims(x);
  if (dims.empty())
    return fail(describe(x.getType()) + " has no axis to take apart");
  std::optional<int64_t> count = dims.front().constant();
  if (!count)
    return fail(describe(x.getType()) +
                " cannot be taken apart: how many it is, is known on entry");
  SmallVector<Value> elements;
  for (int64_t i = 0; i < *count; ++i)
    elements.push_back(*index(x, IndexItem{Dim(i)}));
  return elements;
}
