//===- Executor.h - What can run the entries of a model ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_EXECUTOR_H
#define BRIDGE_LIB_RUNNER_EXECUTOR_H

#include "TensorFile.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <memory>

namespace bridge {

/// An input or output of an entry as it is declared.
struct ValueInfo {
  std::string name;
  bridge_dtype dtype;
  std::vector<std::string> dims;
};

struct EntryInfo {
  std::string name;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
};

/// What a run used.
struct Usage {
  unsigned threads = 1;
  int64_t arenaBytes = 0;
  int64_t weightsBytes = 0;
};

/// A model that can run: by the interpreter or as compiled code.
class Executor {
public:
  virtual ~Executor() = default;

  virtual std::string modelName() const = 0;
  virtual std::vector<EntryInfo> entries() const = 0;
  /// The text of the preprocessor_config.json that the binary carries, or
  /// empty.
  virtual std::string preprocessor() const { return ""; }
  /// The dtype in which float results are stored.
  virtual bridge_dtype floatDtype() const = 0;

  /// `weights` is a path, random:SEED, or empty for those that the binary
  /// carries.
  virtual llvm::Error loadWeights(const std::string &weights,
                                  unsigned threads) = 0;
  /// Runs the entry at a place in `entries`, with its inputs in order.
  virtual llvm::Error run(size_t entry,
                          llvm::ArrayRef<bridge_tensor> inputs) = 0;
  /// The results of the last run, in order.
  virtual llvm::Expected<std::vector<Array>> results() const = 0;
  virtual Usage usage() const = 0;
};

/// Interprets a module of the bridge dialect in float64. The context of the
/// module has to outlive it.
std::unique_ptr<Executor>
makeReferenceExecutor(mlir::OwningOpRef<mlir::ModuleOp> module);

/// Loads a compiled shared library.
llvm::Expected<std::unique_ptr<Executor>>
makeCompiledExecutor(const std::string &library);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_EXECUTOR_H
