//===- BridgeOps.cpp - Operations of the bridge dialect -------------------===//
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace bridge;

#include "bridge/IR/BridgeInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "bridge/IR/BridgeOps.cpp.inc"

DenseElementsAttr ConstantOp::getRounded() {
  auto value = cast<DenseElementsAttr>(getValue());
  Type element = cast<RankedTensorType>(getResult().getType()).getElementType();
  if (value.getElementType() == element)
    return value;
  return value.mapValues(element, [](const APFloat &number) {
    APFloat rounded = number;
    bool inexact;
    rounded.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                    &inexact);
    return rounded.bitcastToAPInt();
  });
}
