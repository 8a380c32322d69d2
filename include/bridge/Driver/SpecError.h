//===- SpecError.h - Errors in specs as llvm::Error -------------*- C++ -*-===//
#ifndef BRIDGE_DRIVER_SPECERROR_H
#define BRIDGE_DRIVER_SPECERROR_H

#include "bridge/Frontend/Diagnostics.h"
#include "llvm/Support/Error.h"
#include <string>

namespace bridge {

/// Rendered diagnostics, complete with places, notes and line ends.
class SpecError : public llvm::ErrorInfo<SpecError> {
public:
  static char ID;
  explicit SpecError(std::string text) : text(std::move(text)) {}
  void log(llvm::raw_ostream &os) const override { os << text; }
  /// Whether it begins with a place in a file.
  bool hasPlace() const { return !llvm::StringRef(text).starts_with("error:"); }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string text;
};

/// The errors that the frontend found.
llvm::Error specError(const Diagnostics &diagnostics);

} // namespace bridge

#endif // BRIDGE_DRIVER_SPECERROR_H
