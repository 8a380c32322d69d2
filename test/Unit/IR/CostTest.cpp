//===- CostTest.cpp - FLOPs of operations ---------------------------------===//
#include "Check.h"
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

static const char program[] = R"mlir(
func.func @f(%x: tensor<?x50x768xf32, #bridge.dims<"b">>, %w: tensor<512x768xf32>,
             %p: tensor<?x6x224x224xf32, #bridge.dims<"b">>, %c: tensor<8x3x14x14xf32>,
             %q: tensor<?x8x?x64xf32, #bridge.dims<"b", "t">>, %k: tensor<?x2x?x64xf32, #bridge.dims<"b", "s">>,
             %v: tensor<?x2x?x32xf32, #bridge.dims<"b", "s">>, %i: tensor<?x16xf32, #bridge.dims<"n">>, %s: tensor<f32>,
             %x2: tensor<768x3xf32>, %h: tensor<100x16xf32>, %y: tensor<?xi32, #bridge.dims<"n">>) {
  %0 = bridge.linear %x, %w : tensor<?x50x768xf32, #bridge.dims<"b">>, tensor<512x768xf32> -> tensor<?x50x512xf32, #bridge.dims<"b">>
  %1 = bridge.fused_linear %x, %w {
  ^bb0(%acc: f32):
    bridge.yield %acc : f32
  } : tensor<?x50x768xf32, #bridge.dims<"b">>, tensor<512x768xf32> -> tensor<?x50x512xf32, #bridge.dims<"b">>
  %2 = bridge.conv2d %p, %c {stride = 14, groups = 2}
    : tensor<?x6x224x224xf32, #bridge.dims<"b">>, tensor<8x3x14x14xf32> -> tensor<?x8x16x16xf32, #bridge.dims<"b">>
  %3 = bridge.matmul %x, %x2 : tensor<?x50x768xf32, #bridge.dims<"b">>, tensor<768x3xf32> -> tensor<?x50x3xf32, #bridge.dims<"b">>
  %4 = bridge.attention %q, %k, %v scale 1.0
    : tensor<?x8x?x64xf32, #bridge.dims<"b", "t">>, tensor<?x2x?x64xf32, #bridge.dims<"b", "s">>,
      tensor<?x2x?x32xf32, #bridge.dims<"b", "s">> -> tensor<?x8x?x32xf32, #bridge.dims<"b", "t">>
  %5:4 = bridge.contrastive_loss %i, %i, %s
    : tensor<?x16xf32, #bridge.dims<"n">>, tensor<?x16xf32, #bridge.dims<"n">>, tensor<f32>
    -> tensor<f32>, tensor<f32>, tensor<?xf32, #bridge.dims<"n">>, tensor<?xf32, #bridge.dims<"n">>
  %7:2 = bridge.linear_cross_entropy %i, %h labels %y : tensor<?xi32, #bridge.dims<"n">>
    : tensor<?x16xf32, #bridge.dims<"n">>, tensor<100x16xf32> -> tensor<f32>, tensor<?xf32, #bridge.dims<"n">>
  %6 = bridge.sigmoid_loss %i, %i, %s, %s
    : tensor<?x16xf32, #bridge.dims<"n">>, tensor<?x16xf32, #bridge.dims<"n">>, tensor<f32>, tensor<f32> -> tensor<f32>
  return
}
)mlir";

int main() {
  MLIRContext context;
  context.loadDialect<bridge::BridgeDialect, func::FuncDialect,
                      arith::ArithDialect, math::MathDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(program, &context);
  CHECK(static_cast<bool>(module));
  if (!module)
    return 1;
  std::string found;
  module->walk([&](bridge::CostOpInterface op) {
    found += op->getName().stripDialect().str() + " " + op.flops().str() + "\n";
  });
  CHECK_EQ(found, "linear 39321600 * b\n"
                  "fused_linear 39321600 * b\n"
                  "conv2d 2408448 * b\n"
                  "matmul 230400 * b\n"
                  "attention 1536 * b * s * t\n"
                  "contrastive_loss 32 * n * n\n"
                  "linear_cross_entropy 3200 * n\n"
                  "sigmoid_loss 32 * n * n\n");
  return bridge::test::failures != 0;
}
