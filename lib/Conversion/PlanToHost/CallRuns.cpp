//===- CallRuns.cpp - Calls that a loop can make --------------------------===//
#include "CallRuns.h"

using namespace mlir;
using namespace bridge;

/// Whether a table of numbers can say which of the two is meant.
static bool differInNumber(Value one, Value other) {
  Operation *first = one.getDefiningOp(), *second = other.getDefiningOp();
  if (!first || !second)
    return false;
  if (isa<plan::WeightOp>(first))
    return isa<plan::WeightOp>(second);
  return isa<plan::BufferOp, plan::FrameOp>(first) &&
         isa<plan::BufferOp, plan::FrameOp>(second);
}

static bool continues(plan::CallOp first, plan::CallOp next) {
  return first.getCallee() == next.getCallee() &&
         llvm::all_of_zip(first->getOperands(), next->getOperands(),
                          [](Value one, Value other) {
                            return one == other || differInNumber(one, other);
                          });
}

SmallVector<unsigned> CallRun::varyingOperands() const {
  SmallVector<unsigned> varying;
  plan::CallOp first = calls.front();
  for (auto [index, value] : llvm::enumerate(first->getOperands()))
    if (llvm::any_of(calls, [&, i = index, v = value](plan::CallOp call) {
          return call->getOperand(i) != v;
        }))
      varying.push_back(index);
  return varying;
}

CallRun bridge::findCallRun(plan::CallOp first) {
  CallRun run{{first}};
  for (Operation *op = first->getNextNode(); op; op = op->getNextNode()) {
    auto call = dyn_cast<plan::CallOp>(op);
    if (call && continues(first, call))
      run.calls.push_back(call);
    else if (call || isa<plan::LaunchOp, plan::GroupOp>(op))
      break;
  }
  return run;
}
