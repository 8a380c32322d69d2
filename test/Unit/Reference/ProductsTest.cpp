//===- ProductsTest.cpp - linear, matmul and conv2d -----------------------===//
#include "Compute.h"

using namespace bridge;
using namespace bridge::test;

static void testLinear() {
  Array x = floats({2, 3}, {1, 2, 3, -1, 0, 2});
  Array w = floats({2, 3}, {1, 0, -1, 2, 1, 0.5});
  CHECK_RUN(run("%x: tensor<2x3xf32>, %w: tensor<2x3xf32>", "tensor<2x2xf32>",
                "%r = bridge.linear %x, %w : tensor<2x3xf32>, tensor<2x3xf32> "
                "-> tensor<2x2xf32>",
                {x, w}),
            floats({2, 2}, {-2, 5.5, -3, -1}));
  CHECK_RUN(run("%x: tensor<2x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>",
                "tensor<2x2xf32>",
                "%r = bridge.linear %x, %w bias %b : tensor<2xf32> : "
                "tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x2xf32>",
                {x, w, floats({2}, {10, 20})}),
            floats({2, 2}, {8, 25.5, 7, 19}));
}

static void testMatmul() {
  CHECK_RUN(run("%a: tensor<2x2xf32>, %b: tensor<2x2xf32>", "tensor<2x2xf32>",
                "%r = bridge.matmul %a, %b : tensor<2x2xf32>, tensor<2x2xf32> "
                "-> tensor<2x2xf32>",
                {floats({2, 2}, {1, 2, 3, 4}), floats({2, 2}, {5, 6, 7, 8})}),
            floats({2, 2}, {19, 22, 43, 50}));
  // Leading axes broadcast: a[2, 1, 1, 2] b[3, 2, 1].
  CHECK_RUN(run("%a: tensor<2x1x1x2xf32>, %b: tensor<3x2x1xf32>",
                "tensor<2x3x1x1xf32>",
                "%r = bridge.matmul %a, %b : tensor<2x1x1x2xf32>, "
                "tensor<3x2x1xf32> -> tensor<2x3x1x1xf32>",
                {floats({2, 1, 1, 2}, {1, 2, 3, 4}),
                 floats({3, 2, 1}, {1, 1, 2, 0, 0, 5})}),
            floats({2, 3, 1, 1}, {3, 2, 10, 7, 6, 20}));
  // Longer than one block of the sum: Σ i for i < 300.
  std::vector<double> ones(300, 1), numbers(300);
  for (int i = 0; i < 300; ++i)
    numbers[i] = i;
  CHECK_RUN(run("%a: tensor<1x300xf32>, %b: tensor<300x1xf32>",
                "tensor<1x1xf32>",
                "%r = bridge.matmul %a, %b : tensor<1x300xf32>, "
                "tensor<300x1xf32> -> tensor<1x1xf32>",
                {floats({1, 300}, ones), floats({300, 1}, numbers)}),
            floats({1, 1}, {44850}));
}

static void testConv2d() {
  std::vector<double> image(16);
  for (int i = 0; i < 16; ++i)
    image[i] = i;
  Array x = floats({1, 1, 4, 4}, image);
  // Patches of 2 × 2: the sum of each, plus a bias.
  CHECK_RUN(run("%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x2x2xf32>, "
                "%b: tensor<1xf32>",
                "tensor<1x1x2x2xf32>",
                "%r = bridge.conv2d %x, %w bias %b : tensor<1xf32> {stride = 2 "
                ": i64} : tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32> -> "
                "tensor<1x1x2x2xf32>",
                {x, floats({1, 1, 2, 2}, {1, 1, 1, 1}), floats({1}, {100})}),
            floats({1, 1, 2, 2}, {110, 118, 142, 150}));
  // A cross-correlation does not flip its kernel, and pads with zeros.
  CHECK_RUN(run("%x: tensor<1x1x2x2xf32>, %w: tensor<1x1x3x3xf32>",
                "tensor<1x1x2x2xf32>",
                "%r = bridge.conv2d %x, %w {padding = 1 : i64} : "
                "tensor<1x1x2x2xf32>, tensor<1x1x3x3xf32> -> "
                "tensor<1x1x2x2xf32>",
                {floats({1, 1, 2, 2}, {1, 2, 3, 4}),
                 floats({1, 1, 3, 3}, {0, 0, 0, 0, 1, 10, 0, 100, 1000})}),
            floats({1, 1, 2, 2}, {4321, 402, 43, 4}));
  // Two groups: each output sees one channel.
  CHECK_RUN(run("%x: tensor<1x2x1x2xf32>, %w: tensor<2x1x1x1xf32>",
                "tensor<1x2x1x2xf32>",
                "%r = bridge.conv2d %x, %w {groups = 2 : i64} : "
                "tensor<1x2x1x2xf32>, tensor<2x1x1x1xf32> -> "
                "tensor<1x2x1x2xf32>",
                {floats({1, 2, 1, 2}, {1, 2, 3, 4}),
                 floats({2, 1, 1, 1}, {10, 100})}),
            floats({1, 2, 1, 2}, {10, 20, 300, 400}));
}

void bridge::test::testProducts() {
  testLinear();
  testMatmul();
  testConv2d();
}
