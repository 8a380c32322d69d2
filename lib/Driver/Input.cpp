//===- Input.cpp - What a compilation starts from -------------------------===//
#include "Input.h"
#include "bridge/IR/Bridge.h"
#include "bridge/InitAll.h"
#include "bridge/Runtime/Tensor.h"
#include "bridge/Support/Limits.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace bridge;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static_assert(kMaxInterfaceRank == BRIDGE_MAX_RANK);

/// Largest JSON file that is read.
static constexpr uint64_t kMaxJsonBytes = 64 << 20;
/// Deepest JSON that is read; the parser recurses.
static constexpr unsigned kMaxJsonDepth = 200;

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

/// How deep the brackets of a JSON text are nested.
static unsigned nesting(StringRef text) {
  unsigned depth = 0, deepest = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString && c == '\\')
      ++i;
    else if (c == '"')
      inString = !inString;
    else if (!inString && (c == '[' || c == '{'))
      deepest = std::max(deepest, ++depth);
    else if (!inString && (c == ']' || c == '}') && depth > 0)
      --depth;
  }
  return deepest;
}

llvm::Expected<llvm::json::Value> bridge::parseJson(StringRef text,
                                                    StringRef name) {
  if (nesting(text) > kMaxJsonDepth)
    return llvm::createStringError(name + " is nested more than " +
                                   std::to_string(kMaxJsonDepth) +
                                   " levels deep");
  auto value = llvm::json::parse(text);
  if (!value)
    return llvm::createStringError(
        name + " is not JSON: " + llvm::toString(value.takeError()));
  return value;
}

llvm::Expected<llvm::json::Value> bridge::readJson(StringRef file) {
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
  return parseJson((*buffer)->getBuffer(), file);
}

std::string bridge::inFolder(StringRef folder, StringRef name) {
  SmallString<128> file(folder);
  path::append(file, name);
  return file.str().str();
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
  if (!fs::is_directory(options.input)) {
    spec.specPath = options.input;
    return spec;
  }
  if (!options.variant.empty())
    return llvm::createStringError(
        "expected --variant with a spec, found the checkpoint folder " +
        options.input + ", whose config.json gives the parameters");
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

/// Whether the bridge dialect has tensors of this type.
static bool isBridgeTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !(tensor.getElementType().isF32() ||
                   tensor.getElementType().isInteger(32) ||
                   tensor.getElementType().isInteger(1)))
    return false;
  return tensor.hasStaticShape() ||
         isa_and_nonnull<DimsAttr>(tensor.getEncoding());
}

/// Whether compilation starts from such an operation: one of the dialect, or
/// arithmetic of scalars in a region of it.
static bool isBridgeOperation(Operation *op) {
  if (isa<func::ReturnOp>(op) ||
      isa_and_nonnull<BridgeDialect>(op->getDialect()))
    return true;
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect()) &&
         llvm::none_of(op->getResultTypes(), llvm::IsaPred<ShapedType>);
}

