//===- MaskRegion.cpp - The region of a mask and what it captures ---------===//
#include "bridge/Frontend/MaskEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace bridge;

MaskEmitter::MaskEmitter(TensorEmitter &outer, Block &block, ArrayRef<Dim> x)
    : outer(outer), builder(outer.builder.getContext()), block(block),
      scores(x) {
  builder.setInsertionPointToEnd(&block);
}

MaskValue MaskEmitter::query() const {
  return {block.getArgument(block.getNumArguments() - 2), {}};
}
MaskValue MaskEmitter::key() const {
  return {block.getArgument(block.getNumArguments() - 1), {}};
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Value MaskEmitter::i32(int64_t value) {
  return arith::ConstantOp::create(builder, outer.location,
                                   builder.getI32IntegerAttr(value));
}

Value MaskEmitter::dimension(const Dim &dim) {
  if (std::optional<int64_t> value = dim.constant())
    return i32(*value);
  return DimOp::create(builder, outer.location, builder.getI32Type(),
                       builder.getStringAttr(dim.str()));
}

Value MaskEmitter::cast(Value scalar, Type type) {
  Location loc = outer.location;
  Type from = scalar.getType();
  if (from == type)
    return scalar;
  if (!type.isF32())
    return arith::ExtUIOp::create(builder, loc, type, scalar);
  if (from.isInteger(1))
    return arith::UIToFPOp::create(builder, loc, type, scalar);
  return arith::SIToFPOp::create(builder, loc, type, scalar);
}

FailureOr<MaskValue> MaskEmitter::resolve(const MaskOperand &operand) {
  if (auto *value = std::get_if<MaskValue>(&operand))
    return *value;
  const Operand &outside = std::get<Operand>(operand);
  if (Value tensor = outside.tensor())
    return element(tensor);
  if (auto *integer = std::get_if<Dim>(&outside.get()))
    return MaskValue{dimension(*integer), {}};
  TypedAttr number;
  if (auto *truth = std::get_if<bool>(&outside.get()))
    number = builder.getBoolAttr(*truth);
  else
    number = builder.getF32FloatAttr(std::get<double>(outside.get()));
  return MaskValue{arith::ConstantOp::create(builder, outer.location, number),
                   {}};
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value MaskEmitter::capture(Value tensor) {
  auto known = llvm::find(captures, tensor);
  if (known != captures.end())
    return block.getArgument(known - captures.begin());
  captures.push_back(tensor);
  return block.insertArgument(captures.size() - 1, tensor.getType(),
                              tensor.getLoc());
}

Value MaskEmitter::batchIndex(unsigned place) {
  for (; batchAxes <= place; ++batchAxes)
    block.insertArgument(captures.size(), builder.getI32Type(), outer.location);
  return block.getArgument(captures.size() + batchAxes - 1 - place);
}

FailureOr<MaskValue> MaskEmitter::element(Value tensor) {
  size_t rank = getDims(tensor).size();
  SmallVector<MaskIndexItem> items;
  for (size_t i = rank; i > 2; --i)
    items.push_back(IndexItem{IndexItem::Slice{}});
  MaskValue positions[] = {query(), key()};
  for (size_t i = std::min<size_t>(rank, 2); i > 0; --i) {
    if (getDims(tensor)[rank - i] == Dim(1))
      items.push_back(IndexItem{Dim(0)});
    else
      items.push_back(positions[2 - i]);
  }
  return index(tensor, items);
}

FailureOr<Value> MaskEmitter::indexAlong(Value x, size_t axis,
                                         const MaskIndexItem &item,
                                         Dims &batch) {
  Dim size = getDims(x)[axis];
  std::string shown = bridge::describe(x.getType());
  if (auto *outside = std::get_if<IndexItem>(&item)) {
    auto *number = std::get_if<Dim>(&outside->value);
    if (!number)
      return fail("in a mask, each axis of " + shown +
                      " behind the batch axes needs an index",
                  "slice or pick before the mask");
    bool fromEnd = number->constant().value_or(0) < 0;
    Dim place = fromEnd ? size + *number : *number;
    if (place.constant().value_or(0) < 0 ||
        (size - place).constant().value_or(1) < 1)
      return fail(shown + " has no element " + bridge::describe(*number) +
                  " along its axis of size " + bridge::describe(size));
    outer.require(size - place - Dim(1),
                  "element " + bridge::describe(*number) + " of " + shown);
    return dimension(place);
  }
  const MaskValue &value = std::get<MaskValue>(item);
  if (!value.scalar.getType().isInteger(32))
    return fail(
        "an index is an integer, found a " +
        std::string(value.scalar.getType().isF32() ? "number" : "truth value"));
  for (auto [position, what, count] :
       {std::tuple(query().scalar, "query", scores[scores.size() - 2]),
        std::tuple(key().scalar, "key", scores.back())}) {
    if (value.scalar != position)
      continue;
    if ((size - count).constant().value_or(0) < 0)
      return fail("the mask has " + bridge::describe(count) + " places for `" +
                  what + "`, but the axis of " + shown + " has size " +
                  bridge::describe(size));
    outer.require(size - count,
                  "`" + Twine(what) + "` as an index of " + shown);
  }
  batch = value.batch;
  return value.scalar;
}

FailureOr<MaskValue> MaskEmitter::index(Value x,
                                        ArrayRef<MaskIndexItem> items) {
  SmallVector<Dim> dims = getDims(x);
  auto isWhole = [](const MaskIndexItem &item) {
    auto *outside = std::get_if<IndexItem>(&item);
    auto *slice =
        outside ? std::get_if<IndexItem::Slice>(&outside->value) : nullptr;
    return slice && !slice->low && !slice->high;
  };
  auto isEllipsis = [](const MaskIndexItem &item) {
    auto *outside = std::get_if<IndexItem>(&item);
    return outside &&
           std::holds_alternative<IndexItem::Ellipsis>(outside->value);
  };
  SmallVector<MaskIndexItem> all(items);
  auto ellipsis = llvm::find_if(all, isEllipsis);
  bool spelt = ellipsis != all.end();
  if (all.size() - spelt > dims.size())
    return fail(bridge::describe(x.getType()) +
                " cannot be indexed so: there "
                "are " +
                std::to_string(all.size() - spelt) + " indices");
  SmallVector<MaskIndexItem> whole(dims.size() - (all.size() - spelt),
                                   IndexItem{IndexItem::Slice{}});
  if (spelt)
    ellipsis = all.erase(ellipsis);
  all.insert(ellipsis, whole.begin(), whole.end());

  size_t left = llvm::find_if_not(all, isWhole) - all.begin();
  SmallVector<Value> indices;
  for (size_t axis = 0; axis < left; ++axis)
    indices.push_back(dims[axis] == Dim(1) ? i32(0)
                                           : batchIndex(left - 1 - axis));
  SmallVector<MaskValue> picked;
  for (size_t axis = left; axis < all.size(); ++axis) {
    Dims batch;
    FailureOr<Value> place = indexAlong(x, axis, all[axis], batch);
    if (failed(place))
      return failure();
    indices.push_back(*place);
    picked.push_back({*place, batch});
  }
  FailureOr<Dims> pickedBatch = joinBatch(picked);
  if (failed(pickedBatch))
    return failure();
  if (!pickedBatch->empty() && left != 0)
    return fail("an index with batch axes picks from a whole tensor only, "
                "found one along " +
                bridge::describe(x.getType()));
  Type element = llvm::cast<RankedTensorType>(x.getType()).getElementType();
  Value scalar =
      ElementOp::create(builder, outer.location, element, capture(x), indices);
  return MaskValue{scalar, left == 0 ? *pickedBatch
                                     : Dims(ArrayRef(dims).take_front(left))};
}

//===----------------------------------------------------------------------===//
// The softmax
//===----------------------------------------------------------------------===//

LogicalResult MaskEmitter::finish(const MaskOperand &predicate) {
  Number seen = resolve(predicate);
  if (failed(seen))
    return failure();
  if (!seen->scalar.getType().isInteger(1))
    return fail("a mask is a truth value, found a number");
  if (seen->batch.size() + 2 > scores.size())
    return fail("a mask with " + std::to_string(seen->batch.size()) +
                " batch axes does not fit scores of " +
                std::to_string(scores.size()) + " axes");
  for (auto [axis, size] : llvm::enumerate(seen->batch))
    if (size != Dim(1) && size != scores[axis])
      return fail("the mask has " + bridge::describe(size) +
                  " along a batch axis, the scores have " +
                  bridge::describe(scores[axis]));
  YieldOp::create(builder, outer.location, seen->scalar);
  dropUnused(seen->batch.size());
  return success();
}

void MaskEmitter::dropUnused(unsigned wantedBatchAxes) {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::drop_begin(llvm::reverse(block))))
    if (op.use_empty())
      op.erase();
  if (wantedBatchAxes > batchAxes)
    batchIndex(wantedBatchAxes - 1);
  for (; batchAxes > wantedBatchAxes; --batchAxes)
    block.eraseArgument(captures.size());
  for (size_t i = captures.size(); i-- > 0;) {
    if (!block.getArgument(i).use_empty())
      continue;
    block.eraseArgument(i);
    captures.erase(captures.begin() + i);
  }
}

