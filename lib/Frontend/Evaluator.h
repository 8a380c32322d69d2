//===- Evaluator.h - Evaluation of statements and expressions ---*- C++ -*-===//
//
// One evaluator for everything. Without a trace it is static: what exists only
// when an entry runs stops it with Stop::NeedsRun. With a trace, tensors emit
// operations as they are computed.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_FRONTEND_EVALUATOR_H
#define BRIDGE_LIB_FRONTEND_EVALUATOR_H

#include "Value.h"
#include <deque>

namespace bridge::frontend {

class Model;
class Trace;

/// Why an evaluation failed.
enum class Stop {
  Error,    ///< reported
  NeedsRun, ///< exists only when an entry runs
  Assume    ///< the trace has a new assumption and starts anew
};

/// What bounds the work that a spec or a config can ask for.
struct Limits {
  uint64_t steps = 2'000'000;
  size_t listItems = 65'536;
  size_t parts = 262'144;
  unsigned calls = 100;
  unsigned depth = 1000; ///< of expressions, over all calls
  unsigned nestedParts = 64;
};

/// The values of a call's arguments.
struct Arguments {
  struct Named {
    std::string name;
    SourceRange range;
    Value value;
  };
  std::vector<Value> positional;
  std::vector<Named> named;
};

class Evaluator {
public:
  explicit Evaluator(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  //===--------------------------------------------------------------------===//
  // State that its owners set
  //===--------------------------------------------------------------------===//

  Diagnostics &diagnostics;
  Limits limits;
  Model *model = nullptr;
  Trace *trace = nullptr;
  /// Why the last failure failed.
  Stop stop = Stop::Error;

  Scope *makeScope(Scope *parent) { return &scopes.emplace_back(parent); }
  Group *makeGroup() { return &groups.emplace_back(); }

  /// Reports an error; failing is up to the caller.
  Diagnostic &error(SourceRange range, std::string message);
  /// Fails with Stop::NeedsRun.
  llvm::LogicalResult needsRun();

  //===--------------------------------------------------------------------===//
  // Expressions
  //===--------------------------------------------------------------------===//

  llvm::FailureOr<Value> value(const ast::Node &node, Scope &scope);
  /// A condition, which must be known when compiling.
  llvm::FailureOr<bool> condition(const ast::Node &node, Scope &scope);
  /// A dimension that must be known when compiling and not negative.
  llvm::FailureOr<int64_t> staticDimension(const ast::Node &node, Scope &scope);
  /// What a name stands for when it is read: of a weight its tensor.
  llvm::FailureOr<Value> load(const Value &value, SourceRange range);
  /// Of the items of a list, or of a tensor along its first axis.
  llvm::FailureOr<std::vector<Value>> items(const Value &value,
                                            SourceRange range);
  llvm::FailureOr<Value> attribute(const Value &base, llvm::StringRef name,
                                   SourceRange range);

  //===--------------------------------------------------------------------===//
  // Statements
  //===--------------------------------------------------------------------===//

  /// Runs a statement of a function; the value is that of a `return`.
  llvm::FailureOr<std::optional<Value>> statement(const ast::Node &node,
                                                  Scope &scope);
  llvm::LogicalResult check(const ast::Check &node, Scope &scope);

  //===--------------------------------------------------------------------===//
  // Calls
  //===--------------------------------------------------------------------===//

  llvm::FailureOr<Value> call(const Value &callee, Arguments arguments,
                              SourceRange range, bool inChain = false);
  /// The body of a function, with arguments in the order of its parameters.
  llvm::FailureOr<Value>
  callBody(const Function &function,
           const std::vector<std::optional<Value>> &given, SourceRange range);
  llvm::FailureOr<Value> makeRecipe(const ModuleDefinition &module,
                                    Arguments arguments, SourceRange range);
  /// Compares a tensor with a declared shape; new names become dimensions.
  llvm::LogicalResult unify(const ast::Declarator &declarator,
                            const Value &value, Scope &scope,
                            SourceRange range);

  //===--------------------------------------------------------------------===//
  // Tensors
  //===--------------------------------------------------------------------===//

  /// Reports what the trace's emitter says about a failure at `range`.
  llvm::LogicalResult emitterError(SourceRange range);
  /// A number, a truth value or a tensor as an operand.
  std::optional<Operand> operand(const Value &value);
  /// A predicate as what the region of a mask makes of it.
  llvm::FailureOr<MaskOperand> maskPredicate(const MaskClosure &mask,
                                             MaskEmitter &emitter,
                                             SourceRange range);
  /// The emitter of the mask that is being evaluated, or null.
  MaskEmitter *mask = nullptr;

  llvm::FailureOr<Value> unary(llvm::StringRef op, const Value &x,
                               SourceRange range);
  llvm::FailureOr<Value> binary(llvm::StringRef op, const Value &left,
                                const Value &right, SourceRange range);

  /// Counts a step; fails where the work is too much.
  llvm::LogicalResult step(SourceRange range);
  llvm::FailureOr<Value> makeList(std::vector<Value> items, SourceRange range,
                                  bool isComprehension = false);

private:
  friend class CallStack;

  llvm::FailureOr<Value> evaluate(const ast::Node &node, Scope &scope);
  llvm::FailureOr<Value> name(const ast::Name &node, Scope &scope);
  llvm::FailureOr<Value> comprehension(const ast::Comprehension &node,
                                       Scope &scope);
  llvm::FailureOr<Value> index(const ast::Index &node, Scope &scope);
  llvm::FailureOr<Value> indexList(const Value &base, const ast::Index &node,
                                   Scope &scope);
  llvm::FailureOr<Value> indexTensor(mlir::Value base, const ast::Index &node,
                                     Scope &scope);
  llvm::FailureOr<Value> maskExpression(const ast::Mask &node, Scope &scope);
  llvm::FailureOr<Value> binaryExpression(const ast::Binary &node,
                                          Scope &scope);
  llvm::FailureOr<Value> callExpression(const ast::Call &node, Scope &scope);
  llvm::FailureOr<Value> pattern(const ast::Call &node, Scope &scope);
  llvm::FailureOr<Value> countParameters(const ast::Call &node, Scope &scope);
  llvm::LogicalResult checkSwapped(const ast::Call &node, const Value &callee,
                                   const Arguments &arguments);
  llvm::FailureOr<Arguments> arguments(const ast::Call &node, Scope &scope);

  llvm::LogicalResult assign(const ast::Assign &node, Scope &scope);
  llvm::LogicalResult assignName(const ast::Path &target, const Value &value,
                                 Scope &scope);
  llvm::LogicalResult bindTargets(const std::vector<ast::Name *> &targets,
                                  const Value &item, Scope &scope,
                                  SourceRange range);
  llvm::FailureOr<std::optional<Value>> loop(const ast::For &node,
                                             Scope &scope);

  llvm::FailureOr<Value> callFunction(const Value &callee, Arguments arguments,
                                      SourceRange range, bool inChain);
  llvm::FailureOr<Value> callChain(const List &chain, Arguments arguments,
                                   SourceRange range);
  llvm::FailureOr<Value> callPrimitive(const Primitive &primitive,
                                       Arguments arguments, SourceRange range);

  std::deque<Scope> scopes;
  std::deque<Group> groups;
  uint64_t steps = 0;
  unsigned depth = 0;
  std::vector<std::pair<const ast::Function *, Scope *>> callStack;
};

/// `did you mean`, or how to write what another language calls `name`.
std::string hintForName(llvm::StringRef name,
                        llvm::ArrayRef<std::string> known);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_EVALUATOR_H
