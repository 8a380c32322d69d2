//===- Library.cpp - The files of the language and their scopes -----------===//
#include "Library.h"
#include "Names.h"
#include "Primitives.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// The files whose names are always in scope, each seeing those before it.
static constexpr llvm::StringLiteral kAlwaysInScope[] = {
    "std.layers", "std.attention", "std.rope", "std.losses", "std.config"};

//===----------------------------------------------------------------------===//
// Finding files
//===----------------------------------------------------------------------===//

void Library::scan(StringRef folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end;
       it != end && !error; it.increment(error))
    if (path::extension(it->path()) == ".bridge")
      found.push_back(it->path());
  llvm::sort(found);
  for (const std::string &file : found) {
    llvm::SmallString<128> relative(file);
    path::replace_path_prefix(relative, folder, "");
    std::string shown = StringRef(relative).ltrim("/").str();
    std::string name = StringRef(shown).drop_back(7).str();
    std::replace(name.begin(), name.end(), '/', '.');
    if (!files.count(name))
      parse(std::move(name), file, shown);
  }
}

static std::unique_ptr<ast::File> read(const std::string &path,
                                       const std::string &shownAs,
                                       Diagnostics &diagnostics) {
  FailureOr<std::string> text = readSpecFile(path, diagnostics);
  if (failed(text))
    return nullptr;
  return parseSpec(shownAs, std::move(*text), diagnostics);
}

Library::~Library() {
  for (auto &[name, file] : files)
    if (file.syntax)
      evaluator.diagnostics.keep(std::move(file.syntax->source));
}

Library::File *Library::parse(std::string name, std::string path,
                              std::string shownAs) {
  File &file = files[name];
  file.name = std::move(name);
  file.path = std::move(path);
  file.shownAs = std::move(shownAs);
  Diagnostics ignored;
  file.syntax = read(file.path, file.shownAs, ignored);
  if (file.syntax)
    index(file);
  return &file;
}

void Library::index(File &file) {
  for (const ast::Node *item : file.syntax->items) {
    ast::walk(*item, [&](const ast::Node &node) {
      if (const auto *attribute = dyn_cast<ast::Attribute>(&node))
        attributeNames.insert(attribute->name);
    });
    if (const auto *config = dyn_cast<ast::Config>(item)) {
      for (const auto &rule : config->rules)
        if (const auto *ignore = std::get_if<ast::Config::Ignore>(&rule))
          for (const ast::Path *field : ignore->fields)
            ignoredFields.insert(field->str());
    } else if (const auto *module = dyn_cast<ast::Module>(item)) {
      for (const ast::Member *member : module->body)
        if (const auto *config = dyn_cast<ast::Config>(member))
          if (config->modelType)
            sections[*config->modelType].push_back({&file, module, config});
    }
  }
}

LogicalResult Library::open(const std::vector<std::string> &searchPaths) {
  usePaths = searchPaths;
  for (const std::string &folder : searchPaths) {
    if (!fs::is_directory(folder))
      return evaluator.error({}, "there is no folder `" + folder + "`");
    scan(folder);
  }
  prelude = evaluator.makeScope(nullptr);
  definePrimitives(*prelude);
  for (StringRef name : kAlwaysInScope) {
    auto file = files.find(name.str());
    if (file == files.end())
      return evaluator.error({}, "there is no file `" + name.str() +
                                     "` in the folders of specs");
    if (failed(load(file->second, prelude, {})))
      return failure();
  }
  return success();
}

FailureOr<const ModuleDefinition *> Library::openSpec(StringRef specPath) {
  if (!fs::exists(specPath))
    return evaluator.error({}, "there is no file `" + specPath.str() + "`");
  File *spec = nullptr;
  for (auto &[name, file] : files)
    if (file.syntax)
      for (const std::string &folder : usePaths) {
        llvm::SmallString<128> candidate(folder);
        path::append(candidate, file.syntax->source->name());
        if (fs::equivalent(candidate, specPath))
          spec = &file;
      }
  if (!spec) {
    usePaths.push_back(path::parent_path(specPath).str());
    // No name that `use` could write.
    spec = parse("/" + specPath.str(), specPath.str(),
                 path::filename(specPath).str());
  }
  if (failed(load(*spec, nullptr, {})))
    return failure();
  const ModuleDefinition *bridge = nullptr;
  for (const ModuleDefinition &module : spec->modules)
    if (module.node->isBridge) {
      if (bridge)
        return evaluator
            .error(module.node->range, "a file has one bridge, found another")
            .note("the first one", bridge->node->range);
      bridge = &module;
    }
  if (!bridge)
    return evaluator.error({}, "`" + specPath.str() + "` has no bridge");
  return bridge;
}

