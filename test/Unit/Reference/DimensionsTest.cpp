//===- DimensionsTest.cpp - Inputs and the names of their dimensions ------===//
#include "bridge/Reference/Dimensions.h"
#include "Compute.h"

using namespace bridge;
using namespace bridge::test;

using Input = Dimensions::Input;

static Input input(const char *name, std::vector<const char *> declared,
                   Shape given) {
  Input input{name, {}, std::move(given)};
  for (const char *text : declared)
    input.declared.push_back(*Dim::parse(text));
  return input;
}

/// The value of an expression, or the error.
static std::string evaluate(const char *text, std::vector<Input> inputs) {
  llvm::Expected<Dimensions> dimensions = Dimensions::bind(inputs);
  if (!dimensions)
    return llvm::toString(dimensions.takeError());
  llvm::Expected<int64_t> value = dimensions->evaluate(*Dim::parse(text));
  return value ? std::to_string(*value) : llvm::toString(value.takeError());
}

void bridge::test::testDimensions() {
  CHECK_EQ(evaluate("2 * n * t + 1", {input("x", {"n", "t", "3"}, {2, 5, 3})}),
           "21");
  // An expression is solved, whatever the order; so is one with known names.
  CHECK_EQ(evaluate("q", {input("x", {"4 * q + 2"}, {14})}), "3");
  CHECK_EQ(evaluate("m", {input("x", {"b * m"}, {12}), input("y", {"b"}, {3})}),
           "4");
  CHECK_EQ(evaluate("n", {input("pixels", {"tokens"}, {576}),
                          input("mask", {"tokens"}, {577})}),
           "dimension `tokens` is 576 from `pixels` and 577 from `mask`");
  CHECK_EQ(evaluate("n", {input("x", {"n", "3"}, {2, 4})}),
           "axis 1 of `x` is 4; expected 3");
  CHECK_EQ(evaluate("n", {input("x", {"n", "2 * n"}, {2, 5})}),
           "axis 1 of `x` is 5; expected 4 = `2 * n`, where `n` is 2 from `x`");
  CHECK_EQ(evaluate("n", {input("x", {"n"}, {2, 4})}),
           "`x` has the shape [2, 4]; expected [n]");
  CHECK_EQ(evaluate("n", {input("x", {"n"}, {0})}),
           "dimension `n` is 0 from `x`; expected at least 1");
  CHECK_EQ(evaluate("q", {input("x", {"4 * q"}, {10})}),
           "`x` has an axis of size 10; expected `4 * q` for a whole `q` of at "
           "least 1");
  CHECK_EQ(evaluate("q", {input("x", {"4 * q + 8"}, {4})}),
           "`x` has an axis of size 4; expected `4 * q + 8` for a whole `q` of "
           "at least 1");
  CHECK_EQ(evaluate("m", {input("x", {"n"}, {2})}),
           "the dimension `m` is not known from any input of this entry");

  // What the entry takes, and of which kind.
  auto negate = [](std::vector<Array> inputs) {
    return run("%x: tensor<1xf32>", "tensor<1xf32>",
               "%r = bridge.unary neg %x : tensor<1xf32>", std::move(inputs));
  };
  CHECK_ERROR(negate({}), "the entry `f` needs the input `0`");
  CHECK_ERROR(negate({integers({1}, {1})}),
              "the input `0` takes floats, found integers");
}
