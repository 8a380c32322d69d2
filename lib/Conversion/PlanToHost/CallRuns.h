//===- CallRuns.h - Calls that a loop can make ------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_PLANTOHOST_CALLRUNS_H
#define BRIDGE_LIB_CONVERSION_PLANTOHOST_CALLRUNS_H

#include "bridge/IR/Plan.h"

namespace bridge {

/// Calls of one function with no launch between them, whose operands differ
/// only in which weight or which memory of the frame they are: the layers of a
/// tower.
struct CallRun {
  llvm::SmallVector<plan::CallOp> calls;

  /// The operands, the frame first, that are not the same in all calls.
  llvm::SmallVector<unsigned> varyingOperands() const;
};

/// The longest run that starts with `first`.
CallRun findCallRun(plan::CallOp first);

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_PLANTOHOST_CALLRUNS_H
