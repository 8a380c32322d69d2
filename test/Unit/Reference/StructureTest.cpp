//===- StructureTest.cpp - Calls, weights, parts and checks ---------------===//
#include "Compute.h"

using namespace bridge;
using namespace bridge::test;

void bridge::test::testStructure() {
  Array x = floats({2}, {1, 2});
  CHECK_RUN(runModule(R"(
    bridge.weight @two : tensor<f32> from [#bridge.source<"two">]
    func.func private @twice(%x: tensor<2xf32>, %w: tensor<f32>) -> tensor<2xf32> {
      %y = bridge.binary mul %x, %w : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> attributes {bridge.entry} {
      %w = bridge.read_weight @two : tensor<f32>
      %y = bridge.encoder "tower" frozen {
        %a = bridge.call @twice(%x, %w) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
        %b = bridge.call @twice(%a, %w) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
        bridge.yield %b : tensor<2xf32>
      } : tensor<2xf32>
      return %y : tensor<2xf32>
    })",
                      {x}),
            floats({2}, {4, 8}));

  CHECK_ERROR(runModule(R"(
    bridge.weight @three : tensor<f32> from [#bridge.source<"three">]
    func.func @f() -> tensor<f32> attributes {bridge.entry} {
      %w = bridge.read_weight @three : tensor<f32>
      return %w : tensor<f32>
    })",
                        {}),
              "no weight `three`");
  CHECK_ERROR(runModule(R"(
    bridge.weight @two : tensor<1xf32> from [#bridge.source<"two">]
    func.func @f() -> tensor<1xf32> attributes {bridge.entry} {
      %w = bridge.read_weight @two : tensor<1xf32>
      return %w : tensor<1xf32>
    })",
                        {}),
              "expected the weight `two` to be [1], found []");
  CHECK_ERROR(runModule(R"(
    func.func private @g(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = bridge.call @g(%x) : (tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> attributes {bridge.entry} {
      %y = bridge.call @g(%x) : (tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    })",
                        {x}),
              "test:2:5: the function @g calls itself");
  CHECK_ERROR(
      runModule("func.func @g() attributes {bridge.entry} {return}", {}),
      "there is no entry `f`");

  auto check = [&](const char *kind, const char *bound) {
    return run("%x: tensor<?xf32, #bridge.dims<\"text_len\">>",
               "tensor<?xf32, #bridge.dims<\"text_len\">>",
               std::string("bridge.check \"text_len\" ") + kind + " \"" +
                   bound +
                   "\" text \"text_len <= context\" where \"a.bridge:3:9\"\n"
                   "%r = bridge.unary neg %x : tensor<?xf32, "
                   "#bridge.dims<\"text_len\">>",
               {x});
  };
  CHECK_RUN(check("le", "2"), floats({2}, {-1, -2}));
  CHECK_ERROR(check("le", "1"),
              "a.bridge:3:9: `text_len <= context` does not hold: 2 <= 1");
  CHECK_ERROR(check("eq", "text_len + 1"),
              "a.bridge:3:9: `text_len <= context` does not hold: 2 == 3");
}
