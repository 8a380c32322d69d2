//===- Runner.h - Running models from files ---------------------*- C++ -*-===//
#ifndef BRIDGE_RUNNER_RUNNER_H
#define BRIDGE_RUNNER_RUNNER_H

#include "bridge/Driver/Driver.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace bridge {

/// The options of `bridge-run`, as data.
struct RunOptions {
  CompileOptions model; ///< its input: .so, .bridge, .mlir or a folder
  std::string entry;    ///< empty: list what there is

  std::string weights; ///< a path or random:SEED; empty: the model's own folder
                       ///< or the weights in the binary
  std::string inputs;  ///< a .safetensors file
  /// A picture, which may be preceded by `input=`; or a further picture for the
  /// input of the one before.
  struct Image {
    std::string word;
    bool continues;
  };
  std::vector<Image> images;

  std::string output;              ///< a .safetensors file to write
  std::string compare;             ///< a .safetensors file to compare with
  std::optional<double> tolerance; ///< relative; 1e-4, for bf16 2e-2, for
                                   ///< the reference 1e-9

  unsigned runs = 0;                ///< how often to run for measuring time
  unsigned threads = 0;             ///< 0: as many as there are cores
  bool emulated = false;            ///< kernels for GPUs, in the emulator
  bool reference = false;           ///< compute in float64 by the interpreter
  std::optional<uint64_t> rounding; ///< disturb the reference as f32 rounds
  bool json = false;                ///< report as one JSON object
  bool print = false; ///< print the results, also where they are compared
};

/// Lists the entries of a model or runs one, as `options` say, and reports to
/// standard output. Gives the status to exit with, which is not 0 where a
/// compiled program has said what is wrong. Whatever a user can cause is an
/// error; then no output file is written.
llvm::Expected<int> run(const RunOptions &options);

} // namespace bridge

#endif // BRIDGE_RUNNER_RUNNER_H
