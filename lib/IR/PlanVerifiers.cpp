//===- PlanVerifiers.cpp - What operations of the plan dialect require ----===//
#include "bridge/IR/Plan.h"

using namespace mlir;
using namespace bridge;
using namespace bridge::plan;

LogicalResult KernelOp::verify() { return success(); }
LogicalResult plan::CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success();
}
LogicalResult plan::FrameOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success();
}
LogicalResult plan::LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success();
}
LogicalResult plan::WeightOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success();
}
