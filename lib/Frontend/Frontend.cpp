//===- Frontend.cpp - From a spec or a config to the bridge dialect -------===//
#include "bridge/Frontend/Frontend.h"
#include "Library.h"
#include "Trace.h"
#include "WeightNames.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Verifier.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

namespace {
/// One call of loadSpec.
class Loader {
public:
  Loader(mlir::MLIRContext &context, const SpecOptions &options,
         Diagnostics &diagnostics)
      : context(context), options(options), evaluator(diagnostics),
        library(evaluator), model(evaluator) {}

  FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> load();
  ModelDescription describe() const;

private:
  using RecipePointer = std::shared_ptr<const Recipe>;

  FailureOr<RecipePointer> chooseParameters();
  FailureOr<RecipePointer> applyVariant(const ModuleDefinition &module);
  /// `name` is the rest, below `recipe`, of the name that `given` ends in.
  FailureOr<RecipePointer> applyOverride(RecipePointer recipe, StringRef given,
                                         StringRef name, StringRef text);
  FailureOr<std::vector<const ast::Entry *>> chooseEntries();
  LogicalResult declareWeights(mlir::ModuleOp module);
  LogicalResult checkVariant(Trace &trace);
  LogicalResult checkResults(const ast::Entry &entry);
  LogicalResult checkNames();
  void eraseUnusedLayers(mlir::ModuleOp module);

  mlir::MLIRContext &context;
  const SpecOptions &options;
  Evaluator evaluator;
  Library library;
  Model model;
  const ast::Variant *variant = nullptr;
};
} // namespace

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// What there is instead of `name`: the one that is meant, or all of them.
static Diagnostic &suggestAmong(Diagnostic &diagnostic, StringRef name,
                                llvm::ArrayRef<std::string> known) {
  diagnostic.suggest(name, known);
  if (diagnostic.hint.empty() && !known.empty())
    diagnostic.withHint("known are `" + llvm::join(known, "`, `") + "`");
  return diagnostic;
}

static std::vector<std::string> variantNames(const ModuleDefinition &module) {
  std::vector<std::string> names;
  for (const ast::Member *member : module.node->body)
    if (const auto *variant = dyn_cast<ast::Variant>(member))
      names.push_back(variant->name);
  return names;
}

/// How to give the parameter that a bridge needs.
static std::string hintForParameter(const ModuleDefinition &module,
                                    StringRef parameter) {
  std::vector<std::string> variants = variantNames(module);
  if (variants.empty())
    return ("`-D " + parameter + "=VALUE` gives it").str();
  return "`--variant NAME` gives the parameters of a published model: \"" +
         llvm::join(variants, "\", \"") + "\"";
}

/// The value of `-D name=text`: JSON where it is that, else a word.
static llvm::json::Value overrideValue(StringRef text) {
  if (llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(text))
    return *parsed;
  else
    llvm::consumeError(parsed.takeError());
  return llvm::json::Value(text.str());
}

FailureOr<Loader::RecipePointer> Loader::applyOverride(RecipePointer recipe,
                                                       StringRef given,
                                                       StringRef name,
                                                       StringRef text) {
  auto [first, rest] = name.split('.');
  const ModuleDefinition &module = *recipe->module;
  const ast::Declarator *parameter = nullptr;
  std::vector<std::string> known;
  for (const ast::Declarator *declared : module.node->parameters) {
    known.push_back(declared->name());
    if (declared->name() == first)
      parameter = declared;
  }
  if (!parameter)
    return suggestAmong(
        evaluator.error({}, "-D " + given.str() + ": " + module.name() +
                                " has no parameter `" + first.str() + "`"),
        first, known);
  FailureOr<Value> value = failure();
  if (rest.empty()) {
    value = text == "none"
                ? FailureOr<Value>(Value())
                : library.convert(overrideValue(text), *parameter, module,
                                  "-D " + given.str(), parameter->range);
  } else {
    auto *inner = recipe->find(first)->getAs<RecipePointer>();
    if (!inner)
      return evaluator.error({}, "-D " + given.str() + ": `" + first.str() +
                                     "` is no module");
    FailureOr<RecipePointer> changed = applyOverride(*inner, given, rest, text);
    if (succeeded(changed))
      value = Value(*changed);
  }
  if (failed(value))
    return failure();
  Arguments anew;
  anew.named.push_back({first.str(), parameter->range, *value});
  FailureOr<Value> changed =
      evaluator.call(Value(recipe), std::move(anew), module.node->range);
  if (failed(changed))
    return failure();
  return *changed->getAs<RecipePointer>();
}

