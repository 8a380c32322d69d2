// RUN: bridge-opt %s --bridge-inline-parts --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// CHECK-LABEL: func.func @parts
// CHECK-SAME:    (%[[X:.*]]: tensor<4xf32>
// CHECK-NEXT:    %[[A:.*]] = bridge.unary gelu %[[X]] : tensor<4xf32> loc("model.vision"("vision"("clip.bridge":16:3)))
// CHECK-NEXT:    %[[B:.*]] = bridge.unary exp %[[A]] : tensor<4xf32> loc("model.vision"("clip.bridge":17:3))
// CHECK-NEXT:    %[[C:.*]] = bridge.binary add %[[B]], %[[X]]
// CHECK-NEXT:    return %[[C]]
func.func @parts(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = bridge.encoder "model.vision" {
    %1 = bridge.projection "vision" {
      %2 = bridge.unary gelu %x : tensor<4xf32> loc("clip.bridge":16:3)
      bridge.yield %2 : tensor<4xf32>
    } : tensor<4xf32>
    %3 = bridge.unary exp %1 : tensor<4xf32> loc("clip.bridge":17:3)
    bridge.yield %3 : tensor<4xf32>
  } : tensor<4xf32>
  %4 = bridge.binary add %0, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// CHECK-LABEL: func.func @others
// CHECK-NOT:     bridge.yield
// CHECK:         return
func.func @others(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0:2 = bridge.resampler "resampler" frozen {
    bridge.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  } : tensor<4xf32>, tensor<4xf32>
  %1 = bridge.gated_fusion "fusion" {
    bridge.yield %0#1 : tensor<4xf32>
  } : tensor<4xf32>
  %2 = bridge.decoder "decoder" {
    bridge.yield %1 : tensor<4xf32>
  } : tensor<4xf32>
  return %2 : tensor<4xf32>
}
