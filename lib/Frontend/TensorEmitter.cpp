//===- TensorEmitter.cpp - Errors, element types, products and rows -------===//
#include "bridge/Frontend/TensorEmitter.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bridge;

std::string Operand::describe() const {
  if (Value x = tensor())
    return bridge::describe(x.getType());
  if (const bool *truth = std::get_if<bool>(&value))
    return *truth ? "true" : "false";
  if (const Dim *integer = std::get_if<Dim>(&value))
    return bridge::describe(*integer);
  SmallString<16> text;
  APFloat(std::get<double>(value)).toString(text, 6);
  return text.str().str();
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

LogicalResult TensorEmitter::fail(std::string message, std::string hint) {
  error = {std::move(message), std::move(hint), std::nullopt};
  return failure();
}

LogicalResult TensorEmitter::fail(const Inferred &inferred, ValueRange shown) {
  std::string message = inferred.message();
  SmallVector<std::string> operands;
  for (Value value : shown)
    if (value)
      operands.push_back(describe(value.getType()));
  bool named = llvm::all_of(operands, [&](const std::string &operand) {
    return StringRef(message).contains(operand);
  });
  if (!named)
    message += " — " + llvm::join(operands, ", ");
  return fail(std::move(message));
}

LogicalResult TensorEmitter::checkSize(RankedTensorType type) {
  Dim bytes(8);
  for (const Dim &dim : getDims(type))
    bytes = bytes * dim;
  if (bytes.fits())
    return success();
  return fail(describe(type) + " has more elements than 64 bits can count");
}

LogicalResult TensorEmitter::failOperator(StringRef op,
                                          ArrayRef<Operand> operands,
                                          const Twine &message,
                                          std::string hint) {
  std::string text = ("`" + op + "` of ").str();
  llvm::interleave(
      operands, [&](const Operand &operand) { text += operand.describe(); },
      [&] { text += " and "; });
  return fail(text + (": " + message).str(), std::move(hint));
}

LogicalResult TensorEmitter::failDivision(const Dim &dim, const Dim &factor,
                                          std::string message) {
  (void)fail(std::move(message));
  std::optional<std::string> symbol = dim.symbolName();
  if (!symbol || factor.terms().size() != 1 ||
      llvm::is_contained(factor.symbols(), *symbol))
    return failure();
  std::string quotient = *symbol + "_over_" + factor.str();
  std::replace_if(
      quotient.begin(), quotient.end(),
      [](char c) { return !llvm::isAlnum(c); }, '_');
  error.assumption = {*symbol, Dim::symbol(quotient) * factor};
  return failure();
}

void TensorEmitter::require(const Dim &amount, const Twine &text) {
  if (isNonNegative(amount) ||
      llvm::any_of(requirements, [&](const Requirement &known) {
        return known.amount == amount;
      }))
    return;
  requirements.push_back({amount, text.str()});
}

//===----------------------------------------------------------------------===//
// Numbers and element types
//===----------------------------------------------------------------------===//

/// bool → int → float.
static int rank(Type elementType) {
  return elementType.isF32() ? 2 : elementType.isInteger(32) ? 1 : 0;
}

Type TensorEmitter::commonType(ArrayRef<Operand> operands, Type least) {
  Type common = least;
  for (const Operand &operand : operands) {
    Type type;
    if (Value x = operand.tensor())
      type = getElementTypeOrSelf(x.getType());
    else if (std::holds_alternative<Dim>(operand.get()))
      type = builder.getI32Type();
    else if (std::holds_alternative<double>(operand.get()))
      type = builder.getF32Type();
    else
      type = builder.getI1Type();
    if (rank(type) > rank(common))
      common = type;
  }
  return common;
}

FailureOr<Value> TensorEmitter::constant(double value, Type elementType) {
  TypedAttr number;
  if (elementType.isF32())
    number = builder.getF64FloatAttr(value);
  else
    number = builder.getIntegerAttr(elementType, static_cast<int64_t>(value));
  auto elements = DenseElementsAttr::get(
      RankedTensorType::get({}, number.getType()), Attribute(number));
  return ConstantOp::create(builder, location,
                            RankedTensorType::get({}, elementType), elements)
      .getResult();
}

FailureOr<Value> TensorEmitter::liftAs(const Operand &x, Type elementType) {
  if (Value tensor = x.tensor())
    return cast(tensor, elementType);
  if (const bool *truth = std::get_if<bool>(&x.get()))
    return constant(*truth, elementType);
  if (const double *number = std::get_if<double>(&x.get()))
    return constant(*number, elementType);
  const Dim &integer = std::get<Dim>(x.get());
  std::optional<int64_t> value = integer.constant();
  if (value && elementType.isF32())
    return constant(*value, elementType);
  if (value && !llvm::isInt<32>(*value))
    return fail("the integer " + x.describe() + " does not fit into 32 bits");
  if (value)
    return constant(*value, elementType);
  Value dim = DimOp::create(builder, location,
                            RankedTensorType::get({}, builder.getI32Type()),
                            builder.getStringAttr(integer.str()));
  return cast(dim, elementType);
}

FailureOr<Value> TensorEmitter::lift(const Operand &x) {
  return liftAs(x, commonType(x, builder.getI1Type()));
}

FailureOr<Value> TensorEmitter::cast(Value x, Type elementType) {
  if (getElementTypeOrSelf(x.getType()) == elementType)
    return x;
  return create<CastOp>(
      rules::cast(llvm::cast<RankedTensorType>(x.getType()), elementType), x,
      x);
}

FailureOr<Value> TensorEmitter::toInteger(StringRef name, Value x) {
  if (getElementTypeOrSelf(x.getType()).isF32())
    return fail(("`" + name + "` takes integers, found ").str() +
                describe(x.getType()));
  return cast(x, builder.getI32Type());
}

FailureOr<Value> TensorEmitter::arange(const Dim &count) {
  if (count.constant().value_or(0) < 0)
    return fail("`arange` takes a count of at least 0, found " +
                describe(count));
  require(count, "arange(" + describe(count) + ")");
  RankedTensorType type = getTensorType(count, builder.getI32Type());
  if (failed(checkSize(type)))
    return failure();
  return IotaOp::create(builder, location, type).getResult();
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

FailureOr<Value> TensorEmitter::linear(Value x, Value weight, Value bias) {
  FailureOr<Value> input = toFloat(x);
  return create<LinearOp>(
      rules::linear(typeOf(*input), typeOf(weight), typeOf(bias)),
      {x, weight, bias}, *input, weight, bias);
}

FailureOr<Value> TensorEmitter::matmul(const Operand &left,
                                       const Operand &right) {
  if (!left.isTensor() || !right.isTensor())
    return failOperator("@", {left, right}, "both are tensors");
  Value a = *toFloat(left.tensor()), b = *toFloat(right.tensor());
  Inferred inferred = rules::matmul(typeOf(a), typeOf(b));
  if (!inferred)
    return failOperator("@", {left, right}, inferred.message());
  return create<MatmulOp>(inferred, {}, a, b);
}

FailureOr<Value> TensorEmitter::conv2d(Value x, Value weight, Value bias,
                                       int64_t stride, int64_t padding,
                                       int64_t groups) {
  Inferred inferred = rules::conv2d(typeOf(x), typeOf(weight), typeOf(bias),
                                    stride, padding, groups);
  if (!inferred && inferred.constraint() == "C5") {
    SmallVector<Dim> dims = getDims(x);
    for (const Dim &size : {dims[2], dims[3]})
      if (!size.isStatic() && !floorDivide(size, stride))
        return failDivision(size, stride, inferred.message());
  }
  FailureOr<Value> result =
      create<Conv2dOp>(inferred, {x, weight, bias}, *toFloat(x), weight, bias,
                       stride, padding, groups);
  if (succeeded(result))
    for (const Dim &size : getDims(*result))
      require(size, "a convolution of " + describe(x.getType()));
  return result;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

FailureOr<Value> TensorEmitter::layerNorm(Value x, Value weight, Value bias,
                                          double eps) {
  Value input = *toFloat(x);
  return create<LayerNormOp>(
      rules::layerNorm(typeOf(input), typeOf(weight), typeOf(bias), eps),
      {x, weight, bias}, input, weight, bias, builder.getF64FloatAttr(eps));
}

FailureOr<Value> TensorEmitter::rmsNorm(Value x, Value weight, double eps) {
  Value input = *toFloat(x);
  return create<RmsNormOp>(rules::rmsNorm(typeOf(input), typeOf(weight), eps),
                           {x, weight}, input, weight,
                           builder.getF64FloatAttr(eps));
}

FailureOr<Value> TensorEmitter::softmax(Value x) {
  Value input = *toFloat(x);
  return create<SoftmaxOp>(rules::softmax(typeOf(input), std::nullopt), x,
                           input, ValueRange(), builder.getI64IntegerAttr(0),
                           EmptyRowsAttr());
}

FailureOr<Value> TensorEmitter::logSoftmax(Value x) {
  FailureOr<Value> top = reduce(ReduceKind::Max, x, -1, /*keep=*/true);
  if (failed(top))
    return failure();
  Value shifted = *binary("-", x, *top);
  Value total = *reduce(ReduceKind::Sum, *unary(UnaryKind::Exp, shifted), -1,
                        /*keep=*/true);
  return binary("-", shifted, *unary(UnaryKind::Log, total));
}

FailureOr<Value> TensorEmitter::l2Normalize(Value x, double eps) {
  Value input = *toFloat(x);
  return create<L2NormalizeOp>(rules::l2Normalize(typeOf(input), eps), x, input,
                               builder.getF64FloatAttr(eps));
}

FailureOr<Value> TensorEmitter::rotary(Value x, Value angles) {
  Value input = *toFloat(x), turns = *toFloat(angles);
  return create<RotaryOp>(rules::rotary(typeOf(input), typeOf(turns)),
                          {x, angles}, input, turns);
}

FailureOr<Value> TensorEmitter::crossEntropy(Value x, Value labels,
                                             std::optional<int64_t> ignore,
                                             double smoothing) {
  FailureOr<Value> ids = toInteger("cross_entropy", labels);
  if (failed(ids))
    return failure();
  Value input = *toFloat(x);
  return create<CrossEntropyOp>(
      rules::crossEntropy(typeOf(input), typeOf(*ids), smoothing), {x, labels},
      input, *ids, ignore ? builder.getI64IntegerAttr(*ignore) : IntegerAttr(),
      builder.getF64FloatAttr(smoothing));
}
