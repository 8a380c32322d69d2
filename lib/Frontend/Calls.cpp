//===- Calls.cpp - Calls of functions, modules and parts ------------------===//
#include "Evaluator.h"
#include "Kinds.h"
#include "Model.h"
#include "Primitives.h"
#include "Trace.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

namespace bridge::frontend {
/// Names the call that is running, until it ends.
class CallStack {
public:
  CallStack(Evaluator &evaluator, const Function &function)
      : evaluator(evaluator) {
    evaluator.callStack.emplace_back(function.node, function.scope);
  }
  ~CallStack() { evaluator.callStack.pop_back(); }

private:
  Evaluator &evaluator;
};
} // namespace bridge::frontend

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

using Parameters = std::vector<ast::Declarator *>;

static int indexOf(const Parameters &parameters, StringRef name) {
  for (unsigned i = 0; i != parameters.size(); ++i)
    if (parameters[i]->name() == name)
      return i;
  return -1;
}

static std::vector<std::string> namesOf(const Parameters &parameters) {
  std::vector<std::string> names;
  for (const ast::Declarator *parameter : parameters)
    names.push_back(parameter->name());
  return names;
}

/// The arguments by the places of the parameters. `callee` and `what` are how a
/// message calls what is called and its parameters.
static FailureOr<std::vector<std::optional<Value>>>
arrange(Evaluator &evaluator, Arguments arguments, const Parameters &parameters,
        const std::string &callee, StringRef what, SourceRange range,
        SourceRange declared) {
  if (arguments.positional.size() > parameters.size())
    return evaluator
        .error(range, callee + " takes " + std::to_string(parameters.size()) +
                          " " + what.str() + "s, found " +
                          std::to_string(arguments.positional.size()))
        .note("declared here", declared);
  std::vector<std::optional<Value>> given(parameters.size());
  for (unsigned i = 0; i != arguments.positional.size(); ++i)
    given[i] = std::move(arguments.positional[i]);
  for (Arguments::Named &named : arguments.named) {
    int index = indexOf(parameters, named.name);
    if (index < 0)
      return evaluator
          .error(named.range,
                 callee + " has no " + what.str() + " `" + named.name + "`")
          .suggest(named.name, namesOf(parameters));
    if (given[index])
      return evaluator.error(named.range,
                             callee + " gets `" + named.name + "` twice");
    given[index] = std::move(named.value);
  }
  return given;
}

FailureOr<Arguments> Evaluator::arguments(const ast::Call &node, Scope &scope) {
  Arguments given;
  for (const ast::Expr *argument : node.arguments) {
    FailureOr<Value> found = value(*argument, scope);
    if (failed(found))
      return failure();
    given.positional.push_back(*found);
  }
  for (const ast::Call::Named &named : node.named) {
    FailureOr<Value> found = value(*named.value, scope);
    if (failed(found))
      return failure();
    given.named.push_back({named.name, named.range, *found});
  }
  return given;
}

static const Parameters *parametersOf(const Value &callee) {
  if (Instance *instance = callee.asInstance()) {
    auto forward = instance->scope->names.find("forward");
    return forward == instance->scope->names.end()
               ? nullptr
               : parametersOf(forward->second);
  }
  if (auto *module = callee.getAs<const ModuleDefinition *>())
    return &(*module)->node->parameters;
  if (const Function *function = callee.asFunction())
    return &function->node->parameters;
  return nullptr;
}

