//===- Input.cpp - What a compilation starts from -------------------------===//
#include "Input.h"
#include "bridge/InitAll.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace bridge;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// Largest JSON file that is read.
static constexpr uint64_t kMaxJsonBytes = 64 << 20;

std::unique_ptr<MLIRContext> bridge::makeContext() {
  static const bool passesRegistered = (registerAllPasses(), true);
  (void)passesRegistered;
  DialectRegistry registry;
  registerAllDialects(registry);
  // Two threads at most would help, and starting them costs more.
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

/// The specs that come with the compiler: beside an installed one, or in the
/// source tree that it was built from.
static std::string bundledSpecs() {
  // Any address in this program finds its file.
  static int anchor;
  SmallString<256> executable(
      fs::getMainExecutable("bridgec", static_cast<void *>(&anchor)));
  StringRef folder = path::parent_path(path::parent_path(executable));
  for (StringRef relative : {"share/bridge", "../bridges-dsl"}) {
    SmallString<256> candidate(folder);
    path::append(candidate, relative);
    path::remove_dots(candidate, /*remove_dot_dot=*/true);
    if (fs::is_directory(candidate))
      return candidate.str().str();
  }
  return BRIDGE_SPECS;
}

std::vector<std::string>
bridge::specSearchPaths(ArrayRef<std::string> searchPaths) {
  std::vector<std::string> all(searchPaths.begin(), searchPaths.end());
  all.push_back(bundledSpecs());
  return all;
}

static llvm::Expected<llvm::json::Value> readJson(StringRef file) {
  uint64_t bytes;
  if (std::error_code code = fs::file_size(file, bytes))
    return llvm::createStringError(code, "cannot read " + file + ": " +
                                             code.message());
  if (bytes > kMaxJsonBytes)
    return llvm::createStringError(file + " has " + std::to_string(bytes) +
                                   " bytes, which is too much for a config");
  auto buffer = llvm::MemoryBuffer::getFile(file);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   "cannot read " + file + ": " +
                                       buffer.getError().message());
  auto value = llvm::json::parse((*buffer)->getBuffer());
  if (!value)
    return llvm::createStringError(
        file + " is not JSON: " + llvm::toString(value.takeError()));
  return value;
}

static std::string inFolder(StringRef folder, StringRef name) {
  SmallString<128> file(folder);
  path::append(file, name);
  return file.str().str();
}

llvm::Expected<std::optional<llvm::json::Value>>
bridge::readPreprocessor(StringRef input) {
  std::string file = inFolder(input, "preprocessor_config.json");
  if (!fs::is_directory(input) || !fs::exists(file))
    return std::nullopt;
  auto value = readJson(file);
  if (!value)
    return value.takeError();
  if (!value->getAsObject())
    return llvm::createStringError("expected an object in " + file);
  return std::move(*value);
}

llvm::Expected<SpecOptions> bridge::specOptions(const CompileOptions &options) {
  SpecOptions spec;
  spec.searchPaths = specSearchPaths(options.searchPaths);
  spec.variant = options.variant;
  spec.entries = options.entries;
  for (StringRef definition : options.definitions) {
    auto [name, value] = definition.split('=');
    if (name.empty() || value.empty())
      return llvm::createStringError("expected -D name=value, found `-D " +
                                     definition + "`");
    spec.overrides.emplace_back(name.str(), value.str());
  }
  if (!fs::exists(options.input))
    return llvm::createStringError("cannot read " + options.input +
                                   ": no such file or folder");
  if (!fs::is_directory(options.input)) {
    spec.specPath = options.input;
    return spec;
  }
  std::string file = inFolder(options.input, "config.json");
  if (!fs::exists(file))
    return llvm::createStringError(
        "expected a checkpoint folder, but there is no config.json in " +
        options.input);
  auto config = readJson(file);
  if (!config)
    return config.takeError();
  spec.config = std::move(*config);
  spec.configName = file;
  return spec;
}

static llvm::Expected<OwningOpRef<ModuleOp>> parseModule(MLIRContext &context,
                                                         StringRef file) {
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler handler(sources, &context, stream);
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(file, sources, &context);
  if (!module)
    return llvm::make_error<SpecError>(messages);
  return module;
}

llvm::Expected<OwningOpRef<ModuleOp>>
bridge::loadModule(MLIRContext &context, const CompileOptions &options,
                   ModelDescription *description) {
  if (path::extension(options.input) == ".mlir")
    return parseModule(context, options.input);
  auto spec = specOptions(options);
  if (!spec)
    return spec.takeError();
  Diagnostics diagnostics;
  auto module = loadSpec(context, *spec, diagnostics, description);
  if (failed(module))
    return specError(diagnostics);
  return std::move(*module);
}
