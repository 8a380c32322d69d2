//===- BridgeOps.cpp - Operations of the bridge dialect -------------------===//
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace bridge;

#include "bridge/IR/BridgeInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "bridge/IR/BridgeOps.cpp.inc"
