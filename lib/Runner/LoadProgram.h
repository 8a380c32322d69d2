//===- LoadProgram.h - Loading compiled libraries ---------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_LOADPROGRAM_H
#define BRIDGE_LIB_RUNNER_LOADPROGRAM_H

#include "bridge/Runtime/Abi.h"
#include "llvm/Support/Error.h"
#include <string>

namespace bridge {

/// The program in a shared library. It stays loaded until the process ends.
llvm::Expected<const bridge_program *> loadProgram(const std::string &library);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_LOADPROGRAM_H
