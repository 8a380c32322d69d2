//===- ElementWiseTest.cpp - Element-wise operations ----------------------===//
#include "Compute.h"
#include <cmath>

using namespace bridge;
using namespace bridge::test;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
static constexpr double kInfinity = std::numeric_limits<double>::infinity();

static Outcome unary(const char *kind, std::vector<double> values) {
  std::string type = "tensor<" + std::to_string(values.size()) + "xf32>";
  Shape shape{static_cast<int64_t>(values.size())};
  return run("%x: " + type, type,
             std::string("%r = bridge.unary ") + kind + " %x : " + type,
             {floats(shape, std::move(values))});
}

static void testUnary() {
  // Tables of the normal distribution: Φ(1) = 0.8413447460685429.
  CHECK_RUN(unary("gelu", {0, 1, -1, kNaN}),
            floats({4}, {0, 0.8413447460685429, -0.15865525393145707, kNaN}));
  // tanh(√(2/π) · 1.044715) = 0.6823839...: computed with 40 digits.
  CHECK_RUN(unary("gelu_tanh", {0, 1, -1}),
            floats({3}, {0, 0.8411919906082768, -0.15880800939172324}));
  CHECK_RUN(unary("quick_gelu", {0, 1}),
            floats({2}, {0, 1 / (1 + std::exp(-1.702))}));
  CHECK_RUN(unary("silu", {2, -800, 800}),
            floats({3}, {2 / (1 + std::exp(-2.0)), -0.0, 800}));
  CHECK_RUN(unary("relu", {-1, 0, 2, kNaN}), floats({4}, {0, 0, 2, kNaN}));
  CHECK_RUN(unary("tanh", {std::log(2)}), floats({1}, {0.6}));
  CHECK_RUN(unary("sigmoid", {0, std::log(3), -std::log(3), -1000, kNaN}),
            floats({5}, {0.5, 0.75, 0.25, 0, kNaN}));
  CHECK_RUN(unary("log_sigmoid", {std::log(3), -1000, kInfinity}),
            floats({3}, {std::log(0.75), -1000, 0}));
  CHECK_RUN(unary("softplus", {std::log(3), 1000, -kInfinity}),
            floats({3}, {std::log(4), 1000, 0}));
  CHECK_RUN(unary("exp", {0, 1}), floats({2}, {1, 2.718281828459045}));
  CHECK_RUN(unary("log", {1, 0, -1}), floats({3}, {0, -kInfinity, kNaN}));
  CHECK_RUN(unary("sqrt", {9, -1}), floats({2}, {3, kNaN}));
  CHECK_RUN(unary("abs", {-3, 3}), floats({2}, {3, 3}));
  CHECK_RUN(unary("sin", {M_PI / 6}), floats({1}, {0.5}));
  CHECK_RUN(unary("cos", {M_PI / 3}), floats({1}, {0.5}));
  CHECK_RUN(unary("neg", {2}), floats({1}, {-2}));
  CHECK_RUN(run("%x: tensor<2xi1>", "tensor<2xi1>",
                "%r = bridge.unary not %x : tensor<2xi1>",
                {truths({2}, {0, 1})}),
            truths({2}, {1, 0}));
}

static Outcome binary(const char *kind, Array a, Array b, const char *element,
                      const char *result) {
  auto type = [](const Array &x, const char *element) {
    std::string text = "tensor<";
    for (int64_t size : x.shape)
      text += std::to_string(size) + "x";
    return text + element + ">";
  };
  std::string left = type(a, element), right = type(b, element);
  return run("%a: " + left + ", %b: " + right, result,
             std::string("%r = bridge.") + kind + " %a, %b : " + left + ", " +
                 right + " -> " + result,
             {std::move(a), std::move(b)});
}

