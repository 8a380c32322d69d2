// RUN: bridge-opt %s --split-input-file --bridge-fuse-attention | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-attention --remarks-filter=bridge-fuse-attention --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// What stands between the product and the softmax and is no attention, each with its reason.

!s = tensor<4x5x9xf32>

// CHECK-LABEL: func.func @negative_not_scaled
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are not a product that is scaled, biased or masked"
func.func @negative_not_scaled(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<4x9x16xf32>) -> tensor<4x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %z = bridge.unary tanh %s : !s
  %p = bridge.softmax %z : !s -> !s
  %y = bridge.matmul %p, %v : !s, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>

// CHECK-LABEL: func.func @negative_reshaped_twice
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are reshaped twice"
func.func @negative_reshaped_twice(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<4x9x16xf32>) -> tensor<4x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %half = bridge.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %r = bridge.reshape %s : !s -> tensor<2x2x5x9xf32>
  %h = bridge.binary mul %r, %half : tensor<2x2x5x9xf32>, tensor<f32> -> tensor<2x2x5x9xf32>
  %z = bridge.reshape %h : tensor<2x2x5x9xf32> -> !s
  %p = bridge.softmax %z : !s -> !s
  %y = bridge.matmul %p, %v : !s, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>
!r = tensor<2x2x5x9xf32>

// CHECK-LABEL: func.func @negative_multiplied_inside
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are multiplied before they are reshaped"
func.func @negative_multiplied_inside(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<2x2x9x16xf32>, %row: tensor<4x5x1xf32>) -> tensor<2x2x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %m = bridge.binary mul %s, %row : !s, tensor<4x5x1xf32> -> !s
  %z = bridge.reshape %m : !s -> !r
  %p = bridge.softmax %z : !r -> !r
  %y = bridge.matmul %p, %v : !r, tensor<2x2x9x16xf32> -> tensor<2x2x5x16xf32>
  return %y : tensor<2x2x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>
!rr = tensor<2x4x5x9xf32>

// CHECK-LABEL: func.func @negative_repeated
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are repeated by what they are multiplied with"
func.func @negative_repeated(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<4x9x16xf32>) -> tensor<2x4x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %half = bridge.constant dense<0.5> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %z = bridge.binary mul %s, %half : !s, tensor<2x1x1x1xf32> -> !rr
  %p = bridge.softmax %z : !rr -> !rr
  %y = bridge.matmul %p, %v : !rr, tensor<4x9x16xf32> -> tensor<2x4x5x16xf32>
  return %y : tensor<2x4x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>
!r = tensor<2x2x5x9xf32>

// CHECK-LABEL: func.func @negative_biased_inside
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are biased before they are reshaped"
func.func @negative_biased_inside(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<2x2x9x16xf32>, %bias: !s) -> tensor<2x2x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %m = bridge.binary add %s, %bias : !s, !s -> !s
  %z = bridge.reshape %m : !s -> !r
  %p = bridge.softmax %z : !r -> !r
  %y = bridge.matmul %p, %v : !r, tensor<2x2x9x16xf32> -> tensor<2x2x5x16xf32>
  return %y : tensor<2x2x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>
!r = tensor<2x2x5x9xf32>

// CHECK-LABEL: func.func @negative_selected_inside
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are selected before they are reshaped"
func.func @negative_selected_inside(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<2x2x9x16xf32>, %seen: tensor<5x9xi1>) -> tensor<2x2x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %low = bridge.constant dense<-3.0e38> : tensor<f32> -> tensor<f32>
  %m = bridge.select %seen, %s, %low : tensor<5x9xi1>, !s, tensor<f32> -> !s
  %z = bridge.reshape %m : !s -> !r
  %p = bridge.softmax %z : !r -> !r
  %y = bridge.matmul %p, %v : !r, tensor<2x2x9x16xf32> -> tensor<2x2x5x16xf32>
  return %y : tensor<2x2x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>

// CHECK-LABEL: func.func @negative_multiplied_outside
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are multiplied after they were selected"
func.func @negative_multiplied_outside(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<4x9x16xf32>, %row: tensor<4x5x1xf32>, %seen: tensor<5x9xi1>) -> tensor<4x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %low = bridge.constant dense<-3.0e38> : tensor<f32> -> tensor<f32>
  %m = bridge.select %seen, %s, %low : tensor<5x9xi1>, !s, tensor<f32> -> !s
  %z = bridge.binary mul %m, %row : !s, tensor<4x5x1xf32> -> !s
  %p = bridge.softmax %z : !s -> !s
  %y = bridge.matmul %p, %v : !s, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

!s = tensor<4x5x9xf32>

// CHECK-LABEL: func.func @negative_masked_twice
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are masked twice"
func.func @negative_masked_twice(%q: tensor<4x5x16xf32>, %k: tensor<4x16x9xf32>, %v: tensor<4x9x16xf32>, %seen: tensor<5x9xi1>, %shown: tensor<5x9xi1>) -> tensor<4x5x16xf32> {
  %s = bridge.matmul %q, %k : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> !s
  %low = bridge.constant dense<-3.0e38> : tensor<f32> -> tensor<f32>
  %m = bridge.select %seen, %s, %low : tensor<5x9xi1>, !s, tensor<f32> -> !s
  %z = bridge.select %shown, %m, %low : tensor<5x9xi1>, !s, tensor<f32> -> !s
  %p = bridge.softmax %z : !s -> !s
  %y = bridge.matmul %p, %v : !s, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}
