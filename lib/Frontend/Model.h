//===- Model.h - The parts, weights and entries of one bridge ---*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_MODEL_H
#define BRIDGE_LIB_FRONTEND_MODEL_H

#include "Evaluator.h"
#include "llvm/ADT/StringMap.h"
#include <set>

namespace bridge::frontend {

/// A bridge with its parameters: its parts, its weights and what is known of
/// its inputs and entries.
class Model {
public:
  explicit Model(Evaluator &evaluator) : evaluator(evaluator) {}

  /// Makes the root part and everything below it.
  llvm::LogicalResult build(std::shared_ptr<const Recipe> recipe);

  /// A module without parts and weights, used without a name.
  llvm::FailureOr<Instance *>
  makeAnonymous(std::shared_ptr<const Recipe> recipe, SourceRange range);

  Instance *root = nullptr;
  std::map<std::string, Instance *, std::less<>> instances;
  /// In the order of declaration.
  std::vector<const WeightDefinition *> weights;
  /// Bound with a role by the bridge, in order.
  std::vector<const Role *> roles;
  std::vector<const ast::Input *> inputs;
  std::vector<const ast::Entry *> entries;
  std::vector<const ast::Variant *> variants;
  std::vector<const ast::Check *> checks; ///< to be held on entry
  /// Assignments and loops that run on entry, by position.
  std::vector<const ast::Node *> flow;

  /// The weight at a path, or null.
  const WeightDefinition *findWeight(llvm::StringRef path) const {
    return weightsByPath.lookup(path);
  }
  /// How many numbers the weights below `path` have.
  int64_t countParameters(llvm::StringRef path) const;

  /// The names that any file reads after a dot.
  std::set<std::string> attributes;

private:
  struct Placement {
    std::string path, displayPath;
    Instance *owner = nullptr;
    const Role *role = nullptr; ///< of what is placed, or null
    /// Whether the element of a comprehension is placed, how many lists deeper.
    bool inComprehension = false;
    unsigned listDepth = 0;

    /// The role of an element: each names itself.
    const Role *elementRole(std::deque<Role> &roles) const;
  };

  /// A part without its members yet.
  llvm::FailureOr<Instance *> makeInstance(std::shared_ptr<const Recipe> recipe,
                                           std::string path,
                                           std::string displayPath,
                                           Instance *parent, SourceRange range);
  llvm::FailureOr<Value> place(const Value &value, const Placement &placement,
                               SourceRange range);
  llvm::LogicalResult makeMembers(Instance &part);
  llvm::LogicalResult member(Instance &part, const ast::Node &node);
  llvm::LogicalResult members(Instance &part,
                              const std::vector<ast::Member *> &body);
  llvm::LogicalResult checkRank(llvm::StringRef what,
                                const ast::Declarator &declarator);
  llvm::LogicalResult weight(Instance &part, const ast::Weight &node);
  llvm::LogicalResult assignMember(Instance &part, const ast::Assign &node);
  llvm::LogicalResult assignOne(Instance &part, const ast::Assign &node,
                                const ast::Path &target, const Value &value);
  llvm::LogicalResult defer(Instance &part, const ast::Node &node);
  llvm::LogicalResult input(Instance &part, const ast::Input &node);
  llvm::LogicalResult bind(Instance &part, llvm::ArrayRef<std::string> names,
                           const Value &value, SourceRange range);
  llvm::LogicalResult checkSelfContainment(const Recipe &recipe,
                                           Instance *parent, SourceRange range);
  RunTimeName *runTimeName(Scope &scope, llvm::StringRef name);

  Evaluator &evaluator;
  std::deque<Instance> ownedInstances;
  std::deque<WeightDefinition> ownedWeights;
  double elementCount = 0; ///< of all weights
  std::deque<Role> ownedRoles;
  std::deque<RunTimeName> ownedNames;
  llvm::StringMap<const WeightDefinition *> weightsByPath;
  std::set<const ModuleDefinition *> linted;
  std::map<std::string, Instance *> anonymous;
};

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_MODEL_H
