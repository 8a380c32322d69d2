//===- FusedTest.cpp - Fused operations against what they replace ---------===//
#include "Compute.h"
#include <cmath>

using namespace bridge;
using namespace bridge::test;

/// Numbers in −1 … 1 without a pattern.
static Array numbers(Shape shape, double seed) {
  Array array(Element::Float, std::move(shape));
  for (int64_t i = 0; i < array.size(); ++i)
    array.values[i] = std::sin(seed + 12.9898 * i * i);
  return array;
}

static void testFusedLinear() {
  Array x = numbers({2, 3}, 1), w = numbers({4, 3}, 2), b = numbers({4}, 3),
        residual = numbers({2, 4}, 4), gate = numbers({}, 5);
  const char *parameters = "%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, "
                           "%b: tensor<4xf32>, %s: tensor<2x4xf32>, "
                           "%g: tensor<f32>";
  Outcome fused = run(parameters, "tensor<2x4xf32>", R"(
    %r = bridge.fused_linear %x, %w bias %b : tensor<4xf32>
        with (%s, %g : tensor<2x4xf32>, tensor<f32>) {
    ^bb0(%acc: f32, %residual: f32, %gate: f32):
      %open = math.tanh %gate : f32
      %scaled = arith.mulf %acc, %open : f32
      %sum = arith.addf %scaled, %residual : f32
      bridge.yield %sum : f32
    } : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>)",
                      {x, w, b, residual, gate});
  Outcome apart = run(parameters, "tensor<2x4xf32>", R"(
    %y = bridge.linear %x, %w bias %b : tensor<4xf32> : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
    %t = bridge.unary tanh %g : tensor<f32>
    %z = bridge.binary mul %y, %t : tensor<2x4xf32>, tensor<f32> -> tensor<2x4xf32>
    %r = bridge.binary add %z, %s : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<2x4xf32>)",
                      {x, w, b, residual, gate});
  CHECK_EQ(apart.error, "");
  CHECK_RUN(fused, apart.results.at(0));
}

static void testAttention() {
  // Four query heads on two key heads; keys up to the query are seen.
  Array q = numbers({2, 4, 3, 2}, 1), k = numbers({2, 2, 3, 2}, 2),
        v = numbers({2, 2, 3, 5}, 3);
  const char *parameters = "%q: tensor<2x4x3x2xf32>, %k: tensor<2x2x3x2xf32>, "
                           "%v: tensor<2x2x3x5xf32>";
  Outcome fused = runModule(R"(
    func.func @f(%q: tensor<2x4x3x2xf32>, %k: tensor<2x2x3x2xf32>, %v: tensor<2x2x3x5xf32>)
        -> (tensor<2x4x3x5xf32>, tensor<2x4x3xf32>) attributes {bridge.entry} {
      %r, %lse = bridge.attention %q, %k, %v scale 0.5 empty uniform {
      ^bb0(%query: i32, %key: i32):
        %seen = arith.cmpi slt, %key, %query : i32
        bridge.yield %seen : i1
      } : tensor<2x4x3x2xf32>, tensor<2x2x3x2xf32>, tensor<2x2x3x5xf32> -> tensor<2x4x3x5xf32>, tensor<2x4x3xf32>
      return %r, %lse : tensor<2x4x3x5xf32>, tensor<2x4x3xf32>
    })",
                            {q, k, v});
  Outcome apart = run(parameters, "tensor<2x4x3x5xf32>", R"(
    %k5 = bridge.reshape %k : tensor<2x2x3x2xf32> -> tensor<2x2x1x3x2xf32>
    %kb = bridge.broadcast %k5 : tensor<2x2x1x3x2xf32> -> tensor<2x2x2x3x2xf32>
    %k4 = bridge.reshape %kb : tensor<2x2x2x3x2xf32> -> tensor<2x4x3x2xf32>
    %v5 = bridge.reshape %v : tensor<2x2x3x5xf32> -> tensor<2x2x1x3x5xf32>
    %vb = bridge.broadcast %v5 : tensor<2x2x1x3x5xf32> -> tensor<2x2x2x3x5xf32>
    %v4 = bridge.reshape %vb : tensor<2x2x2x3x5xf32> -> tensor<2x4x3x5xf32>
    %kt = bridge.transpose %k4 [0, 1, 3, 2] : tensor<2x4x3x2xf32> -> tensor<2x4x2x3xf32>
    %dot = bridge.matmul %q, %kt : tensor<2x4x3x2xf32>, tensor<2x4x2x3xf32> -> tensor<2x4x3x3xf32>
    %half = bridge.constant dense<0.5> : tensor<f32> -> tensor<f32>
    %scores = bridge.binary mul %dot, %half : tensor<2x4x3x3xf32>, tensor<f32> -> tensor<2x4x3x3xf32>
    %p = bridge.softmax %scores empty uniform {
    ^bb0(%query: i32, %key: i32):
      %seen = arith.cmpi slt, %key, %query : i32
      bridge.yield %seen : i1
    } : tensor<2x4x3x3xf32> -> tensor<2x4x3x3xf32>
    %r = bridge.matmul %p, %v4 : tensor<2x4x3x3xf32>, tensor<2x4x3x5xf32> -> tensor<2x4x3x5xf32>)",
                      {q, k, v});
  CHECK_EQ(apart.error, "");
  CHECK_RUN(fused, apart.results.at(0));

  // Query 1 sees key 0 alone, so its log-sum-exp is that score; query 0 none.
  const Array &logSums = fused.results.at(1);
  double infinity = std::numeric_limits<double>::infinity();
  for (int head = 0; head < 8; ++head) {
    const double *query = q.values.data() + head * 6 + 2;
    const double *key = k.values.data() + head / 2 * 6;
    double score = 0.5 * (query[0] * key[0] + query[1] * key[1]);
    CHECK_EQ(logSums.values[head * 3], -infinity);
    CHECK(std::fabs(logSums.values[head * 3 + 1] - score) < 1e-12);
  }
}