static void testBinary() {
  // Both sides stretch.
  CHECK_RUN(binary("binary sub", floats({2, 1}, {10, 20}),
                   floats({3}, {1, 2, 3}), "f32", "tensor<2x3xf32>"),
            floats({2, 3}, {9, 8, 7, 19, 18, 17}));
  Array a = integers({4}, {7, -7, 7, -7}), b = integers({4}, {2, 2, -2, -2});
  CHECK_RUN(binary("binary floordiv", a, b, "i32", "tensor<4xi32>"),
            integers({4}, {3, -4, -4, 3}));
  CHECK_RUN(binary("binary mod", a, b, "i32", "tensor<4xi32>"),
            integers({4}, {1, 1, -1, -1}));
  CHECK_ERROR(
      binary("binary mod", a, integers({}, {0}), "i32", "tensor<4xi32>"),
      "test:2:6: an integer is divided by 0");
  CHECK_RUN(binary("binary pow", floats({2}, {3, 2}), floats({}, {-1}), "f32",
                   "tensor<2xf32>"),
            floats({2}, {1. / 3, 0.5}));
  CHECK_RUN(binary("binary max", floats({3}, {1, kNaN, 3}),
                   floats({3}, {2, 0, kNaN}), "f32", "tensor<3xf32>"),
            floats({3}, {2, kNaN, kNaN}));
  CHECK_RUN(binary("binary min", floats({3}, {1, kNaN, 3}),
                   floats({3}, {2, 0, kNaN}), "f32", "tensor<3xf32>"),
            floats({3}, {1, kNaN, kNaN}));
  CHECK_RUN(binary("binary and", truths({2, 1}, {0, 1}), truths({2}, {0, 1}),
                   "i1", "tensor<2x2xi1>"),
            truths({2, 2}, {0, 0, 0, 1}));
  CHECK_RUN(binary("binary or", truths({2, 1}, {0, 1}), truths({2}, {0, 1}),
                   "i1", "tensor<2x2xi1>"),
            truths({2, 2}, {0, 1, 1, 1}));
  CHECK_RUN(binary("compare lt", integers({2}, {1, 2}), integers({}, {2}),
                   "i32", "tensor<2xi1>"),
            truths({2}, {1, 0}));
  CHECK_RUN(binary("compare ne", floats({2}, {kNaN, 2}), floats({}, {2}), "f32",
                   "tensor<2xi1>"),
            truths({2}, {1, 0}));
  CHECK_ERROR(binary("binary mul", integers({1}, {70000}),
                     integers({1}, {70000}), "i32", "tensor<1xi32>"),
              "test:2:6: an integer of 32 bits cannot be 4900000000");
}

static void testSelectClipCast() {
  CHECK_RUN(run("%c: tensor<2x1xi1>, %a: tensor<2xf32>, %b: tensor<f32>",
                "tensor<2x2xf32>",
                "%r = bridge.select %c, %a, %b : tensor<2x1xi1>, tensor<2xf32>,"
                " tensor<f32> -> tensor<2x2xf32>",
                {truths({2, 1}, {1, 0}), floats({2}, {1, 2}), floats({}, {9})}),
            floats({2, 2}, {1, 2, 9, 9}));
  CHECK_RUN(run("%x: tensor<4xf32>, %l: tensor<f32>, %h: tensor<4xf32>",
                "tensor<4xf32>",
                "%r = bridge.clip %x, %l, %h : tensor<4xf32>, tensor<f32>, "
                "tensor<4xf32> -> tensor<4xf32>",
                {floats({4}, {-5, 1, 5, kNaN}), floats({}, {-1}),
                 floats({4}, {2, 2, 3, 2})}),
            floats({4}, {-1, 1, 3, kNaN}));
  CHECK_RUN(run("%x: tensor<2xi1>", "tensor<2xf32>",
                "%i = bridge.cast %x : tensor<2xi1> -> tensor<2xi32>\n"
                "%r = bridge.cast %i : tensor<2xi32> -> tensor<2xf32>",
                {truths({2}, {0, 1})}),
            floats({2}, {0, 1}));
}

void bridge::test::testElementWise() {
  testUnary();
  testBinary();
  testSelectClipCast();
}