/// A bare name in the place of another parameter, while the parameter of that
/// name does not get it, would give the same shapes and other numbers.
LogicalResult Evaluator::checkSwapped(const ast::Call &node,
                                      const Value &callee,
                                      const Arguments &arguments) {
  const Parameters *parameters = parametersOf(callee);
  if (!parameters)
    return success();
  for (unsigned i = 0; i != node.arguments.size() && i != parameters->size();
       ++i) {
    const auto *name = dyn_cast<ast::Name>(node.arguments[i]);
    const std::string &wanted = (*parameters)[i]->name();
    if (!name || name->name == wanted || arguments.positional[i].isTensor())
      continue;
    int own = indexOf(*parameters, name->name);
    if (own < 0)
      continue;
    const auto *there = unsigned(own) < node.arguments.size()
                            ? dyn_cast<ast::Name>(node.arguments[own])
                            : nullptr;
    bool isNamed = llvm::any_of(node.named, [&](const auto &named) {
      const auto *value = dyn_cast<ast::Name>(named.value);
      return named.name == name->name && value && value->name == name->name;
    });
    if ((there && there->name == name->name) || isNamed)
      continue;
    return error(name->range, "`" + name->name + "` is given for `" + wanted +
                                  "`, and there is a `" + name->name + "` too")
        .withHint("if that is meant, write " + wanted + "=" + name->name);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

FailureOr<Value> Evaluator::callExpression(const ast::Call &node,
                                           Scope &scope) {
  if (node.pattern)
    return pattern(node, scope);
  if (const auto *name = dyn_cast<ast::Name>(node.function))
    if (name->name == "params" && !scope.find("params"))
      return countParameters(node, scope);
  FailureOr<Value> callee = value(*node.function, scope);
  if (failed(callee))
    return failure();
  FailureOr<Arguments> given = arguments(node, scope);
  if (failed(given) || failed(checkSwapped(node, *callee, *given)))
    return failure();
  return call(*callee, std::move(*given), node.range);
}

/// Collects the paths of the parts in `value`: a part, or a list in which
/// `none` and functions only take a number. False where something else is.
static bool collectParts(const Value &value, std::set<std::string> &paths) {
  if (Instance *instance = value.asInstance()) {
    paths.insert(instance->path);
    return true;
  }
  if (const List *list = value.asList())
    return llvm::all_of(list->items, [&](const Value &item) {
      return item.isNone() || item.asFunction() ||
             item.getAs<const Primitive *>() || collectParts(item, paths);
    });
  return false;
}

FailureOr<Value> Evaluator::countParameters(const ast::Call &node,
                                            Scope &scope) {
  if (node.arguments.size() > 1 || !node.named.empty())
    return error(node.range, "`params` takes a part, or nothing");
  std::set<std::string> paths;
  if (node.arguments.empty()) {
    paths.insert("");
  } else {
    FailureOr<Value> parts = value(*node.arguments.front(), scope);
    if (failed(parts))
      return failure();
    if (!collectParts(*parts, paths))
      return error(node.range,
                   "`params` takes a part or a list of parts, found " +
                       describe(*parts));
  }
  int64_t count = 0;
  for (const std::string &path : paths)
    count += model ? model->countParameters(path) : 0;
  return Value(Dim(count));
}

FailureOr<Value> Evaluator::call(const Value &callee, Arguments arguments,
                                 SourceRange range, bool inChain) {
  if (Instance *instance = callee.asInstance()) {
    auto forward = instance->scope->names.find("forward");
    if (forward != instance->scope->names.end())
      return call(forward->second, std::move(arguments), range, inChain);
    std::string methods;
    for (const auto &[name, member] : instance->scope->names)
      if (member.asFunction())
        methods += (methods.empty() ? "" : ", ") + name;
    return error(range, instance->moduleName() + " has no `forward`" +
                            (methods.empty() ? "" : "; it has " + methods));
  }
  if (auto *module = callee.getAs<const ModuleDefinition *>())
    return makeRecipe(**module, std::move(arguments), range);
  if (const Recipe *recipe = callee.asRecipe();
      recipe && arguments.positional.empty() && !arguments.named.empty()) {
    // Some parameters anew; the others as they were given.
    std::set<std::string> anew;
    for (const Arguments::Named &named : arguments.named)
      anew.insert(named.name);
    for (const auto &[name, given] : recipe->given)
      if (!anew.count(name))
        arguments.named.push_back({name, range, given});
    return makeRecipe(*recipe->module, std::move(arguments), range);
  }
  if (const List *chain = callee.asList())
    return callChain(*chain, std::move(arguments), range);
  if (callee.asFunction())
    return callFunction(callee, std::move(arguments), range, inChain);
  if (auto *primitive = callee.getAs<const Primitive *>())
    return callPrimitive(**primitive, std::move(arguments), range);
  Diagnostic &report = error(range, describe(callee) + " cannot be called");
  if (callee.asRecipe())
    report.withHint("bind it to a name first, so that its weights have one");
  return report;
}

/// A list of functions is their chain.
FailureOr<Value> Evaluator::callChain(const List &chain, Arguments arguments,
                                      SourceRange range) {
  if (arguments.positional.size() != 1 || !arguments.named.empty())
    return error(range, "a list is called with one argument: each element gets "
                        "what the one before it gives");
  Value flowing = arguments.positional.front();
  for (const Value &function : chain.items) {
    FailureOr<Value> next = call(function, {{flowing}, {}}, range,
                                 /*inChain=*/true);
    if (failed(next))
      return failure();
    flowing = *next;
  }
  return flowing;
}

FailureOr<Value> Evaluator::callFunction(const Value &callee,
                                         Arguments arguments, SourceRange range,
                                         bool inChain) {
  const Function &function = *callee.asFunction();
  const ast::Function &node = *function.node;
  auto given = arrange(*this, std::move(arguments), node.parameters,
                       "`" + node.name + "`", "argument", range, node.range);
  if (failed(given))
    return failure();
  for (auto [parameter, argument] : llvm::zip(node.parameters, *given))
    if (!argument && !parameter->value)
      return error(range,
                   "`" + node.name + "` needs `" + parameter->name() + "`")
          .note("declared here", node.range);
  for (auto [active, scope] : callStack)
    if (active == &node && scope == function.scope)
      return error(range, "`" + node.name +
                              "` calls itself; functions cannot be recursive");
  if (callStack.size() >= limits.calls)
    return error(range, "calls are nested more than " +
                            std::to_string(limits.calls) + " deep");

  CallStack call(*this, function);
  FailureOr<Value> result =
      trace && function.self
          ? trace->callMethod(function, *given, range, inChain)
          : callBody(function, *given, range);
  if (failed(result) && stop == Stop::Error) {
    Diagnostic &report = diagnostics.back();
    const SourceFile *last = report.notes.empty()
                                 ? report.range.file
                                 : report.notes.back().range.file;
    bool isThere =
        report.range.file == range.file && report.range.begin == range.begin;
    if (last && range.file != last && !isThere)
      report.note("called here", range);
  }
  return result;
}

FailureOr<Value>
Evaluator::callBody(const Function &function,
                    const std::vector<std::optional<Value>> &given,
                    SourceRange range) {
  const ast::Function &node = *function.node;
  Scope *scope = makeScope(function.scope);
  for (auto [parameter, argument] : llvm::zip(node.parameters, given))
    if (argument && parameter->shape &&
        failed(unify(*parameter, *argument, *scope, range)))
      return failure();
  for (auto [parameter, argument] : llvm::zip(node.parameters, given)) {
    FailureOr<Value> bound =
        argument ? *argument : value(*parameter->value, *scope);
    if (failed(bound))
      return failure();
    scope->names[parameter->name()] = *bound;
  }
  for (const ast::Statement *inner : node.body) {
    FailureOr<std::optional<Value>> returned = statement(*inner, *scope);
    if (failed(returned))
      return failure();
    if (*returned)
      return **returned;
  }
  return error(node.range, "`" + node.name + "` returns nothing");
}

//===----------------------------------------------------------------------===//
// Shapes of arguments
//===----------------------------------------------------------------------===//

LogicalResult Evaluator::unify(const ast::Declarator &declarator,
                               const Value &value, Scope &scope,
                               SourceRange range) {
  llvm::ArrayRef<ast::Expr *> wanted = *declarator.shape;
  std::string name = "`" + declarator.name() + "`";
  if (!value.isTensor()) {
    if (value.isNumber() && wanted.empty())
      return success();
    return error(range, name + " is a tensor, found " + describe(value))
        .note("declared here", declarator.range);
  }
  llvm::SmallVector<Dim> found = getDims(value.tensor());
  const auto *rest = llvm::find_if(wanted, [](const ast::Expr *dim) {
    return llvm::isa<ast::Ellipsis>(dim);
  });
  bool hasRest = rest != wanted.end();
  size_t fixed = wanted.size() - hasRest;
  if (hasRest ? found.size() < fixed : found.size() != fixed)
    return error(range, name + " has " + std::to_string(fixed) +
                            (hasRest ? " dimensions or more, found "
                                     : " dimensions, found ") +
                            describe(value))
        .note("declared here", declarator.range);
  size_t head = rest - wanted.begin();
  for (size_t i = 0; i != fixed; ++i) {
    const ast::Expr &dim = *wanted[i < head ? i : i + hasRest];
    const Dim &size = found[i < head ? i : i + found.size() - fixed];
    const auto *dimName = dyn_cast<ast::Name>(&dim);
    if (dimName && !scope.find(dimName->name)) {
      if (dimName->name.size() > 1) {
        Diagnostic &report =
            error(dim.range, "unknown dimension `" + dimName->name + "`")
                .suggest(dimName->name, scope.known());
        if (report.hint.empty())
          report.withHint("a dimension of any size is one letter");
        return report;
      }
      scope.names[dimName->name] = size;
      continue;
    }
    FailureOr<Value> expected = this->value(dim, scope);
    if (failed(expected))
      return failure();
    const Dim *expectedDim = expected->getAs<Dim>();
    if (!expectedDim)
      return error(dim.range,
                   "a dimension is an integer, found " + describe(*expected));
    FailureOr<bool> equal = trace->assumeEqual(*expectedDim, size, range);
    if (failed(equal))
      return failure();
    if (!*equal)
      return error(range,
                   "expected " +
                       (dimName ? "`" + dimName->name + "`" : "the dimension") +
                       " = " + describe(*expected) + ", found " +
                       bridge::describe(size) + ": argument " + name + " is " +
                       describe(value))
          .note("declared here", dim.range);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Recipes
//===----------------------------------------------------------------------===//

FailureOr<Value> Evaluator::makeRecipe(const ModuleDefinition &module,
                                       Arguments arguments, SourceRange range) {
  const Parameters &parameters = module.node->parameters;
  auto given = arrange(*this, std::move(arguments), parameters, module.name(),
                       "parameter", range, module.node->range);
  if (failed(given))
    return failure();
  auto recipe = std::make_shared<Recipe>();
  recipe->module = &module;
  Scope *scope = makeScope(module.scope);
  for (auto [parameter, argument] : llvm::zip(parameters, *given)) {
    const std::string &name = parameter->name();
    if (!argument && !parameter->value)
      return error(range, module.name() + " needs `" + name + "`")
          .note("declared here", parameter->range);
    FailureOr<Value> bound =
        argument ? *argument : value(*parameter->value, *scope);
    if (failed(bound))
      return failure();
    if ((parameter->type == "list" || parameter->typeIsList) &&
        !bound->asList())
      bound = Value::list({*bound});
    if (isUnknownKind(*parameter, module))
      return error(parameter->typeRange,
                   "there is no kind `" + parameter->type + "`")
          .suggest(parameter->type, namesOfKinds());
    bool isLeftOut = bound->isNone() && parameter->value;
    std::string expected =
        isLeftOut ? "" : kindProblem(*parameter, *bound, module);
    if (!expected.empty())
      return error(range, "`" + name + "` of " + module.name() + " is " +
                              expected + ", found " + describe(*bound))
          .note("declared here", parameter->range);
    if (argument)
      recipe->given[name] = *bound;
    scope->names[name] = *bound;
    recipe->parameters.emplace_back(name, *bound);
  }
  return Value(std::shared_ptr<const Recipe>(std::move(recipe)));
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

FailureOr<Value> Evaluator::pattern(const ast::Call &node, Scope &scope) {
  const auto *function = dyn_cast<ast::Name>(node.function);
  FailureOr<Arguments> given = arguments(node, scope);
  if (failed(given))
    return failure();
  if (!function || given->positional.size() != 1)
    return error(node.range, "expected a tensor and a pattern");
  const std::string &name = function->name;
  const Value &x = given->positional.front();
  std::map<std::string, Dim> sizes;
  for (const Arguments::Named &named : given->named) {
    const Dim *dim = named.value.getAs<Dim>();
    if (!dim)
      return error(named.range, "the size of an axis is an integer, found " +
                                    describe(named.value));
    sizes[named.name] = *dim;
  }
  if (!x.isTensor() && !(name == "repeat" && x.isNumber() && trace))
    return error(node.range,
                 "`" + name + "` takes a tensor, found " + describe(x));
  LogicalResult lookups = success();
  auto known = [&](StringRef axis) -> std::optional<Dim> {
    if (auto it = sizes.find(axis.str()); it != sizes.end())
      return it->second;
    const Value *found = scope.find(axis);
    if (found)
      if (auto *runTime = found->getAs<const RunTimeName *>();
          runTime && (*runTime)->kind != RunTimeName::Kind::Input) {
        FailureOr<Value> loaded = load(*found, node.range);
        if (failed(loaded)) {
          lookups = failure();
          return std::nullopt;
        }
        if (const Dim *dim = loaded->getAs<Dim>())
          return *dim;
        return std::nullopt;
      }
    const Dim *dim = found ? found->getAs<Dim>() : nullptr;
    return dim ? std::optional<Dim>(*dim) : std::nullopt;
  };
  trace->setLocation(node.range);
  auto result =
      name == "repeat"
          ? trace->emitter.repeat(*operand(x), *node.pattern, known)
          : trace->emitter.rearrange(x.tensor(), *node.pattern, known);
  if (failed(lookups))
    return failure();
  if (failed(result))
    return emitterError(node.pattern->range);
  trace->takeRequirements(node.range);
  return Value(*result);
}
