//===- Output.h - Files that are complete or not there ----------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_OUTPUT_H
#define BRIDGE_LIB_DRIVER_OUTPUT_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace bridge {

/// Writes to `path`, or to standard output where it is empty or "-". The file
/// appears complete or not at all.
llvm::Error writeOutput(llvm::StringRef path,
                        llvm::function_ref<void(llvm::raw_ostream &os)> write);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_OUTPUT_H
