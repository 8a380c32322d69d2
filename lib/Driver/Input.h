//===- Input.h - What a compilation starts from -----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_INPUT_H
#define BRIDGE_LIB_DRIVER_INPUT_H

#include "bridge/Driver/Driver.h"

namespace bridge {

/// The folders in which specs are looked for: those of the options, then the
/// specs that come with the compiler.
std::vector<std::string>
specSearchPaths(llvm::ArrayRef<std::string> searchPaths);

/// Parses JSON that is not nested too deeply to be read. `name` is how messages
/// call it.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text,
                                            llvm::StringRef name);

/// The path of a file in a folder.
std::string inFolder(llvm::StringRef folder, llvm::StringRef name);

/// The JSON of a file that is not too large to be read.
llvm::Expected<llvm::json::Value> readJson(llvm::StringRef file);

/// The syntax tree of the spec that these options choose, as text.
llvm::Expected<std::string> dumpSyntaxTree(const CompileOptions &options);

/// What the frontend is to load for these options: a spec file or a checkpoint
/// folder.
llvm::Expected<SpecOptions> specOptions(const CompileOptions &options);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_INPUT_H
