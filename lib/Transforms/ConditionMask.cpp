//===- ConditionMask.cpp - Truth values as a mask region ------------------===//
#include "ConditionMask.h"
#include "bridge/IR/ScalarMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace bridge;

namespace {

class MaskBuilder {
public:
  MaskBuilder(MLIRContext *context, Location loc, ArrayRef<Dim> scores);
  ConditionMask finish(Value condition, bool hidesWhereTrue);

private:
  using Indices = SmallVector<Value>;

  Value zero() {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(0));
  }
  Value element(Value tensor, const Indices &indices);
  Value reshaped(ReshapeOp op, const Indices &indices);
  Value captured(Value tensor, const Indices &indices);
  Indices stretched(Value tensor, const Indices &indices);

  OpBuilder builder;
  Location loc;
  ConditionMask mask;
  int64_t leading;
};

} // namespace

MaskBuilder::MaskBuilder(MLIRContext *context, Location loc,
                         ArrayRef<Dim> scores)
    : builder(context), loc(loc), leading(scores.size() - 2) {
  mask.body = std::make_unique<Block>();
  for (size_t axis = 0; axis < scores.size(); ++axis)
    mask.body->addArgument(builder.getI32Type(), loc);
  builder.setInsertionPointToEnd(mask.body.get());
}

/// The place in a tensor that is repeated to where `indices` point.
MaskBuilder::Indices MaskBuilder::stretched(Value tensor,
                                            const Indices &indices) {
  SmallVector<Dim> sizes = getDims(tensor);
  Indices own(ArrayRef(indices).take_back(sizes.size()));
  for (auto [size, index] : llvm::zip_equal(sizes, own))
    if (size == Dim(1))
      index = zero();
  return own;
}

/// Where axes of one come and go, the others keep their indices; null where
/// axes are split or merged.
Value MaskBuilder::reshaped(ReshapeOp op, const Indices &indices) {
  Indices kept, own;
  SmallVector<Dim> keptSizes, from = getDims(op.getX());
  for (auto [size, index] : llvm::zip_equal(getDims(op.getResult()), indices))
    if (size != Dim(1)) {
      keptSizes.push_back(size);
      kept.push_back(index);
    }
  size_t next = 0;
  for (const Dim &size : from) {
    if (size == Dim(1)) {
      own.push_back(zero());
      continue;
    }
    if (next == kept.size() || keptSizes[next] != size)
      return {};
    own.push_back(kept[next++]);
  }
  return next == kept.size() ? element(op.getX(), own) : Value();
}

Value MaskBuilder::captured(Value tensor, const Indices &indices) {
  auto *known = llvm::find(mask.captures, tensor);
  size_t number = known - mask.captures.begin();
  if (known == mask.captures.end()) {
    mask.captures.push_back(tensor);
    mask.body->insertArgument(number, tensor.getType(), loc);
  }
  auto type = cast<RankedTensorType>(tensor.getType());
  return ElementOp::create(builder, loc, type.getElementType(),
                           mask.body->getArgument(number), indices);
}

Value MaskBuilder::element(Value tensor, const Indices &indices) {
  if (TypedAttr splat = getSplat(tensor))
    return arith::ConstantOp::create(builder, loc, splat);
  Type type = cast<RankedTensorType>(tensor.getType()).getElementType();
  Operation *op = tensor.getDefiningOp();
  if (op && isElementwise(op) && !type.isF32()) {
    Indices operands;
    for (Value operand : op->getOperands())
      operands.push_back(element(operand, stretched(operand, indices)));
    return emitScalar(builder, op, operands);
  }
  Value found =
      op ? TypeSwitch<Operation *, Value>(op)
               .Case([&](IotaOp) { return indices.front(); })
               .Case([&](bridge::DimOp dim) -> Value {
                 return bridge::DimOp::create(
                     builder, loc, builder.getI32Type(), dim.getExprAttr());
               })
               .Case([&](BroadcastOp repeat) {
                 return element(repeat.getX(),
                                stretched(repeat.getX(), indices));
               })
               .Case([&](TransposeOp transpose) {
                 Indices own(indices.size());
                 for (auto [axis, from] :
                      llvm::enumerate(transpose.getPermutation()))
                   own[from] = indices[axis];
                 return element(transpose.getX(), own);
               })
               .Case([&](ReshapeOp op) { return reshaped(op, indices); })
               .Default([](Operation *) { return Value(); })
         : Value();
  return found ? found : captured(tensor, indices);
}

ConditionMask MaskBuilder::finish(Value condition, bool hidesWhereTrue) {
  Indices position(mask.body->getArguments());
  Value seen = element(condition, stretched(condition, position));
  if (hidesWhereTrue)
    seen = arith::XOrIOp::create(
        builder, loc, seen,
        arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true)));
  YieldOp::create(builder, loc, seen);
  // A failed reshape leaves constants behind.
  for (Operation &op :
       llvm::make_early_inc_range(llvm::drop_begin(llvm::reverse(*mask.body))))
    if (op.use_empty())
      op.erase();
  mask.batchAxes = leading;
  size_t first = mask.captures.size();
  for (; mask.batchAxes != 0; --mask.batchAxes) {
    size_t last = first + mask.batchAxes - 1;
    if (!mask.body->getArgument(last).use_empty())
      break;
    mask.body->eraseArgument(last);
  }
  return std::move(mask);
}

ConditionMask bridge::makeConditionMask(MLIRContext *context, Value condition,
                                        bool hidesWhereTrue,
                                        ArrayRef<Dim> scores) {
  return MaskBuilder(context, condition.getLoc(), scores)
      .finish(condition, hidesWhereTrue);
}
