//===- PrimitiveCall.cpp - Arguments and results of primitives ------------===//
#include "Primitives.h"
#include "Trace.h"
#include "llvm/ADT/StringSwitch.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

static StringRef parameterName(StringRef parameter) {
  return parameter.ends_with("?") ? parameter.drop_back() : parameter;
}

FailureOr<Value> Evaluator::callPrimitive(const Primitive &primitive,
                                          Arguments arguments,
                                          SourceRange range) {
  std::string name = "`" + primitive.name.str() + "`";
  size_t count = primitive.parameters.size();
  if (arguments.positional.size() > count)
    return error(range, name + " takes " + std::to_string(count) +
                            " arguments, found " +
                            std::to_string(arguments.positional.size()));
  std::vector<std::optional<Value>> given(count);
  for (size_t i = 0; i != arguments.positional.size(); ++i)
    given[i] = std::move(arguments.positional[i]);
  for (Arguments::Named &named : arguments.named) {
    auto it = llvm::find_if(primitive.parameters, [&](StringRef parameter) {
      return parameterName(parameter) == named.name;
    });
    if (it == primitive.parameters.end()) {
      std::vector<std::string> known;
      for (StringRef parameter : primitive.parameters)
        known.push_back(parameterName(parameter).str());
      return error(named.range, name + " has no argument `" + named.name + "`")
          .suggest(named.name, known);
    }
    std::optional<Value> &place = given[it - primitive.parameters.begin()];
    if (place)
      return error(named.range, name + " gets `" + named.name + "` twice");
    place = std::move(named.value);
  }
  for (size_t i = 0; i != count; ++i)
    if (!given[i] && !primitive.parameters[i].ends_with("?"))
      return error(range,
                   name + " needs `" + primitive.parameters[i].str() + "`");
  PrimitiveCall call(*this, primitive, range, std::move(given));
  return primitive.apply(call);
}

bool PrimitiveCall::has(unsigned index) const {
  return arguments[index] && !arguments[index]->isNone();
}

bool PrimitiveCall::isMaskValue(unsigned index) const {
  return has(index) && arguments[index]->is<MaskValue>();
}

LogicalResult PrimitiveCall::expected(StringRef what, unsigned index) {
  if (failed)
    return failure();
  failed = true;
  return evaluator.error(
      range, "`" + primitive.name.str() + "` takes " + what.str() + " for `" +
                 parameterName(primitive.parameters[index]).str() +
                 "`, found " +
                 (arguments[index] ? describe(*arguments[index]) : "none"));
}

mlir::Value PrimitiveCall::tensor(unsigned index) {
  if (has(index) && arguments[index]->isTensor())
    return arguments[index]->tensor();
  (void)expected("a tensor", index);
  return {};
}

mlir::Value PrimitiveCall::optionalTensor(unsigned index) {
  return has(index) ? tensor(index) : mlir::Value();
}

Operand PrimitiveCall::operand(unsigned index) {
  if (has(index))
    if (std::optional<Operand> found = evaluator.operand(*arguments[index]))
      return *found;
  (void)expected("a tensor or a number", index);
  return Dim(0);
}

MaskOperand PrimitiveCall::maskOperand(unsigned index) {
  if (isMaskValue(index))
    return *arguments[index]->getAs<MaskValue>();
  return operand(index);
}

int64_t PrimitiveCall::integer(unsigned index, int64_t otherwise) {
  if (!has(index))
    return otherwise;
  if (std::optional<int64_t> found = arguments[index]->integer())
    return *found;
  (void)expected("an integer that is known when compiling", index);
  return otherwise;
}

double PrimitiveCall::number(unsigned index, double otherwise) {
  if (!has(index))
    return otherwise;
  if (std::optional<double> found = arguments[index]->number())
    return *found;
  (void)expected("a number that is known when compiling", index);
  return otherwise;
}

bool PrimitiveCall::truth(unsigned index, bool otherwise) {
  if (!has(index))
    return otherwise;
  if (const bool *found = arguments[index]->getAs<bool>())
    return *found;
  (void)expected("true or false", index);
  return otherwise;
}

