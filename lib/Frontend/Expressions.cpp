//===- Expressions.cpp - Evaluation of expressions ------------------------===//
#include "Evaluator.h"
#include "Model.h"
#include "Names.h"
#include "Primitives.h"
#include "Trace.h"
#include "bridge/Frontend/MaskEmitter.h"
#include "bridge/Support/ClosestName.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::cast;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::isa;
using llvm::LogicalResult;
using llvm::success;

Diagnostic &Evaluator::error(SourceRange range, std::string message) {
  stop = Stop::Error;
  return diagnostics.error(range, std::move(message));
}

LogicalResult Evaluator::needsRun() {
  stop = Stop::NeedsRun;
  return failure();
}

LogicalResult Evaluator::step(SourceRange range) {
  if (++steps <= limits.steps)
    return success();
  return error(range, "this takes more than " + std::to_string(limits.steps) +
                          " steps");
}

FailureOr<Value> Evaluator::makeList(std::vector<Value> items,
                                     SourceRange range, bool isComprehension) {
  if (items.size() > limits.listItems)
    return error(range, "a list has at most " +
                            std::to_string(limits.listItems) +
                            " elements, found " + std::to_string(items.size()));
  return Value::list(std::move(items), isComprehension);
}

static Value literal(const ast::Literal &node) {
  if (const bool *truth = std::get_if<bool>(&node.value))
    return *truth;
  if (const int64_t *integer = std::get_if<int64_t>(&node.value))
    return Dim(*integer);
  if (const double *number = std::get_if<double>(&node.value))
    return *number;
  if (const std::string *text = std::get_if<std::string>(&node.value))
    return *text;
  return Value();
}

FailureOr<Value> Evaluator::value(const ast::Node &node, Scope &scope) {
  if (failed(step(node.range)))
    return failure();
  if (depth >= limits.depth)
    return error(node.range, "expressions are nested more than " +
                                 std::to_string(limits.depth) + " deep");
  ++depth;
  FailureOr<Value> result = evaluate(node, scope);
  --depth;
  return result;
}

FailureOr<Value> Evaluator::evaluate(const ast::Node &node, Scope &scope) {
  using Kind = ast::Node::Kind;
  switch (node.kind) {
  case Kind::Literal:
    return literal(cast<ast::Literal>(node));
  case Kind::Name:
    return name(cast<ast::Name>(node), scope);
  case Kind::Attribute: {
    const auto &access = cast<ast::Attribute>(node);
    FailureOr<Value> base = value(*access.value, scope);
    if (failed(base))
      return failure();
    return attribute(*base, access.name, node.range);
  }
  case Kind::Call:
    return callExpression(cast<ast::Call>(node), scope);
  case Kind::Index:
    return index(cast<ast::Index>(node), scope);
  case Kind::List: {
    std::vector<Value> items;
    for (const ast::Expr *item : cast<ast::List>(node).items) {
      FailureOr<Value> element = value(*item, scope);
      if (failed(element))
        return failure();
      items.push_back(*element);
    }
    return makeList(std::move(items), node.range);
  }
  case Kind::Comprehension:
    return comprehension(cast<ast::Comprehension>(node), scope);
  case Kind::Choose: {
    const auto &choose = cast<ast::Choose>(node);
    FailureOr<bool> holds = condition(*choose.condition, scope);
    if (failed(holds))
      return failure();
    return value(*holds ? *choose.then : *choose.other, scope);
  }
  case Kind::Mask:
    return maskExpression(cast<ast::Mask>(node), scope);
  case Kind::Unary: {
    const auto &operation = cast<ast::Unary>(node);
    FailureOr<Value> x = value(*operation.value, scope);
    if (failed(x))
      return failure();
    return unary(operation.op, *x, node.range);
  }
  case Kind::Binary:
    return binaryExpression(cast<ast::Binary>(node), scope);
  case Kind::Slice:
  case Kind::Ellipsis:
    return error(node.range, "this stands between the brackets of an index");
  default:
    return error(node.range, "expected an expression");
  }
}

