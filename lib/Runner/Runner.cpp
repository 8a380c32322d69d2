//===- Runner.cpp - Running models from files -----------------------------===//
#include "bridge/Runner/Runner.h"
#include "RunCompiled.h"
#include "RunEmulated.h"
#include "RunReference.h"
#include "bridge/Driver/Preprocessor.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge;
using llvm::Expected;
namespace fs = llvm::sys::fs;

/// Compiles into a folder that is gone when the program ends.
static Expected<int> compileAndRun(const RunOptions &options,
                                   const std::string &preprocessor) {
  llvm::SmallString<128> folder;
  if (std::error_code error = fs::createUniqueDirectory("bridge-run", folder))
    return llvm::createStringError("cannot make a temporary folder: " +
                                   error.message());
  llvm::scope_exit cleanUp([&] { fs::remove_directories(folder); });
  RunOptions adapted = options;
  if (!options.tolerance && options.model.precision == "bf16")
    adapted.tolerance = 2e-2;
  std::string library = (folder + "/model.so").str();
  if (options.emulated)
    return runEmulated(adapted, library, preprocessor);
  CompileOptions compilation = options.model;
  compilation.output = library;
  if (llvm::Error error = compile(compilation))
    return error;
  return runCompiled(compilation.output, adapted, preprocessor);
}

Expected<int> bridge::run(const RunOptions &given) {
  RunOptions options = given;
  const std::string &input = options.model.input;
  std::string preprocessor;
  if (fs::is_directory(input)) {
    Expected<std::optional<llvm::json::Value>> config =
        readPreprocessor(options.model);
    if (!config)
      return config.takeError();
    if (*config)
      preprocessor = llvm::formatv("{0}", **config);
    if (options.weights.empty())
      options.weights = input;
  }

  bool isLibrary = llvm::StringRef(input).ends_with(".so");
  llvm::file_magic magic;
  if (!isLibrary && !llvm::identify_magic(input, magic) && magic.is_object())
    return llvm::createStringError(
        "expected a spec, a checkpoint folder or a compiled .so, found the "
        "binary " +
        input + "; a compiled executable runs by itself: " + input + " ENTRY");
  if (isLibrary && options.reference)
    return llvm::createStringError(
        "the reference interprets specs, found the compiled " + input);
  if (isLibrary && options.emulated)
    return llvm::createStringError(
        "expected a spec or a checkpoint folder with --target=cuda-emu, found "
        "the compiled " +
        input);
  if (isLibrary)
    return runCompiled(input, options, preprocessor);
  // What there is can be told without compiling it.
  if (!options.reference && !options.entry.empty())
    return compileAndRun(options, preprocessor);
  if (llvm::Error error = runReference(options, preprocessor))
    return error;
  return 0;
}
