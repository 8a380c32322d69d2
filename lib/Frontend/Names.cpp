//===- Names.cpp - Which names a piece of syntax uses and makes -----------===//
#include "Names.h"
#include "Evaluator.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::cast;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::isa;
using llvm::LogicalResult;
using llvm::success;

namespace {
/// Collects free names; `bound` are the names that enclosing syntax makes.
class FreeNames {
public:
  std::set<std::string> found;

  void visit(const ast::Node &node);

private:
  template <typename Body> void binding(std::set<std::string> names, Body body);
  void use(const std::string &name) {
    if (!bound.count(name))
      found.insert(name);
  }
  void visitFunction(const ast::Function &function);
  void visitPattern(const ast::Pattern &pattern);

  std::multiset<std::string> bound;
};
} // namespace

template <typename Body>
void FreeNames::binding(std::set<std::string> names, Body body) {
  bound.insert(names.begin(), names.end());
  body();
  for (const std::string &name : names)
    bound.erase(bound.find(name));
}

void FreeNames::visitFunction(const ast::Function &function) {
  std::set<std::string> names = {};
  for (const ast::Declarator *parameter : function.parameters) {
    if (parameter->value)
      visit(*parameter->value);
    if (parameter->shape)
      for (const ast::Expr *dim : *parameter->shape)
        if (auto *name = dyn_cast<ast::Name>(dim);
            !name || name->name.size() > 1)
          visit(*dim);
    names.insert(parameter->name());
  }
  binding(std::move(names), [&] {
    for (const ast::Statement *statement : function.body)
      visit(*statement);
  });
}

void FreeNames::visitPattern(const ast::Pattern &pattern) {
  for (const auto &side : {pattern.left, pattern.right})
    for (const ast::Pattern::Axis &axis : side)
      for (const std::string &name : axis)
        use(name);
}

static std::set<std::string> namesOf(const std::vector<ast::Name *> &nodes) {
  std::set<std::string> names;
  for (const ast::Name *node : nodes)
    names.insert(node->name);
  return names;
}

void FreeNames::visit(const ast::Node &node) {
  if (const auto *name = dyn_cast<ast::Name>(&node))
    return use(name->name);
  if (const auto *pattern = dyn_cast<ast::Pattern>(&node))
    return visitPattern(*pattern);
  if (const auto *function = dyn_cast<ast::Function>(&node))
    return visitFunction(*function);
  if (const auto *mask = dyn_cast<ast::Mask>(&node))
    return binding({mask->query->name, mask->key->name},
                   [&] { visit(*mask->value); });
  if (const auto *made = dyn_cast<ast::Comprehension>(&node)) {
    visit(*made->over);
    return binding(namesOf(made->targets), [&] {
      visit(*made->value);
      if (made->condition)
        visit(*made->condition);
    });
  }
  if (const auto *loop = dyn_cast<ast::For>(&node)) {
    visit(*loop->over);
    return binding(namesOf(loop->targets), [&] {
      for (const ast::Statement *statement : loop->body)
        visit(*statement);
    });
  }
  if (const auto *declarator = dyn_cast<ast::Declarator>(&node)) {
    if (declarator->shape)
      for (const ast::Expr *dim : *declarator->shape)
        visit(*dim);
    if (declarator->value)
      visit(*declarator->value);
    return;
  }
  ast::forEachChild(node, [&](const ast::Node &child) {
    if (!isa<ast::Path>(child))
      visit(child);
  });
}

std::set<std::string> frontend::freeNames(const ast::Node &node) {
  FreeNames names;
  names.visit(node);
  return std::move(names.found);
}

std::set<std::string> frontend::assignedNames(const ast::Node &node) {
  std::set<std::string> names;
  ast::walk(node, [&](const ast::Node &inner) {
    if (const auto *assign = dyn_cast<ast::Assign>(&inner))
      for (const ast::Path *target : assign->targets)
        names.insert(target->names.front());
  });
  return names;
}

