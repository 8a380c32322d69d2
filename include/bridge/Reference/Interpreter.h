//===- Interpreter.h - Bridges computed in float64 --------------*- C++ -*-===//
//
// The oracle: slow and written straight from the definitions of the operations.
// Fused operations have their own evaluation, so that every fusion can be
// compared with what it replaced.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_REFERENCE_INTERPRETER_H
#define BRIDGE_REFERENCE_INTERPRETER_H

#include "bridge/Reference/Array.h"
#include "bridge/Reference/Dimensions.h"
#include "bridge/Reference/Rounding.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <map>
#include <memory>

namespace bridge {

/// Arrays by name.
using ArrayMap = std::map<std::string, Array>;

/// Computes the entries of a module of the bridge dialect.
class Interpreter {
public:
  /// Gives the value of a declared weight, in its declared shape.
  using Weights = std::function<llvm::Expected<Array>(llvm::StringRef name)>;

  Interpreter(mlir::ModuleOp module, Weights weights);
  ~Interpreter();

  /// From now on disturbs, at random, every step that f32 would round by as
  /// much as f32 rounds. How far results move then is what f32 can promise of
  /// them.
  void disturb(uint64_t seed);

  /// Computes one entry. `inputs` may hold more than it takes. The error says
  /// what about the inputs is wrong, or where the computation failed.
  llvm::Expected<ArrayMap> run(llvm::StringRef entry, const ArrayMap &inputs);

private:
  struct Run;
  using Shared = std::shared_ptr<const Array>;

  llvm::Expected<Shared> weight(llvm::StringRef name);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  Weights weights;
  llvm::StringMap<Shared> loaded;
  std::optional<Rounding> rounding;
};

/// The functions of a module that a caller can ask for, in order.
llvm::SmallVector<mlir::func::FuncOp> getEntries(mlir::ModuleOp module);

} // namespace bridge

#endif // BRIDGE_REFERENCE_INTERPRETER_H
