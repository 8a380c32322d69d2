// RUN: bridge-opt %s --split-input-file --bridge-fuse-norm | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-norm --remarks-filter=bridge-fuse-norm --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: func.func @layer
// CHECK-SAME:    (%[[X:.*]]: tensor<5x8xf32>, %[[R:.*]]: tensor<5x8xf32>, %[[W:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[SUM:.*]], %[[Y:.*]] = bridge.residual_norm layer %[[X]], %[[R]] weight %[[W]] : tensor<8xf32> bias %[[W]] : tensor<8xf32> eps 1.000000e-03 : tensor<5x8xf32>
// CHECK-NEXT:    return %[[SUM]], %[[Y]]
// REMARK: [Passed] norm | Category:bridge-fuse-norm | {{.*}}layer norm fused with its residual sum
func.func @layer(%x: tensor<5x8xf32>, %r: tensor<5x8xf32>, %w: tensor<8xf32>) -> (tensor<5x8xf32>, tensor<5x8xf32>) {
  %s = bridge.binary add %x, %r : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %y = bridge.layer_norm %s weight %w : tensor<8xf32> bias %w : tensor<8xf32> eps 1.0e-3 : tensor<5x8xf32> -> tensor<5x8xf32>
  return %s, %y : tensor<5x8xf32>, tensor<5x8xf32>
}

// -----

// CHECK-LABEL: func.func @rms
// CHECK:         bridge.residual_norm rms %{{.*}}, %{{.*}} eps 1.000000e-03 : tensor<5x8xf32>
func.func @rms(%x: tensor<5x8xf32>, %r: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %s = bridge.binary add %x, %r : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %y = bridge.rms_norm %s eps 1.0e-3 : tensor<5x8xf32> -> tensor<5x8xf32>
  return %y : tensor<5x8xf32>
}

// -----

// CHECK-LABEL: func.func @negative_repeated
// CHECK-NOT:     bridge.residual_norm
// REMARK: [Missed] norm | Category:bridge-fuse-norm | Reason="the sum repeats an operand"
func.func @negative_repeated(%x: tensor<5x8xf32>, %r: tensor<8xf32>) -> tensor<5x8xf32> {
  %s = bridge.binary add %x, %r : tensor<5x8xf32>, tensor<8xf32> -> tensor<5x8xf32>
  %y = bridge.rms_norm %s eps 1.0e-3 : tensor<5x8xf32> -> tensor<5x8xf32>
  return %y : tensor<5x8xf32>
}

// -----

// CHECK-LABEL: func.func @negative_chain
// CHECK-NOT:     bridge.residual_norm
// REMARK: Reason="the sum is a part of an element-wise chain"
func.func @negative_chain(%x: tensor<5x8xf32>, %r: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %a = bridge.unary gelu %x : tensor<5x8xf32>
  %s = bridge.binary add %a, %r : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %y = bridge.rms_norm %s eps 1.0e-3 : tensor<5x8xf32> -> tensor<5x8xf32>
  return %y : tensor<5x8xf32>
}

// -----

// CHECK-LABEL: func.func @negative_used_before
// CHECK-NOT:     bridge.residual_norm
// REMARK: Reason="the sum is used before the norm"
func.func @negative_used_before(%x: tensor<5x8xf32>, %r: tensor<5x8xf32>) -> (tensor<5x8xf32>, tensor<5x8xf32>) {
  %s = bridge.binary add %x, %r : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %a = bridge.unary gelu %s : tensor<5x8xf32>
  %y = bridge.rms_norm %s eps 1.0e-3 : tensor<5x8xf32> -> tensor<5x8xf32>
  return %a, %y : tensor<5x8xf32>, tensor<5x8xf32>
}

// -----

// CHECK-LABEL: func.func @negative_difference
// CHECK-NOT:     bridge.residual_norm
func.func @negative_difference(%x: tensor<5x8xf32>, %r: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %s = bridge.binary sub %x, %r : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %y = bridge.rms_norm %s eps 1.0e-3 : tensor<5x8xf32> -> tensor<5x8xf32>
  return %y : tensor<5x8xf32>
}
