//===- LoadSpecs.cpp - Loads specs and prints their modules ---------------===//
//
// LoadSpecs FOLDER… [--spec FILE] [--config FILE] [--variant NAME]
//           [--entry NAME] [-D name=value]… [--print] [--describe]
//
// Loads one bridge from folders of specs. Prints its errors, or that its module
// verifies. Without a spec and a config: every variant of every bridge.
//
//===----------------------------------------------------------------------===//
#include "bridge/Frontend/Frontend.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace bridge;

static std::optional<llvm::json::Value> readJson(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    llvm::errs() << "cannot read " << path << "\n";
    return std::nullopt;
  }
  llvm::Expected<llvm::json::Value> value =
      llvm::json::parse((*buffer)->getBuffer());
  if (value)
    return std::move(*value);
  llvm::errs() << llvm::toString(value.takeError()) << "\n";
  return std::nullopt;
}

static void describe(const ModelDescription &model) {
  llvm::outs() << model.name << ": " << model.weights << " parameters\n";
  for (const ModelDescription::Part &part : model.parts)
    llvm::outs() << "  " << (part.frozen ? "frozen " : "") << part.role << " "
                 << part.path << ": " << part.module << ", " << part.weights
                 << "\n";
}

static int loadVariants(mlir::MLIRContext &context,
                        const std::vector<std::string> &searchPaths) {
  Diagnostics diagnostics;
  auto bridges = listBridges(searchPaths, diagnostics);
  bool ok = mlir::succeeded(bridges);
  for (const BridgeSummary &bridge :
       ok ? *bridges : std::vector<BridgeSummary>())
    for (const std::string &variant : bridge.variants) {
      SpecOptions options;
      options.searchPaths = searchPaths;
      options.specPath = searchPaths.front() + "/" + bridge.file;
      options.variant = variant;
      bool loaded = mlir::succeeded(loadSpec(context, options, diagnostics));
      llvm::outs() << variant << (loaded ? " verifies\n" : " fails\n");
      ok &= loaded;
    }
  diagnostics.print(llvm::errs());
  return ok ? 0 : 1;
}

int main(int argc, char **argv) {
  SpecOptions options;
  bool print = false, wantsDescription = false;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--print") {
      print = true;
    } else if (argument == "--describe") {
      wantsDescription = true;
    } else if (!argument.starts_with("-")) {
      options.searchPaths.push_back(argument.str());
    } else if (i + 1 == argc) {
      llvm::errs() << argument << " needs a value\n";
      return 1;
    } else if (argument == "--spec") {
      options.specPath = argv[++i];
    } else if (argument == "--config") {
      options.config = readJson(argv[++i]);
      if (!options.config)
        return 1;
    } else if (argument == "--variant") {
      options.variant = argv[++i];
    } else if (argument == "--entry") {
      options.entries.push_back(argv[++i]);
    } else if (argument == "-D") {
      auto [name, value] = llvm::StringRef(argv[++i]).split('=');
      options.overrides.emplace_back(name, value);
    } else {
      llvm::errs() << "unknown option " << argument << "\n";
      return 1;
    }
  }
  mlir::MLIRContext context;
  if (options.specPath.empty() && !options.config)
    return loadVariants(context, options.searchPaths);
  Diagnostics diagnostics;
  ModelDescription description;
  auto module = loadSpec(context, options, diagnostics, &description);
  diagnostics.print(llvm::errs());
  if (mlir::failed(module))
    return 1;
  if (wantsDescription)
    describe(description);
  if (print) {
    mlir::OpPrintingFlags flags;
    (*module)->print(llvm::outs(), flags);
  } else {
    llvm::outs() << description.name << " verifies\n";
  }
  return 0;
}
