//===- Timing.h - Compiling and timing entries ------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_TIMING_H
#define BRIDGE_LIB_EXPLORER_TIMING_H

#include "Model.h"
#include "bridge/Runner/CompiledModel.h"

namespace bridge {

/// Compiles one entry and opens it with random weights. The library is gone
/// from the disk then.
llvm::Expected<std::unique_ptr<CompiledModel>>
compileEntry(const CompileOptions &options, const std::string &entry,
             const std::string &fuse, unsigned threads);

/// Made-up inputs of an entry: random floats and integers that are 1, or what
/// `fills` (input=value) say.
class MadeInputs {
public:
  static llvm::Expected<MadeInputs> make(const LoweredModel &model,
                                         llvm::StringRef entry,
                                         const Dimensions &dims,
                                         llvm::ArrayRef<std::string> fills);
  llvm::ArrayRef<bridge_tensor> tensors() const { return inputs; }

private:
  std::vector<bridge_tensor> inputs;
  std::vector<std::unique_ptr<std::byte[]>> memory;
};

/// The seconds of each launch in the fastest of some runs of it. Whatever else
/// the machine does can only add to them.
llvm::Expected<std::vector<double>>
timeLaunches(CompiledModel &model, llvm::StringRef entry,
             llvm::ArrayRef<bridge_tensor> inputs, unsigned runs);

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_TIMING_H