FailureOr<bool> Evaluator::condition(const ast::Node &node, Scope &scope) {
  FailureOr<Value> holds = value(node, scope);
  if (failed(holds))
    return failure();
  if (holds->isTensor() || holds->is<MaskValue>())
    return error(node.range, "a condition is known when compiling, found " +
                                 describe(*holds))
        .withHint("choose between tensors with `where(condition, a, b)`");
  if (const bool *truth = holds->getAs<bool>())
    return *truth;
  return error(node.range,
               "a condition is a truth value, found " + describe(*holds));
}

FailureOr<int64_t> Evaluator::staticDimension(const ast::Node &node,
                                              Scope &scope) {
  FailureOr<Value> size = value(node, scope);
  if (failed(size))
    return failure();
  std::optional<int64_t> integer = size->integer();
  if (!integer)
    return error(node.range,
                 "a dimension is an integer, found " + describe(*size));
  if (*integer < 0)
    return error(node.range, "a dimension is not negative, found " +
                                 std::to_string(*integer));
  return *integer;
}

std::string frontend::hintForName(llvm::StringRef name,
                                  llvm::ArrayRef<std::string> known) {
  static const std::pair<llvm::StringRef, llvm::StringRef> other[] = {
      {"None", "write `none`"},
      {"True", "write `true`"},
      {"False", "write `false`"},
      {"not", "write `~`"},
      {"self", "names of the module need no `self`"}};
  for (auto [word, hint] : other)
    if (word == name)
      return hint.str();
  // What it could mean says more than letters do.
  std::string meaning = hintForFunction(name);
  if (!meaning.empty())
    return meaning;
  llvm::StringRef close =
      closestName(name, llvm::SmallVector<llvm::StringRef>(known));
  return close.empty() ? "" : ("did you mean `" + close + "`?").str();
}

FailureOr<Value> Evaluator::name(const ast::Name &node, Scope &scope) {
  const Value *found = scope.find(node.name);
  // Names of functions were looked up before any of them was called.
  if (!found && !callStack.empty())
    return error(node.range, "`" + node.name + "` has no value here")
        .withHint(
            "assign it before: a branch may not be taken, and what a loop "
            "assigns first is local to its turns");
  if (!found)
    return error(node.range, "unknown name `" + node.name + "`")
        .withHint(hintForName(node.name, scope.known()));
  return load(*found, node.range);
}

FailureOr<Value> Evaluator::load(const Value &value, SourceRange range) {
  if (auto *name = value.getAs<const RunTimeName *>()) {
    if (!trace)
      return needsRun();
    return trace->readRunTime(**name, range);
  }
  if (auto *weight = value.getAs<const WeightDefinition *>()) {
    if (!trace)
      return needsRun();
    trace->setLocation(range);
    return trace->readWeight(**weight);
  }
  return trace ? trace->localize(value) : value;
}

FailureOr<std::vector<Value>> Evaluator::items(const Value &value,
                                               SourceRange range) {
  if (const List *list = value.asList())
    return list->items;
  if (value.isTensor()) {
    trace->setLocation(range);
    auto parts = trace->emitter.unstack(value.tensor());
    if (failed(parts))
      return emitterError(range);
    return std::vector<Value>(parts->begin(), parts->end());
  }
  return error(range, "expected a list, found " + describe(value));
}

FailureOr<Value> Evaluator::comprehension(const ast::Comprehension &node,
                                          Scope &scope) {
  FailureOr<Value> over = value(*node.over, scope);
  if (failed(over))
    return failure();
  FailureOr<std::vector<Value>> elements = items(*over, node.over->range);
  if (failed(elements))
    return failure();
  std::vector<Value> made;
  for (const Value &element : *elements) {
    Scope *inner = makeScope(&scope);
    if (failed(bindTargets(node.targets, element, *inner, node.range)))
      return failure();
    if (node.condition) {
      FailureOr<bool> holds = condition(*node.condition, *inner);
      if (failed(holds))
        return failure();
      if (!*holds)
        continue;
    }
    FailureOr<Value> item = value(*node.value, *inner);
    if (failed(item))
      return failure();
    made.push_back(*item);
  }
  return makeList(std::move(made), node.range, /*isComprehension=*/true);
}

