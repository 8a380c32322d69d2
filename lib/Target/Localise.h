//===- Localise.h - Objects that show one symbol ----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_TARGET_LOCALISE_H
#define BRIDGE_LIB_TARGET_LOCALISE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace bridge {

/// Makes every symbol that the object file at `path` defines local but `kept`,
/// and drops those that no relocation needs.
llvm::Error localiseSymbols(llvm::StringRef path, llvm::StringRef kept);

} // namespace bridge

#endif // BRIDGE_LIB_TARGET_LOCALISE_H
