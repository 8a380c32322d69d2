//===- Model.cpp - The parts, weights and entries of one bridge -----------===//
#include "Model.h"
#include "Names.h"
#include "bridge/Support/Limits.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::cast;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::isa;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

static std::string join(StringRef prefix, StringRef rest) {
  if (prefix.empty() || rest.empty())
    return (prefix + rest).str();
  return (prefix + "." + rest).str();
}

LogicalResult Model::build(std::shared_ptr<const Recipe> recipe) {
  SourceRange range = recipe->module->node->range;
  evaluator.model = this;
  FailureOr<Instance *> made =
      makeInstance(std::move(recipe), "", "", nullptr, range);
  if (failed(made))
    return failure();
  root = *made;
  instances[""] = root;
  return makeMembers(*root);
}

int64_t Model::countParameters(StringRef path) const {
  int64_t count = 0;
  for (const WeightDefinition *weight : weights)
    if (path.empty() || StringRef(weight->path).starts_with((path + ".").str()))
      count += weight->elements();
  return count;
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

LogicalResult Model::checkSelfContainment(const Recipe &recipe,
                                          Instance *parent, SourceRange range) {
  unsigned depth = 0;
  std::string key = keyOf(Value(std::make_shared<const Recipe>(recipe)));
  for (Instance *outer = parent; outer; outer = outer->parent) {
    if (outer->key == key)
      return evaluator
          .error(range,
                 "the module " + recipe.module->name() + " contains itself")
          .note("declared here", recipe.module->node->range);
    if (++depth >= evaluator.limits.nestedParts)
      return evaluator.error(
          range, "parts are nested more than " +
                     std::to_string(evaluator.limits.nestedParts) + " deep");
  }
  return success();
}

FailureOr<Instance *> Model::makeInstance(std::shared_ptr<const Recipe> recipe,
                                          std::string path,
                                          std::string displayPath,
                                          Instance *parent, SourceRange range) {
  const ModuleDefinition &module = *recipe->module;
  if (failed(evaluator.step(range)) ||
      failed(checkSelfContainment(*recipe, parent, range)))
    return failure();
  if (ownedInstances.size() >= evaluator.limits.parts)
    return evaluator.error(range, "a model has at most " +
                                      std::to_string(evaluator.limits.parts) +
                                      " parts");
  if (linted.insert(&module).second &&
      failed(checkNames(module, attributes, evaluator)))
    return failure();

  Instance &part = ownedInstances.emplace_back();
  part.recipe = recipe;
  part.path = std::move(path);
  part.displayPath = std::move(displayPath);
  part.parent = parent;
  part.role = parent ? parent->role : nullptr;
  part.key = keyOf(Value(recipe));
  Scope *parameters = evaluator.makeScope(module.scope);
  for (const auto &[name, value] : recipe->parameters)
    parameters->names[name] = value;
  part.scope = evaluator.makeScope(parameters);
  return &part;
}

FailureOr<Instance *> Model::makeAnonymous(std::shared_ptr<const Recipe> recipe,
                                           SourceRange range) {
  Instance *&made = anonymous[keyOf(Value(recipe))];
  if (made)
    return made;
  FailureOr<Instance *> part =
      makeInstance(recipe, "", "", /*parent=*/nullptr, range);
  if (failed(part))
    return failure();
  made = *part;
  made->isAnonymous = true;
  if (failed(makeMembers(*made)))
    return failure();
  return made;
}

FailureOr<Value> Model::place(const Value &value, const Placement &placement,
                              SourceRange range) {
  if (auto *recipe = value.getAs<std::shared_ptr<const Recipe>>()) {
    FailureOr<Instance *> part = makeInstance(
        *recipe, placement.path, placement.displayPath, placement.owner, range);
    if (failed(part))
      return failure();
    // Elements of a comprehension are layers, and so are the parts of a list
    // that is such an element.
    (*part)->isLayer = placement.inComprehension && placement.listDepth <= 1;
    if (placement.role)
      (*part)->role = placement.elementRole(ownedRoles);
    if (!instances.try_emplace((*part)->path, *part).second)
      return evaluator.error(range,
                             "there are two parts `" + (*part)->path + "`");
    if (failed(makeMembers(**part)))
      return failure();
    return Value(*part);
  }
  const List *list = value.asList();
  if (!list)
    return value;
  std::vector<Value> placed;
  for (auto [i, item] : llvm::enumerate(list->items)) {
    Placement element = placement;
    std::string number = std::to_string(i);
    element.path = join(placement.path, number);
    element.displayPath =
        join(placement.displayPath, list->isComprehension ? "*" : number);
    element.listDepth = list->isComprehension ? 0 : placement.listDepth + 1;
    element.inComprehension |= list->isComprehension;
    FailureOr<Value> made = place(item, element, range);
    if (failed(made))
      return failure();
    placed.push_back(*made);
  }
  return Value::list(std::move(placed), list->isComprehension);
}

const Role *Model::Placement::elementRole(std::deque<Role> &roles) const {
  if (role->path == path)
    return role;
  Role element = *role;
  element.path = path;
  return &roles.emplace_back(std::move(element));
}

//===----------------------------------------------------------------------===//
// Members
//===----------------------------------------------------------------------===//

LogicalResult Model::makeMembers(Instance &part) {
  const Recipe &recipe = *part.recipe;
  if (succeeded(members(part, recipe.module->node->body)))
    return success();
  if (evaluator.stop == Stop::Error && !recipe.origin.empty())
    evaluator.diagnostics.back().note("the parameters of " + part.moduleName() +
                                          " are those of " + recipe.origin,
                                      recipe.module->node->range);
  return failure();
}

LogicalResult Model::members(Instance &part,
                             const std::vector<ast::Member *> &body) {
  for (const ast::Member *node : body)
    if (failed(member(part, *node)))
      return failure();
  return success();
}

static StringRef memberName(const ast::Node &node) {
  using Kind = ast::Node::Kind;
  switch (node.kind) {
  case Kind::Input:
    return "an input";
  case Kind::Entry:
    return "an entry";
  case Kind::Variant:
    return "a variant";
  case Kind::For:
    return "a loop in its body";
  case Kind::Return:
    return "`return`";
  default:
    return "this";
  }
}

LogicalResult Model::member(Instance &part, const ast::Node &node) {
  bool isBridge = part.recipe->module->node->isBridge;
  if (const auto *declaration = dyn_cast<ast::Weight>(&node))
    return weight(part, *declaration);
  if (const auto *function = dyn_cast<ast::Function>(&node))
    return bind(
        part, function->name,
        std::make_shared<const Function>(Function{function, part.scope, &part}),
        node.range);
  if (const auto *assignment = dyn_cast<ast::Assign>(&node))
    return assignMember(part, *assignment);
  if (const auto *choice = dyn_cast<ast::If>(&node)) {
    FailureOr<bool> holds =
        evaluator.condition(*choice->condition, *part.scope);
    if (failed(holds)) {
      if (evaluator.stop == Stop::NeedsRun)
        return evaluator.error(choice->condition->range,
                               "a condition is known when compiling, and this "
                               "exists only when an entry runs");
      return failure();
    }
    return members(part, *holds ? choice->then : choice->other);
  }
  if (const auto *check = dyn_cast<ast::Check>(&node)) {
    if (succeeded(evaluator.check(*check, *part.scope)))
      return success();
    if (evaluator.stop != Stop::NeedsRun)
      return failure();
    if (!isBridge)
      return evaluator.error(node.range, "this exists only when an entry runs");
    checks.push_back(check);
    return success();
  }
  if (isa<ast::Config, ast::Weights>(&node))
    return success();
  if (node.kind == ast::Node::Kind::Return)
    return evaluator.error(node.range, "`return` stands in functions");
  if (!isBridge)
    return evaluator.error(node.range,
                           "only a bridge has " + memberName(node).str());
  if (const auto *declaration = dyn_cast<ast::Input>(&node))
    return input(part, *declaration);
  if (const auto *declaration = dyn_cast<ast::Entry>(&node)) {
    entries.push_back(declaration);
    return success();
  }
  if (isa<ast::For>(&node))
    return defer(part, node);
  if (const auto *variant = dyn_cast<ast::Variant>(&node)) {
    variants.push_back(variant);
    return success();
  }
  return evaluator.error(node.range, "this cannot stand in a module");
}

LogicalResult Model::bind(Instance &part, llvm::ArrayRef<std::string> names,
                          const Value &value, SourceRange range) {
  auto *scope = &part.scope->names;
  for (const std::string &name : names.drop_back()) {
    auto [it, isNew] = scope->try_emplace(name, Value());
    if (isNew)
      it->second = Value(evaluator.makeGroup());
    if (Instance *instance = it->second.asInstance())
      scope = &instance->scope->names;
    else if (auto *group = it->second.getAs<Group *>())
      scope = &(*group)->names;
    else
      return evaluator.error(range, "`" + name + "` is " +
                                        describe(it->second) +
                                        " here, not a part");
  }
  if (!scope->try_emplace(names.back(), value).second)
    return evaluator.error(range, "`" + llvm::join(names, ".") +
                                      "` already has a value here");
  return success();
}

/// Fails where the declared shape has too many axes.
LogicalResult Model::checkRank(StringRef what,
                               const ast::Declarator &declarator) {
  size_t rank = declarator.shape->size();
  if (rank <= kMaxInterfaceRank)
    return success();
  return evaluator.error(declarator.range,
                         what.str() + " has at most " +
                             std::to_string(kMaxInterfaceRank) +
                             " axes, found " + std::to_string(rank));
}

LogicalResult Model::weight(Instance &part, const ast::Weight &node) {
  const ast::Declarator &declarator = *node.declarator;
  llvm::ArrayRef<std::string> names = declarator.path->names;
  if (part.isAnonymous)
    return evaluator.error(declarator.range, "this weight needs a name");
  if (node.condition) {
    FailureOr<bool> exists = evaluator.condition(*node.condition, *part.scope);
    if (failed(exists))
      return failure();
    if (!*exists)
      return bind(part, names, Value(), declarator.range);
  }
  WeightDefinition &weight = ownedWeights.emplace_back();
  weight.path = join(part.path, llvm::join(names, "."));
  weight.node = &declarator;
  weight.role = part.role;
  weight.elementType = declarator.type.empty() ? "f32" : declarator.type;
  if (weight.elementType != "f32" && weight.elementType != "i32")
    return evaluator.error(declarator.typeRange,
                           "a weight is f32 or i32, found `" + declarator.type +
                               "`");
  if (!declarator.shape)
    return evaluator.error(declarator.range, "a weight needs a shape: `" +
                                                 declarator.path->str() +
                                                 "[…]`");
  if (failed(checkRank("a weight", declarator)))
    return failure();
  double elements = 1;
  for (const ast::Expr *dim : *declarator.shape) {
    FailureOr<int64_t> size = evaluator.staticDimension(*dim, *part.scope);
    if (failed(size)) {
      if (evaluator.stop == Stop::NeedsRun)
        return evaluator.error(dim->range, "the shape of a weight is known "
                                           "when compiling");
      return failure();
    }
    elements *= double(*size);
    if (*size < 1)
      return evaluator.error(dim->range,
                             "a dimension of a weight is at least 1, found " +
                                 std::to_string(*size));
    weight.shape.push_back(*size);
  }
  if (elements > 1e15)
    return evaluator.error(declarator.range,
                           "the weight `" + weight.path +
                               "` would have more than 10^15 elements");
  elementCount += elements;
  if (elementCount > 1e15)
    return evaluator.error(declarator.range,
                           "the weights up to `" + weight.path +
                               "` would have more than 10^15 elements");
  if (declarator.value) {
    FailureOr<Value> init = evaluator.value(*declarator.value, *part.scope);
    if (failed(init))
      return failure();
    weight.init = init->number();
    if (!weight.init)
      return evaluator.error(declarator.value->range,
                             "the value of a weight before training is a "
                             "number, found " +
                                 describe(*init));
  }
  auto [other, isNew] = weightsByPath.try_emplace(weight.path, &weight);
  if (!isNew)
    return evaluator
        .error(declarator.range, "there are two weights `" + weight.path + "`")
        .note("the other one", other->second->node->range);
  weights.push_back(&weight);
  return bind(part, names, &weight, declarator.range);
}

//===----------------------------------------------------------------------===//
// Assignments
//===----------------------------------------------------------------------===//

static bool hasPart(const Value &value) {
  if (value.asRecipe())
    return true;
  const List *list = value.asList();
  return list && llvm::any_of(list->items, hasPart);
}

LogicalResult Model::assignMember(Instance &part, const ast::Assign &node) {
  bool isBridge = part.recipe->module->node->isBridge;
  if ((!node.role.empty() || node.frozen) && !isBridge)
    return evaluator.error(node.range,
                           "only a bridge names its parts by their roles");
  FailureOr<Value> value = evaluator.value(*node.value, *part.scope);
  if (failed(value)) {
    if (evaluator.stop != Stop::NeedsRun)
      return failure();
    if (!isBridge)
      return evaluator.error(node.range, "this exists only when an entry runs")
          .withHint("compute with tensors in a `def`");
    if (!node.role.empty())
      return evaluator.error(node.range, "a part is known when compiling");
    return defer(part, node);
  }
  if (node.targets.size() == 1)
    return assignOne(part, node, *node.targets.front(), *value);
  FailureOr<std::vector<Value>> values =
      evaluator.items(*value, node.value->range);
  if (failed(values))
    return failure();
  if (values->size() != node.targets.size())
    return evaluator.error(node.range,
                           std::to_string(node.targets.size()) + " names for " +
                               std::to_string(values->size()) + " values");
  for (auto [target, item] : llvm::zip(node.targets, *values))
    if (failed(assignOne(part, node, *target, item)))
      return failure();
  return success();
}

LogicalResult Model::assignOne(Instance &part, const ast::Assign &node,
                               const ast::Path &target, const Value &value) {
  bool isBridge = part.recipe->module->node->isBridge;
  if (hasPart(value) && node.role.empty() && isBridge)
    return evaluator.error(target.range,
                           "a bridge says the role of each part: encoder, "
                           "resampler, fusion, projection or decoder");
  llvm::ArrayRef<std::string> names = target.names;
  if (auto it = part.scope->names.find(names.front());
      names.size() == 1 && it != part.scope->names.end())
    if (auto *runTime = it->second.getAs<const RunTimeName *>();
        runTime && (*runTime)->kind == RunTimeName::Kind::Flow)
      return defer(part, node);
  Placement placement;
  placement.owner = &part;
  llvm::ArrayRef<std::string> rest = names;
  if (auto it = part.scope->names.find(names.front());
      names.size() > 1 && it != part.scope->names.end())
    if (Instance *owner = it->second.asInstance()) {
      placement.owner = owner;
      rest = names.drop_front();
    }
  placement.path = join(placement.owner->path, llvm::join(rest, "."));
  placement.displayPath =
      join(placement.owner->displayPath, llvm::join(rest, "."));
  if (!node.role.empty() && !value.isNone()) {
    Role &role = ownedRoles.emplace_back();
    role = {node.role, node.frozen, placement.path};
    roles.push_back(&role);
    placement.role = &role;
  }
  FailureOr<Value> placed = place(value, placement, target.range);
  if (failed(placed))
    return failure();
  return bind(part, names, *placed, target.range);
}

//===----------------------------------------------------------------------===//
// What runs on entry
//===----------------------------------------------------------------------===//

RunTimeName *Model::runTimeName(Scope &scope, StringRef name) {
  auto it = scope.names.find(name);
  if (it == scope.names.end())
    return nullptr;
  auto *found = it->second.getAs<const RunTimeName *>();
  return found && (*found)->kind == RunTimeName::Kind::Flow
             ? const_cast<RunTimeName *>(*found)
             : nullptr;
}

/// The names a deferred statement gives values that later statements see.
static std::set<std::string> namesAfter(const ast::Node &node, Scope &scope) {
  std::set<std::string> names = assignedNames(node);
  if (isa<ast::For>(&node)) // others are local to its turns
    std::erase_if(names, [&](const std::string &name) {
      return !scope.names.count(name);
    });
  return names;
}

LogicalResult Model::defer(Instance &part, const ast::Node &node) {
  unsigned position = flow.size();
  flow.push_back(&node);
  for (const std::string &name : namesAfter(node, *part.scope)) {
    RunTimeName *runTime = runTimeName(*part.scope, name);
    if (!runTime) {
      auto it = part.scope->names.find(name);
      bool exists = it != part.scope->names.end();
      if (exists && (!isa<ast::For>(&node) || it->second.asInstance() ||
                     it->second.is<const RunTimeName *>()))
        return evaluator.error(node.range,
                               "`" + name + "` already has a value here");
      runTime = &ownedNames.emplace_back();
      runTime->kind = RunTimeName::Kind::Flow;
      runTime->name = name;
      // A loop carries a name whose value was static before it.
      if (exists)
        runTime->versions.push_back({position, it->second});
      part.scope->names[name] = static_cast<const RunTimeName *>(runTime);
    }
    runTime->versions.push_back({position + 1, std::nullopt});
  }
  return success();
}

LogicalResult Model::input(Instance &part, const ast::Input &node) {
  const ast::Declarator &declarator = *node.declarator;
  if (!declarator.shape)
    return evaluator.error(declarator.range, "an input needs a shape");
  if (declarator.type != "f32" && declarator.type != "i32")
    return evaluator.error(
        declarator.type.empty() ? declarator.range : declarator.typeRange,
        "an input is f32 or i32" + (declarator.type.empty()
                                        ? std::string()
                                        : ", found `" + declarator.type + "`"));
  if (failed(checkRank("an input", declarator)))
    return failure();
  inputs.push_back(&node);
  RunTimeName &name = ownedNames.emplace_back();
  name.kind = RunTimeName::Kind::Input;
  name.name = declarator.name();
  if (failed(bind(part, declarator.name(),
                  static_cast<const RunTimeName *>(&name), declarator.range)))
    return failure();
  for (const ast::Expr *dim : *declarator.shape) {
    const auto *dimName = dyn_cast<ast::Name>(dim);
    if (!dimName || part.scope->find(dimName->name))
      continue;
    RunTimeName &symbol = ownedNames.emplace_back();
    symbol.kind = RunTimeName::Kind::Dimension;
    symbol.name = dimName->name;
    part.scope->names[dimName->name] =
        static_cast<const RunTimeName *>(&symbol);
  }
  return success();
}
