//===- BridgeFolds.cpp - What simplifies to what is there -----------------===//
#include "bridge/IR/Bridge.h"

using namespace mlir;
using namespace bridge;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

/// The operand of an operation that changes nothing, or that of a chain of
/// operations of which the last decides.
template <typename Op> static OpFoldResult foldChain(Op op) {
  if (op.getX().getType() == op.getType())
    return op.getX();
  auto before = op.getX().template getDefiningOp<Op>();
  if (!before)
    return {};
  op.getXMutable().assign(before.getX());
  return op.getResult();
}

OpFoldResult CastOp::fold(FoldAdaptor) { return foldChain(*this); }
OpFoldResult ReshapeOp::fold(FoldAdaptor) { return foldChain(*this); }
OpFoldResult BroadcastOp::fold(FoldAdaptor) { return foldChain(*this); }

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::equal(getPermutation(),
                  llvm::seq<int64_t>(0, getPermutation().size())))
    return getX();
  auto before = getX().getDefiningOp<TransposeOp>();
  if (!before)
    return {};
  SmallVector<int64_t> permutation;
  for (int64_t axis : getPermutation())
    permutation.push_back(before.getPermutation()[axis]);
  getXMutable().assign(before.getX());
  setPermutation(permutation);
  return getResult();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  return getX().getType() == getType() ? getX() : Value();
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  auto condition =
      dyn_cast_if_present<SplatElementsAttr>(adaptor.getCondition());
  if (!condition)
    return {};
  Value chosen = condition.getSplatValue<bool>() ? getA() : getB();
  return chosen.getType() == getType() ? chosen : Value();
}
