//===- Preprocessor.h - How a checkpoint prepares pictures ------*- C++ -*-===//
#ifndef BRIDGE_DRIVER_PREPROCESSOR_H
#define BRIDGE_DRIVER_PREPROCESSOR_H

#include "bridge/Driver/Driver.h"

namespace bridge {

/// The preprocessor_config.json of a checkpoint folder with what its kind of
/// processor takes where it says nothing; nothing for inputs without one. An
/// error where a field is not what it has to be. A kind that the run time does
/// not follow is noted in the field `unsupported`: such a model takes tensors.
llvm::Expected<std::optional<llvm::json::Value>>
readPreprocessor(const CompileOptions &options);

} // namespace bridge

#endif // BRIDGE_DRIVER_PREPROCESSOR_H