Dim PrimitiveCall::dimension(unsigned index, Dim otherwise) {
  if (!has(index))
    return otherwise;
  if (const Dim *found = arguments[index]->getAs<Dim>())
    return *found;
  (void)expected("an integer", index);
  return otherwise;
}

llvm::SmallVector<int64_t> PrimitiveCall::axes(unsigned index) {
  std::vector<Value> items;
  if (has(index)) {
    const List *list = arguments[index]->asList();
    items = list ? list->items : std::vector<Value>{*arguments[index]};
  }
  llvm::SmallVector<int64_t> axes;
  for (const Value &item : items)
    if (std::optional<int64_t> axis = item.integer())
      axes.push_back(*axis);
  if (axes.empty() || axes.size() != items.size())
    (void)expected("an axis or a list of axes", index);
  return axes;
}

std::vector<mlir::Value> PrimitiveCall::tensors(unsigned index) {
  const List *list = has(index) ? arguments[index]->asList() : nullptr;
  std::vector<mlir::Value> tensors;
  if (list)
    for (const Value &item : list->items)
      if (item.isTensor())
        tensors.push_back(item.tensor());
  if (!list || tensors.empty() || tensors.size() != list->items.size())
    (void)expected("a list of tensors", index);
  return tensors;
}

FailureOr<Value> PrimitiveCall::emit(
    llvm::function_ref<FailureOr<mlir::Value>(TensorEmitter &)> emission) {
  if (failed)
    return failure();
  Trace *trace = evaluator.trace;
  if (!trace)
    return evaluator.needsRun();
  trace->setLocation(range);
  FailureOr<mlir::Value> emitted = emission(trace->emitter);
  if (llvm::failed(emitted))
    return evaluator.emitterError(range);
  trace->takeRequirements(range);
  return Value(*emitted);
}

FailureOr<Value> PrimitiveCall::emitInMask(
    llvm::function_ref<FailureOr<MaskValue>(MaskEmitter &)> emission) {
  if (failed)
    return failure();
  FailureOr<MaskValue> emitted = emission(*evaluator.mask);
  if (llvm::failed(emitted))
    return evaluator.emitterError(range);
  return Value(*emitted);
}

void frontend::definePrimitives(Scope &scope) {
  for (llvm::ArrayRef<Primitive> table :
       {tensorPrimitives(), elementwisePrimitives(), staticPrimitives()})
    for (const Primitive &primitive : table)
      scope.names[primitive.name.str()] = &primitive;
  scope.names["pi"] = 3.14159265358979323846;
}

std::string frontend::hintForFunction(StringRef name) {
  StringRef hint =
      llvm::StringSwitch<StringRef>(name)
          .Cases({"amax", "maximum", "topk"},
                 "the highest along an axis is `max(x, axis)`")
          .Cases({"amin", "minimum"},
                 "the lowest along an axis is `min(x, axis)`")
          .Cases({"all"}, "write `~any(~x, axis)`")
          .Cases({"reshape", "view", "flatten", "permute", "transpose",
                  "squeeze", "unsqueeze"},
                 "write `rearrange(x, … -> …)`")
          .Cases({"cat", "concatenate"}, "write `concat([…], axis)`")
          .Cases({"matmul", "mm", "bmm", "dot", "einsum"}, "write `a @ b`")
          .Cases({"expand", "tile"}, "write `repeat(x, … -> …)`")
          .Cases({"normalize"}, "write `l2_normalize(x)`")
          .Cases({"var", "std", "variance"},
                 "write `mean((x - mean(x, axis, keep=true)) ** 2, axis)`")
          .Cases({"clamp", "minmax"}, "write `clip(x, low, high)`")
          .Cases({"masked_fill", "select"}, "write `where(condition, a, b)`")
          .Cases({"zeros"}, "write `0` where it is used: numbers broadcast")
          .Cases({"ones"}, "write `1` where it is used: numbers broadcast")
          .Cases({"scaled_dot_product_attention", "attention"},
                 "write `attend(q, k, v, mask)`")
          .Cases({"interpolate", "upsample"},
                 "write `interpolate(table, rows, columns)`, of "
                 "std.interpolation")
          .Cases({"avg_pool2d", "adaptive_avg_pool2d"},
                 "write `average_pool(x, grid, side)`, of std.pooling")
          .Default("");
  return hint.str();
}