FailureOr<Value> Evaluator::maskExpression(const ast::Mask &node,
                                           Scope &scope) {
  auto mask = std::make_shared<MaskClosure>();
  mask->node = &node;
  mask->scope = &scope;
  for (const std::string &name : freeNames(node)) {
    Scope *home = scope.home(name);
    if (!home)
      continue;
    // Names of files and of modules stay what they are; what a function or an
    // entry makes may be assigned again.
    const Value &found = home->names.find(name)->second;
    FailureOr<Value> captured = load(found, node.range);
    if (failed(captured))
      return failure();
    mask->captures.emplace_back(name, *captured);
  }
  return Value(std::shared_ptr<const MaskClosure>(std::move(mask)));
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static bool makesName(const ast::Module &module, llvm::StringRef name) {
  return llvm::any_of(module.body, [&](const ast::Member *member) {
    if (const auto *function = dyn_cast<ast::Function>(member))
      return function->name == name;
    return madeNames(*member).count(name.str()) != 0;
  });
}

/// For `x.mean` of a tensor: the function that it could mean.
static std::string hintForMethod(llvm::StringRef name) {
  std::string meaning = hintForFunction(name);
  if (!meaning.empty())
    return meaning;
  for (llvm::ArrayRef<Primitive> table :
       {tensorPrimitives(), elementwisePrimitives()})
    for (const Primitive &primitive : table)
      if (primitive.name == name)
        return "write `" + name.str() +
               (primitive.parameters.size() > 1 ? "(x, …)`" : "(x)`");
  return "it has `T` and `shape`";
}

FailureOr<Value> Evaluator::attribute(const Value &base, llvm::StringRef name,
                                      SourceRange range) {
  if (base.isTensor()) {
    if (name == "T") {
      trace->setLocation(range);
      auto transposed = trace->emitter.transpose(base.tensor());
      if (failed(transposed))
        return emitterError(range);
      return Value(*transposed);
    }
    if (name == "shape") {
      std::vector<Value> sizes;
      for (const Dim &dim : getDims(base.tensor()))
        sizes.push_back(dim);
      return Value::list(std::move(sizes));
    }
    return error(range, "a tensor has no `" + name.str() + "`")
        .withHint(hintForMethod(name));
  }

  const Value *found = nullptr;
  std::vector<std::string> known;
  std::string hint;
  auto lookIn = [&](const auto &names) {
    auto it = names.find(name);
    if (it != names.end() && !found)
      found = &it->second;
    for (const auto &entry : names)
      known.push_back(entry.first);
  };
  if (Instance *instance = base.asInstance()) {
    lookIn(instance->scope->names);
    lookIn(instance->scope->parent->names);
  } else if (const Recipe *recipe = base.asRecipe()) {
    found = recipe->find(name);
    for (const auto &parameter : recipe->parameters)
      known.push_back(parameter.first);
    if (!found && model && hasOnlyFunctions(*recipe->module->node)) {
      // A module without parts and weights needs no name to be used.
      FailureOr<Instance *> made = model->makeAnonymous(
          *base.getAs<std::shared_ptr<const Recipe>>(), range);
      if (failed(made))
        return failure();
      lookIn((*made)->scope->names);
    } else if (!found && makesName(*recipe->module->node, name)) {
      hint = "bind it to a name first, so that its weights have one";
    }
  } else if (auto *group = base.getAs<Group *>()) {
    lookIn((*group)->names);
  } else {
    return error(range, describe(base) + " has no attributes");
  }
  if (found)
    return load(*found, range);
  Diagnostic &report =
      error(range, describe(base) + " has no `" + name.str() + "`");
  return hint.empty() ? report.suggest(name, known) : report.withHint(hint);
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

FailureOr<Value> Evaluator::index(const ast::Index &node, Scope &scope) {
  FailureOr<Value> base = value(*node.value, scope);
  if (failed(base))
    return failure();
  if (base->isTensor())
    return indexTensor(base->tensor(), node, scope);
  if (base->asList())
    return indexList(*base, node, scope);
  if (base->asMask())
    return error(node.range, "a mask has no elements");
  return error(node.range, describe(*base) + " has no elements");
}

/// A bound of a slice of a list, as in Python.
static int64_t clampBound(int64_t bound, int64_t size) {
  if (bound < 0)
    bound += size;
  return std::clamp<int64_t>(bound, 0, size);
}

FailureOr<Value> Evaluator::indexList(const Value &base, const ast::Index &node,
                                      Scope &scope) {
  const List &list = *base.asList();
  int64_t size = list.items.size();
  if (node.items.size() != 1)
    return error(node.range, "a list takes one index, found " +
                                 std::to_string(node.items.size()));
  const ast::Expr &item = *node.items.front();
  auto bound = [&](const ast::Expr *bound,
                   int64_t otherwise) -> FailureOr<int64_t> {
    if (!bound)
      return otherwise;
    FailureOr<Value> found = value(*bound, scope);
    if (failed(found))
      return failure();
    if (std::optional<int64_t> integer = found->integer())
      return *integer;
    return error(bound->range, "the index of a list is an integer known when "
                               "compiling, found " +
                                   describe(*found));
  };
  if (const auto *slice = dyn_cast<ast::Slice>(&item)) {
    FailureOr<int64_t> low = bound(slice->low, 0);
    FailureOr<int64_t> high = failed(low) ? low : bound(slice->high, size);
    if (failed(high))
      return failure();
    int64_t begin = clampBound(*low, size);
    int64_t end = std::max(begin, clampBound(*high, size));
    return Value::list({list.items.begin() + begin, list.items.begin() + end},
                       list.isComprehension);
  }
  FailureOr<int64_t> found = bound(&item, 0);
  if (failed(found))
    return failure();
  if (*found < -size || *found >= size)
    return error(node.range,
                 describe(base) + " has no element " + std::to_string(*found));
  return load(list.items[*found < 0 ? *found + size : *found], node.range);
}

FailureOr<Value> Evaluator::indexTensor(mlir::Value base,
                                        const ast::Index &node, Scope &scope) {
  llvm::SmallVector<MaskIndexItem> items;
  bool inMask = false;
  auto bound = [&](const ast::Expr *node) -> FailureOr<std::optional<Dim>> {
    if (!node)
      return std::optional<Dim>();
    FailureOr<Value> found = value(*node, scope);
    if (failed(found))
      return failure();
    if (const Dim *dim = found->getAs<Dim>())
      return std::optional<Dim>(*dim);
    return error(node->range, "the bound of a slice is an integer, found " +
                                  describe(*found));
  };
  for (const ast::Expr *item : node.items) {
    if (isa<ast::Ellipsis>(item)) {
      items.push_back(IndexItem{IndexItem::Ellipsis()});
    } else if (const auto *slice = dyn_cast<ast::Slice>(item)) {
      auto low = bound(slice->low);
      if (failed(low))
        return failure();
      auto high = bound(slice->high);
      if (failed(high))
        return failure();
      items.push_back(IndexItem{IndexItem::Slice{*low, *high}});
    } else {
      FailureOr<Value> found = value(*item, scope);
      if (failed(found))
        return failure();
      if (found->isNone())
        items.push_back(IndexItem{IndexItem::NewAxis()});
      else if (const Dim *dim = found->getAs<Dim>())
        items.push_back(IndexItem{*dim});
      else if (found->isTensor())
        items.push_back(IndexItem{found->tensor()});
      else if (const MaskValue *position = found->getAs<MaskValue>())
        items.push_back(*position), inMask = true;
      else
        return error(item->range, "an index is an integer, a slice or an "
                                  "integer tensor, found " +
                                      describe(*found));
    }
  }
  trace->setLocation(node.range);
  if (inMask) {
    auto element = mask->index(base, items);
    if (failed(element))
      return emitterError(node.range);
    return Value(*element);
  }
  llvm::SmallVector<IndexItem> plain;
  for (MaskIndexItem &item : items)
    plain.push_back(std::get<IndexItem>(item));
  auto picked = trace->emitter.index(base, plain);
  if (failed(picked))
    return emitterError(node.range);
  trace->takeRequirements(node.range);
  return Value(*picked);
}
