//===- ClosestName.h - What a misspelt name may mean ------------*- C++ -*-===//
#ifndef BRIDGE_SUPPORT_CLOSESTNAME_H
#define BRIDGE_SUPPORT_CLOSESTNAME_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace bridge {

/// The known name closest to `name` by edit distance, or empty where none is
/// close: a third of its letters may differ.
llvm::StringRef closestName(llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> known);

} // namespace bridge

#endif // BRIDGE_SUPPORT_CLOSESTNAME_H
