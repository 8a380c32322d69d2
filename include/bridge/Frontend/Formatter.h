//===- Formatter.h - The one style of specs ---------------------*- C++ -*-===//
#ifndef BRIDGE_FRONTEND_FORMATTER_H
#define BRIDGE_FRONTEND_FORMATTER_H

#include "bridge/Frontend/Diagnostics.h"

namespace bridge {

/// Returns the text of a spec in the one style that specs have. Fails, with an
/// error in `diagnostics`, where it is not a spec.
///
/// Line breaks and comments stay where they are. Indentation is two spaces for
/// what is open, blank lines come one at a time, and spaces follow the grammar.
/// In neighbouring lines of a kind, what corresponds is aligned: `=`, roles,
/// the alternatives of `config` and `weights` sections, the arrows of entries.
/// Formatting twice changes nothing.
llvm::FailureOr<std::string> formatSpec(std::string name, std::string text,
                                        Diagnostics &diagnostics);

} // namespace bridge

#endif // BRIDGE_FRONTEND_FORMATTER_H
