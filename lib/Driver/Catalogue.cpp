//===- Catalogue.cpp - Looking at specs without compiling them ------------===//
#include "bridge/Driver/Catalogue.h"
#include "Input.h"
#include "Output.h"
#include "bridge/Frontend/Formatter.h"
#include "bridge/Frontend/Parser.h"
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace bridge;

llvm::Error bridge::listSpecs(ArrayRef<std::string> searchPaths,
                              llvm::raw_ostream &os) {
  Diagnostics diagnostics;
  auto bridges = listBridges(specSearchPaths(searchPaths), diagnostics);
  if (failed(bridges))
    return specError(diagnostics);
  for (const BridgeSummary &summary : *bridges) {
    os << summary.name << "  " << summary.file;
    if (!summary.modelType.empty())
      os << "  (model_type \"" << summary.modelType << "\")";
    os << "\n";
    for (const std::string &variant : summary.variants)
      os << "  --variant \"" << variant << "\"\n";
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<std::string>>
bridge::variantsOf(const std::string &file) {
  Diagnostics diagnostics;
  auto text = readSpecFile(file, diagnostics);
  if (failed(text))
    return specError(diagnostics);
  auto tree = parseSpec(file, *text, diagnostics);
  if (!tree)
    return specError(diagnostics);
  std::vector<std::string> names;
  for (const ast::Node *item : tree->items)
    if (const auto *module = dyn_cast<ast::Module>(item))
      for (const ast::Member *member : module->body)
        if (const auto *variant = dyn_cast<ast::Variant>(member))
          names.push_back(variant->name);
  return names;
}

llvm::Error bridge::formatFiles(ArrayRef<std::string> files, bool checkOnly) {
  if (files.empty())
    return llvm::createStringError("expected files to format, found none");
  std::string unformatted;
  for (const std::string &name : files) {
    Diagnostics diagnostics;
    FailureOr<std::string> text = readSpecFile(name, diagnostics);
    FailureOr<std::string> formatted = failure();
    if (succeeded(text))
      formatted = formatSpec(name, *text, diagnostics);
    if (failed(formatted))
      return specError(diagnostics);
    if (*formatted == *text)
      continue;
    if (checkOnly) {
      unformatted += " " + name;
      continue;
    }
    if (llvm::Error error =
            writeOutput(name, [&](llvm::raw_ostream &os) { os << *formatted; }))
      return error;
  }
  if (!unformatted.empty())
    return llvm::createStringError("not in the one style:" + unformatted +
                                   "; `bridgec --format` brings them into it");
  return llvm::Error::success();
}
