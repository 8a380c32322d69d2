//===- SyntaxTree.cpp - Specs as they are parsed --------------------------===//
#include "Input.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace bridge;

/// The file whose bridge has this `model_type`.
static llvm::Expected<std::string>
findSpec(llvm::StringRef modelType, llvm::ArrayRef<std::string> searchPaths) {
  Diagnostics diagnostics;
  auto bridges = listBridges(searchPaths, diagnostics);
  if (failed(bridges))
    return specError(diagnostics);
  for (const BridgeSummary &summary : *bridges)
    for (const std::string &folder : searchPaths) {
      llvm::SmallString<128> file(folder);
      llvm::sys::path::append(file, summary.file);
      if (summary.modelType == modelType && llvm::sys::fs::exists(file))
        return file.str().str();
    }
  return llvm::createStringError("no spec has a config section for model_type "
                                 "\"" +
                                 modelType + "\"");
}

llvm::Expected<std::string>
bridge::dumpSyntaxTree(const CompileOptions &options) {
  auto spec = specOptions(options);
  if (!spec)
    return spec.takeError();
  std::string path = spec->specPath;
  if (const llvm::json::Object *config =
          spec->config ? spec->config->getAsObject() : nullptr) {
    auto found = findSpec(config->getString("model_type").value_or(""),
                          spec->searchPaths);
    if (!found)
      return found.takeError();
    path = *found;
  }
  Diagnostics diagnostics;
  auto text = readSpecFile(path, diagnostics);
  if (failed(text))
    return specError(diagnostics);
  auto tree =
      parseSpec(llvm::sys::path::filename(path).str(), *text, diagnostics);
  if (!tree)
    return specError(diagnostics);
  std::string dumped;
  llvm::raw_string_ostream os(dumped);
  ast::dump(*tree, os);
  return dumped;
}