static LogicalResult checkFunction(func::FuncOp function) {
  FunctionType type = function.getFunctionType();
  auto all = [&](function_ref<bool(Type)> holds) {
    return llvm::all_of(type.getInputs(), holds) &&
           llvm::all_of(type.getResults(), holds);
  };
  if (!all(isBridgeTensor))
    return function.emitError("expected tensors of f32, i32 or i1 with named "
                              "dimensions, found ")
           << type;
  if (function->hasAttr(kEntryAttr)) {
    if (!all([](Type type) {
          return cast<ShapedType>(type).getRank() <= kMaxInterfaceRank;
        }))
      return function.emitError("expected inputs and outputs of at most ")
             << kMaxInterfaceRank << " axes, found " << type;
    auto isNamed = [](DictionaryAttr attributes) {
      return attributes && attributes.getAs<StringAttr>(kNameAttr);
    };
    SmallVector<DictionaryAttr> attributes;
    function.getAllArgAttrs(attributes);
    function.getAllResultAttrs(attributes);
    if (!llvm::all_of(attributes, isNamed))
      return function.emitError("expected `")
             << kNameAttr << "` on all inputs and outputs of an entry";
  } else if (!function.isPrivate() || function.isExternal()) {
    return function.emitError("expected an entry (`")
           << kEntryAttr << "`) or a private function with a body";
  }
  WalkResult result = function->walk([&](Operation *op) {
    if (op == function || isBridgeOperation(op))
      return WalkResult::advance();
    op->emitError("expected an operation of the bridge dialect");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// Fails where functions call themselves, through others or not.
static LogicalResult checkRecursion(ModuleOp module) {
  SmallVector<func::FuncOp> waiting(module.getOps<func::FuncOp>());
  llvm::StringSet<> done;
  auto waits = [&](func::FuncOp function) {
    WalkResult result = function->walk([&](CallOp call) {
      return done.contains(call.getCallee()) ? WalkResult::advance()
                                             : WalkResult::interrupt();
    });
    return result.wasInterrupted();
  };
  while (!waiting.empty()) {
    auto ready = llvm::partition(waiting, waits);
    if (ready == waiting.end())
      return waiting.front().emitError("calls itself, or waits for a function "
                                       "that does; there is no recursion");
    for (func::FuncOp function : llvm::make_range(ready, waiting.end()))
      done.insert(function.getSymName());
    waiting.erase(ready, waiting.end());
  }
  return success();
}

/// Whether compilation can start from `module`: it is in the bridge dialect, as
/// the frontend emits it, and has an entry.
static LogicalResult checkStart(ModuleOp module) {
  bool hasEntry = false;
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function && !isa<WeightOp>(op))
      return op.emitError("expected the bridge dialect as --stop-after=bridge "
                          "prints it: weights, entries and private functions");
    auto weight = dyn_cast<WeightOp>(op);
    if (weight && weight.getTensorType().getRank() > kMaxInterfaceRank)
      return weight.emitError("expected a weight of at most ")
             << kMaxInterfaceRank << " axes, found " << weight.getTensorType();
    if (!function)
      continue;
    if (failed(checkFunction(function)))
      return failure();
    hasEntry |= function->hasAttr(kEntryAttr);
  }
  if (!hasEntry)
    return module.emitError("expected an entry, a func.func with `")
           << kEntryAttr << "`, found none";
  return checkRecursion(module);
}

static llvm::Expected<OwningOpRef<ModuleOp>>
parseModule(MLIRContext &context, const CompileOptions &options) {
  if (!options.variant.empty() || !options.definitions.empty() ||
      !options.entries.empty())
    return llvm::createStringError(
        "expected --variant, -D and --entry with a spec, found " +
        options.input + ", which has its parameters");
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler handler(sources, &context, stream);
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(options.input, sources, &context);
  if (!module || failed(checkStart(*module)))
    return llvm::make_error<SpecError>(messages);
  return module;
}

static bool isMlirFile(StringRef input) {
  return path::extension(input) == ".mlir" && !fs::is_directory(input);
}

/// What the text of a module tells of its model.
static void describe(ModuleOp module, ModelDescription &description) {
  if (auto name = module->getAttrOfType<StringAttr>(kModelAttr))
    description.name = name.getValue().str();
  for (auto weight : module.getOps<WeightOp>())
    description.weights += weight.getTensorType().getNumElements();
}

llvm::Expected<OwningOpRef<ModuleOp>>
bridge::loadModule(MLIRContext &context, const CompileOptions &options,
                   ModelDescription *description) {
  if (!fs::exists(options.input))
    return llvm::createStringError("cannot read " + options.input +
                                   ": no such file or folder");
  if (isMlirFile(options.input)) {
    auto module = parseModule(context, options);
    if (module && description)
      describe(**module, *description);
    return module;
  }
  auto spec = specOptions(options);
  if (!spec)
    return spec.takeError();
  Diagnostics diagnostics;
  auto module = loadSpec(context, *spec, diagnostics, description);
  if (failed(module))
    return specError(diagnostics);
  return std::move(*module);
}