FailureOr<Loader::RecipePointer>
Loader::applyVariant(const ModuleDefinition &module) {
  for (const ast::Member *member : module.node->body)
    if (const auto *candidate = dyn_cast<ast::Variant>(member))
      if (candidate->name == options.variant)
        variant = candidate;
  if (!variant)
    return suggestAmong(evaluator.error(module.node->range,
                                        module.name() + " has no variant \"" +
                                            options.variant + "\""),
                        options.variant, variantNames(module));
  Arguments arguments;
  for (const ast::Statement *statement : variant->body) {
    const auto *assign = dyn_cast<ast::Assign>(statement);
    if (llvm::isa<ast::Check>(statement))
      continue;
    if (!assign || assign->targets.size() != 1)
      return evaluator.error(statement->range,
                             "a variant has parameters and checks");
    FailureOr<Value> value = evaluator.value(*assign->value, *module.scope);
    if (failed(value))
      return failure();
    arguments.named.push_back(
        {assign->targets.front()->str(), assign->range, *value});
  }
  FailureOr<Value> recipe =
      evaluator.makeRecipe(module, std::move(arguments), variant->range);
  if (failed(recipe))
    return failure();
  return *recipe->getAs<RecipePointer>();
}

FailureOr<Loader::RecipePointer> Loader::chooseParameters() {
  const ModuleDefinition *module = nullptr;
  if (!options.specPath.empty()) {
    FailureOr<const ModuleDefinition *> found =
        library.openSpec(options.specPath);
    if (failed(found))
      return failure();
    module = *found;
  }
  RecipePointer recipe;
  if (options.config) {
    const llvm::json::Object *config = options.config->getAsObject();
    if (!config)
      return evaluator.error({}, options.configName + " is no JSON object");
    FailureOr<Value> configured =
        library.configure(*config, options.configName, module, {});
    if (failed(configured))
      return failure();
    recipe = *configured->getAs<RecipePointer>();
    if (!recipe->module->node->isBridge)
      return evaluator.error(recipe->module->node->range,
                             options.configName + ": " +
                                 recipe->module->name() +
                                 " is a part, not a bridge");
  } else if (!module) {
    return evaluator.error({}, "expected a spec or a config");
  } else if (!options.variant.empty()) {
    FailureOr<RecipePointer> chosen = applyVariant(*module);
    if (failed(chosen))
      return failure();
    recipe = *chosen;
  } else {
    // Parameters of the bridge itself are needed before it is one.
    Arguments arguments;
    for (const auto &[name, text] : options.overrides)
      for (const ast::Declarator *parameter : module->node->parameters)
        if (parameter->name() == name && !parameter->value) {
          FailureOr<Value> value =
              library.convert(overrideValue(text), *parameter, *module,
                              "-D " + name, parameter->range);
          if (failed(value))
            return failure();
          arguments.named.push_back({name, parameter->range, *value});
        }
    const ast::Declarator *lacking = nullptr;
    for (const ast::Declarator *parameter : module->node->parameters)
      if (!lacking && !parameter->value &&
          llvm::none_of(arguments.named, [&](const auto &argument) {
            return argument.name == parameter->name();
          }))
        lacking = parameter;
    FailureOr<Value> made = evaluator.makeRecipe(*module, std::move(arguments),
                                                 module->node->range);
    if (failed(made) && lacking)
      evaluator.diagnostics.back().withHint(
          hintForParameter(*module, lacking->name()));
    if (failed(made))
      return failure();
    recipe = *made->getAs<RecipePointer>();
  }
  for (const auto &[name, text] : options.overrides) {
    FailureOr<RecipePointer> changed = applyOverride(recipe, name, name, text);
    if (failed(changed))
      return failure();
    recipe = *changed;
  }
  return recipe;
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

FailureOr<std::vector<const ast::Entry *>> Loader::chooseEntries() {
  const ModuleDefinition &module = *model.root->recipe->module;
  if (model.entries.empty())
    return evaluator.error(module.node->range, module.name() + " has no entry")
        .withHint("`entry run -> y: …` says what a caller can ask for");
  if (options.entries.empty())
    return model.entries;
  std::vector<const ast::Entry *> chosen;
  std::vector<std::string> known;
  for (const ast::Entry *entry : model.entries)
    known.push_back(entry->name);
  for (const std::string &name : options.entries) {
    auto found = llvm::find(known, name);
    if (found == known.end())
      return suggestAmong(
          evaluator.error(module.node->range,
                          module.name() + " has no entry `" + name + "`"),
          name, known);
    const ast::Entry *entry = model.entries[found - known.begin()];
    if (!llvm::is_contained(chosen, entry))
      chosen.push_back(entry);
  }
  return chosen;
}

/// Two results of an entry would be one tensor of what it writes.
LogicalResult Loader::checkResults(const ast::Entry &entry) {
  std::map<std::string, SourceRange> names;
  for (const ast::Entry::Result &result : entry.results)
    if (auto [other, isNew] = names.try_emplace(result.name, result.range);
        !isNew)
      return evaluator
          .error(result.range, "the entry `" + entry.name +
                                   "` has two results `" + result.name + "`")
          .note("the other one", other->second);
  return success();
}

/// Names of the module that would be one symbol, or of an entry one result.
LogicalResult Loader::checkNames() {
  std::map<std::string, SourceRange> names;
  for (const ast::Entry *entry : model.entries)
    if (auto [other, isNew] = names.try_emplace(entry->name, entry->range);
        !isNew)
      return evaluator
          .error(entry->range, "there are two entries `" + entry->name + "`")
          .note("the other one", other->second);
    else if (failed(checkResults(*entry)))
      return failure();
  for (const WeightDefinition *weight : model.weights)
    if (auto other = names.find(weight->path); other != names.end())
      return evaluator
          .error(weight->node->range,
                 "the weight `" + weight->path + "` has the name of an entry")
          .note("the entry", other->second);
  return success();
}

LogicalResult Loader::declareWeights(mlir::ModuleOp module) {
  mlir::OpBuilder builder(&context);
  builder.setInsertionPointToEnd(module.getBody());
  WeightNames weightNames(model, evaluator);
  for (const WeightDefinition *weight : model.weights) {
    auto names = weightNames.of(weight->path);
    if (failed(names))
      return failure();
    llvm::SmallVector<mlir::Attribute> sources;
    for (const StoredName &name : *names) {
      mlir::Attribute source = SourceAttr::get(&context, name.name, name.view);
      if (!llvm::is_contained(sources, source))
        sources.push_back(source);
    }
    auto [line, column] =
        weight->node->range.file->place(weight->node->range.begin);
    mlir::Location loc = mlir::FileLineColLoc::get(
        &context, weight->node->range.file->name(), line, column);
    mlir::Type element = weight->elementType == "i32"
                             ? mlir::Type(builder.getI32Type())
                             : mlir::Type(builder.getF32Type());
    WeightOp::create(builder, loc, weight->path,
                     mlir::RankedTensorType::get(weight->shape, element),
                     builder.getArrayAttr(sources),
                     weight->init ? builder.getF64FloatAttr(*weight->init)
                                  : mlir::FloatAttr(),
                     weight->role && weight->role->frozen);
  }
  auto globs = weightNames.ignored();
  if (failed(globs))
    return failure();
  if (!globs->empty()) {
    llvm::SmallVector<StringRef> texts(globs->begin(), globs->end());
    module->setAttr("bridge.ignore", builder.getStrArrayAttr(texts));
  }
  return success();
}

LogicalResult Loader::checkVariant(Trace &trace) {
  // With other parameters it is not the published model any more.
  if (!variant || !options.overrides.empty())
    return success();
  for (const ast::Statement *statement : variant->body) {
    const auto *check = dyn_cast<ast::Check>(statement);
    if (!check)
      continue;
    if (succeeded(evaluator.check(*check, *model.root->scope)))
      continue;
    if (evaluator.stop != Stop::NeedsRun)
      return failure();
    if (failed(trace.checkAlone(*check)))
      return failure();
  }
  return success();
}

/// Layer functions that no entry calls, such as those of calls that turned out
/// unused.
void Loader::eraseUnusedLayers(mlir::ModuleOp module) {
  bool changed = true;
  while (changed) {
    changed = false;
    std::set<StringRef> called;
    module.walk([&](CallOp call) { called.insert(call.getCallee()); });
    for (auto function :
         llvm::make_early_inc_range(module.getOps<mlir::func::FuncOp>()))
      if (function.isPrivate() && !called.count(function.getSymName())) {
        function.erase();
        changed = true;
      }
  }
}

FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> Loader::load() {
  context.loadDialect<BridgeDialect, mlir::func::FuncDialect,
                      mlir::arith::ArithDialect, mlir::math::MathDialect>();
  if (failed(library.open(options.searchPaths)))
    return failure();
  model.attributes = library.attributes();
  evaluator.model = &model;
  FailureOr<RecipePointer> recipe = chooseParameters();
  if (failed(recipe) || failed(model.build(*recipe)) || failed(checkNames()))
    return failure();
  FailureOr<std::vector<const ast::Entry *>> entries = chooseEntries();
  if (failed(entries))
    return failure();

  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  (*module)->setAttr(kModelAttr,
                     mlir::StringAttr::get(&context, model.root->moduleName()));
  if (failed(declareWeights(*module)))
    return failure();
  Trace trace(model, evaluator, *module);
  for (const ast::Entry *entry : *entries)
    if (failed(trace.traceEntry(*entry)))
      return failure();
  if (failed(checkVariant(trace)))
    return failure();
  eraseUnusedLayers(*module);
  if (failed(mlir::verify(*module)))
    return failure();
  return module;
}

//===----------------------------------------------------------------------===//
// Descriptions
//===----------------------------------------------------------------------===//

static std::vector<ModelDescription::Parameter>
describeParameters(const Recipe &recipe) {
  std::vector<ModelDescription::Parameter> parameters;
  for (const auto &[name, value] : recipe.parameters) {
    parameters.push_back({name, frontend::describe(value)});
  }
  return parameters;
}

ModelDescription Loader::describe() const {
  ModelDescription description;
  description.name = model.root->moduleName();
  description.parameters = describeParameters(*model.root->recipe);
  description.weights = model.countParameters("");
  for (const Role *role : model.roles) {
    ModelDescription::Part &part = description.parts.emplace_back();
    part.path = role->path;
    part.role = role->kind;
    part.frozen = role->frozen;
    part.weights = model.countParameters(role->path);
    // A list is told of by its first element.
    auto found = model.instances.lower_bound(role->path);
    if (found != model.instances.end() &&
        (found->first == role->path ||
         StringRef(found->first).starts_with(role->path + "."))) {
      part.module = found->second->moduleName();
      part.parameters = describeParameters(*found->second->recipe);
    }
  }
  return description;
}

FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
bridge::loadSpec(mlir::MLIRContext &context, const SpecOptions &options,
                 Diagnostics &diagnostics, ModelDescription *description) {
  Loader loader(context, options, diagnostics);
  FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> module = loader.load();
  if (succeeded(module) && description)
    *description = loader.describe();
  return module;
}

FailureOr<std::vector<BridgeSummary>>
bridge::listBridges(const std::vector<std::string> &searchPaths,
                    Diagnostics &diagnostics) {
  Evaluator evaluator(diagnostics);
  Library library(evaluator);
  if (failed(library.open(searchPaths)))
    return failure();
  std::vector<BridgeSummary> summaries;
  for (Library::BridgeName &bridge : library.bridges())
    summaries.push_back({bridge.bridge, bridge.file, bridge.modelType,
                         std::move(bridge.variants)});
  return summaries;
}
