// RUN: bridge-opt %s --split-input-file --bridge-fuse-linear --canonicalize | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-linear --remarks-filter=bridge-fuse-linear --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// An activation; its constants are in the region.

// CHECK-LABEL: func.func @activation
// CHECK-SAME:    (%[[X:.*]]: tensor<4x8xf32>, %[[W:.*]]: tensor<2x8xf32>, %[[B:.*]]: tensor<2xf32>)
// CHECK:         bridge.fused_linear %[[X]], %[[W]] bias %[[B]] : tensor<2xf32> {
// CHECK-NEXT:    ^bb0(%[[ACC:.*]]: f32):
// CHECK:           %[[E:.*]] = math.exp
// CHECK:           %[[D:.*]] = arith.addf %[[E]], %{{.*}} : f32
// CHECK:           %[[R:.*]] = arith.divf %[[ACC]], %[[D]]
// CHECK:           bridge.yield %[[R]] : f32
// CHECK-NEXT:    } {bridge.epilogue = "quick_gelu"} : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
// REMARK: fuse-linear.mlir:{{.*}} remark: [Passed] epilogue | Category:bridge-fuse-linear | Remark="quick_gelu fused into its linear"
func.func @activation(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %b: tensor<2xf32>) -> tensor<4x2xf32> {
  %0 = bridge.linear %x, %w bias %b : tensor<2xf32> : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.unary quick_gelu %0 : tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// A gate of one element, a selection and a residual, on either side of the sum.

// CHECK-LABEL: func.func @gated
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x8xf32, {{[^%]*}}, %[[W:[^:]*]]: tensor<2x8xf32>, %[[GATE:[^:]*]]: tensor<1xf32>, %[[SEEN:[^:]*]]: tensor<?x1xi1, {{[^%]*}}, %[[R:[^:]*]]: tensor<?x2xf32
// CHECK:         bridge.fused_linear %[[X]], %[[W]] with(%[[SEEN]], %[[GATE]], %[[R]] : {{.*}}) {
// CHECK-NEXT:    ^bb0(%[[ACC:.*]]: f32, %[[S:.*]]: i1, %[[G:.*]]: f32, %[[RES:.*]]: f32):
// CHECK:           %[[A:.*]] = arith.select %[[S]], %[[ACC]], %{{.*}} : f32
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[G]], %[[A]] : f32
// CHECK-NEXT:      %[[Y:.*]] = arith.addf %[[RES]], %[[M]] : f32
// CHECK-NEXT:      bridge.yield %[[Y]] : f32
// CHECK-NEXT:    } {bridge.epilogue = "select_mul_add"}
!x = tensor<?x8xf32, #bridge.dims<"n">>
!y = tensor<?x2xf32, #bridge.dims<"n">>
func.func @gated(%x: !x, %w: tensor<2x8xf32>, %gate: tensor<1xf32>, %seen: tensor<?x1xi1, #bridge.dims<"n">>, %r: !y) -> !y {
  %zero = bridge.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %0 = bridge.linear %x, %w : !x, tensor<2x8xf32> -> !y
  %1 = bridge.select %seen, %0, %zero : tensor<?x1xi1, #bridge.dims<"n">>, !y, tensor<f32> -> !y
  %2 = bridge.binary mul %gate, %1 : tensor<1xf32>, !y -> !y
  %3 = bridge.binary add %r, %2 : !y, !y -> !y
  return %3 : !y
}

// -----

// silu(gate(x)) · up(x): the second product finishes the first one.

// CHECK-LABEL: func.func @swiglu
// CHECK:         %[[UP:.*]] = bridge.linear
// CHECK:         bridge.fused_linear %{{.*}} with(%[[UP]] : tensor<4x2xf32>)
// CHECK:         {bridge.epilogue = "silu_mul"}
func.func @swiglu(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %u: tensor<2x8xf32>) -> tensor<4x2xf32> {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.unary silu %0 : tensor<4x2xf32>
  %2 = bridge.linear %x, %u : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %3 = bridge.binary mul %1, %2 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %3 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func.func @square
// CHECK:         ^bb0(%[[ACC:.*]]: f32):
// CHECK-NEXT:      arith.mulf %[[ACC]], %[[ACC]]
func.func @square(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>) -> tensor<4x2xf32> {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.binary mul %0, %0 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func.func @negative_two_uses
// CHECK-NOT:     bridge.fused_linear
// REMARK: remark: [Missed] epilogue | Category:bridge-fuse-linear | Reason="its result has 2 uses"
func.func @negative_two_uses(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>) {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.unary relu %0 : tensor<4x2xf32>
  return %0, %1 : tensor<4x2xf32>, tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func.func @negative_repeated
// CHECK-NOT:     bridge.fused_linear
// REMARK: remark: [Missed] epilogue | Category:bridge-fuse-linear | Reason="`add` repeats its result"
func.func @negative_repeated(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %r: tensor<3x4x2xf32>) -> tensor<3x4x2xf32> {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.binary add %0, %r : tensor<4x2xf32>, tensor<3x4x2xf32> -> tensor<3x4x2xf32>
  return %1 : tensor<3x4x2xf32>
}

// -----

// What is not f32 does not fit through the accumulator.

// CHECK-LABEL: func.func @negative_compare
// CHECK-NOT:     bridge.fused_linear
func.func @negative_compare(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>, %r: tensor<2xf32>) -> tensor<4x2xi1> {
  %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
  %1 = bridge.compare gt %0, %r : tensor<4x2xf32>, tensor<2xf32> -> tensor<4x2xi1>
  return %1 : tensor<4x2xi1>
}