std::set<std::string> frontend::madeNames(const ast::Node &node) {
  std::set<std::string> names = assignedNames(node);
  ast::walk(node, [&](const ast::Node &inner) {
    if (const auto *loop = dyn_cast<ast::For>(&inner))
      names.merge(namesOf(loop->targets));
    else if (const auto *made = dyn_cast<ast::Comprehension>(&inner))
      names.merge(namesOf(made->targets));
    else if (const auto *mask = dyn_cast<ast::Mask>(&inner))
      names.merge(std::set{mask->query->name, mask->key->name});
  });
  return names;
}

bool frontend::hasOnlyFunctions(const ast::Module &module) {
  return llvm::all_of(module.body, [](const ast::Member *member) {
    return isa<ast::Function, ast::Check, ast::Config>(member);
  });
}

//===----------------------------------------------------------------------===//
// Mistakes
//===----------------------------------------------------------------------===//

/// Every name means something, also in branches that are not taken.
static LogicalResult resolve(const ast::Node &node,
                             const std::set<std::string> &known,
                             Evaluator &evaluator) {
  LogicalResult result = success();
  ast::walk(node, [&](const ast::Node &inner) {
    const auto *name = dyn_cast<ast::Name>(&inner);
    if (!name || known.count(name->name) || failed(result))
      return;
    result =
        evaluator.error(name->range, "unknown name `" + name->name + "`")
            .withHint(hintForName(name->name, std::vector<std::string>(
                                                  known.begin(), known.end())));
  });
  return result;
}

static std::set<std::string> usedNames(const ast::Function &function) {
  std::set<std::string> used;
  for (const ast::Statement *statement : function.body)
    used.merge(freeNames(*statement));
  for (const ast::Declarator *parameter : function.parameters) {
    if (parameter->value)
      used.merge(freeNames(*parameter->value));
    if (parameter->shape)
      for (const ast::Expr *dim : *parameter->shape)
        used.merge(freeNames(*dim));
  }
  return used;
}

static LogicalResult checkFunction(const ast::Function &function,
                                   std::set<std::string> known,
                                   Evaluator &evaluator) {
  for (const ast::Declarator *parameter : function.parameters) {
    known.insert(parameter->name());
    if (parameter->shape)
      for (const ast::Expr *dim : *parameter->shape)
        if (auto *name = dyn_cast<ast::Name>(dim))
          if (name->name.size() == 1)
            known.insert(name->name);
  }
  for (const ast::Statement *statement : function.body)
    known.merge(madeNames(*statement));
  for (const ast::Statement *statement : function.body)
    if (failed(resolve(*statement, known, evaluator)))
      return failure();

  std::set<std::string> used = usedNames(function);
  for (const ast::Declarator *parameter : function.parameters)
    if (!used.count(parameter->name()) && !parameter->shape)
      return evaluator.error(parameter->range,
                             "the argument `" + parameter->name() + "` of `" +
                                 function.name + "` is never used");
  for (const ast::Statement *statement : function.body) {
    LogicalResult result = success();
    ast::walk(*statement, [&](const ast::Node &inner) {
      const auto *assign = dyn_cast<ast::Assign>(&inner);
      if (!assign || failed(result) ||
          llvm::any_of(assign->targets, [&](const ast::Path *target) {
            return used.count(target->names.front()) != 0;
          }))
        return;
      result = evaluator.error(assign->targets.front()->range,
                               "`" + assign->targets.front()->names.front() +
                                   "` is never used");
    });
    if (failed(result))
      return failure();
  }
  return success();
}

LogicalResult frontend::checkNames(const ast::Function &function, Scope &scope,
                                   Evaluator &evaluator) {
  std::set<std::string> known;
  for (std::string &name : scope.known())
    known.insert(std::move(name));
  known.insert({"params", "rearrange", "repeat"});
  return checkFunction(function, std::move(known), evaluator);
}

