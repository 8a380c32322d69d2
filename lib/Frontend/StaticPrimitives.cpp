//===- StaticPrimitives.cpp - Primitives that vanish when compiling -------===//
#include "Primitives.h"
#include <cmath>

using namespace bridge;
using namespace bridge::frontend;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;

static FailureOr<Value> applyRange(PrimitiveCall &call) {
  auto first = call.integer(0, 0);
  auto second = call.integer(1, 0);
  auto step = call.integer(2, 1);
  if (call.hasFailed())
    return failure();
  int64_t begin = call.has(1) ? first : 0;
  int64_t end = call.has(1) ? second : first;
  if (step == 0)
    return call.expected("a number other than 0", 2);
  if (!call.has(1) && end < 0)
    return call.expected("a count of at least 0", 0);
  // As doubles, so that nothing overflows before it is compared.
  double count = std::ceil((double(end) - double(begin)) / double(step));
  if (count > double(call.evaluator.limits.listItems))
    return call.evaluator.error(
        call.range, "a list has at most " +
                        std::to_string(call.evaluator.limits.listItems) +
                        " elements, found a range of " +
                        std::to_string(int64_t(count)));
  std::vector<Value> items;
  for (int64_t i = 0; i < int64_t(count); ++i)
    items.push_back(Dim(begin + i * step));
  return Value::list(std::move(items));
}

static FailureOr<Value> applyLen(PrimitiveCall &call) {
  if (const List *list = call[0].asList())
    return Value(Dim(int64_t(list->items.size())));
  if (call[0].isTensor() && !getDims(call[0].tensor()).empty())
    return Value(getDims(call[0].tensor()).front());
  return call.expected("a list", 0);
}

static FailureOr<Value> applyInt(PrimitiveCall &call) {
  if (call[0].is<Dim>())
    return call[0];
  std::optional<double> number = call[0].number();
  if (!number)
    return call.expected("a number that is known when compiling", 0);
  if (!(std::abs(*number) < 9.2e18))
    return call.expected("a number that fits into 64 bits", 0);
  return Value(Dim(int64_t(*number)));
}

static FailureOr<Value> applyEnumerate(PrimitiveCall &call) {
  const List *list = call[0].asList();
  if (!list)
    return call.expected("a list", 0);
  std::vector<Value> pairs;
  for (auto [i, item] : llvm::enumerate(list->items))
    pairs.push_back(Value::list({Dim(int64_t(i)), item}));
  return Value::list(std::move(pairs));
}

llvm::ArrayRef<Primitive> frontend::staticPrimitives() {
  static const Primitive table[] = {
      {"range", {"from", "to?", "step?"}, applyRange},
      {"len", {"x"}, applyLen},
      {"int", {"x"}, applyInt},
      {"enumerate", {"x"}, applyEnumerate},
  };
  return table;
}
