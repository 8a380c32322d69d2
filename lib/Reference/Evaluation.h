//===- Evaluation.h - How operations are evaluated --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_REFERENCE_EVALUATION_H
#define BRIDGE_LIB_REFERENCE_EVALUATION_H

#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Array.h"
#include "bridge/Reference/Dimensions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <memory>

namespace bridge {

using SharedArray = std::shared_ptr<const Array>;
using Results = llvm::SmallVector<Array, 1>;

/// An error with the place of the operation in the spec.
llvm::Error failure(mlir::Operation *op, const llvm::Twine &message);

/// What the elements of a tensor type are.
Element elementOf(mlir::Type elementType);

/// The values of one function while it runs.
class Scope {
public:
  explicit Scope(const Dimensions &dimensions) : dimensions(dimensions) {}

  const Array &operator[](mlir::Value value) const {
    return *values.find(value)->second;
  }
  /// The operand, or null where an optional one is absent.
  const Array *find(mlir::Value value) const {
    return value ? values.find(value)->second.get() : nullptr;
  }
  SharedArray share(mlir::Value value) const {
    return values.find(value)->second;
  }
  void set(mlir::Value value, SharedArray array) {
    values[value] = std::move(array);
  }

  /// The shape that the type of a result has in this run.
  const Shape &shape(mlir::Value result) const {
    return shapes.find(result)->second;
  }
  /// Determines the shapes of an operation's results; the error says which
  /// dimension is unknown.
  llvm::Error prepare(mlir::Operation *op);

  const Dimensions &dims() const { return dimensions; }

private:
  const Dimensions &dimensions;
  llvm::DenseMap<mlir::Value, SharedArray> values;
  llvm::DenseMap<mlir::Value, Shape> shapes;
};

/// The evaluation of each operation, by its name.
class EvaluatorTable {
public:
  using Evaluator =
      std::function<llvm::Expected<Results>(mlir::Operation *, const Scope &)>;

  /// An operation with one result that cannot fail.
  template <typename OpTy> void add(Array (*evaluate)(OpTy, const Scope &)) {
    table[OpTy::getOperationName()] = [=](mlir::Operation *op,
                                          const Scope &scope) {
      Results results;
      results.push_back(evaluate(llvm::cast<OpTy>(op), scope));
      return llvm::Expected<Results>(std::move(results));
    };
  }
  /// An operation with one result.
  template <typename OpTy>
  void add(llvm::Expected<Array> (*evaluate)(OpTy, const Scope &)) {
    table[OpTy::getOperationName()] =
        [=](mlir::Operation *op,
            const Scope &scope) -> llvm::Expected<Results> {
      llvm::Expected<Array> result = evaluate(llvm::cast<OpTy>(op), scope);
      if (!result)
        return result.takeError();
      Results results;
      results.push_back(std::move(*result));
      return results;
    };
  }
  /// An operation with several results.
  template <typename OpTy>
  void add(llvm::Expected<Results> (*evaluate)(OpTy, const Scope &)) {
    table[OpTy::getOperationName()] = [=](mlir::Operation *op,
                                          const Scope &scope) {
      return evaluate(llvm::cast<OpTy>(op), scope);
    };
  }

  const Evaluator *find(llvm::StringRef name) const {
    auto it = table.find(name);
    return it == table.end() ? nullptr : &it->second;
  }

private:
  llvm::StringMap<Evaluator> table;
};

void addProducts(EvaluatorTable &table);
void addRows(EvaluatorTable &table);
void addElementWise(EvaluatorTable &table);
void addReductions(EvaluatorTable &table);
void addShapes(EvaluatorTable &table);
void addFused(EvaluatorTable &table);

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_EVALUATION_H
