//===- Header.h - The C header of a generated library -----------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_HEADER_H
#define BRIDGE_LIB_DRIVER_HEADER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include <string>

namespace bridge {

/// What begins the names of a library's C interface: `clip` for lib/libclip.so.
std::string libraryPrefix(llvm::StringRef path);

/// A C header with one documented function for each entry of a model. It
/// includes bridge/Runtime/bridge.h. `prefix` begins the names: `clip_open`,
/// `clip_encode_image`. `program` is the symbol of the descriptor.
std::string makeHeader(llvm::StringRef model, const llvm::json::Array &entries,
                       llvm::StringRef prefix, llvm::StringRef program);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_HEADER_H
