//===- RunCompiled.h - Running compiled libraries ---------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_RUNCOMPILED_H
#define BRIDGE_LIB_RUNNER_RUNCOMPILED_H

#include "bridge/Runner/Runner.h"
#include "bridge/Runtime/Abi.h"

namespace bridge {

/// Runs the program in a shared library by the command line that every
/// compiled bridge has; gives its exit status. `preprocessor` is the text of
/// a preprocessor_config.json, or empty for the program's own.
llvm::Expected<int> runCompiled(const std::string &library,
                                const RunOptions &options,
                                const std::string &preprocessor);

/// The same of a program that is loaded.
int runProgram(const bridge_program &program, const RunOptions &options,
               const std::string &preprocessor);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_RUNCOMPILED_H
