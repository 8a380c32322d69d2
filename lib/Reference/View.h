//===- View.h - Parts of stored tensors -------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_REFERENCE_VIEW_H
#define BRIDGE_LIB_REFERENCE_VIEW_H

#include "bridge/Reference/Array.h"
#include "llvm/Support/Error.h"

namespace bridge {

/// Which elements of a row-major tensor a view has.
struct View {
  Shape shape;
  Shape strides;
  int64_t offset = 0;

  /// Reads a sequence of `.T` and `[a:b, c]` for a tensor of shape `stored`.
  static llvm::Expected<View> parse(llvm::StringRef text,
                                    llvm::ArrayRef<int64_t> stored);
};

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_VIEW_H
