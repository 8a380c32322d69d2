//===- Model.h - Opening models ---------------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_MODEL_H
#define BRIDGE_LIB_RUNNER_MODEL_H

#include "Executor.h"
#include "bridge/Runner/Runner.h"
#include "mlir/IR/MLIRContext.h"

namespace bridge {

/// A model that was opened, and what its folder has beside it.
struct Model {
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<Executor> executor;
  std::string preprocessor; ///< a preprocessor_config.json, or empty
  std::string weights;      ///< a path, random:SEED, or empty
};

/// Opens a compiled library; interprets a spec or compiles it into a temporary
/// library. Without an entry nothing needs to be compiled.
llvm::Expected<Model> openModel(const RunOptions &options);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_MODEL_H
