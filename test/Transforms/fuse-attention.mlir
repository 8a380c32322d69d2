// RUN: bridge-opt %s --split-input-file --bridge-fuse-attention --canonicalize | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-attention --remarks-filter=bridge-fuse-attention --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// What std/attention writes: the scale on the product, keys transposed, a mask.

!q = tensor<?x4x5x16xf32, #bridge.dims<"b">>
!k = tensor<?x4x9x16xf32, #bridge.dims<"b">>
!scores = tensor<?x4x5x9xf32, #bridge.dims<"b">>
!valid = tensor<?x9xi32, #bridge.dims<"b">>

// CHECK-LABEL: func.func @masked
// CHECK-SAME:    (%[[Q:.*]]: tensor<?x4x5x16{{.*}}, %[[K:.*]]: tensor<?x4x9x16{{.*}}, %[[V:.*]]: tensor<?x4x9x16{{.*}}, %[[VALID:.*]]: tensor<?x9xi32
// CHECK-NOT:     bridge.matmul
// CHECK:         bridge.attention %[[Q]], %[[K]], %[[V]] scale 2.500000e-01 mask(%[[VALID]] : {{.*}}) batch 1 empty uniform {
// CHECK-NEXT:    ^bb0(%[[CAPTURE:.*]]: tensor<?x9xi32, {{.*}}>, %[[B:.*]]: i32, %{{.*}}: i32, %[[KEY:.*]]: i32):
// CHECK:           bridge.element %[[CAPTURE]][%[[B]], %[[KEY]]]
// REMARK: fuse-attention.mlir:{{.*}} remark: [Passed] attention | Category:bridge-fuse-attention | {{.*}}softmax(q kᵀ · 0.25) v fused
func.func @masked(%q: !q, %k: !k, %v: !k, %valid: !valid) -> !q {
  %kt = bridge.transpose %k [0, 1, 3, 2] : !k -> tensor<?x4x16x9xf32, #bridge.dims<"b">>
  %s = bridge.matmul %q, %kt : !q, tensor<?x4x16x9xf32, #bridge.dims<"b">> -> !scores
  %c = bridge.constant dense<0.25> : tensor<f32> -> tensor<f32>
  %z = bridge.binary mul %s, %c : !scores, tensor<f32> -> !scores
  %p = bridge.softmax %z mask(%valid : !valid) batch 1 empty uniform {
  ^bb0(%a: !valid, %b: i32, %query: i32, %key: i32):
    %zero = arith.constant 0 : i32
    %e = bridge.element %a[%b, %key] : !valid
    %seen = arith.cmpi ne, %e, %zero : i32
    bridge.yield %seen : i1
  } : !scores -> !scores
  %y = bridge.matmul %p, %v : !scores, !k -> !q
  return %y : !q
}

// -----

// The scale may divide, and stand at the queries and at the keys, inside and
// outside of the transpose. A transpose that was folded is taken apart.

!q = tensor<2x4x5x16xf32>
!kt = tensor<2x4x16x9xf32>
!s = tensor<2x4x5x9xf32>

// CHECK-LABEL: func.func @scales
// CHECK-SAME:    (%[[Q:.*]]: tensor<2x4x5x16xf32>, %[[SPLIT:.*]]: tensor<2x9x4x16xf32>
// CHECK:         %[[K:.*]] = bridge.transpose %[[SPLIT]] [0, 2, 1, 3]
// CHECK:         bridge.attention %[[Q]], %[[K]], %{{.*}} scale 1.500000e+00 :
func.func @scales(%q: !q, %split: tensor<2x9x4x16xf32>, %v: tensor<2x4x9x16xf32>) -> !q {
  %two = bridge.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %three = bridge.constant dense<3.0> : tensor<f32> -> tensor<f32>
  %qs = bridge.binary mul %three, %q : tensor<f32>, !q -> !q
  %kt = bridge.transpose %split [0, 2, 3, 1] : tensor<2x9x4x16xf32> -> !kt
  %kts = bridge.binary div %kt, %two : !kt, tensor<f32> -> !kt
  %s = bridge.matmul %qs, %kts : !q, !kt -> !s
  %p = bridge.softmax %s : !s -> !s
  %y = bridge.matmul %p, %v : !s, tensor<2x4x9x16xf32> -> !q
  return %y : !q
}

