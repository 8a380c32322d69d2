//===- Text.h - Characters of UTF-8 text ------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_TEXT_H
#define BRIDGE_LIB_FRONTEND_TEXT_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace bridge {

/// Bytes of the character that `text`, which is not empty, starts with. 0 where
/// it starts with something that is not UTF-8.
size_t characterLength(llvm::StringRef text);

/// Characters of `text`; a byte that is not UTF-8 counts as one.
size_t countCharacters(llvm::StringRef text);

/// `text` with what a terminal should not be sent replaced by U+FFFD: control
/// characters other than tabs, and bytes that are not UTF-8.
std::string printable(llvm::StringRef text);

} // namespace bridge

#endif // BRIDGE_LIB_FRONTEND_TEXT_H
