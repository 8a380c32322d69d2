//===- Runner.cpp - Running models from files -----------------------------===//
#include "bridge/Runner/Runner.h"
#include "RunCompiled.h"
#include "RunReference.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace bridge;
using llvm::Expected;
namespace fs = llvm::sys::fs;

/// The preprocessor_config.json of a checkpoint folder, or empty.
static Expected<std::string> readPreprocessor(llvm::StringRef folder) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, "preprocessor_config.json");
  if (!fs::exists(path))
    return "";
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return llvm::createStringError("cannot read " + path + ": " +
                                   text.getError().message());
  return (*text)->getBuffer().str();
}

/// Compiles into a folder that is gone when the program ends.
static Expected<int> compileAndRun(const RunOptions &options,
                                   const std::string &preprocessor) {
  llvm::SmallString<128> folder;
  if (std::error_code error = fs::createUniqueDirectory("bridge-run", folder))
    return llvm::createStringError("cannot make a temporary folder: " +
                                   error.message());
  llvm::scope_exit cleanUp([&] { fs::remove_directories(folder); });
  CompileOptions compilation = options.model;
  compilation.output = (folder + "/model.so").str();
  if (llvm::Error error = compile(compilation))
    return error;
  RunOptions adapted = options;
  if (!options.tolerance && compilation.precision == "bf16")
    adapted.tolerance = 1e-2;
  return runCompiled(compilation.output, adapted, preprocessor);
}

Expected<int> bridge::run(const RunOptions &given) {
  RunOptions options = given;
  const std::string &input = options.model.input;
  std::string preprocessor;
  if (fs::is_directory(input)) {
    Expected<std::string> text = readPreprocessor(input);
    if (!text)
      return text.takeError();
    preprocessor = std::move(*text);
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
  if (isLibrary)
    return runCompiled(input, options, preprocessor);
  // What there is can be told without compiling it.
  if (!options.reference && !options.entry.empty())
    return compileAndRun(options, preprocessor);
  if (llvm::Error error = runReference(options, preprocessor))
    return error;
  return 0;
}
