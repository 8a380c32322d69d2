//===- RowsTest.cpp - Norms, softmax, rotary and cross-entropy ------------===//
#include "Compute.h"
#include <cmath>

using namespace bridge;
using namespace bridge::test;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
static constexpr double kInfinity = std::numeric_limits<double>::infinity();

static void testNorms() {
  // Mean 2, variance 1: with eps 3 the deviation is 2.
  CHECK_RUN(run("%x: tensor<1x2xf32>, %w: tensor<2xf32>, %b: tensor<2xf32>",
                "tensor<1x2xf32>",
                "%r = bridge.layer_norm %x weight %w : tensor<2xf32> bias %b : "
                "tensor<2xf32> eps 3.0 : tensor<1x2xf32> -> tensor<1x2xf32>",
                {floats({1, 2}, {1, 3}), floats({2}, {10, 100}),
                 floats({2}, {1, 2})}),
            floats({1, 2}, {-4, 52}));
  CHECK_RUN(run("%x: tensor<1x2xf32>", "tensor<1x2xf32>",
                "%r = bridge.layer_norm %x eps 3.0 : tensor<1x2xf32> -> "
                "tensor<1x2xf32>",
                {floats({1, 2}, {1, 3})}),
            floats({1, 2}, {-0.5, 0.5}));
  // Mean of squares 12.5, with eps 12.5 the root is 5.
  CHECK_RUN(run("%x: tensor<2x2xf32>, %w: tensor<2xf32>", "tensor<2x2xf32>",
                "%r = bridge.rms_norm %x weight %w : tensor<2xf32> eps 12.5 : "
                "tensor<2x2xf32> -> tensor<2x2xf32>",
                {floats({2, 2}, {3, 4, 0, 5}), floats({2}, {1, 10})}),
            floats({2, 2}, {0.6, 8, 0, 10}));
  // ‖(3, 4)‖ = 5; below eps, eps divides.
  CHECK_RUN(run("%x: tensor<3x2xf32>", "tensor<3x2xf32>",
                "%r = bridge.l2_normalize %x eps 0.5 : tensor<3x2xf32> -> "
                "tensor<3x2xf32>",
                {floats({3, 2}, {3, 4, 0.1, 0, kNaN, 1})}),
            floats({3, 2}, {0.6, 0.8, 0.2, 0, kNaN, kNaN}));
}

static void testSoftmax() {
  auto all = [](std::vector<double> values) {
    return run("%x: tensor<1x3xf32>", "tensor<1x3xf32>",
               "%r = bridge.softmax %x : tensor<1x3xf32> -> tensor<1x3xf32>",
               {floats({1, 3}, std::move(values))});
  };
  double log2 = std::log(2);
  CHECK_RUN(all({0, log2, 2 * log2}), floats({1, 3}, {1. / 7, 2. / 7, 4. / 7}));
  CHECK_RUN(all({1000, 1000 + log2, -kInfinity}),
            floats({1, 3}, {1. / 3, 2. / 3, 0}));
  CHECK_RUN(all({0, kNaN, 0}), floats({1, 3}, {kNaN, kNaN, kNaN}));
}

/// x[2, 2, 2, 3]: batch, heads, queries, keys; keys up to the query are seen,
/// of those that are valid.
static Outcome maskedSoftmax(const char *empty, Array valid) {
  std::vector<double> x(24);
  for (int i = 0; i < 24; ++i)
    x[i] = i % 3 * std::log(2);
  std::string body = std::string(R"(
    %r = bridge.softmax %x mask(%valid : tensor<2x3xi32>) batch 1 empty )") +
                     empty + R"( {
    ^bb0(%v: tensor<2x3xi32>, %b: i32, %q: i32, %k: i32):
      %zero = arith.constant 0 : i32
      %e = bridge.element %v[%b, %k] : tensor<2x3xi32>
      %is = arith.cmpi ne, %e, %zero : i32
      %before = arith.cmpi sle, %k, %q : i32
      %seen = arith.andi %is, %before : i1
      bridge.yield %seen : i1
    } : tensor<2x2x2x3xf32> -> tensor<2x2x2x3xf32>)";
  return run("%x: tensor<2x2x2x3xf32>, %valid: tensor<2x3xi32>",
             "tensor<2x2x2x3xf32>", body,
             {floats({2, 2, 2, 3}, x), std::move(valid)});
}

