//===- Epilogue.cpp - What finishes the result of a linear ----------------===//
#include "Epilogue.h"
#include "bridge/IR/ScalarMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bridge;

/// The element-wise operation that is the only user of a tensor and keeps its
/// shape; null, with the reason where a user would have been element-wise.
static Operation *findNext(Value tensor, LinearOp linear,
                           std::string &obstacle) {
  auto isCandidate = [&](Operation *user) {
    return isElementwise(user) && user->getBlock() == linear->getBlock() &&
           cast<RankedTensorType>(user->getResult(0).getType())
               .getElementType()
               .isF32();
  };
  if (llvm::none_of(tensor.getUsers(), isCandidate))
    return nullptr;
  llvm::SmallPtrSet<Operation *, 4> users(tensor.user_begin(),
                                          tensor.user_end());
  if (users.size() > 1) {
    obstacle = "its result has " + std::to_string(users.size()) + " uses";
    return nullptr;
  }
  Operation *user = *users.begin();
  if (getDims(user->getResult(0)) != getDims(tensor)) {
    obstacle = ("`" + elementwiseName(user) + "` repeats its result").str();
    return nullptr;
  }
  return user;
}

Epilogue bridge::findEpilogue(LinearOp linear) {
  Epilogue epilogue;
  Value tensor = linear.getResult();
  while (Operation *next = findNext(tensor, linear, epilogue.obstacle)) {
    epilogue.chain.push_back(next);
    tensor = next->getResult(0);
  }
  return epilogue;
}

/// The operands of the operations that come from elsewhere and are no
/// constants.
static llvm::SetVector<Value> findExtras(LinearOp linear,
                                         ArrayRef<Operation *> ops) {
  llvm::SetVector<Value> extras;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (operand != linear.getResult() && !getSplat(operand) &&
          !llvm::is_contained(ops, operand.getDefiningOp()))
        extras.insert(operand);
  return extras;
}

static void emitRegion(FusedLinearOp fused, LinearOp linear,
                       ArrayRef<Operation *> ops) {
  OpBuilder builder(fused);
  Block &block = fused.getEpilogue().emplaceBlock();
  IRMapping mapping;
  mapping.map(linear.getResult(),
              block.addArgument(builder.getF32Type(), linear.getLoc()));
  for (Value extra : fused.getExtras())
    mapping.map(extra,
                block.addArgument(
                    cast<RankedTensorType>(extra.getType()).getElementType(),
                    extra.getLoc()));
  builder.setInsertionPointToStart(&block);
  for (Operation *op : ops) {
    SmallVector<Value> scalars;
    for (Value operand : op->getOperands()) {
      if (TypedAttr splat = getSplat(operand))
        scalars.push_back(
            arith::ConstantOp::create(builder, op->getLoc(), splat));
      else
        scalars.push_back(mapping.lookup(operand));
    }
    mapping.map(op->getResult(0), emitScalar(builder, op, scalars));
  }
  Operation *last = ops.back();
  YieldOp::create(builder, last->getLoc(), mapping.lookup(last->getResult(0)));
}

FusedLinearOp bridge::fuseEpilogue(LinearOp linear, ArrayRef<Operation *> ops) {
  Operation *last = ops.back();
  SmallVector<Location> locations{linear.getLoc()};
  SmallVector<StringRef> names;
  for (Operation *op : ops) {
    locations.push_back(op->getLoc());
    names.push_back(elementwiseName(op));
  }
  OpBuilder builder(last);
  auto fused = FusedLinearOp::create(
      builder, builder.getFusedLoc(locations), last->getResult(0).getType(),
      linear.getX(), linear.getWeight(), linear.getBias(),
      findExtras(linear, ops).takeVector());
  fused->setAttr(kEpilogueNameAttr,
                 builder.getStringAttr(llvm::join(names, "_")));
  emitRegion(fused, linear, ops);
  last->getResult(0).replaceAllUsesWith(fused.getResult());
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty())
      op->erase();
  linear.erase();
  return fused;
}
