//===- NarrowOperands.h - What a part of a result needs ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_TRANSFORMS_NARROWOPERANDS_H
#define BRIDGE_LIB_TRANSFORMS_NARROWOPERANDS_H

#include "bridge/IR/Bridge.h"

namespace bridge {

/// A part of a tensor: where it begins and how large it is, along each axis.
struct Box {
  llvm::SmallVector<Dim> offsets, sizes;

  static Box of(SliceOp slice) {
    return {slice.getOffsets().getDims(), getDims(slice.getResult())};
  }
  static Box whole(mlir::Value tensor) {
    llvm::SmallVector<Dim> sizes = getDims(tensor);
    return {llvm::SmallVector<Dim>(sizes.size()), sizes};
  }
  size_t rank() const { return sizes.size(); }
  bool isWholeAlong(size_t axis, mlir::Value tensor) const {
    return sizes[axis] == getDims(tensor)[axis];
  }
  void copyAxis(size_t axis, const Box &from, size_t fromAxis) {
    offsets[axis] = from.offsets[fromAxis];
    sizes[axis] = from.sizes[fromAxis];
  }
};

/// The boxes of an operation's operands that a box of its result needs; none
/// where it would need something else than one box of each.
std::optional<llvm::SmallVector<Box>> findOperandBoxes(mlir::Operation *op,
                                                       const Box &box);

/// Lets the mask of a softmax that computes `box` of what it did count its axes
/// from the beginning of the whole tensor.
void shiftMask(SoftmaxOp narrowed, const Box &box);

} // namespace bridge

#endif // BRIDGE_LIB_TRANSFORMS_NARROWOPERANDS_H
