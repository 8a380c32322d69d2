//===- RunReference.h - Running specs by the interpreter --------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_RUNREFERENCE_H
#define BRIDGE_LIB_RUNNER_RUNREFERENCE_H

#include "bridge/Runner/Runner.h"

namespace bridge {

/// Lists the entries of a spec, or computes one in float64. `preprocessor` is
/// the text of a preprocessor_config.json, or empty.
llvm::Error runReference(const RunOptions &options,
                         const std::string &preprocessor);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_RUNREFERENCE_H
