//===- PlanOps.cpp - Operations of the plan dialect -----------------------===//
#include "bridge/IR/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace bridge;
using namespace bridge::plan;

#define GET_OP_CLASSES
#include "bridge/IR/PlanOps.cpp.inc"
