//===- Weights.h - Weights for the interpreter ------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_WEIGHTS_H
#define BRIDGE_LIB_RUNNER_WEIGHTS_H

#include "bridge/Reference/Interpreter.h"

namespace bridge {

/// The weights of a module: `weights` is a file, a checkpoint folder,
/// random:SEED, or empty for a module that has none.
llvm::Expected<Interpreter::Weights> findWeights(mlir::ModuleOp module,
                                                 const std::string &weights);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_WEIGHTS_H
