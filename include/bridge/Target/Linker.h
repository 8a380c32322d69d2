//===- Linker.h - From objects to executables and libraries -----*- C++ -*-===//
#ifndef BRIDGE_TARGET_LINKER_H
#define BRIDGE_TARGET_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace bridge {

enum class LinkKind {
  Executable,    ///< needs libc, libm and the loader, and nothing else
  SharedLibrary, ///< exports the program alone
  Relocatable    ///< one object with everything in it, as if it were a library
};

/// Links objects with the run time that is embedded in this program; needs no
/// linker and no development files. `program` is the symbol of the descriptor,
/// the only one that libraries show. `weights` is a file to put into the
/// program as it is, or empty. Writes `output` or nothing.
llvm::Error linkProgram(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
                        llvm::StringRef program, llvm::StringRef weights,
                        LinkKind kind, llvm::StringRef output);

} // namespace bridge

#endif // BRIDGE_TARGET_LINKER_H
