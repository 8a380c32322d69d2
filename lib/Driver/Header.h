//===- Header.h - The C header of a generated library -----------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_HEADER_H
#define BRIDGE_LIB_DRIVER_HEADER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include <string>

namespace bridge {

/// A C header with one documented function for each entry of the manifest. It
/// includes bridge/Runtime/bridge.h. `stem` begins the names: `stem_open`,
/// `stem_encode_image`.
std::string makeHeader(const llvm::json::Object &manifest,
                       llvm::StringRef stem);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_HEADER_H
