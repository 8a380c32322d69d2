//===- Remarks.h - What the fusions say -------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_REMARKS_H
#define BRIDGE_LIB_DRIVER_REMARKS_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace bridge {

/// Collects the remarks of all passes that run in a context, one a line.
class Remarks {
public:
  explicit Remarks(mlir::MLIRContext &context);

  /// Writes what was collected to `path`, or to standard error where it is
  /// empty.
  llvm::Error write(llvm::StringRef path) const;

private:
  /// Shared with the context, which keeps its streamer.
  std::shared_ptr<std::string> text;
};

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_REMARKS_H
