// RUN: bridge-opt %s --split-input-file --bridge-fuse-gate --canonicalize | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-gate --remarks-filter=bridge-fuse-gate --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Flamingo's gate: the function of the gate moves along, whichever way round.

// CHECK-LABEL: func.func @gated
// CHECK-SAME:    %[[X:[^:]*]]: tensor<4x8xf32>, %[[W:[^:]*]]: tensor<2x8xf32>, %[[B:[^:]*]]: tensor<2xf32>, %[[ALPHA:[^:]*]]: tensor<1xf32>, %[[R:[^:]*]]: tensor<4x2xf32>
// CHECK-NEXT:    %[[Y:.*]] = bridge.fused_linear %[[X]], %[[W]] bias %[[B]] : tensor<2xf32> with(%[[ALPHA]], %[[R]] : tensor<1xf32>, tensor<4x2xf32>) {
// CHECK-NEXT:    ^bb0(%[[ACC:.*]]: f32, %[[A:.*]]: f32, %[[RES:.*]]: f32):
// CHECK-NEXT:      %[[G:.*]] = math.tanh %[[A]] : f32
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[ACC]], %[[G]] : f32
// CHECK-NEXT:      %[[S:.*]] = arith.addf %[[M]], %[[RES]] : f32
// CHECK-NEXT:      bridge.yield %[[S]] : f32
// CHECK-NEXT:    } {bridge.epilogue = "tanh_mul_add"}
// CHECK-NEXT:    return %[[Y]]
// REMARK: fuse-gate.mlir:{{.*}} remark: [Passed] gate | Category:bridge-fuse-gate | Remark="tanh as gate and a residual fused into their linear"
func.func @gated(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %b: tensor<2xf32>, %alpha: tensor<1xf32>, %r: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %0 = bridge.linear %x, %w bias %b : tensor<2xf32> : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.unary tanh %alpha : tensor<1xf32>
  %2 = bridge.binary mul %0, %1 : tensor<4x2xf32>, tensor<1xf32> -> tensor<4x2xf32>
  %3 = bridge.binary add %2, %r : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %3 : tensor<4x2xf32>
}

// -----

// What comes before the gate and after the sum is part of the region, and the
// gate may be any function of numbers. One that is read elsewhere stays there, too.

// CHECK-LABEL: func.func @chain
// CHECK:         %[[ONE:.*]] = bridge.unary sigmoid
// CHECK:         bridge.fused_linear {{.*}} with(%[[ALPHA:.*]], %[[SEEN:.*]], %[[R:.*]] : tensor<f32>, tensor<4x1xi1>, tensor<4x2xf32>) {
// CHECK:         } {bridge.epilogue = "sigmoid_sub_select_mul_add_relu"}
// CHECK:         return %{{.*}}, %[[ONE]]
// REMARK: remark: [Passed] gate | {{.*}} Remark="sub as gate and a residual fused into their linear"
func.func @chain(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %alpha: tensor<f32>, %seen: tensor<4x1xi1>, %r: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<f32>) {
  %zero = bridge.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %one = bridge.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.select %seen, %0, %zero : tensor<4x1xi1>, tensor<4x2xf32>, tensor<f32> -> tensor<4x2xf32>
  %2 = bridge.unary sigmoid %alpha : tensor<f32>
  %3 = bridge.binary sub %one, %2 : tensor<f32>, tensor<f32> -> tensor<f32>
  %4 = bridge.binary mul %3, %1 : tensor<f32>, tensor<4x2xf32> -> tensor<4x2xf32>
  %5 = bridge.binary add %r, %4 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  %6 = bridge.unary relu %5 : tensor<4x2xf32>
  return %6, %2 : tensor<4x2xf32>, tensor<f32>
}

// -----

// A number as it is.

// CHECK-LABEL: func.func @plain
// CHECK:         {bridge.epilogue = "mul_add"}
// REMARK: remark: [Passed] gate | {{.*}} Remark="a number as gate and a residual fused into their linear"
func.func @plain(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %alpha: tensor<1x1xf32>, %r: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.binary mul %0, %alpha : tensor<4x2xf32>, tensor<1x1xf32> -> tensor<4x2xf32>
  %2 = bridge.binary add %r, %1 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}

// -----

// A gate for each column and a number that is known are for `epilogue`.

// CHECK-LABEL: func.func @negative_not_one_number
// CHECK-NOT:     bridge.fused_linear
func.func @negative_not_one_number(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %columns: tensor<2xf32>, %r: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>) {
  %half = bridge.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.binary mul %0, %columns : tensor<4x2xf32>, tensor<2xf32> -> tensor<4x2xf32>
  %2 = bridge.binary add %r, %1 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  %3 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %4 = bridge.binary mul %3, %half : tensor<4x2xf32>, tensor<f32> -> tensor<4x2xf32>
  %5 = bridge.binary add %r, %4 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %2, %5 : tensor<4x2xf32>, tensor<4x2xf32>
}

// -----

// The sum comes first: the residual is gated, too.

// CHECK-LABEL: func.func @negative_gated_sum
// CHECK-NOT:     bridge.fused_linear
func.func @negative_gated_sum(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %alpha: tensor<1xf32>, %r: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.binary add %r, %0 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  %2 = bridge.binary mul %1, %alpha : tensor<4x2xf32>, tensor<1xf32> -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func.func @negative_several_uses
// CHECK-NOT:     bridge.fused_linear
// REMARK: remark: [Missed] gate | Category:bridge-fuse-gate | Reason="the branch has several uses"
// REMARK: remark: [Missed] gate | Category:bridge-fuse-gate | Reason="the gated branch has several uses"
func.func @negative_several_uses(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %alpha: tensor<1xf32>, %r: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>) {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.binary mul %0, %alpha : tensor<4x2xf32>, tensor<1xf32> -> tensor<4x2xf32>
  %2 = bridge.binary add %r, %1 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  %3 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %4 = bridge.binary mul %3, %alpha : tensor<4x2xf32>, tensor<1xf32> -> tensor<4x2xf32>
  %5 = bridge.binary add %r, %4 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %2, %0, %5, %4 : tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func.func @negative_no_linear
// CHECK-NOT:     bridge.fused_linear
// REMARK: remark: [Missed] gate | Category:bridge-fuse-gate | Reason="the branch does not come from a linear by element-wise operations alone"
func.func @negative_no_linear(%f: tensor<4x2xf32>, %alpha: tensor<1xf32>, %r: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %0 = bridge.unary tanh %alpha : tensor<1xf32>
  %1 = bridge.binary mul %0, %f : tensor<1xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  %2 = bridge.binary add %r, %1 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}
