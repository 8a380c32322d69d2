//===- Trace.h - An entry being traced into the bridge dialect --*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_TRACE_H
#define BRIDGE_LIB_FRONTEND_TRACE_H

#include "Model.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include <set>

namespace bridge::frontend {

/// A condition that must hold on entry.
struct EntryCheck {
  Dim left;
  CompareKind kind;
  Dim right;
  std::string text;
  SourceRange range;
  /// Needed by an operation, not written in the spec.
  bool isRequirement = false;
};

/// A weight argument of a function: its path, relative to the part where it
/// lies under it.
struct WeightArgument {
  std::string path;
  bool isRelative;
};

/// A function of one kind of layer.
struct LayerFunction {
  mlir::func::FuncOp function;
  std::vector<mlir::Value> foreign; ///< values of callers, after the arguments
  std::vector<WeightArgument> weights;
  std::vector<EntryCheck> checks;
  /// What a call gives, with values of the function as its tensors.
  Value result;
};

/// Builds the functions of a module: the entries and the layers they call.
class Trace {
public:
  Trace(Model &model, Evaluator &evaluator, mlir::ModuleOp module);

private:
  mlir::OpBuilder opBuilder;

public:
  TensorEmitter emitter;

  /// Traces an entry into a function of the module.
  llvm::LogicalResult traceEntry(const ast::Entry &entry);
  /// A check about run-time values that belongs to no entry.
  llvm::LogicalResult checkAlone(const ast::Check &check);

  //===--------------------------------------------------------------------===//
  // What the evaluator asks for
  //===--------------------------------------------------------------------===//

  llvm::FailureOr<Value> readRunTime(const RunTimeName &name,
                                     SourceRange range);
  Value readWeight(const WeightDefinition &weight);
  /// A value of a calling function becomes an argument of this one.
  Value localize(const Value &value);

  /// Calls a method of a part: in the region of its role, and outlined where
  /// the part is a layer.
  llvm::FailureOr<Value>
  callMethod(const Function &function,
             const std::vector<std::optional<Value>> &given, SourceRange range,
             bool inChain);

  /// Demands that two dimensions are equal: true or false where that is known;
  /// otherwise one is substituted, which fails with Stop::Assume.
  llvm::FailureOr<bool> assumeEqual(const Dim &a, const Dim &b,
                                    SourceRange range);
  llvm::LogicalResult assume(const std::string &symbol, const Dim &value,
                             SourceRange range);
  void addCheck(EntryCheck check);
  /// Adds the checks of what was just emitted.
  void takeRequirements(SourceRange range);

  /// Where operations come from: the spec's place and the part's path.
  void setLocation(SourceRange range);

private:
  struct Frame {
    mlir::func::FuncOp function;
    Instance *part = nullptr; ///< null for an entry
    const Role *role = nullptr;
    unsigned flowArguments = 0;
    std::vector<mlir::Value> foreign;
    std::vector<std::pair<const WeightDefinition *, mlir::Value>> weights;
    std::vector<EntryCheck> checks;
    /// The outermost region of a part that is open, or null.
    mlir::Operation *outermostRegion = nullptr;
  };

  Frame &frame() { return frames.back(); }
  std::string uniqueName(llvm::StringRef name);
  mlir::Location location(SourceRange range, llvm::StringRef path);

  llvm::LogicalResult beginEntry(llvm::StringRef name);
  llvm::LogicalResult attemptEntry(const ast::Entry &entry);
  llvm::LogicalResult entryChecks();
  void finishEntry(const ast::Entry &entry,
                   llvm::ArrayRef<mlir::Value> results);
  /// The inputs that the operations need, by their use or their shape.
  void dropUnneededInputs();
  void emitChecks();
  void abandonFrames(size_t kept);
  llvm::LogicalResult force(unsigned position);

  llvm::FailureOr<Value>
  callInRegion(const Function &function,
               const std::vector<std::optional<Value>> &given,
               SourceRange range, bool inChain);
  llvm::FailureOr<Value>
  callOutlined(const Function &function,
               const std::vector<std::optional<Value>> &given,
               SourceRange range);
  llvm::FailureOr<LayerFunction *>
  traceLayer(const Function &function,
             const std::vector<std::optional<Value>> &given,
             llvm::ArrayRef<mlir::Value> operands, llvm::StringRef key,
             SourceRange range);
  llvm::FailureOr<Value>
  callHere(const Function &function,
           const std::vector<std::optional<Value>> &given, SourceRange range,
           bool inChain);

  Model &model;
  Evaluator &evaluator;
  mlir::ModuleOp module;
  std::deque<Frame> frames;
  /// The place in the bridge's body up to which run-time names are seen.
  unsigned position = ~0u;
  /// The part whose method runs, for locations.
  const Instance *currentPart = nullptr;

  // Of the entry:
  std::map<std::string, Dim> assumptions;
  std::map<std::string, mlir::Value> inputs;
  std::map<std::pair<unsigned, std::string>, Value> forced;
  /// Inputs read so far; while checks are evaluated no other may be.
  std::set<std::string> touched;
  bool touchedOnly = false;

  llvm::StringMap<LayerFunction> layers;
  std::set<std::string> usedNames;
};

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_TRACE_H