/// The names that a module's body makes, and those it may use.
static std::set<std::string> namesKnownIn(const ModuleDefinition &module) {
  std::set<std::string> known;
  for (std::string &name : module.scope->known())
    known.insert(std::move(name));
  known.insert({"params", "rearrange", "repeat"});
  for (const ast::Declarator *parameter : module.node->parameters)
    known.insert(parameter->name());
  for (const ast::Member *member : module.node->body) {
    if (const auto *function = dyn_cast<ast::Function>(member)) {
      known.insert(function->name);
      continue;
    }
    if (const auto *input = dyn_cast<ast::Input>(member)) {
      known.insert(input->declarator->name());
      if (input->declarator->shape)
        for (const ast::Expr *dim : *input->declarator->shape)
          if (auto *name = dyn_cast<ast::Name>(dim))
            known.insert(name->name);
    }
    known.merge(madeNames(*member));
    ast::walk(*member, [&](const ast::Node &inner) {
      if (const auto *weight = dyn_cast<ast::Weight>(&inner))
        known.insert(weight->declarator->path->names.front());
    });
  }
  return known;
}

static LogicalResult checkParameters(const ModuleDefinition &module,
                                     const std::set<std::string> &attributes,
                                     Evaluator &evaluator) {
  std::set<std::string> used;
  for (const ast::Member *member : module.node->body)
    if (!isa<ast::Config>(member))
      used.merge(freeNames(*member));
  for (const ast::Declarator *parameter : module.node->parameters)
    if (parameter->value)
      used.merge(freeNames(*parameter->value));
  for (const ast::Declarator *parameter : module.node->parameters)
    if (!used.count(parameter->name()) && !attributes.count(parameter->name()))
      return evaluator.error(parameter->range,
                             "the parameter `" + parameter->name() + "` of " +
                                 module.name() + " is never used");
  return success();
}

/// Inputs and run-time names that nothing uses.
static LogicalResult checkFlow(const ModuleDefinition &module,
                               Evaluator &evaluator) {
  std::set<std::string> used;
  for (const ast::Member *member : module.node->body)
    if (!isa<ast::Config, ast::Weights, ast::Input, ast::Check>(member))
      used.merge(freeNames(*member));
  for (const ast::Member *member : module.node->body) {
    if (const auto *input = dyn_cast<ast::Input>(member)) {
      if (!used.count(input->declarator->name()))
        return evaluator.error(input->declarator->range,
                               "the input `" + input->declarator->name() +
                                   "` is never used");
    }
  }
  for (const ast::Member *member : module.node->body)
    if (const auto *check = dyn_cast<ast::Check>(member))
      used.merge(freeNames(*check));
  for (const ast::Member *member : module.node->body) {
    const auto *assign = dyn_cast<ast::Assign>(member);
    if (!assign || !assign->role.empty() || assign->frozen)
      continue;
    if (llvm::none_of(assign->targets, [&](const ast::Path *target) {
          return target->names.size() > 1 || used.count(target->names.front());
        }))
      return evaluator.error(assign->targets.front()->range,
                             "`" + assign->targets.front()->names.front() +
                                 "` is never used");
  }
  return success();
}

LogicalResult frontend::checkNames(const ModuleDefinition &module,
                                   const std::set<std::string> &attributes,
                                   Evaluator &evaluator) {
  std::set<std::string> known = namesKnownIn(module);
  for (const ast::Member *member : module.node->body) {
    LogicalResult result = success();
    if (const auto *function = dyn_cast<ast::Function>(member))
      result = checkFunction(*function, known, evaluator);
    else if (!isa<ast::Config, ast::Weights>(member))
      result = resolve(*member, known, evaluator);
    if (failed(result))
      return failure();
  }
  if (failed(checkParameters(module, attributes, evaluator)))
    return failure();
  return module.node->isBridge ? checkFlow(module, evaluator) : success();
}
