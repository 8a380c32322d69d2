//===- Statements.cpp - Evaluation of the statements of functions ---------===//
#include "Evaluator.h"
#include "Names.h"
#include "Trace.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::success;

using Returned = std::optional<Value>;

FailureOr<Returned> Evaluator::statement(const ast::Node &node, Scope &scope) {
  if (failed(step(node.range)))
    return failure();
  if (const auto *assignment = dyn_cast<ast::Assign>(&node)) {
    if (failed(assign(*assignment, scope)))
      return failure();
    return Returned();
  }
  if (const auto *result = dyn_cast<ast::Return>(&node)) {
    FailureOr<Value> returned = value(*result->value, scope);
    if (failed(returned))
      return failure();
    return Returned(*returned);
  }
  if (const auto *choice = dyn_cast<ast::If>(&node)) {
    FailureOr<bool> holds = condition(*choice->condition, scope);
    if (failed(holds))
      return failure();
    for (const ast::Node *inner : *holds ? choice->then : choice->other) {
      FailureOr<Returned> returned = statement(*inner, scope);
      if (failed(returned) || *returned)
        return returned;
    }
    return Returned();
  }
  if (const auto *loopNode = dyn_cast<ast::For>(&node))
    return loop(*loopNode, scope);
  if (const auto *checkNode = dyn_cast<ast::Check>(&node)) {
    if (failed(check(*checkNode, scope)))
      return failure();
    return Returned();
  }
  return error(node.range, "this cannot stand in a function");
}

FailureOr<Returned> Evaluator::loop(const ast::For &node, Scope &scope) {
  FailureOr<Value> over = value(*node.over, scope);
  if (failed(over))
    return failure();
  FailureOr<std::vector<Value>> turns = items(*over, node.over->range);
  if (failed(turns))
    return failure();
  for (const Value &item : *turns) {
    Scope *inner = makeScope(&scope);
    inner->isLoop = true;
    if (failed(bindTargets(node.targets, item, *inner, node.range)))
      return failure();
    for (const ast::Statement *body : node.body) {
      FailureOr<Returned> returned = statement(*body, *inner);
      if (failed(returned) || *returned)
        return returned;
    }
  }
  return Returned();
}

LogicalResult Evaluator::bindTargets(const std::vector<ast::Name *> &targets,
                                     const Value &item, Scope &scope,
                                     SourceRange range) {
  if (targets.size() == 1) {
    scope.names[targets.front()->name] = item;
    return success();
  }
  FailureOr<std::vector<Value>> parts = items(item, range);
  if (failed(parts))
    return failure();
  if (parts->size() != targets.size())
    return error(range, std::to_string(targets.size()) + " names for " +
                            std::to_string(parts->size()) + " values");
  for (auto [target, part] : llvm::zip(targets, *parts)) {
    FailureOr<Value> loaded = load(part, range);
    if (failed(loaded))
      return failure();
    scope.names[target->name] = *loaded;
  }
  return success();
}

LogicalResult Evaluator::assign(const ast::Assign &node, Scope &scope) {
  FailureOr<Value> assigned = value(*node.value, scope);
  if (failed(assigned))
    return failure();
  if (node.targets.size() == 1)
    return assignName(*node.targets.front(), *assigned, scope);
  FailureOr<std::vector<Value>> parts = items(*assigned, node.value->range);
  if (failed(parts))
    return failure();
  if (parts->size() != node.targets.size())
    return error(node.range, std::to_string(node.targets.size()) +
                                 " names for " + std::to_string(parts->size()) +
                                 " values");
  for (auto [target, part] : llvm::zip(node.targets, *parts))
    if (failed(assignName(*target, part, scope)))
      return failure();
  return success();
}

/// Whether binding `value` would make parts of the model.
static const Recipe *findRecipe(const Value &value) {
  if (const Recipe *recipe = value.asRecipe())
    return hasOnlyFunctions(*recipe->module->node) ? nullptr : recipe;
  if (const List *list = value.asList())
    for (const Value &item : list->items)
      if (const Recipe *recipe = findRecipe(item))
        return recipe;
  return nullptr;
}

