//===- BridgeCosts.cpp - What operations cost -----------------------------===//
#include "bridge/IR/ShapeRules.h"

using namespace mlir;
using namespace bridge;

/// Twice the elements of `result`, each a sum of `terms` products.
static Dim productFlops(Value result, const Dim &terms) {
  return Dim(2) * product(getDims(result)) * terms;
}

Dim LinearOp::flops() {
  return productFlops(getResult(), getDims(getWeight())[1]);
}
Dim FusedLinearOp::flops() {
  return productFlops(getResult(), getDims(getWeight())[1]);
}
Dim MatmulOp::flops() {
  return productFlops(getResult(), getDims(getA()).back());
}
Dim Conv2dOp::flops() {
  return productFlops(getResult(),
                      product(ArrayRef(getDims(getWeight())).drop_front()));
}

/// q kᵀ has a term for each of the head's width, p v one for each key.
Dim AttentionOp::flops() {
  SmallVector<Dim> query = getDims(getQ()), value = getDims(getV());
  Dim keys = value[value.size() - 2];
  return Dim(2) * product(query) * keys + productFlops(getResult(), keys);
}

/// The similarities of all pairs.
static Dim pairFlops(Value image, Value text) {
  return Dim(2) * product(getDims(image)) * getDims(text).front();
}
Dim ContrastiveLossOp::flops() { return pairFlops(getImage(), getText()); }
Dim SigmoidLossOp::flops() { return pairFlops(getImage(), getText()); }
Dim LinearCrossEntropyOp::flops() {
  return Dim(2) * product(getDims(getX())) * getDims(getWeight()).front();
}
