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

/// The n × n similarities.
static Dim pairFlops(Value image) {
  SmallVector<Dim> dims = getDims(image);
  return Dim(2) * dims[0] * product(dims);
}
Dim ContrastiveLossOp::flops() { return pairFlops(getImage()); }
Dim SigmoidLossOp::flops() { return pairFlops(getImage()); }