std::vector<Library::BridgeName> Library::bridges() const {
  std::vector<BridgeName> found;
  for (const auto &[name, file] : files) {
    if (!file.syntax)
      continue;
    for (const ast::Node *item : file.syntax->items) {
      const auto *module = dyn_cast<ast::Module>(item);
      if (!module || !module->isBridge)
        continue;
      BridgeName &bridge = found.emplace_back();
      bridge.bridge = module->name;
      bridge.file = file.syntax->source->name().str();
      for (const ast::Member *member : module->body) {
        if (const auto *config = dyn_cast<ast::Config>(member))
          bridge.modelType = config->modelType.value_or("");
        else if (const auto *variant = dyn_cast<ast::Variant>(member))
          bridge.variants.push_back(variant->name);
      }
    }
  }
  return found;
}

//===----------------------------------------------------------------------===//
// Loading files
//===----------------------------------------------------------------------===//

LogicalResult Library::load(File &file, Scope *scope, SourceRange range) {
  switch (file.state) {
  case File::Loaded:
    return success();
  case File::Loading:
    return evaluator.error(range, "`" + file.name +
                                      "` uses itself, through other files");
  case File::Failed: // reported where it was first needed
    evaluator.stop = Stop::Error;
    return failure();
  case File::Parsed:
    break;
  }
  if (!file.syntax) {
    file.state = File::Failed;
    evaluator.stop = Stop::Error;
    read(file.path, file.shownAs, evaluator.diagnostics);
    return failure();
  }
  file.state = File::Loading;
  // The names that `use` brings in lie below the file's own.
  file.scope =
      scope ? scope : evaluator.makeScope(evaluator.makeScope(prelude));
  LogicalResult result = success();
  for (const ast::Node *item : file.syntax->items)
    if (failed(define(file, *item))) {
      result = failure();
      break;
    }
  if (succeeded(result))
    result = checkFunctions(file);
  file.state = succeeded(result) ? File::Loaded : File::Failed;
  return result;
}

LogicalResult Library::define(File &file, const ast::Node &item) {
  if (const auto *use = dyn_cast<ast::Use>(&item))
    return loadUse(file, *use);
  auto bind = [&](const std::string &name, Value value) -> LogicalResult {
    if (!file.scope->names.try_emplace(name, std::move(value)).second)
      return evaluator.error(item.range, "`" + name + "` is defined twice");
    return success();
  };
  if (const auto *node = dyn_cast<ast::Module>(&item)) {
    ModuleDefinition &module = file.modules.emplace_back();
    module.node = node;
    module.scope = file.scope;
    for (const ast::Member *member : node->body)
      if (const auto *config = dyn_cast<ast::Config>(member))
        module.configs.push_back(config);
    return bind(node->name, static_cast<const ModuleDefinition *>(&module));
  }
  if (const auto *node = dyn_cast<ast::Function>(&item))
    return bind(node->name, std::make_shared<const Function>(
                                Function{node, file.scope, nullptr}));
  if (const auto *node = dyn_cast<ast::Assign>(&item)) {
    if (!node->role.empty() || node->frozen)
      return evaluator.error(node->range,
                             "only a bridge names its parts by their roles");
    if (node->targets.size() != 1 || node->targets.front()->names.size() != 1)
      return evaluator.error(node->range, "a file binds one name at a time");
    FailureOr<Value> value = evaluator.value(*node->value, *file.scope);
    if (failed(value)) {
      if (evaluator.stop == Stop::NeedsRun)
        return evaluator
            .error(node->range, "this exists only when an entry runs")
            .withHint("compute with tensors in a `def`");
      return failure();
    }
    return bind(node->targets.front()->names.front(), *value);
  }
  return success();
}

/// The names that the items of a file mention, kinds of parameters too.
static std::set<std::string> mentionedNames(const ast::File &file) {
  std::set<std::string> names;
  for (const ast::Node *item : file.items) {
    if (llvm::isa<ast::Use>(item))
      continue;
    names.merge(freeNames(*item));
    ast::walk(*item, [&](const ast::Node &node) {
      if (const auto *declarator = dyn_cast<ast::Declarator>(&node))
        names.insert(declarator->type);
    });
  }
  return names;
}

