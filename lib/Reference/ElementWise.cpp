//===- ElementWise.cpp - Evaluation of element-wise operations ------------===//
#include "ElementWise.h"
#include "Evaluations.h"
#include "mlir/IR/TypeUtilities.h"
#include <array>
#include <cmath>
#include <numbers>
#include <tuple>

using namespace bridge;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Scalar functions
//===----------------------------------------------------------------------===//

/// 1 / (1 + e^−x) without overflow.
static double sigmoid(double x) {
  double small = std::exp(-std::fabs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

static double gelu(double x) {
  return x * 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

static double geluTanh(double x) {
  double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1 + std::tanh(inner));
}

double bridge::logSigmoid(double x) {
  return minimum(x, 0) - std::log1p(std::exp(-std::fabs(x)));
}

double bridge::maximum(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}

double bridge::minimum(double a, double b) {
  return std::isnan(a) || a < b ? a : b;
}

using Unary = double (*)(double);

static Unary unaryFunction(UnaryKind kind) {
  switch (kind) {
  case UnaryKind::Gelu:
    return gelu;
  case UnaryKind::GeluTanh:
    return geluTanh;
  case UnaryKind::QuickGelu:
    return [](double x) { return x * sigmoid(1.702 * x); };
  case UnaryKind::Silu:
    return [](double x) { return x * sigmoid(x); };
  case UnaryKind::Relu:
    return [](double x) { return maximum(x, 0); };
  case UnaryKind::Tanh:
    return [](double x) { return std::tanh(x); };
  case UnaryKind::Sigmoid:
    return sigmoid;
  case UnaryKind::LogSigmoid:
    return logSigmoid;
  case UnaryKind::Softplus:
    return [](double x) { return -logSigmoid(-x); };
  case UnaryKind::Exp:
    return [](double x) { return std::exp(x); };
  case UnaryKind::Log:
    return [](double x) { return std::log(x); };
  case UnaryKind::Sqrt:
    return [](double x) { return std::sqrt(x); };
  case UnaryKind::Abs:
    return [](double x) { return std::fabs(x); };
  case UnaryKind::Sin:
    return [](double x) { return std::sin(x); };
  case UnaryKind::Cos:
    return [](double x) { return std::cos(x); };
  case UnaryKind::Neg:
    return [](double x) { return -x; };
  case UnaryKind::Not:
    return [](double x) { return x == 0 ? 1.0 : 0.0; };
  }
  llvm_unreachable("all kinds are handled");
}

using Binary = double (*)(double, double);

double bridge::floorDivide(double a, double b) { return std::floor(a / b); }

double bridge::floorModulo(double a, double b) {
  return a - b * std::floor(a / b);
}

static Binary binaryFunction(BinaryKind kind) {
  switch (kind) {
  case BinaryKind::Add:
    return [](double a, double b) { return a + b; };
  case BinaryKind::Sub:
    return [](double a, double b) { return a - b; };
  case BinaryKind::Mul:
    return [](double a, double b) { return a * b; };
  case BinaryKind::Div:
    return [](double a, double b) { return a / b; };
  case BinaryKind::FloorDiv:
    return floorDivide;
  case BinaryKind::Mod:
    return floorModulo;
  case BinaryKind::Pow:
    return [](double a, double b) { return std::pow(a, b); };
  case BinaryKind::Max:
    return maximum;
  case BinaryKind::Min:
    return minimum;
  case BinaryKind::And:
    return [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; };
  case BinaryKind::Or:
    return [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; };
  }
  llvm_unreachable("all kinds are handled");
}

static Binary compareFunction(CompareKind kind) {
  switch (kind) {
  case CompareKind::Eq:
    return [](double a, double b) { return double(a == b); };
  case CompareKind::Ne:
    return [](double a, double b) { return double(a != b); };
  case CompareKind::Lt:
    return [](double a, double b) { return double(a < b); };
  case CompareKind::Le:
    return [](double a, double b) { return double(a <= b); };
  case CompareKind::Gt:
    return [](double a, double b) { return double(a > b); };
  case CompareKind::Ge:
    return [](double a, double b) { return double(a >= b); };
  }
  llvm_unreachable("all kinds are handled");
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static Array evaluateUnary(UnaryOp op, const Scope &scope) {
  Array result = scope[op.getX()];
  Unary function = unaryFunction(op.getKind());
  for (double &value : result.values)
    value = function(value);
  return result;
}

/// Applies a function to arrays that broadcast to the shape of the result.
template <typename Function, typename... Arrays>
static Array mapBroadcast(mlir::Value result, const Scope &scope,
                          Function function, const Arrays &...arrays) {
  Array mapped(elementOf(mlir::getElementTypeOrSelf(result)),
               scope.shape(result));
  double *next = mapped.values.data();
  forEachPosition(mapped.shape,
                  {broadcastStrides(arrays.shape, mapped.shape)...},
                  [&](llvm::ArrayRef<int64_t> at) {
                    size_t i = 0;
                    // Braces fix the order in which the offsets are taken.
                    std::array operands{arrays.values[at[i++]]...};
                    *next++ = std::apply(function, operands);
                  });
  return mapped;
}

static Expected<Array> evaluateBinary(BinaryOp op, const Scope &scope) {
  const Array &lhs = scope[op.getLhs()], &rhs = scope[op.getRhs()];
  bool isDivision =
      op.getKind() == BinaryKind::FloorDiv || op.getKind() == BinaryKind::Mod;
  if (isDivision && llvm::is_contained(rhs.values, 0))
    return failure(op, "an integer is divided by 0");
  return mapBroadcast(op.getResult(), scope, binaryFunction(op.getKind()), lhs,
                      rhs);
}

static Array evaluateCompare(CompareOp op, const Scope &scope) {
  return mapBroadcast(op.getResult(), scope, compareFunction(op.getKind()),
                      scope[op.getLhs()], scope[op.getRhs()]);
}

static Array evaluateSelect(SelectOp op, const Scope &scope) {
  return mapBroadcast(
      op.getResult(), scope,
      [](double condition, double a, double b) { return condition ? a : b; },
      scope[op.getCondition()], scope[op.getA()], scope[op.getB()]);
}

static Array evaluateClip(ClipOp op, const Scope &scope) {
  return mapBroadcast(
      op.getResult(), scope,
      [](double x, double low, double high) {
        return minimum(maximum(x, low), high);
      },
      scope[op.getX()], scope[op.getLow()], scope[op.getHigh()]);
}

static Array evaluateCast(CastOp op, const Scope &scope) {
  Array result = scope[op.getX()];
  result.element = elementOf(op.getType().getElementType());
  return result;
}

void bridge::attachElementWise(mlir::MLIRContext *context) {
  attachEvaluations<evaluateUnary, evaluateBinary, evaluateCompare,
                    evaluateSelect, evaluateClip, evaluateCast>(context);
}
