//===- Parser.h - From text to syntax tree ----------------------*- C++ -*-===//
#ifndef BRIDGE_FRONTEND_PARSER_H
#define BRIDGE_FRONTEND_PARSER_H

#include "bridge/Frontend/Ast.h"

namespace bridge {

/// Parses a spec. Returns null, with an error in `diagnostics`, where it is not
/// one. `name` is how messages call the file.
std::unique_ptr<ast::File> parseSpec(std::string name, std::string text,
                                     Diagnostics &diagnostics);

/// Reads the text of a spec. Fails, with an error in `diagnostics`, where there
/// is no such file, or it is larger than 16 MiB, or it is not UTF-8 text.
llvm::FailureOr<std::string> readSpecFile(llvm::StringRef path,
                                          Diagnostics &diagnostics);

} // namespace bridge

#endif // BRIDGE_FRONTEND_PARSER_H
