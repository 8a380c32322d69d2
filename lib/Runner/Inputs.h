//===- Inputs.h - What an entry is run on -----------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_INPUTS_H
#define BRIDGE_LIB_RUNNER_INPUTS_H

#include "Executor.h"
#include "bridge/Runner/Runner.h"
#include <optional>

namespace bridge {

/// The inputs of an entry, with the memory that holds them.
class Inputs {
public:
  /// Takes them from the file and the pictures that the options name; it may
  /// hold more than the entry takes. `preprocessor` says how pictures become
  /// numbers.
  static llvm::Expected<Inputs> collect(const RunOptions &options,
                                        const EntryInfo &entry,
                                        const std::string &preprocessor);

  llvm::ArrayRef<bridge_tensor> tensors() const { return inOrder; }

private:
  struct Pictures {
    std::vector<float> pixels;
    bridge_tensor tensor;
  };

  llvm::Error load(const std::string &name, llvm::ArrayRef<std::string> paths,
                   const std::string &preprocessor);

  std::optional<TensorFile> file;
  std::map<std::string, Pictures> pictures;
  std::vector<bridge_tensor> inOrder;
};

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_INPUTS_H
