//===- ElementwisePrimitives.cpp - Primitives of tensors and numbers ------===//
#include "Primitives.h"
#include "bridge/Frontend/MaskEmitter.h"
#include <cmath>

using namespace bridge;
using namespace bridge::frontend;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;

/// The value of an element-wise function of a number, in double precision.
static double evaluateUnary(UnaryKind kind, double x) {
  switch (kind) {
  case UnaryKind::Gelu:
    return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
  case UnaryKind::GeluTanh:
    return 0.5 * x *
           (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) *
                          (x + 0.044715 * x * x * x)));
  case UnaryKind::QuickGelu:
    return x / (1 + std::exp(-1.702 * x));
  case UnaryKind::Silu:
    return x / (1 + std::exp(-x));
  case UnaryKind::Relu:
    return std::max(x, 0.0);
  case UnaryKind::Tanh:
    return std::tanh(x);
  case UnaryKind::Sigmoid:
    return 1 / (1 + std::exp(-x));
  case UnaryKind::LogSigmoid:
    return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x)));
  case UnaryKind::Softplus:
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  case UnaryKind::Exp:
    return std::exp(x);
  case UnaryKind::Log:
    return std::log(x);
  case UnaryKind::Sqrt:
    return std::sqrt(x);
  case UnaryKind::Abs:
    return std::abs(x);
  case UnaryKind::Sin:
    return std::sin(x);
  case UnaryKind::Cos:
    return std::cos(x);
  case UnaryKind::Neg:
    return -x;
  case UnaryKind::Not:
    return x == 0;
  }
}

template <UnaryKind kind>
static FailureOr<Value> applyUnary(PrimitiveCall &call) {
  if (std::optional<double> number = call[0].number()) {
    if (std::optional<int64_t> integer = call[0].integer();
        integer && kind == UnaryKind::Abs)
      return Value(Dim(std::abs(*integer)));
    bool isOutside = (kind == UnaryKind::Log && *number <= 0) ||
                     (kind == UnaryKind::Sqrt && *number < 0);
    if (isOutside)
      return call.expected("a positive number", 0);
    return Value(evaluateUnary(kind, *number));
  }
  if (call.isMaskValue(0))
    return call.emitInMask([&](MaskEmitter &emitter) {
      return emitter.unary(kind, *call[0].getAs<MaskValue>());
    });
  auto x = call.operand(0);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.unary(kind, x); });
}

static FailureOr<Value> applyWhere(PrimitiveCall &call) {
  if (const bool *decided = call[0].getAs<bool>();
      decided && !call[1].isTensor() && !call[2].isTensor())
    return call[*decided ? 1 : 2];
  if (call.isMaskValue(0) || call.isMaskValue(1) || call.isMaskValue(2)) {
    auto condition = call.maskOperand(0);
    auto a = call.maskOperand(1);
    auto b = call.maskOperand(2);
    return call.emitInMask(
        [&](MaskEmitter &emitter) { return emitter.where(condition, a, b); });
  }
  auto condition = call.operand(0);
  auto a = call.operand(1);
  auto b = call.operand(2);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.where(condition, a, b); });
}

static FailureOr<Value> applyClip(PrimitiveCall &call) {
  if (call.isMaskValue(0) || call.isMaskValue(1) || call.isMaskValue(2)) {
    auto x = call.maskOperand(0);
    auto low = call.maskOperand(1);
    auto high = call.maskOperand(2);
    return call.emitInMask(
        [&](MaskEmitter &emitter) { return emitter.clip(x, low, high); });
  }
  if (call[0].number() && call[1].number() && call[2].number()) {
    if (*call[0].number() < *call[1].number())
      return call[1];
    return *call[0].number() > *call[2].number() ? call[2] : call[0];
  }
  auto x = call.operand(0);
  auto low = call.operand(1);
  auto high = call.operand(2);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.clip(x, low, high); });
}

/// `sum`, `max` or `min` of a list of numbers.
static FailureOr<Value> reduceList(PrimitiveCall &call, ReduceKind kind,
                                   const List &list) {
  if (list.items.empty() && kind != ReduceKind::Sum)
    return call.expected("a list that is not empty", 0);
  Value result = kind == ReduceKind::Sum ? Value(Dim(0)) : list.items.front();
  for (const Value &item : list.items) {
    if (!item.isNumber())
      return call.expected("a list of numbers", 0);
    FailureOr<Value> next = call.evaluator.binary(
        kind == ReduceKind::Sum   ? "+"
        : kind == ReduceKind::Max ? ">"
                                  : "<",
        kind == ReduceKind::Sum ? result : item,
        kind == ReduceKind::Sum ? item : result, call.range);
    if (failed(next))
      return failure();
    if (kind == ReduceKind::Sum)
      result = *next;
    else if (*next->getAs<bool>())
      result = item;
  }
  return result;
}

template <ReduceKind kind>
static FailureOr<Value> applyReduce(PrimitiveCall &call) {
  constexpr bool takesLists = kind == ReduceKind::Sum ||
                              kind == ReduceKind::Max ||
                              kind == ReduceKind::Min;
  if (const List *list = call[0].asList(); list && takesLists && !call.has(1))
    return reduceList(call, kind, *list);
  auto x = call.tensor(0);
  auto axes = call.axes(1);
  auto keep = call.truth(2, false);
  return call.emit([&](TensorEmitter &emitter) {
    return emitter.reduce(kind, x, axes, keep);
  });
}

llvm::ArrayRef<Primitive> frontend::elementwisePrimitives() {
  static const Primitive table[] = {
      {"gelu", {"x"}, applyUnary<UnaryKind::Gelu>},
      {"gelu_tanh", {"x"}, applyUnary<UnaryKind::GeluTanh>},
      {"quick_gelu", {"x"}, applyUnary<UnaryKind::QuickGelu>},
      {"silu", {"x"}, applyUnary<UnaryKind::Silu>},
      {"relu", {"x"}, applyUnary<UnaryKind::Relu>},
      {"tanh", {"x"}, applyUnary<UnaryKind::Tanh>},
      {"sigmoid", {"x"}, applyUnary<UnaryKind::Sigmoid>},
      {"log_sigmoid", {"x"}, applyUnary<UnaryKind::LogSigmoid>},
      {"softplus", {"x"}, applyUnary<UnaryKind::Softplus>},
      {"exp", {"x"}, applyUnary<UnaryKind::Exp>},
      {"log", {"x"}, applyUnary<UnaryKind::Log>},
      {"sqrt", {"x"}, applyUnary<UnaryKind::Sqrt>},
      {"abs", {"x"}, applyUnary<UnaryKind::Abs>},
      {"sin", {"x"}, applyUnary<UnaryKind::Sin>},
      {"cos", {"x"}, applyUnary<UnaryKind::Cos>},
      {"where", {"condition", "a", "b"}, applyWhere},
      {"clip", {"x", "low", "high"}, applyClip},
      {"sum", {"x", "axis?", "keep?"}, applyReduce<ReduceKind::Sum>},
      {"mean", {"x", "axis", "keep?"}, applyReduce<ReduceKind::Mean>},
      {"max", {"x", "axis?", "keep?"}, applyReduce<ReduceKind::Max>},
      {"min", {"x", "axis?", "keep?"}, applyReduce<ReduceKind::Min>},
      {"any", {"x", "axis", "keep?"}, applyReduce<ReduceKind::Any>},
  };
  return table;
}
