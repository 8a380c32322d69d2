//===- Model.cpp - A model that is explored -------------------------------===//
#include "Model.h"
#include "bridge/Analysis/FusionPlan.h"
#include "bridge/Analysis/PartPath.h"
#include "bridge/Conversion/Manifest.h"
#include "bridge/Driver/Passes.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Runtime/Memory.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <set>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

ExploredModel::ExploredModel(const CompileOptions &options)
    : compileOptions(options), context(makeContext()) {}

/// `layers` of `layers.3`.
static StringRef withoutNumber(StringRef path) {
  auto [outer, last] = path.rsplit('.');
  bool isNumber = !last.empty() && llvm::all_of(last, llvm::isDigit);
  return isNumber ? outer : path;
}

Expected<std::unique_ptr<ExploredModel>>
ExploredModel::load(const CompileOptions &options) {
  std::unique_ptr<ExploredModel> model(new ExploredModel(options));
  auto module = loadModule(*model->context, options);
  if (!module)
    return module.takeError();
  model->bridge = std::move(*module);
  model->bridge->walk([&](Operation *op) {
    if (!isa<EncoderOp, ResamplerOp, ProjectionOp, DecoderOp, GatedFusionOp>(
            op))
      return;
    StringRef path =
        withoutNumber(op->getAttrOfType<StringAttr>("path").getValue());
    if (!llvm::is_contained(model->parts, path))
      model->parts.push_back(path.str());
  });
  return model;
}

func::FuncOp ExploredModel::entry(StringRef name) const {
  return (*bridge).lookupSymbol<func::FuncOp>(name);
}

Expected<std::vector<std::string>> ExploredModel::entries(StringRef wanted) {
  std::vector<std::string> names;
  for (auto function : bridge->getOps<func::FuncOp>())
    if (function->hasAttr(kEntryAttr))
      names.push_back(function.getSymName().str());
  if (wanted.empty())
    return names;
  if (!llvm::is_contained(names, wanted))
    return llvm::createStringError("there is no entry `" + wanted +
                                   "` (there is `" + llvm::join(names, "`, `") +
                                   "`)");
  return std::vector<std::string>{wanted.str()};
}

std::vector<std::string> ExploredModel::dimensions(StringRef name) const {
  std::set<std::string> symbols;
  for (Type type : entry(name).getArgumentTypes())
    for (const Dim &dim : getDims(cast<RankedTensorType>(type)))
      for (const std::string &symbol : dim.symbols())
        symbols.insert(symbol);
  return {symbols.begin(), symbols.end()};
}

std::string ExploredModel::partOf(StringRef path) const {
  StringRef longest;
  for (StringRef part : parts)
    if (isInPart(path, part) && part.size() > longest.size())
      longest = part;
  return longest.str();
}

Expected<const LoweredModel *> ExploredModel::lower(const std::string &fuse) {
  auto [known, isNew] = lowered.try_emplace(fuse);
  LoweredModel &model = known->second;
  if (!isNew)
    return &model;
  auto plan = FusionPlan::parse(fuse);
  if (!plan)
    return plan.takeError();
  PipelineOptions pipeline;
  pipeline.fusionPasses = plan->passes(/*onPlan=*/false);
  if (llvm::Error error = checkPrecision(compileOptions.precision))
    return error;
  pipeline.precision = compileOptions.precision;
  pipeline.planPasses = plan->passes(/*onPlan=*/true);
  model.fused = bridge->clone();
  if (llvm::Error error =
          runPipeline(*model.fused, pipelineTo(Phase::Fused, pipeline)))
    return error;
  model.planned = model.fused->clone();
  if (llvm::Error error =
          runPipeline(*model.planned, pipelineTo(Phase::Planned, pipeline)))
    return error;
  model.manifest = makeManifest(*model.planned, PlanLayout(*model.planned));
  return &model;
}

namespace {
/// A manifest without a program around it.
struct OpenManifest {
  explicit OpenManifest(StringRef text) {
    program.abi_version = BRIDGE_ABI_VERSION;
    program.manifest = text.data();
    program.manifest_bytes = text.size();
    [[maybe_unused]] bridge_status status =
        bridge_manifest_open(&program, &manifest, nullptr);
    assert(status == BRIDGE_OK &&
           "the compiler writes what the run time reads");
  }
  ~OpenManifest() { bridge_manifest_close(manifest); }

  bridge_program program = {};
  bridge_manifest *manifest = nullptr;
};
} // namespace

static std::vector<bridge_tensor> shapeInputs(const bridge_entry_info &entry,
                                              const Dimensions &dims) {
  std::vector<bridge_tensor> inputs;
  for (const bridge_value_info &info :
       ArrayRef(entry.inputs, entry.input_count)) {
    std::vector<int64_t> shape;
    for (const char *dim : ArrayRef(info.dims, info.rank))
      shape.push_back(Dim::parse(dim)->evaluate(
          [&](StringRef name) { return dims.lookup(name); }));
    inputs.push_back(
        bridge_tensor_make(info.dtype, info.rank, shape.data(), nullptr));
  }
  return inputs;
}

std::vector<std::pair<std::string, bridge_tensor>>
LoweredModel::inputs(StringRef name, const Dimensions &dims) const {
  OpenManifest read(manifest);
  int64_t index = bridge_manifest_find(read.manifest, name.str().c_str());
  const bridge_entry_info &info = *bridge_manifest_entry(read.manifest, index);
  std::vector<std::pair<std::string, bridge_tensor>> named;
  for (auto [input, tensor] : llvm::zip_equal(
           ArrayRef(info.inputs, info.input_count), shapeInputs(info, dims)))
    named.emplace_back(input.name, tensor);
  return named;
}

Expected<int64_t> LoweredModel::arenaBytes(StringRef name,
                                           const Dimensions &dims) const {
  OpenManifest read(manifest);
  int64_t index = bridge_manifest_find(read.manifest, name.str().c_str());
  std::vector<bridge_tensor> inputs =
      shapeInputs(*bridge_manifest_entry(read.manifest, index), dims);
  int64_t bytes;
  bridge_message message;
  if (bridge_manifest_arena_bytes(read.manifest, index, inputs.data(),
                                  inputs.size(), &bytes, &message))
    return llvm::createStringError("entry `" + name + "`: " + message.text);
  return bytes;
}
