//===- SpecError.cpp - Errors in specs as llvm::Error ---------------------===//
#include "bridge/Driver/SpecError.h"

using namespace bridge;

char SpecError::ID;

llvm::Error bridge::specError(const Diagnostics &diagnostics) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  diagnostics.print(stream);
  return llvm::make_error<SpecError>(text);
}
