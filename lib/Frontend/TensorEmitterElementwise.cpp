//===- TensorEmitterElementwise.cpp - Operators and element-wise functions ===//
#include "bridge/Frontend/TensorEmitter.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace bridge;

FailureOr<Value> TensorEmitter::unary(UnaryKind kind, const Operand &x) {
  Type found = commonType(x, builder.getI1Type()), wanted;
  switch (kind) {
  case UnaryKind::Not:
    if (!found.isInteger(1))
      return failOperator("~", x, "it takes truth values");
    wanted = found;
    break;
  case UnaryKind::Neg:
  case UnaryKind::Abs:
    wanted = commonType(x, builder.getI32Type());
    break;
  default:
    wanted = builder.getF32Type();
  }
  FailureOr<Value> input = liftAs(x, wanted);
  if (failed(input))
    return failure();
  return create<UnaryOp>(rules::unary(kind, typeOf(*input)), *input, kind,
                         *input);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static std::optional<CompareKind> comparison(StringRef op) {
  return llvm::StringSwitch<std::optional<CompareKind>>(op)
      .Case("==", CompareKind::Eq)
      .Case("!=", CompareKind::Ne)
      .Case("<", CompareKind::Lt)
      .Case("<=", CompareKind::Le)
      .Case(">", CompareKind::Gt)
      .Case(">=", CompareKind::Ge)
      .Default(std::nullopt);
}

static std::optional<BinaryKind> arithmetic(StringRef op) {
  return llvm::StringSwitch<std::optional<BinaryKind>>(op)
      .Case("+", BinaryKind::Add)
      .Case("-", BinaryKind::Sub)
      .Case("*", BinaryKind::Mul)
      .Case("/", BinaryKind::Div)
      .Case("//", BinaryKind::FloorDiv)
      .Case("%", BinaryKind::Mod)
      .Case("&", BinaryKind::And)
      .Case("|", BinaryKind::Or)
      .Default(std::nullopt);
}

FailureOr<Value> TensorEmitter::binary(StringRef op, const Operand &left,
                                       const Operand &right) {
  if (op == "@")
    return matmul(left, right);
  if (op == "**")
    return power(left, right);
  std::optional<CompareKind> compared = comparison(op);
  std::optional<BinaryKind> kind = arithmetic(op);
  if (!compared && !kind)
    return failOperator(op, {left, right},
                        "there is no such operator on tensors");

  Type found = commonType({left, right}, builder.getI1Type());
  Type common = commonType({left, right}, builder.getI32Type());
  if (kind == BinaryKind::And || kind == BinaryKind::Or) {
    if (!found.isInteger(1))
      return failOperator(op, {left, right}, "it takes truth values",
                          "compare first: (x != 0)");
    common = found;
  } else if (kind == BinaryKind::FloorDiv || kind == BinaryKind::Mod) {
    if (!common.isInteger(32))
      return failOperator(op, {left, right}, "it takes integers");
  } else if (kind == BinaryKind::Div) {
    common = builder.getF32Type();
  } else if (compared == CompareKind::Eq || compared == CompareKind::Ne) {
    common = found;
  }
  FailureOr<Value> a = liftAs(left, common), b = liftAs(right, common);
  if (failed(a) || failed(b))
    return failure();
  Inferred inferred = compared
                          ? rules::compare(*compared, typeOf(*a), typeOf(*b))
                          : rules::binary(*kind, typeOf(*a), typeOf(*b));
  if (!inferred)
    return failOperator(op, {left, right}, inferred.message());
  if (compared)
    return create<CompareOp>(inferred, {}, *compared, *a, *b);
  return create<BinaryOp>(inferred, {}, *kind, *a, *b);
}

FailureOr<Value> TensorEmitter::power(const Operand &left,
                                      const Operand &right) {
  if (left.isTensor() && right.isTensor())
    return failOperator("**", {left, right}, "one side is a number");
  std::optional<int64_t> exponent;
  if (const Dim *integer = std::get_if<Dim>(&right.get()))
    exponent = integer->constant();
  bool integral = !commonType(left, builder.getI1Type()).isF32();
  if (left.isTensor() && exponent == 2)
    return binary("*", left, left);
  if (left.isTensor() && integral && exponent && *exponent >= 0) {
    Value square = *liftAs(left, builder.getI32Type());
    Value result =
        *broadcast(*constant(1, builder.getI32Type()), getDims(square));
    for (int64_t rest = *exponent; rest > 0; rest /= 2) {
      if (rest % 2 != 0)
        result = *binary("*", result, square);
      if (rest > 1)
        square = *binary("*", square, square);
    }
    return result;
  }
  Value a = *liftAs(left, builder.getF32Type());
  const double *number = std::get_if<double>(&right.get());
  if (left.isTensor() && number && *number == 0.5)
    return unary(UnaryKind::Sqrt, a);
  Value b = *liftAs(right, builder.getF32Type());
  return create<BinaryOp>(rules::binary(BinaryKind::Pow, typeOf(a), typeOf(b)),
                          {a, b}, BinaryKind::Pow, a, b);
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

FailureOr<Value> TensorEmitter::where(const Operand &condition,
                                      const Operand &a, const Operand &b) {
  Type truth = builder.getI1Type();
  if (!commonType(condition, truth).isInteger(1))
    return fail("the condition of `where` is a truth value, found " +
                    condition.describe(),
                "compare first: (x != 0)");
  Type common = commonType({a, b}, truth);
  FailureOr<Value> chooser = liftAs(condition, truth);
  FailureOr<Value> yes = liftAs(a, common), no = liftAs(b, common);
  if (failed(chooser) || failed(yes) || failed(no))
    return failure();
  return create<SelectOp>(
      rules::select(typeOf(*chooser), typeOf(*yes), typeOf(*no)),
      {*chooser, *yes, *no}, *chooser, *yes, *no);
}

FailureOr<Value> TensorEmitter::clip(const Operand &x, const Operand &low,
                                     const Operand &high) {
  Type common = commonType({x, low, high}, builder.getI32Type());
  FailureOr<Value> value = liftAs(x, common), least = liftAs(low, common),
                   most = liftAs(high, common);
  if (failed(value) || failed(least) || failed(most))
    return failure();
  return create<ClipOp>(
      rules::clip(typeOf(*value), typeOf(*least), typeOf(*most)),
      {*value, *least, *most}, *value, *least, *most);
}
