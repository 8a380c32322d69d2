//===- Evaluation.h - How operations are evaluated --------------*- C++ -*-===//
#ifndef BRIDGE_REFERENCE_EVALUATION_H
#define BRIDGE_REFERENCE_EVALUATION_H

#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Array.h"
#include "bridge/Reference/Dimensions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"
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

} // namespace bridge

#include "bridge/Reference/ReferenceInterfaces.h.inc"

namespace bridge {

inline llvm::Expected<Results> toResults(Array array) {
  Results results;
  results.push_back(std::move(array));
  return results;
}
inline llvm::Expected<Results> toResults(llvm::Expected<Array> array) {
  if (!array)
    return array.takeError();
  return toResults(std::move(*array));
}
inline llvm::Expected<Results> toResults(llvm::Expected<Results> results) {
  return results;
}

/// Implements EvaluateOpInterface by a function of the operation and its
/// operands that gives an Array, or Array or Results, or an error.
template <auto function> struct Evaluation;
template <typename OpTy, typename Result,
          Result (*function)(OpTy, const Scope &)>
struct Evaluation<function>
    : EvaluateOpInterface::ExternalModel<Evaluation<function>, OpTy> {
  using Op = OpTy;
  llvm::Expected<Results> evaluate(mlir::Operation *op,
                                   const Scope &scope) const {
    return toResults(function(llvm::cast<OpTy>(op), scope));
  }
};

/// Lets operations be evaluated by these functions.
template <auto... functions>
void attachEvaluations(mlir::MLIRContext *context) {
  (Evaluation<functions>::Op::template attachInterface<Evaluation<functions>>(
       *context),
   ...);
}

/// Lets all operations of the bridge dialect that compute something be
/// evaluated.
void registerEvaluations(mlir::DialectRegistry &registry);

} // namespace bridge

#endif // BRIDGE_REFERENCE_EVALUATION_H