LogicalResult Library::loadUse(File &file, const ast::Use &use) {
  std::set<std::string> mentioned = mentionedNames(*file.syntax);
  for (const ast::Path *node : use.paths) {
    std::string name = node->str();
    auto used = files.find(name);
    File *found = used == files.end() ? nullptr : &used->second;
    for (const std::string &folder : usePaths) {
      if (found)
        break;
      std::string shown = llvm::join(node->names, "/") + ".bridge";
      llvm::SmallString<128> candidate(folder);
      path::append(candidate, shown);
      if (fs::exists(candidate))
        found = parse(name, candidate.str().str(), shown);
    }
    if (!found) {
      std::vector<std::string> known;
      for (const auto &entry : files)
        known.push_back(entry.first);
      return evaluator.error(node->range, "there is no file `" + name + "`")
          .suggest(name, known);
    }
    if (failed(load(*found, nullptr, node->range))) {
      if (evaluator.diagnostics.back().range.file != node->range.file)
        evaluator.diagnostics.back().note("used here", node->range);
      return failure();
    }
    if (found->scope == prelude)
      return evaluator.error(node->range, "`" + name + "` is always in scope");
    bool isUsed = false;
    for (const auto &[defined, value] : found->scope->names) {
      isUsed |= mentioned.count(defined) != 0;
      file.scope->parent->names[defined] = value;
    }
    if (!isUsed)
      return evaluator.error(node->range, "`" + name + "` is never used");
  }
  return success();
}

LogicalResult Library::checkFunctions(File &file) {
  for (const ast::Node *item : file.syntax->items)
    if (const auto *function = dyn_cast<ast::Function>(item))
      if (failed(checkNames(*function, *file.scope, evaluator)))
        return failure();
  return success();
}

FailureOr<const ModuleDefinition *>
Library::moduleOf(File &file, const ast::Module &node, SourceRange range) {
  if (failed(load(file, nullptr, range)))
    return failure();
  for (const ModuleDefinition &module : file.modules)
    if (module.node == &node)
      return &module;
  return failure();
}

FailureOr<std::pair<const ModuleDefinition *, const ast::Config *>>
Library::findSection(const llvm::json::Object &config, const std::string &where,
                     const ModuleDefinition *module, SourceRange range) {
  const llvm::json::Value *field = config.get("model_type");
  if (!field || field->kind() == llvm::json::Value::Null) {
    if (module && !module->configs.empty())
      return std::pair(module, module->configs.front());
    if (module)
      return evaluator.error(module->node->range, where + ": " +
                                                      module->name() +
                                                      " has no config section");
    return evaluator.error(range, where + " has no `model_type`");
  }
  std::optional<StringRef> modelType = field->getAsString();
  if (!modelType)
    return evaluator.error(range, where + ": `model_type` is a string");
  return findSection(*modelType, where, module, range);
}

FailureOr<std::pair<const ModuleDefinition *, const ast::Config *>>
Library::findSection(StringRef modelType, const std::string &where,
                     const ModuleDefinition *module, SourceRange range) {
  auto found = sections.find(modelType.str());
  if (found == sections.end()) {
    // A spec that cannot be read may be the one that is meant.
    for (const auto &[name, file] : files)
      if (!file.syntax)
        read(file.path, file.shownAs, evaluator.diagnostics);
    std::vector<std::string> known;
    for (const auto &entry : sections)
      known.push_back(entry.first);
    return evaluator
        .error(range, where +
                          ": no module has a config section for "
                          "model_type \"" +
                          modelType.str() + "\"")
        .suggest(modelType, known);
  }
  // A bridge and a part of it may share a model_type: the whole is meant where
  // nothing else is wanted.
  bool wantsBridge =
      !module && llvm::any_of(found->second, [](const Section &section) {
        return section.module->isBridge;
      });
  const Section *match = nullptr;
  for (const Section &section : found->second) {
    if (module ? section.module != module->node
               : wantsBridge && !section.module->isBridge)
      continue;
    if (match)
      return evaluator
          .error(section.config->range, "\"" + modelType.str() +
                                            "\" is already the config of " +
                                            match->module->name)
          .note("there", match->config->range);
    match = &section;
  }
  if (!match)
    return evaluator.error(range, where + ": expected the config of a " +
                                      module->name() + ", found model_type \"" +
                                      modelType.str() + "\"");
  FailureOr<const ModuleDefinition *> owner =
      moduleOf(*match->file, *match->module, range);
  if (failed(owner))
    return failure();
  return std::pair(*owner, match->config);
}
