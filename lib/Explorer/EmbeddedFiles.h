//===- EmbeddedFiles.h - Files that the tool brings with it -----*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_EMBEDDEDFILES_H
#define BRIDGE_LIB_EXPLORER_EMBEDDEDFILES_H

#include "llvm/ADT/StringRef.h"

namespace bridge::embedded {

/// The text of machine.json, the machine file that is used without another.
llvm::StringRef defaultMachine();

/// The text of calibration.bridge.
llvm::StringRef calibrationSpec();

} // namespace bridge::embedded

#endif // BRIDGE_LIB_EXPLORER_EMBEDDEDFILES_H
