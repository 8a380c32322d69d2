//===- Operators.cpp - Operators on static values, tensors and masks ------===//
#include "Evaluator.h"
#include "Trace.h"
#include "bridge/Frontend/MaskEmitter.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace bridge;
using namespace bridge::frontend;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

static FailureOr<Value> overflow(Evaluator &evaluator, SourceRange range) {
  return evaluator.error(range, "this number does not fit into 64 bits");
}

static int64_t floorDivide(int64_t a, int64_t b) {
  int64_t quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

static FailureOr<Value> powerOfIntegers(Evaluator &evaluator, int64_t base,
                                        int64_t exponent, SourceRange range) {
  if (exponent < 0)
    return Value(std::pow(double(base), double(exponent)));
  int64_t result = 1;
  for (; exponent > 0 && result != 0; --exponent) {
    if (llvm::MulOverflow(result, base, result))
      return overflow(evaluator, range);
    if (base == 1)
      break;
    if (base == -1)
      return Value(Dim(exponent % 2 ? -1 : 1));
  }
  return Value(Dim(result));
}

static FailureOr<Value> binaryIntegers(Evaluator &evaluator, StringRef op,
                                       int64_t a, int64_t b,
                                       SourceRange range) {
  int64_t result;
  if (op == "+")
    return llvm::AddOverflow(a, b, result) ? overflow(evaluator, range)
                                           : Value(Dim(result));
  if (op == "-")
    return llvm::SubOverflow(a, b, result) ? overflow(evaluator, range)
                                           : Value(Dim(result));
  if (op == "*")
    return llvm::MulOverflow(a, b, result) ? overflow(evaluator, range)
                                           : Value(Dim(result));
  if (op == "**")
    return powerOfIntegers(evaluator, a, b, range);
  if (b == 0)
    return evaluator.error(range, "`" + op.str() + "` by zero");
  if (op == "/")
    return Value(double(a) / double(b));
  if (b == -1) // the one case in which division overflows
    return op == "//" ? binaryIntegers(evaluator, "-", 0, a, range)
                      : FailureOr<Value>(Value(Dim(0)));
  if (op == "//")
    return Value(Dim(floorDivide(a, b)));
  return Value(Dim(a - floorDivide(a, b) * b));
}

static FailureOr<Value> binaryFloats(Evaluator &evaluator, StringRef op,
                                     double a, double b, SourceRange range) {
  if (op == "+")
    return Value(a + b);
  if (op == "-")
    return Value(a - b);
  if (op == "*")
    return Value(a * b);
  if (op == "**")
    return Value(std::pow(a, b));
  if (b == 0)
    return evaluator.error(range, "`" + op.str() + "` by zero");
  if (op == "/")
    return Value(a / b);
  double quotient = std::floor(a / b);
  return Value(op == "//" ? quotient : a - quotient * b);
}

/// Arithmetic on dimensions of which one is symbolic.
static std::optional<Dim> binaryDimensions(StringRef op, const Dim &a,
                                           const Dim &b) {
  if (op == "+")
    return a + b;
  if (op == "-")
    return a - b;
  if (op == "*")
    return a * b;
  if (op == "//")
    return a.divide(b);
  if (op == "%" && a.divide(b))
    return Dim(0);
  return std::nullopt;
}

/// What no model comes near; beyond it, arithmetic would not end.
static constexpr size_t kMaxTerms = 64, kMaxDegree = 16;

static bool isReasonable(const Dim &dim) {
  return dim.terms().size() <= kMaxTerms &&
         llvm::all_of(dim.terms(), [](const auto &term) {
           return term.first.size() <= kMaxDegree;
         });
}

static bool isComparison(StringRef op) {
  return op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" ||
         op == ">=";
}

static bool isArithmetic(StringRef op) {
  return op == "+" || op == "-" || op == "*" || op == "/" || op == "//" ||
         op == "%" || op == "**";
}

static bool compareNumbers(StringRef op, double a, double b) {
  if (op == "<")
    return a < b;
  if (op == "<=")
    return a <= b;
  if (op == ">")
    return a > b;
  return a >= b;
}

static FailureOr<Value> compareOrder(Evaluator &evaluator, StringRef op,
                                     const Value &left, const Value &right,
                                     SourceRange range) {
  if (left.is<Dim>() && right.is<Dim>()) {
    Dim difference = *left.getAs<Dim>() - *right.getAs<Dim>();
    if (std::optional<int64_t> constant = difference.constant())
      return Value(compareNumbers(op, double(*constant), 0));
  } else if (left.number() && right.number()) {
    return Value(compareNumbers(op, *left.number(), *right.number()));
  }
  return evaluator.error(range, "`" + describe(left) + " " + op.str() + " " +
                                    describe(right) +
                                    "` is known on entry, not when compiling");
}

static FailureOr<Value> compareValues(Evaluator &evaluator, StringRef op,
                                      const Value &left, const Value &right,
                                      SourceRange range) {
  std::optional<bool> equal = equalValues(left, right);
  if (!equal)
    return evaluator.error(range, "whether " + describe(left) + " is " +
                                      describe(right) +
                                      " is known on entry, not when compiling");
  return Value(*equal == (op == "=="));
}

static FailureOr<Value> contains(Evaluator &evaluator, const Value &item,
                                 const List &list, SourceRange range) {
  for (const Value &element : list.items) {
    FailureOr<Value> equal =
        compareValues(evaluator, "==", item, element, range);
    if (failed(equal))
      return failure();
    if (*equal->getAs<bool>())
      return Value(true);
  }
  return Value(false);
}

static Value joinMasks(StringRef op,
                       std::vector<std::shared_ptr<const MaskClosure>> masks) {
  auto joined = std::make_shared<MaskClosure>();
  joined->op = op.str();
  joined->operands = std::move(masks);
  return Value(std::shared_ptr<const MaskClosure>(std::move(joined)));
}

//===----------------------------------------------------------------------===//
// Operands of tensors and masks
//===----------------------------------------------------------------------===//

std::optional<Operand> Evaluator::operand(const Value &value) {
  if (value.isTensor())
    return Operand(value.tensor());
  if (const Dim *dim = value.getAs<Dim>())
    return Operand(*dim);
  if (const double *number = value.getAs<double>())
    return Operand(*number);
  if (const bool *truth = value.getAs<bool>())
    return Operand(*truth);
  return std::nullopt;
}

static std::optional<MaskOperand> maskOperand(Evaluator &evaluator,
                                              const Value &value) {
  if (const MaskValue *position = value.getAs<MaskValue>())
    return MaskOperand(*position);
  if (std::optional<Operand> plain = evaluator.operand(value))
    return MaskOperand(*plain);
  return std::nullopt;
}

LogicalResult Evaluator::emitterError(SourceRange range) {
  TensorError failure = trace->emitter.takeError();
  if (failure.assumption)
    return trace->assume(failure.assumption->symbol, failure.assumption->value,
                         range);
  // Inside a mask the error may have been reported where it was found.
  if (failure.message.empty())
    return llvm::failure();
  Diagnostic &report = error(range, failure.message);
  if (!failure.hint.empty())
    report.withHint(failure.hint);
  return report;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

FailureOr<Value> Evaluator::unary(StringRef op, const Value &x,
                                  SourceRange range) {
  auto unsupported = [&]() -> FailureOr<Value> {
    return error(range, "`" + op.str() + "` of " + describe(x));
  };
  if (auto *mask = x.getAs<std::shared_ptr<const MaskClosure>>())
    return op == "~" ? FailureOr<Value>(joinMasks("~", {*mask}))
                     : unsupported();
  UnaryKind kind = op == "~" ? UnaryKind::Not : UnaryKind::Neg;
  if (const MaskValue *position = x.getAs<MaskValue>()) {
    auto negated = mask->unary(kind, *position);
    if (failed(negated))
      return emitterError(range);
    return Value(*negated);
  }
  if (x.isTensor()) {
    trace->setLocation(range);
    auto negated = trace->emitter.unary(kind, x.tensor());
    if (failed(negated))
      return emitterError(range);
    return Value(*negated);
  }
  if (op == "~") {
    if (const bool *truth = x.getAs<bool>())
      return Value(!*truth);
    return unsupported();
  }
  if (x.is<Dim>())
    return binary("-", Dim(0), x, range);
  if (const double *number = x.getAs<double>())
    return Value(-*number);
  return unsupported();
}

FailureOr<Value> Evaluator::binary(StringRef op, const Value &left,
                                   const Value &right, SourceRange range) {
  auto unsupported = [&]() -> FailureOr<Value> {
    return error(range, "`" + op.str() + "` of " + describe(left) + " and " +
                            describe(right));
  };
  bool isEquality = op == "==" || op == "!=";
  if (isEquality && (left.isNone() || right.isNone()))
    return Value((left.isNone() && right.isNone()) == (op == "=="));

  if (left.asMask() || right.asMask()) {
    if ((op == "&" || op == "|") && left.asMask() && right.asMask())
      return joinMasks(op,
                       {*left.getAs<std::shared_ptr<const MaskClosure>>(),
                        *right.getAs<std::shared_ptr<const MaskClosure>>()});
    return error(range, "masks combine with `&`, `|` and `~`, found " +
                            describe(left) + " " + op.str() + " " +
                            describe(right));
  }
  if (op == "in") {
    const List *list = right.asList();
    if (!list || left.isTensor() || left.is<MaskValue>())
      return unsupported();
    return contains(*this, left, *list, range);
  }
  if (left.is<MaskValue>() || right.is<MaskValue>()) {
    auto a = maskOperand(*this, left), b = maskOperand(*this, right);
    if (!a || !b)
      return unsupported();
    auto result = mask->binary(op, *a, *b);
    if (failed(result))
      return emitterError(range);
    return Value(*result);
  }
  const Dim *m = left.getAs<Dim>(), *n = right.getAs<Dim>();
  bool isSymbolic = (m && !m->isStatic()) || (n && !n->isStatic());
  bool isInexact = isSymbolic && left.isNumber() && right.isNumber() &&
                   isArithmetic(op) &&
                   !(m && n && binaryDimensions(op, *m, *n));
  // What divides or scales a dimension known on entry is computed there.
  bool emits = left.isTensor() || right.isTensor() ||
               (isInexact && trace && op != "//" && op != "%");
  if (emits) {
    std::optional<Operand> a = operand(left), b = operand(right);
    if (!a || !b)
      return unsupported();
    trace->setLocation(range);
    if (!left.isTensor() && !right.isTensor()) {
      FailureOr<mlir::Value> lifted = trace->emitter.lift(*a);
      if (failed(lifted))
        return emitterError(range);
      a = Operand(*lifted);
    }
    auto result = trace->emitter.binary(op, *a, *b);
    if (failed(result))
      return emitterError(range);
    trace->takeRequirements(range);
    return Value(*result);
  }
  if (isEquality)
    return compareValues(*this, op, left, right, range);
  if (const bool *a = left.getAs<bool>(), *b = right.getAs<bool>(); a && b) {
    if (op == "&")
      return Value(*a && *b);
    if (op == "|")
      return Value(*a || *b);
  }
  if (left.asList() && right.asList() && op == "+") {
    std::vector<Value> items = left.asList()->items;
    llvm::append_range(items, right.asList()->items);
    return makeList(std::move(items), range);
  }
  if (!left.isNumber() || !right.isNumber())
    return unsupported();
  if (isComparison(op))
    return compareOrder(*this, op, left, right, range);
  if (!isArithmetic(op))
    return unsupported();
  if (isSymbolic) {
    if (m && n)
      if (std::optional<Dim> result = binaryDimensions(op, *m, *n)) {
        if (!result->fits())
          return overflow(*this, range);
        return isReasonable(*result)
                   ? FailureOr<Value>(*result)
                   : error(range, "a dimension is a polynomial of at most " +
                                      std::to_string(kMaxTerms) +
                                      " terms and degree " +
                                      std::to_string(kMaxDegree));
      }
    return error(range, "`" + describe(left) + " " + op.str() + " " +
                            describe(right) +
                            "` is known on entry, not when compiling");
  }
  if (m && n)
    return binaryIntegers(*this, op, *left.integer(), *right.integer(), range);
  return binaryFloats(*this, op, *left.number(), *right.number(), range);
}

FailureOr<Value> Evaluator::binaryExpression(const ast::Binary &node,
                                             Scope &scope) {
  FailureOr<Value> left = value(*node.left, scope);
  if (failed(left))
    return failure();
  if (const bool *decided = left->getAs<bool>())
    if ((node.op == "&" && !*decided) || (node.op == "|" && *decided))
      return *left;
  FailureOr<Value> right = value(*node.right, scope);
  if (failed(right))
    return failure();
  return binary(node.op, *left, *right, node.range);
}

//===----------------------------------------------------------------------===//
// Predicates
//===----------------------------------------------------------------------===//

FailureOr<MaskOperand> Evaluator::maskPredicate(const MaskClosure &closure,
                                                MaskEmitter &emitter,
                                                SourceRange range) {
  auto asOperand = [&](FailureOr<Value> result,
                       SourceRange at) -> FailureOr<MaskOperand> {
    if (failed(result))
      return failure();
    if (std::optional<MaskOperand> found = maskOperand(*this, *result))
      return *found;
    return error(at, "a mask is a truth value, found " + describe(*result));
  };
  if (closure.node) {
    Scope *scope = makeScope(closure.scope);
    for (const auto &[name, captured] : closure.captures)
      scope->names[name] = captured;
    scope->names[closure.node->query->name] = emitter.query();
    scope->names[closure.node->key->name] = emitter.key();
    return asOperand(value(*closure.node->value, *scope),
                     closure.node->value->range);
  }
  auto asValue = [](const MaskOperand &operand) -> Value {
    if (const MaskValue *position = std::get_if<MaskValue>(&operand))
      return *position;
    return std::visit([](const auto &plain) { return Value(plain); },
                      std::get<Operand>(operand).get());
  };
  std::vector<Value> values;
  for (const auto &operand : closure.operands) {
    FailureOr<MaskOperand> result = maskPredicate(*operand, emitter, range);
    if (failed(result))
      return failure();
    values.push_back(asValue(*result));
  }
  if (values.size() == 1)
    return asOperand(unary(closure.op, values.front(), range), range);
  for (unsigned i : {0u, 1u})
    if (const bool *decided = values[i].getAs<bool>())
      return *decided == (closure.op == "|") ? asOperand(values[i], range)
                                             : asOperand(values[1 - i], range);
  return asOperand(binary(closure.op, values[0], values[1], range), range);
}
