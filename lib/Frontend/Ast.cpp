//===- Ast.cpp - Visiting the syntax tree ---------------------------------===//
#include "bridge/Frontend/Ast.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace bridge;
using namespace bridge::ast;

std::string Path::str() const { return llvm::join(names, "."); }

namespace {
/// Hands the children of a node to a function.
class Children {
public:
  explicit Children(llvm::function_ref<void(const Node &)> visit)
      : visit(visit) {}

  void of(const Attribute *node) { add(node->value); }
  void of(const Call *node) {
    add(node->function);
    // The pattern is the second argument.
    for (auto [i, argument] : llvm::enumerate(node->arguments)) {
      add(argument);
      if (i == 0)
        add(node->pattern);
    }
    for (const Call::Named &named : node->named)
      add(named.value);
  }
  void of(const Index *node) {
    add(node->value);
    add(node->items);
  }
  void of(const Slice *node) {
    add(node->low);
    add(node->high);
  }
  void of(const List *node) { add(node->items); }
  void of(const Comprehension *node) {
    add(node->value);
    add(node->targets);
    add(node->over);
    add(node->condition);
  }
  void of(const Choose *node) {
    add(node->then);
    add(node->condition);
    add(node->other);
  }
  void of(const Mask *node) {
    add(node->query);
    add(node->key);
    add(node->value);
  }
  void of(const Unary *node) { add(node->value); }
  void of(const Binary *node) {
    add(node->left);
    add(node->right);
  }

  void of(const Declarator *node) {
    add(node->path);
    if (node->shape)
      add(*node->shape);
    add(node->value);
  }
  void of(const Weight *node) {
    add(node->declarator);
    add(node->condition);
  }
  void of(const Input *node) { add(node->declarator); }
  void of(const Entry *node) {
    for (const Entry::Result &result : node->results)
      add(result.value);
  }
  void of(const Function *node) {
    add(node->parameters);
    add(node->body);
  }
  void of(const Config *node) {
    for (const auto &rule : node->rules) {
      if (const auto *from = std::get_if<Config::From>(&rule)) {
        add(from->choices);
      } else if (const auto *require = std::get_if<Config::Require>(&rule)) {
        add(require->field);
        add(require->values);
      } else {
        add(std::get<Config::Ignore>(rule).fields);
      }
    }
  }
  void of(const Weights *node) {
    for (const auto &rule : node->rules) {
      if (const auto *also = std::get_if<Weights::Also>(&rule))
        add(also->stored);
      else
        add(std::get<Weights::Ignore>(rule).condition);
    }
  }
  void of(const Variant *node) { add(node->body); }

  void of(const Assign *node) {
    add(node->targets);
    add(node->value);
  }
  void of(const If *node) {
    add(node->condition);
    add(node->then);
    add(node->other);
  }
  void of(const For *node) {
    add(node->targets);
    add(node->over);
    add(node->body);
  }
  void of(const Return *node) { add(node->value); }
  void of(const Check *node) { add(node->condition); }

  void of(const Use *node) { add(node->paths); }
  void of(const Module *node) {
    add(node->parameters);
    add(node->body);
  }

private:
  void add(const Node *node) {
    if (node)
      visit(*node);
  }
  template <typename T> void add(const std::vector<T *> &nodes) {
    for (const Node *node : nodes)
      add(node);
  }

  llvm::function_ref<void(const Node &)> visit;
};
} // namespace

void ast::forEachChild(const Node &node,
                       llvm::function_ref<void(const Node &)> visit) {
  Children children(visit);
  llvm::TypeSwitch<const Node *>(&node)
      .Case<Attribute, Call, Index, Slice, List, Comprehension, Choose, Mask,
            Unary, Binary, Declarator, Weight, Input, Entry, Function, Config,
            Weights, Variant, Assign, If, For, Return, Check, Use, Module>(
          [&](const auto *parent) { children.of(parent); })
      .Default([](const Node *) {});
}

void ast::walk(const Node &node, llvm::function_ref<void(const Node &)> visit) {
  visit(node);
  forEachChild(node, [&](const Node &child) { walk(child, visit); });
}