// -----

// Two key heads, each for two query heads.

!q = tensor<2x4x5x16xf32>
!k = tensor<2x2x9x16xf32>
!one = tensor<2x2x1x9x16xf32>
!two = tensor<2x2x2x9x16xf32>
!rep = tensor<2x4x9x16xf32>
!s = tensor<2x4x5x9xf32>

// CHECK-LABEL: func.func @grouped
// CHECK-SAME:    (%[[Q:.*]]: tensor<2x4x5x16xf32>, %[[K:.*]]: tensor<2x2x9x16xf32>, %[[V:.*]]: tensor<2x2x9x16xf32>
// CHECK-NEXT:    bridge.attention %[[Q]], %[[K]], %[[V]] scale 1.000000e+00 : tensor<2x4x5x16xf32>, tensor<2x2x9x16xf32>, tensor<2x2x9x16xf32> -> tensor<2x4x5x16xf32>
func.func @grouped(%q: !q, %k: !k, %v: !k) -> !q {
  %k1 = bridge.reshape %k : !k -> !one
  %k2 = bridge.broadcast %k1 : !one -> !two
  %kr = bridge.reshape %k2 : !two -> !rep
  %v1 = bridge.reshape %v : !k -> !one
  %v2 = bridge.broadcast %v1 : !one -> !two
  %vr = bridge.reshape %v2 : !two -> !rep
  %kt = bridge.transpose %kr [0, 1, 3, 2] : !rep -> tensor<2x4x16x9xf32>
  %s = bridge.matmul %q, %kt : !q, tensor<2x4x16x9xf32> -> !s
  %p = bridge.softmax %s : !s -> !s
  %y = bridge.matmul %p, %vr : !s, !rep -> !q
  return %y : !q
}

// -----

// CHECK-LABEL: func.func @negative_probabilities_returned
// CHECK-NOT:     bridge.attention
// REMARK: fuse-attention.mlir:{{.*}} remark: [Missed] attention | Category:bridge-fuse-attention | Reason="the probabilities have another use"
func.func @negative_probabilities_returned(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>) -> (tensor<4x5x16xf32>, tensor<4x5x9xf32>) {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %s : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y, %p : tensor<4x5x16xf32>, tensor<4x5x9xf32>
}

// -----

// CHECK-LABEL: func.func @negative_scores_returned
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores have another use"
func.func @negative_scores_returned(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>) -> (tensor<4x5x16xf32>, tensor<4x5x9xf32>) {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %s : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y, %s : tensor<4x5x16xf32>, tensor<4x5x9xf32>
}

// -----

// An additive bias is no mask.

// CHECK-LABEL: func.func @negative_bias
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are not a product times a constant"
func.func @negative_bias(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %bias: tensor<5x9xf32>) -> tensor<4x5x16xf32> {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.binary add %s, %bias : tensor<4x5x9xf32>, tensor<5x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// CHECK-LABEL: func.func @negative_no_heads
// CHECK-NOT:     bridge.attention
// REMARK: Reason="there is no axis of heads"
func.func @negative_no_heads(%q: tensor<5x16xf32>, %k: tensor<9x16xf32>) -> tensor<5x16xf32> {
  %kt = bridge.transpose %k [1, 0] : tensor<9x16xf32> -> tensor<16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<5x16xf32>, tensor<16x9xf32> -> tensor<5x9xf32>
  %p = bridge.softmax %s : tensor<5x9xf32> -> tensor<5x9xf32>
  %y = bridge.matmul %p, %k : tensor<5x9xf32>, tensor<9x16xf32> -> tensor<5x16xf32>
  return %y : tensor<5x16xf32>
}

// -----

// CHECK-LABEL: func.func @negative_keys_not_transposed
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the keys are not transposed for the product"
func.func @negative_keys_not_transposed(%q: tensor<4x5x16xf32>, %kt: tensor<4x16x9xf32>, %v: tensor<4x9x16xf32>) -> tensor<4x5x16xf32> {
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %s : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %v : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}