static void testLosses() {
  // Logits [[log 2, 0], [log 4, 0]]: the products of unit vectors by the scale.
  double log2 = std::log(2);
  Array image = floats({2, 2}, {1, 0, 2, 0}),
        text = floats({2, 2}, {1, 0, 0, 1});
  const char *losses = R"(
    func.func @f(%i: tensor<2x2xf32>, %t: tensor<2x2xf32>, %s: tensor<f32>)
        -> (tensor<f32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>) attributes {bridge.entry} {
      %l:4 = bridge.contrastive_loss %i, %t, %s : tensor<2x2xf32>, tensor<2x2xf32>, tensor<f32>
          -> tensor<f32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>
      return %l#0, %l#1, %l#2, %l#3 : tensor<f32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>
    })";
  Outcome outcome = runModule(losses, {image, text, floats({}, {log2})});
  double rows[] = {std::log(3), std::log(5)};
  double columns[] = {std::log(6), std::log(2)};
  CHECK_RESULT(outcome, 0, floats({}, {(rows[0] + rows[1] - log2) / 2}));
  CHECK_RESULT(outcome, 1, floats({}, {(columns[0] + columns[1] - log2) / 2}));
  CHECK_RESULT(outcome, 2, floats({2}, {rows[0], rows[1]}));
  CHECK_RESULT(outcome, 3, floats({2}, {columns[0], columns[1]}));

  // Row 0 belongs to column 1; the other row, and column 0, do not count.
  const char *labelled = R"(
    func.func @f(%i: tensor<2x2xf32>, %t: tensor<2x2xf32>, %s: tensor<f32>, %a: tensor<2xi32>, %b: tensor<2xi32>)
        -> (tensor<f32>, tensor<f32>) attributes {bridge.entry} {
      %l:4 = bridge.contrastive_loss %i, %t, %s image_labels %a : tensor<2xi32> text_labels %b : tensor<2xi32> {ignore = 7}
          : tensor<2x2xf32>, tensor<2x2xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>
      return %l#0, %l#1 : tensor<f32>, tensor<f32>
    })";
  Array scale = floats({}, {log2});
  outcome = runModule(labelled, {image, text, scale, integers({2}, {1, 7}),
                                 integers({2}, {7, 0})});
  CHECK_RESULT(outcome, 0, floats({}, {rows[0]}));
  CHECK_RESULT(outcome, 1, floats({}, {columns[1]}));
  outcome = runModule(labelled, {image, text, scale, integers({2}, {2, 7}),
                                 integers({2}, {7, 0})});
  CHECK(llvm::StringRef(outcome.error)
            .contains("a label is 2; there are 2 classes"));

  // The same logits as those of a layer: column 1 gets a bias of 3 / log 2.
  CHECK_RUN(run("%i: tensor<2x2xf32>, %t: tensor<2x2xf32>, %s: tensor<f32>, "
                "%b: tensor<2xf32>, %y: tensor<2xi32>",
                "tensor<f32>",
                "%r, %lse = bridge.linear_cross_entropy %i, %t bias %b : "
                "tensor<2xf32> scale %s : tensor<f32> labels %y : "
                "tensor<2xi32> {ignore = -1} : tensor<2x2xf32>, "
                "tensor<2x2xf32> -> tensor<f32>, tensor<2xf32>",
                {image, text, scale, floats({2}, {0, 3 / log2}),
                 integers({2}, {0, -1})}),
            floats({}, {std::log(2 + std::exp(3)) - log2}));

  // Logits plus log 3: the sigmoids of log 6, −log 3, −log 12 and log 3.
  CHECK_RUN(run("%i: tensor<2x2xf32>, %t: tensor<2x2xf32>, %s: tensor<f32>, "
                "%b: tensor<f32>",
                "tensor<f32>",
                "%r = bridge.sigmoid_loss %i, %t, %s, %b : tensor<2x2xf32>, "
                "tensor<2x2xf32>, tensor<f32>, tensor<f32> -> tensor<f32>",
                {image, text, floats({}, {log2}), floats({}, {std::log(3)})}),
            floats({}, {-(std::log(6. / 7) + std::log(1. / 4) +
                          std::log(1. / 13) + std::log(3. / 4))}));
}

