//===- Model.cpp - Opening models -----------------------------------------===//
#include "Model.h"
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace bridge;
using llvm::Expected;
namespace fs = llvm::sys::fs;

/// The preprocessor_config.json of a checkpoint folder, or empty.
static Expected<std::string> readPreprocessor(StringRef folder) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, "preprocessor_config.json");
  if (!fs::exists(path))
    return "";
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return llvm::createStringError(path + ": " + text.getError().message());
  return (*text)->getBuffer().str();
}

static llvm::Error openReference(const RunOptions &options, Model &model) {
  DialectRegistry registry;
  registry.insert<BridgeDialect, arith::ArithDialect, func::FuncDialect,
                  math::MathDialect>();
  model.context = std::make_unique<MLIRContext>(registry);
  model.context->loadAllAvailableDialects();
  auto module = loadModule(*model.context, options.model);
  if (!module)
    return module.takeError();
  model.executor = makeReferenceExecutor(std::move(*module));
  return llvm::Error::success();
}

static llvm::Error openLibrary(const std::string &path, Model &model) {
  auto executor = makeCompiledExecutor(path);
  if (!executor)
    return executor.takeError();
  model.executor = std::move(*executor);
  return llvm::Error::success();
}

/// Compiles into a folder that is gone when the library is loaded.
static llvm::Error compileAndOpen(const RunOptions &options, Model &model) {
  SmallString<128> folder;
  if (std::error_code error = fs::createUniqueDirectory("bridge-run", folder))
    return llvm::createStringError("a temporary folder is needed: " +
                                   error.message());
  llvm::scope_exit cleanUp([&] { fs::remove_directories(folder); });
  CompileOptions compilation = options.model;
  compilation.output = (folder + "/model.so").str();
  if (llvm::Error error = compile(compilation))
    return error;
  return openLibrary(compilation.output, model);
}

Expected<Model> bridge::openModel(const RunOptions &options) {
  const std::string &input = options.model.input;
  Model model;
  model.weights = options.weights;
  bool isLibrary = StringRef(input).ends_with(".so");
  if (isLibrary && options.reference)
    return llvm::createStringError(
        "the reference interprets specs, found the compiled `" + input + "`");
  llvm::Error error = isLibrary ? openLibrary(input, model)
                      : options.reference || options.entry.empty()
                          ? openReference(options, model)
                          : compileAndOpen(options, model);
  if (error)
    return error;

  if (fs::is_directory(input)) {
    Expected<std::string> preprocessor = readPreprocessor(input);
    if (!preprocessor)
      return preprocessor.takeError();
    model.preprocessor = std::move(*preprocessor);
    if (model.weights.empty())
      model.weights = input;
  } else {
    model.preprocessor = model.executor->preprocessor();
  }
  return model;
}
