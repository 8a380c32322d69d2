//===- PartPath.h - Which part an operation belongs to ----------*- C++ -*-===//
//
// The frontend puts the path of an operation's part into its location. In the
// function of a kind of layer that is the path in one of the layers, with `*`
// for its number; the location of a call has the path of the layer called.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_ANALYSIS_PARTPATH_H
#define BRIDGE_ANALYSIS_PARTPATH_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace bridge {

/// The path of the innermost part that a location names, or "".
llvm::StringRef partPath(mlir::Location location);

/// The location with another path of its innermost part.
mlir::Location withPartPath(mlir::Location location, mlir::StringAttr path);

/// `outer.inner`, or the one that is not empty.
std::string joinPaths(llvm::StringRef outer, llvm::StringRef inner);

/// Whether `path` is that of a part `outer`, or of a part in it.
bool isInPart(llvm::StringRef path, llvm::StringRef outer);

/// Where a function works when it is called for a layer.
struct CallContext {
  llvm::StringRef functionPath; ///< of the function's location
  std::string callPath;         ///< of the layer it is called for

  /// The path in the layer called of a `path` in the function; other paths stay
  /// as they are.
  std::string resolve(llvm::StringRef path) const;
};

} // namespace bridge

#endif // BRIDGE_ANALYSIS_PARTPATH_H