/// A bias that heads share is added to the scaled scores.
static void testBias() {
  Array q = numbers({2, 3, 2}, 1), k = numbers({2, 4, 2}, 2),
        bias = numbers({3, 4}, 3);
  const char *parameters = "%q: tensor<2x3x2xf32>, %k: tensor<2x4x2xf32>, "
                           "%b: tensor<3x4xf32>";
  Outcome fused = run(parameters, "tensor<2x3x2xf32>", R"(
    %r = bridge.attention %q, %k, %k scale 0.5 bias %b : tensor<3x4xf32> : tensor<2x3x2xf32>, tensor<2x4x2xf32>, tensor<2x4x2xf32> -> tensor<2x3x2xf32>)",
                      {q, k, bias});
  Outcome apart = run(parameters, "tensor<2x3x2xf32>", R"(
    %kt = bridge.transpose %k [0, 2, 1] : tensor<2x4x2xf32> -> tensor<2x2x4xf32>
    %dot = bridge.matmul %q, %kt : tensor<2x3x2xf32>, tensor<2x2x4xf32> -> tensor<2x3x4xf32>
    %half = bridge.constant dense<0.5> : tensor<f32> -> tensor<f32>
    %scaled = bridge.binary mul %dot, %half : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x3x4xf32>
    %scores = bridge.binary add %scaled, %b : tensor<2x3x4xf32>, tensor<3x4xf32> -> tensor<2x3x4xf32>
    %p = bridge.softmax %scores : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
    %r = bridge.matmul %p, %k : tensor<2x3x4xf32>, tensor<2x4x2xf32> -> tensor<2x3x2xf32>)",
                      {q, k, bias});
  CHECK_EQ(apart.error, "");
  CHECK_RUN(fused, apart.results.at(0));
}

static void testResidualNorm() {
  Array x = numbers({3, 4}, 1), residual = numbers({3, 4}, 2),
        w = numbers({4}, 3);
  const char *parameters =
      "%x: tensor<3x4xf32>, %s: tensor<3x4xf32>, %w: tensor<4xf32>";
  for (const char *kind : {"layer", "rms"}) {
    std::string isFused = std::string("%sum, %y = bridge.residual_norm ") +
                          kind +
                          " %x, %s weight %w : tensor<4xf32> eps 0.1 : "
                          "tensor<3x4xf32>";
    std::string isApart =
        std::string("%sum = bridge.binary add %x, %s : tensor<3x4xf32>, "
                    "tensor<3x4xf32> -> tensor<3x4xf32>\n%y = bridge.") +
        kind +
        "_norm %sum weight %w : tensor<4xf32> eps 0.1 : tensor<3x4xf32> -> "
        "tensor<3x4xf32>";
    // The norm and the sum in one.
    std::string both = "\n%r = bridge.binary sub %y, %sum : tensor<3x4xf32>, "
                       "tensor<3x4xf32> -> tensor<3x4xf32>";
    Outcome fused = run(parameters, "tensor<3x4xf32>", (isFused + both).c_str(),
                        {x, residual, w});
    Outcome apart = run(parameters, "tensor<3x4xf32>", (isApart + both).c_str(),
                        {x, residual, w});
    CHECK_EQ(apart.error, "");
    CHECK_RUN(fused, apart.results.at(0));
  }
}

void bridge::test::testFused() {
  testFusedLinear();
  testAttention();
  testBias();
  testResidualNorm();
  testLosses();
}
