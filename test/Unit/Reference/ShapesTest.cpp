//===- ShapesTest.cpp - Shapes, places and constants ----------------------===//
#include "Compute.h"

using namespace bridge;
using namespace bridge::test;

static void testEmbedding() {
  auto embed = [](std::vector<double> ids) {
    return run(
        "%i: tensor<2xi32>, %t: tensor<3x2xf32>", "tensor<2x2xf32>",
        "%r = bridge.embedding %i, %t : tensor<2xi32>, tensor<3x2xf32> "
        "-> tensor<2x2xf32>",
        {integers({2}, std::move(ids)), floats({3, 2}, {1, 2, 3, 4, 5, 6})});
  };
  CHECK_RUN(embed({2, 0}), floats({2, 2}, {5, 6, 1, 2}));
  CHECK_ERROR(embed({2, 3}), "test:2:6: an id is 3; the table has 3 entries");
  CHECK_ERROR(embed({-1, 0}), "test:2:6: an id is -1; the table has 3 entries");
}

static void testGather() {
  Array x = floats({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  auto pick = [&](std::vector<double> indices) {
    return run("%x: tensor<2x3x2xf32>, %i: tensor<2xi32>", "tensor<2x2x2xf32>",
               "%r = bridge.gather %x at 1 [%i] : tensor<2x3x2xf32>, "
               "tensor<2xi32> -> tensor<2x2x2xf32>",
               {x, integers({2}, std::move(indices))});
  };
  CHECK_RUN(pick({-1, 0}), floats({2, 2, 2}, {5, 6, 1, 2, 11, 12, 7, 8}));
  CHECK_ERROR(pick({3, 0}), "test:2:6: an index is 3; the axis has 3 elements");
  CHECK_ERROR(pick({0, -4}),
              "test:2:6: an index is -4; the axis has 3 elements");
  // x[[[0], [1]], [0, 2]]: two index tensors broadcast to [2, 2].
  CHECK_RUN(run("%x: tensor<2x3x2xf32>, %i: tensor<2x1xi32>, %j: tensor<2xi32>",
                "tensor<2x2x2xf32>",
                "%r = bridge.gather %x at 0 [%i, %j] : tensor<2x3x2xf32>, "
                "tensor<2x1xi32>, tensor<2xi32> -> tensor<2x2x2xf32>",
                {x, integers({2, 1}, {0, 1}), integers({2}, {0, 2})}),
            floats({2, 2, 2}, {1, 2, 5, 6, 7, 8, 11, 12}));
}

static void testShape() {
  Array x = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK_RUN(run("%x: tensor<2x3xf32>, %y: tensor<2x1xf32>", "tensor<2x4xf32>",
                "%r = bridge.concat %x, %y along 1 : tensor<2x3xf32>, "
                "tensor<2x1xf32> -> tensor<2x4xf32>",
                {x, floats({2, 1}, {7, 8})}),
            floats({2, 4}, {1, 2, 3, 7, 4, 5, 6, 8}));
  CHECK_RUN(run("%x: tensor<2x3xf32>", "tensor<1x2xf32>",
                "%r = bridge.slice %x from <\"1\", \"1\"> : tensor<2x3xf32> -> "
                "tensor<1x2xf32>",
                {x}),
            floats({1, 2}, {5, 6}));
  // The last row of a tensor whose size is known on entry.
  CHECK_RUN(run("%x: tensor<?x3xf32, #bridge.dims<\"n\">>", "tensor<1x3xf32>",
                "%r = bridge.slice %x from <\"n - 1\", \"0\"> : tensor<?x3xf32,"
                " #bridge.dims<\"n\">> -> tensor<1x3xf32>",
                {x}),
            floats({1, 3}, {4, 5, 6}));
  CHECK_RUN(run("%x: tensor<1x2x3xf32>", "tensor<3x1x2xf32>",
                "%r = bridge.transpose %x [2, 0, 1] : tensor<1x2x3xf32> -> "
                "tensor<3x1x2xf32>",
                {floats({1, 2, 3}, x.values)}),
            floats({3, 1, 2}, {1, 4, 2, 5, 3, 6}));
  CHECK_RUN(run("%x: tensor<2x3xf32>", "tensor<3x2xf32>",
                "%r = bridge.reshape %x : tensor<2x3xf32> -> tensor<3x2xf32>",
                {x}),
            floats({3, 2}, {1, 2, 3, 4, 5, 6}));
  CHECK_RUN(run("%x: tensor<2x1xf32>", "tensor<2x2x2xf32>",
                "%r = bridge.broadcast %x : tensor<2x1xf32> -> "
                "tensor<2x2x2xf32>",
                {floats({2, 1}, {1, 2})}),
            floats({2, 2, 2}, {1, 1, 2, 2, 1, 1, 2, 2}));
}

static void testSplice() {
  auto splice = [](std::vector<double> at) {
    return run(
        "%x: tensor<2x2x1xf32>, %v: tensor<2x1xf32>, %at: tensor<2x2xi1>",
        "tensor<2x2x1xf32>",
        "%r = bridge.splice %x, %v at %at : tensor<2x2x1xf32>, "
        "tensor<2x1xf32>, tensor<2x2xi1> -> tensor<2x2x1xf32>",
        {floats({2, 2, 1}, {1, 2, 3, 4}), floats({2, 1}, {10, 20}),
         truths({2, 2}, std::move(at))});
  };
  CHECK_RUN(splice({0, 1, 1, 0}), floats({2, 2, 1}, {1, 10, 20, 4}));
  CHECK_ERROR(splice({0, 1, 1, 1}),
              "test:2:6: the text has 3 places, but there are 2 vectors to put "
              "there");
}

static void testValues() {
  // A constant may be more precise than its type.
  CHECK_RUN(run("", "tensor<2xf32>",
                "%r = bridge.constant dense<[0.1, 2.0]> : tensor<2xf64> -> "
                "tensor<2xf32>",
                {}),
            floats({2}, {0.1, 2}));
  CHECK_RUN(run("", "tensor<2xi1>",
                "%r = bridge.constant dense<[true, false]> : tensor<2xi1> -> "
                "tensor<2xi1>",
                {}),
            truths({2}, {1, 0}));
  CHECK_RUN(run("", "tensor<i32>",
                "%r = bridge.constant dense<-3> : tensor<i32> -> tensor<i32>",
                {}),
            integers({}, {-3}));
  CHECK_RUN(run("", "tensor<3xi32>", "%r = bridge.iota : tensor<3xi32>", {}),
            integers({3}, {0, 1, 2}));
  CHECK_RUN(run("%x: tensor<?xf32, #bridge.dims<\"n\">>", "tensor<i32>",
                "%r = bridge.dim \"2 * n + 1\" : tensor<i32>",
                {floats({3}, {0, 0, 0})}),
            integers({}, {7}));
}

void bridge::test::testShapes() {
  testEmbedding();
  testGather();
  testShape();
  testSplice();
  testValues();
}
