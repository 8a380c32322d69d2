//===- ShapeRules.h - Result types of the tensor operations -----*- C++ -*-===//
//
// What each operation of the bridge dialect requires of its operands' types and
// which type its result has, as functions of types and attributes. The
// verifiers quote the violated constraint (`C2`, as in the operation's
// description); the frontend shows the message alone.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_IR_SHAPERULES_H
#define BRIDGE_IR_SHAPERULES_H

#include "bridge/IR/Bridge.h"

namespace bridge {

/// As messages show a dimension: `4·batch·media + 1`.
std::string describe(const Dim &dim);
/// As messages show a tensor: `f[images, 17, 80]`, `i[batch]`, `bool[]`.
std::string describe(mlir::Type type);

/// The result type of an operation, or the constraint that its operands
/// violate.
class Inferred {
public:
  Inferred(mlir::RankedTensorType type) : resultType(type) {}
  /// `constraint` is an id such as "C2".
  static Inferred violation(llvm::StringRef constraint, std::string message);

  explicit operator bool() const { return resultType != nullptr; }
  mlir::RankedTensorType type() const { return resultType; }
  llvm::StringRef constraint() const { return id; }
  const std::string &message() const { return text; }

private:
  mlir::RankedTensorType resultType;
  llvm::StringRef id;
  std::string text;
};

/// The quotient rounded down for every value of the symbols; std::nullopt where
/// it is no polynomial.
std::optional<Dim> floorDivide(const Dim &dim, int64_t divisor);
/// Whether `dim` is at least 0 whatever the values of the symbols, as far as
/// its coefficients tell.
bool isNonNegative(const Dim &dim);
/// The product of sizes.
Dim product(llvm::ArrayRef<Dim> dims);

/// One rule for each operation, by its name. Optional operands are null types.
namespace rules {

using Type = mlir::RankedTensorType;
using Types = llvm::ArrayRef<mlir::RankedTensorType>;

// Products
Inferred linear(Type x, Type weight, Type bias);
Inferred matmul(Type a, Type b);
Inferred conv2d(Type x, Type weight, Type bias, int64_t stride, int64_t padding,
                int64_t groups);

// Rows
Inferred layerNorm(Type x, Type weight, Type bias, double eps);
Inferred rmsNorm(Type x, Type weight, double eps);
/// `batchAxes` is of the mask, or std::nullopt without one.
Inferred softmax(Type x, std::optional<int64_t> batchAxes);
Inferred l2Normalize(Type x, double eps);
Inferred rotary(Type x, Type angles);
Inferred crossEntropy(Type x, Type labels, double smoothing);

// Element by element
Inferred unary(UnaryKind kind, Type x);
Inferred binary(BinaryKind kind, Type lhs, Type rhs);
Inferred compare(CompareKind kind, Type lhs, Type rhs);
Inferred select(Type condition, Type a, Type b);
Inferred clip(Type x, Type low, Type high);
Inferred cast(Type x, mlir::Type elementType);

// Reductions and scans
Inferred reduce(ReduceKind kind, Type x, llvm::ArrayRef<int64_t> axes);
Inferred argExtreme(Type x, int64_t axis);
Inferred cumsum(Type x, int64_t axis);

// Shapes and places
Inferred embedding(Type ids, Type table);
Inferred gather(Type x, Types indices, int64_t axis);
Inferred concat(Types parts, int64_t axis);
Inferred slice(Type x, llvm::ArrayRef<Dim> offsets, llvm::ArrayRef<Dim> sizes);
Inferred transpose(Type x, llvm::ArrayRef<int64_t> permutation);
Inferred reshape(Type x, llvm::ArrayRef<Dim> dims);
Inferred broadcast(Type x, llvm::ArrayRef<Dim> dims);
Inferred splice(Type x, Type values, Type at);

// Fused operations
Inferred fusedLinear(Type x, Type weight, Type bias, Types extras);
Inferred attention(Type q, Type k, Type v, Type bias,
                   std::optional<int64_t> batchAxes);
Inferred residualNorm(NormKind kind, Type x, Type weight, Type bias,
                      double eps);
/// Labels may be null.
Inferred contrastiveLoss(Type image, Type text, Type scale, Type imageLabels,
                         Type textLabels);
/// Bias and scale may be null.
Inferred linearCrossEntropy(Type x, Type weight, Type bias, Type scale,
                            Type labels);
Inferred sigmoidLoss(Type image, Type text, Type scale, Type bias);

} // namespace rules
} // namespace bridge

#endif // BRIDGE_IR_SHAPERULES_H