FailureOr<Value> TensorEmitter::softmax(Value x, MaskBody mask,
                                        std::optional<StringRef> empty) {
  std::optional<EmptyRows> rows =
      empty ? symbolizeEmptyRows(*empty) : std::nullopt;
  if (!rows)
    return fail("a softmax with `where` needs `empty=\"zero\"` or "
                "`empty=\"uniform\"`: what a row is that sees nothing — " +
                describe(x.getType()));
  Value input = *toFloat(x);
  SmallVector<Dim> scores = getDims(input);
  if (scores.size() < 2)
    return fail("a softmax with `where` takes scores[…, query, key], found " +
                describe(x.getType()));
  Type index = builder.getI32Type();
  auto block = std::make_unique<Block>();
  block->addArguments({index, index}, {location, location});
  MaskEmitter emitter(*this, *block, scores);
  FailureOr<MaskOperand> predicate = mask(emitter);
  if (failed(predicate) || failed(emitter.finish(*predicate)))
    return failure();
  auto op = SoftmaxOp::create(builder, location, input.getType(), input,
                              emitter.captures,
                              builder.getI64IntegerAttr(emitter.batchAxes),
                              EmptyRowsAttr::get(builder.getContext(), *rows));
  op.getMask().push_back(block.release());
  return op.getResult();
}
