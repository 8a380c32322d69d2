//===- CompiledModel.h - A compiled library, ready to be timed --*- C++ -*-===//
#ifndef BRIDGE_RUNNER_COMPILEDMODEL_H
#define BRIDGE_RUNNER_COMPILEDMODEL_H

#include "bridge/Runtime/bridge.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace bridge {

/// A compiled library with its weights and a session.
class CompiledModel {
public:
  /// `weights` as bridge_model_open takes them; `threads` 0: all cores.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  open(const std::string &library, const std::string &weights,
       unsigned threads);
  ~CompiledModel();

  /// Runs an entry and gives the seconds it took. With `launches`, also those
  /// of each launch of a kernel, in their order.
  llvm::Expected<double> run(llvm::StringRef entry,
                             llvm::ArrayRef<bridge_tensor> inputs,
                             std::vector<double> *launches = nullptr);

  /// The level of the instruction set that runs.
  llvm::StringRef level() const;
  unsigned threads() const;

private:
  CompiledModel(const bridge_program &original);

  const bridge_program &original;
  /// The same program with entries that take the time of launches.
  bridge_program timed;
  std::vector<bridge_level> levels;
  std::vector<bridge_entry> entries;
  bridge_model *model = nullptr;
  bridge_session *session = nullptr;
};

} // namespace bridge

#endif // BRIDGE_RUNNER_COMPILEDMODEL_H
