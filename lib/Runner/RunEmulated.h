//===- RunEmulated.h - Running GPU kernels in the emulator ------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_RUNEMULATED_H
#define BRIDGE_LIB_RUNNER_RUNEMULATED_H

#include "bridge/Runner/Runner.h"

namespace bridge {

/// Compiles `options.model` for NVIDIA GPUs and runs it with the kernels in the
/// emulator. `library` is where the host code may be written, `preprocessor`
/// the preprocessor_config.json, or empty. Gives the status to exit with; what
/// the emulator finds wrong with a kernel is an InternalError.
llvm::Expected<int> runEmulated(const RunOptions &options,
                                const std::string &library,
                                const std::string &preprocessor);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_RUNEMULATED_H
