//===- Passes.h - Running textual pipelines ---------------------*- C++ -*-===//
#ifndef BRIDGE_DRIVER_PASSES_H
#define BRIDGE_DRIVER_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace bridge {

/// A failure that no user can cause. Tools exit with 70.
class InternalError : public llvm::ErrorInfo<InternalError> {
public:
  static char ID;
  explicit InternalError(std::string message) : message(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override { os << message; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string message;
};

/// Runs a pipeline as `bridge-opt --pass-pipeline` would. Where a pass fails,
/// the error names the file with the IR and the pipeline to reproduce it.
llvm::Error runPipeline(mlir::ModuleOp module, llvm::StringRef pipeline);

} // namespace bridge

#endif // BRIDGE_DRIVER_PASSES_H
