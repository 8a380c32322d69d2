//===- Inputs.h - What an entry is run on -----------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_INPUTS_H
#define BRIDGE_LIB_RUNNER_INPUTS_H

#include "EntryInfo.h"
#include "bridge/Reference/Interpreter.h"
#include "bridge/Runner/Runner.h"

namespace bridge {

/// The inputs of an entry, from the file and the pictures that the options
/// name. Integers have to fit the declared dtype. `preprocessor` is the text of
/// a preprocessor_config.json that says how pictures become numbers, or empty.
llvm::Expected<ArrayMap> collectInputs(const RunOptions &options,
                                       const EntryInfo &entry,
                                       const std::string &preprocessor);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_INPUTS_H
