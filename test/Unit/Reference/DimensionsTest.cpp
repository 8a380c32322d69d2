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
           "input `x` has shape [2, 4]: dimension 1 is 4, expected 3");
  CHECK_EQ(evaluate("n", {input("x", {"n", "2 * n"}, {2, 5})}),
           "input `x` has shape [2, 5]: dimension 1 is 5, expected 2 * n = 4 "
           "where n = 2");
  CHECK_EQ(evaluate("n", {input("x", {"n"}, {2, 4})}),
           "input `x` has shape [2, 4], expected [n]: rank 2, expected 1");
  CHECK_EQ(evaluate("n", {input("x", {"n"}, {0})}),
           "input `x` has shape [0]: dimension 0 (`n`) has to be at least 1");
  CHECK_EQ(evaluate("q", {input("x", {"4 * q"}, {10})}),
           "input `x` has shape [10]: dimension 0 is 10, and no whole number "
           "`q` makes 4 * q that");
  CHECK_EQ(evaluate("q", {input("x", {"4 * q + 8"}, {4})}),
           "input `x` has shape [4]: dimension 0 is 4, and no whole number `q` "
           "makes 4 * q + 8 that");
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