static void testMasks() {
  // The second batch's first key is padding, so its first query sees nothing.
  Array valid = integers({2, 3}, {1, 1, 1, 0, 1, 1});
  double third = 1. / 3;
  CHECK_RUN(maskedSoftmax("zero", valid),
            floats({2, 2, 2, 3}, {1, 0, 0, third, 2 * third, 0, //
                                  1, 0, 0, third, 2 * third, 0, //
                                  0, 0, 0, 0,     1,         0, //
                                  0, 0, 0, 0,     1,         0}));
  CHECK_RUN(maskedSoftmax("uniform", valid),
            floats({2, 2, 2, 3}, {1,     0,     0,     third, 2 * third, 0, //
                                  1,     0,     0,     third, 2 * third, 0, //
                                  third, third, third, 0,     1,         0, //
                                  third, third, third, 0,     1,         0}));
  // Without captures and batch; constants may stand outside, dimensions inside.
  CHECK_RUN(run("%x: tensor<?x2xf32, #bridge.dims<\"n\">>",
                "tensor<?x2xf32, #bridge.dims<\"n\">>", R"(
    %one = arith.constant 1 : i32
    %r = bridge.softmax %x empty zero {
    ^bb0(%q: i32, %k: i32):
      %n = bridge.dim "n" : i32
      %sum = arith.addi %q, %one : i32
      %last = arith.cmpi eq, %sum, %n : i32
      bridge.yield %last : i1
    } : tensor<?x2xf32, #bridge.dims<"n">> -> tensor<?x2xf32, #bridge.dims<"n">>)",
                {floats({2, 2}, {0, 0, 0, 0})}),
            floats({2, 2}, {0, 0, 0.5, 0.5}));
  CHECK_ERROR(run("%x: tensor<2x2xf32>, %v: tensor<1xi1>", "tensor<2x2xf32>",
                  R"(
    %r = bridge.softmax %x mask(%v : tensor<1xi1>) empty zero {
    ^bb0(%s: tensor<1xi1>, %q: i32, %k: i32):
      %e = bridge.element %s[%k] : tensor<1xi1>
      bridge.yield %e : i1
    } : tensor<2x2xf32> -> tensor<2x2xf32>)",
                  {floats({2, 2}, {0, 0, 0, 0}), truths({1}, {1})}),
              "test:5:12: an index is 1; the axis has 1 elements");
}

static void testRotary() {
  double angle = 0.3, c = std::cos(angle), s = std::sin(angle);
  // One pair for each token; two heads share the angles.
  CHECK_RUN(run("%x: tensor<2x2x2xf32>, %a: tensor<2x1xf32>",
                "tensor<2x2x2xf32>",
                "%r = bridge.rotary %x, %a : tensor<2x2x2xf32>, tensor<2x1xf32>"
                " -> tensor<2x2x2xf32>",
                {floats({2, 2, 2}, {1, 0, 1, 0, 0, 1, 0, 1}),
                 floats({2, 1}, {0, angle})}),
            floats({2, 2, 2}, {1, 0, c, s, 0, 1, -s, c}));
  // Angles of their own for each element of the batch: x[2, 2, 1, 2].
  CHECK_RUN(run("%x: tensor<2x2x1x2xf32>, %a: tensor<2x1x1xf32>",
                "tensor<2x2x1x2xf32>",
                "%r = bridge.rotary %x, %a : tensor<2x2x1x2xf32>, "
                "tensor<2x1x1xf32> -> tensor<2x2x1x2xf32>",
                {floats({2, 2, 1, 2}, {1, 0, 2, 0, 1, 0, 2, 0}),
                 floats({2, 1, 1}, {0, angle})}),
            floats({2, 2, 1, 2}, {1, 0, 2, 0, c, s, 2 * c, 2 * s}));
  // The halves are rotated against each other: pairs (0, 2) and (1, 3).
  CHECK_RUN(run("%x: tensor<1x4xf32>, %a: tensor<1x2xf32>", "tensor<1x4xf32>",
                "%r = bridge.rotary %x, %a : tensor<1x4xf32>, tensor<1x2xf32> "
                "-> tensor<1x4xf32>",
                {floats({1, 4}, {1, 2, 3, 4}), floats({1, 2}, {0, angle})}),
            floats({1, 4}, {1, 2 * c - 4 * s, 3, 4 * c + 2 * s}));
}

static Outcome crossEntropy(const char *attributes,
                            std::vector<double> labels) {
  double log2 = std::log(2);
  return run("%x: tensor<3x2xf32>, %l: tensor<3xi32>", "tensor<f32>",
             std::string("%r = bridge.cross_entropy %x, %l ") + attributes +
                 " : tensor<3x2xf32>, tensor<3xi32> -> tensor<f32>",
             {floats({3, 2}, {0, 0, 0, log2, 2 * log2, log2}),
              integers({3}, std::move(labels))});
}

static void testCrossEntropy() {
  double log2 = std::log(2), log3 = std::log(3);
  // Log-sum-exps: log 2, log 3, log 6.
  double full = (log2 + (log3 - log2) + (log2 + log3 - log2)) / 3;
  CHECK_RUN(crossEntropy("", {0, 1, 1}), floats({}, {full}));
  CHECK_RUN(crossEntropy("{ignore = -100 : i64}", {0, -100, 1}),
            floats({}, {(log2 + log3) / 2}));
  CHECK_RUN(crossEntropy("{ignore = -100 : i64}", {-100, -100, -100}),
            floats({}, {kNaN}));
  // Targets 0.8 · one-hot + 0.1: of row 1, 0.1 · 0 + 0.9 · log 2 is expected.
  double first = log2, second = log3 - 0.9 * log2,
         third = log2 + log3 - (0.1 * 2 * log2 + 0.9 * log2);
  CHECK_RUN(crossEntropy("{smoothing = 0.2 : f64}", {0, 1, 1}),
            floats({}, {(first + second + third) / 3}));
  CHECK_ERROR(crossEntropy("", {0, 2, 1}),
              "test:2:6: a label is 2; there are 2 classes");
  CHECK_ERROR(crossEntropy("", {0, -100, 1}),
              "test:2:6: a label is -100; there are 2 classes");
}

void bridge::test::testRows() {
  testNorms();
  testSoftmax();
  testMasks();
  testRotary();
  testCrossEntropy();
}
