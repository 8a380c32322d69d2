//===- ReductionsTest.cpp - Reductions and scans --------------------------===//
#include "Compute.h"

using namespace bridge;
using namespace bridge::test;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static void testReduce() {
  auto reduce = [](const char *kind, const char *axes, const char *type) {
    return run("%x: tensor<2x3x2xf32>", type,
               std::string("%r = bridge.reduce ") + kind + " %x over " + axes +
                   " : tensor<2x3x2xf32> -> " + type,
               {floats({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})});
  };
  CHECK_RUN(reduce("sum", "[1]", "tensor<2x2xf32>"),
            floats({2, 2}, {9, 12, 27, 30}));
  CHECK_RUN(reduce("mean", "[0, 2]", "tensor<3xf32>"),
            floats({3}, {4.5, 6.5, 8.5}));
  CHECK_RUN(reduce("max", "[2]", "tensor<2x3xf32>"),
            floats({2, 3}, {2, 4, 6, 8, 10, 12}));
  CHECK_RUN(reduce("min", "[0, 1, 2]", "tensor<f32>"), floats({}, {1}));
  CHECK_RUN(run("%x: tensor<2x2xf32>", "tensor<2xf32>",
                "%r = bridge.reduce max %x over [1] : tensor<2x2xf32> -> "
                "tensor<2xf32>",
                {floats({2, 2}, {kNaN, 1, 2, kNaN})}),
            floats({2}, {kNaN, kNaN}));
  CHECK_RUN(run("%x: tensor<2x2xi1>", "tensor<2xi1>",
                "%r = bridge.reduce any %x over [1] : tensor<2x2xi1> -> "
                "tensor<2xi1>",
                {truths({2, 2}, {0, 0, 0, 1})}),
            truths({2}, {0, 1}));
}

static void testArgExtreme() {
  auto extreme = [](const char *kind) {
    return run("%x: tensor<3x2xf32>", "tensor<2xi32>",
               std::string("%r = bridge.arg_extreme ") + kind +
                   " %x over 0 : tensor<3x2xf32> -> tensor<2xi32>",
               {floats({3, 2}, {1, kNaN, 5, 9, 5, 0})});
  };
  // The first of equal ones; a NaN beats every number.
  CHECK_RUN(extreme("max"), integers({2}, {1, 0}));
  CHECK_RUN(extreme("min"), integers({2}, {0, 0}));
}

static void testCumsum() {
  CHECK_RUN(run("%x: tensor<3x2xf32>", "tensor<3x2xf32>",
                "%r = bridge.cumsum %x over 0 : tensor<3x2xf32> -> "
                "tensor<3x2xf32>",
                {floats({3, 2}, {1, 2, 3, 4, 5, 6})}),
            floats({3, 2}, {1, 2, 4, 6, 9, 12}));
  CHECK_RUN(run("%x: tensor<2x3xi1>", "tensor<2x3xi32>",
                "%r = bridge.cumsum %x over 1 : tensor<2x3xi1> -> "
                "tensor<2x3xi32>",
                {truths({2, 3}, {1, 0, 1, 0, 1, 1})}),
            integers({2, 3}, {1, 1, 2, 0, 1, 2}));
}

void bridge::test::testReductions() {
  testReduce();
  testArgExtreme();
  testCumsum();
}
