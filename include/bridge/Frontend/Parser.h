//===- Parser.h - From text to syntax tree ----------------------*- C++ -*-===//
#ifndef BRIDGE_FRONTEND_PARSER_H
#define BRIDGE_FRONTEND_PARSER_H

#include "bridge/Frontend/Ast.h"

namespace bridge {

/// Parses a spec. Returns null, with an error in `diagnostics`, where it is not
/// one. `name` is how messages call the file.
std::unique_ptr<ast::File> parseSpec(std::string name, std::string text,
                                     Diagnostics &diagnostics);

} // namespace bridge

#endif // BRIDGE_FRONTEND_PARSER_H
