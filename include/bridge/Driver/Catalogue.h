//===- Catalogue.h - Looking at specs without compiling them ----*- C++ -*-===//
#ifndef BRIDGE_DRIVER_CATALOGUE_H
#define BRIDGE_DRIVER_CATALOGUE_H

#include "bridge/Driver/Driver.h"
#include "llvm/Support/raw_ostream.h"

namespace bridge {

/// Lists all bridges with their published models: `bridgec --list`.
llvm::Error listSpecs(llvm::ArrayRef<std::string> searchPaths,
                      llvm::raw_ostream &os);

/// The names of the variants of the spec `file`.
llvm::Expected<std::vector<std::string>> variantsOf(const std::string &file);

/// Shows the parts of a model as a tree, equal layers once, with parameters,
/// FLOPs and the shapes of what flows in and out; and the entries:
/// `bridgec --describe`.
llvm::Error describeModel(const CompileOptions &options, llvm::raw_ostream &os);

/// Brings files into the one style, or, with `checkOnly`, fails where one is
/// not: `bridgec --format`.
llvm::Error formatFiles(llvm::ArrayRef<std::string> files, bool checkOnly);

} // namespace bridge

#endif // BRIDGE_DRIVER_CATALOGUE_H
