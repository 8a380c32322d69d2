//===- NarrowOperands.cpp - What a part of a result needs -----------------===//
#include "NarrowOperands.h"
#include "bridge/IR/ScalarMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace bridge;

using OperandBoxes = std::optional<SmallVector<Box>>;

/// The box of an operand that broadcasts to the shape that `box` is in.
static Box broadcastBox(const Box &box, Value result, Value operand) {
  Box narrowed = Box::whole(operand);
  SmallVector<Dim> full = getDims(result);
  size_t added = full.size() - narrowed.rank();
  for (size_t axis = 0; axis < narrowed.rank(); ++axis)
    if (narrowed.sizes[axis] == full[added + axis])
      narrowed.copyAxis(axis, box, added + axis);
  return narrowed;
}

static SmallVector<Box> wholeOperands(Operation *op) {
  return llvm::map_to_vector(op->getOperands(), Box::whole);
}

static OperandBoxes narrowElementwise(Operation *op, const Box &box) {
  return llvm::map_to_vector(op->getOperands(), [&](Value operand) {
    return broadcastBox(box, op->getResult(0), operand);
  });
}

/// An operation whose rows, along the last axis, are one from the first
/// operand's each.
static OperandBoxes narrowRows(Operation *op, const Box &box) {
  size_t last = box.rank() - 1;
  if (!box.isWholeAlong(last, op->getResult(0)))
    return std::nullopt;
  SmallVector<Box> boxes = wholeOperands(op);
  for (size_t axis = 0; axis < last; ++axis)
    boxes[0].copyAxis(axis, box, axis);
  return boxes;
}

static OperandBoxes narrowMatmul(MatmulOp op, const Box &box) {
  size_t rank = box.rank();
  SmallVector<Box> boxes = wholeOperands(op);
  SmallVector<Dim> full = getDims(op.getResult());
  for (Box &operand : boxes) {
    size_t added = rank - operand.rank();
    for (size_t axis = 0; axis + 2 < operand.rank(); ++axis)
      if (operand.sizes[axis] == full[added + axis])
        operand.copyAxis(axis, box, added + axis);
  }
  boxes[0].copyAxis(boxes[0].rank() - 2, box, rank - 2);
  boxes[1].copyAxis(boxes[1].rank() - 1, box, rank - 1);
  return boxes;
}

static OperandBoxes narrowTranspose(TransposeOp op, const Box &box) {
  Box narrowed = box;
  for (auto [axis, from] : llvm::enumerate(op.getPermutation()))
    narrowed.copyAxis(from, box, axis);
  return SmallVector<Box>{narrowed};
}

/// The shortest runs of axes from `i` and `j` on that hold as many elements:
/// where they end; none where there are none.
static std::optional<std::pair<size_t, size_t>>
matchAxes(ArrayRef<Dim> from, size_t i, ArrayRef<Dim> to, size_t j) {
  size_t left = from.size() - i, right = to.size() - j;
  for (size_t count = 1; count <= left + right; ++count)
    for (size_t fromCount = count > right ? count - right : 0;
         fromCount <= std::min(left, count); ++fromCount) {
      size_t toCount = count - fromCount;
      Dim fromElements(1), toElements(1);
      for (const Dim &size : from.slice(i, fromCount))
        fromElements = fromElements * size;
      for (const Dim &size : to.slice(j, toCount))
        toElements = toElements * size;
      if (fromElements == toElements)
        return std::pair(i + fromCount, j + toCount);
    }
  return std::nullopt;
}

/// Axes that operand and result have in common are cut, others may not be.
static OperandBoxes narrowReshape(ReshapeOp op, const Box &box) {
  SmallVector<Dim> from = getDims(op.getX()), to = getDims(op.getResult());
  Box narrowed = Box::whole(op.getX());
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    if (i < from.size() && j < to.size() && from[i] == to[j]) {
      narrowed.copyAxis(i++, box, j++);
      continue;
    }
    auto ends = matchAxes(from, i, to, j);
    if (!ends)
      return std::nullopt;
    for (; j < ends->second; ++j)
      if (!box.isWholeAlong(j, op.getResult()))
        return std::nullopt;
    i = ends->first;
  }
  return SmallVector<Box>{narrowed};
}

static OperandBoxes narrowReduce(ReduceOp op, const Box &box) {
  Box narrowed = Box::whole(op.getX());
  size_t next = 0;
  for (size_t axis = 0; axis < narrowed.rank(); ++axis)
    if (!llvm::is_contained(op.getAxes(), static_cast<int64_t>(axis)))
      narrowed.copyAxis(axis, box, next++);
  return SmallVector<Box>{narrowed};
}

static OperandBoxes narrowRotary(RotaryOp op, const Box &box) {
  OperandBoxes boxes = narrowRows(op, box);
  if (!boxes)
    return std::nullopt;
  Box &angles = (*boxes)[1];
  angles.copyAxis(angles.rank() - 2, box, box.rank() - 2);
  if (angles.rank() == 3)
    angles.copyAxis(0, box, 0);
  return boxes;
}

/// A mask counts its axes from the beginning of the whole tensor.
static OperandBoxes narrowSoftmax(SoftmaxOp op, const Box &box) {
  if (!op.getMask().empty())
    for (const Dim &offset : box.offsets)
      if (!offset.constant())
        return std::nullopt;
  return narrowRows(op, box);
}

void bridge::shiftMask(SoftmaxOp op, const Box &box) {
  if (op.getMask().empty())
    return;
  Block &block = op.getMask().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  size_t captures = op.getCaptures().size(), batch = op.getBatchAxes();
  auto shift = [&](BlockArgument index, const Dim &offset) {
    if (offset == Dim(0))
      return;
    Value constant = arith::ConstantOp::create(
        builder, op.getLoc(), builder.getI32IntegerAttr(*offset.constant()));
    auto sum = arith::AddIOp::create(builder, op.getLoc(), index, constant);
    index.replaceAllUsesExcept(sum, sum);
  };
  for (size_t axis = 0; axis < batch; ++axis)
    shift(block.getArgument(captures + axis), box.offsets[axis]);
  shift(block.getArgument(captures + batch), box.offsets[box.rank() - 2]);
}

OperandBoxes bridge::findOperandBoxes(Operation *op, const Box &box) {
  if (isElementwise(op))
    return narrowElementwise(op, box);
  return llvm::TypeSwitch<Operation *, OperandBoxes>(op)
      .Case<LinearOp, LayerNormOp, RmsNormOp, L2NormalizeOp>(
          [&](auto op) { return narrowRows(op, box); })
      .Case([&](BroadcastOp op) { return narrowElementwise(op, box); })
      .Case([&](SoftmaxOp op) { return narrowSoftmax(op, box); })
      .Case([&](MatmulOp op) { return narrowMatmul(op, box); })
      .Case([&](TransposeOp op) { return narrowTranspose(op, box); })
      .Case([&](ReshapeOp op) { return narrowReshape(op, box); })
      .Case([&](ReduceOp op) { return narrowReduce(op, box); })
      .Case([&](RotaryOp op) { return narrowRotary(op, box); })
      .Default(OperandBoxes());
}