LogicalResult Evaluator::assignName(const ast::Path &target, const Value &value,
                                    Scope &scope) {
  if (target.names.size() > 1)
    return error(target.range, "a dotted name can only be bound in a module, "
                               "where it names a part");
  if (const Recipe *recipe = findRecipe(value))
    return error(target.range,
                 describe(Value(std::make_shared<const Recipe>(*recipe))) +
                     " has weights, so it needs a name in the "
                     "module, not in a function");
  // A name that exists outside a loop is carried from turn to turn.
  const std::string &name = target.names.front();
  Scope *home = &scope;
  while (home->isLoop && !home->names.count(name))
    home = home->parent;
  (home->names.count(name) ? home : &scope)->names[name] = value;
  return success();
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static std::optional<CompareKind> compareKind(llvm::StringRef op) {
  if (op == "==")
    return CompareKind::Eq;
  if (op == "!=")
    return CompareKind::Ne;
  if (op == "<")
    return CompareKind::Lt;
  if (op == "<=")
    return CompareKind::Le;
  if (op == ">")
    return CompareKind::Gt;
  if (op == ">=")
    return CompareKind::Ge;
  return std::nullopt;
}

/// All of an expression, of which the range of `node` is one operator.
static SourceRange extentOf(const ast::Node &node) {
  const SourceFile *file = node.range.file;
  if (!file)
    return node.range;
  size_t begin = node.range.begin, end = begin + node.range.length;
  ast::walk(node, [&](const ast::Node &inner) {
    begin = std::min<size_t>(begin, inner.range.begin);
    end = std::max<size_t>(end, inner.range.begin + inner.range.length);
  });
  llvm::StringRef text = file->text();
  while (end < text.size() && (text[end] == ')' || text[end] == ']') &&
         text.slice(begin, end).count('(') > text.slice(begin, end).count(')'))
    ++end;
  return {file, uint32_t(begin), uint32_t(end - begin)};
}

LogicalResult Evaluator::check(const ast::Check &node, Scope &scope) {
  const ast::Expr &wanted = *node.condition;
  SourceRange extent = extentOf(wanted);
  const auto *comparison = dyn_cast<ast::Binary>(&wanted);
  std::optional<CompareKind> kind =
      comparison ? compareKind(comparison->op) : std::nullopt;
  if (comparison && comparison->op == "&") {
    for (ast::Expr *side : {comparison->left, comparison->right}) {
      ast::Check half(side->range);
      half.condition = side;
      if (failed(check(half, scope)))
        return failure();
    }
    return success();
  }

  FailureOr<Value> holds = Value();
  std::string sides;
  if (kind) {
    FailureOr<Value> left = value(*comparison->left, scope);
    FailureOr<Value> right =
        failed(left) ? left : value(*comparison->right, scope);
    if (failed(right))
      return failure();
    const Dim *a = left->getAs<Dim>(), *b = right->getAs<Dim>();
    if (trace && a && b && !(*a - *b).isStatic()) {
      if (*kind != CompareKind::Eq) {
        std::string text =
            extent.file->text().substr(extent.begin, extent.length).str();
        trace->addCheck({*a, *kind, *b, text, extent});
        return success();
      }
      FailureOr<bool> equal = trace->assumeEqual(*a, *b, extent);
      if (failed(equal))
        return failure();
      holds = Value(*equal);
    } else {
      holds = binary(comparison->op, *left, *right, comparison->range);
    }
    sides =
        ": " + describe(*left) + " " + comparison->op + " " + describe(*right);
  } else {
    holds = value(wanted, scope);
  }
  if (failed(holds))
    return failure();
  if (const bool *truth = holds->getAs<bool>()) {
    if (*truth)
      return success();
    if (comparison && !kind) {
      FailureOr<Value> left = value(*comparison->left, scope);
      FailureOr<Value> right =
          failed(left) ? left : value(*comparison->right, scope);
      if (failed(right))
        return failure();
      sides = ": " + describe(*left) + " " + comparison->op + " " +
              describe(*right);
    }
    return error(extent, "this check fails" + sides);
  }
  return error(extent, "a check is a truth value that is known when "
                       "compiling or a comparison of dimensions, found " +
                           describe(*holds));
}
