//===- FuzzSyntax.cpp - Lexer, parser and formatter -----------------------===//
//
// Formatting keeps the syntax tree, and formatting twice changes nothing.
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "bridge/Frontend/Formatter.h"
#include "bridge/Frontend/Parser.h"

using namespace bridge;

/// The tree of a spec, or nothing where it is not one.
static std::optional<std::string> treeOf(const std::string &text) {
  Diagnostics diagnostics;
  std::unique_ptr<ast::File> file = parseSpec("x.bridge", text, diagnostics);
  if (!file) {
    std::string message;
    llvm::raw_string_ostream os(message);
    diagnostics.print(os);
    return std::nullopt;
  }
  std::string tree;
  llvm::raw_string_ostream os(tree);
  ast::dump(*file, os);
  return tree;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Diagnostics diagnostics;
  std::string path = fuzz::writeScratch("x.bridge", data, size);
  llvm::FailureOr<std::string> text = readSpecFile(path, diagnostics);
  if (failed(text))
    return 0;
  std::optional<std::string> tree = treeOf(*text);
  llvm::FailureOr<std::string> once =
      formatSpec("x.bridge", *text, diagnostics);
  if (succeeded(once) != tree.has_value())
    fuzz::report("the parser and the formatter disagree on what is a spec");
  if (failed(once))
    return 0;
  if (treeOf(*once) != tree)
    fuzz::report("formatting changes the tree:\n" + *once);
  llvm::FailureOr<std::string> twice =
      formatSpec("x.bridge", *once, diagnostics);
  if (failed(twice) || *twice != *once)
    fuzz::report("formatting twice changes more:\n" + *once);
  return 0;
}
