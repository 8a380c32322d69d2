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

// A bias that is added before the scale is scaled, too; several are summed.

// CHECK-LABEL: func.func @biased
// CHECK-SAME:    (%[[Q:[^:]*]]: {{[^%]*}}%[[K:[^:]*]]: {{[^%]*}}%[[B:[^:]*]]: tensor<5x9xf32>, %[[C:[^:]*]]: tensor<4x1x9xf32>
// CHECK:         %[[TWO:.*]] = bridge.constant dense<2.0
// CHECK:         %[[SCALED:.*]] = bridge.binary mul %[[B]], %[[TWO]]
// CHECK:         %[[SUM:.*]] = bridge.binary add %[[C]], %[[SCALED]] : tensor<4x1x9xf32>, tensor<5x9xf32> -> tensor<4x5x9xf32>
// CHECK:         bridge.attention %[[Q]], %[[K]], %[[K]] scale 2.000000e+00 bias %[[SUM]] : tensor<4x5x9xf32> :
// REMARK: Passed{{.*}}softmax(q kᵀ · 2.00 + bias) v fused
func.func @biased(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %b: tensor<5x9xf32>, %c: tensor<4x1x9xf32>) -> tensor<4x5x16xf32> {
  %two = bridge.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.binary add %s, %b : tensor<4x5x9xf32>, tensor<5x9xf32> -> tensor<4x5x9xf32>
  %w = bridge.binary mul %z, %two : tensor<4x5x9xf32>, tensor<f32> -> tensor<4x5x9xf32>
  %x = bridge.binary add %w, %c : tensor<4x5x9xf32>, tensor<4x1x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %x : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// Without heads; keys that come transposed; the product the other way round.

// CHECK-LABEL: func.func @flat
// CHECK-SAME:    (%[[Q:[^:]*]]: tensor<5x16xf32>, %[[KT:[^:]*]]: tensor<16x9xf32>, %[[V:[^:]*]]: tensor<9x16xf32>)
// CHECK:         %[[K:.*]] = bridge.transpose %[[KT]] [1, 0]
// CHECK:         %[[R:.*]] = bridge.attention {{.*}} -> tensor<1x5x16xf32>
// CHECK:         bridge.reshape %[[R]] : tensor<1x5x16xf32> -> tensor<5x16xf32>
func.func @flat(%q: tensor<5x16xf32>, %kt: tensor<16x9xf32>, %v: tensor<9x16xf32>) -> tensor<5x16xf32> {
  %k = bridge.transpose %kt [1, 0] : tensor<16x9xf32> -> tensor<9x16xf32>
  %qt = bridge.transpose %q [1, 0] : tensor<5x16xf32> -> tensor<16x5xf32>
  %st = bridge.matmul %k, %qt : tensor<9x16xf32>, tensor<16x5xf32> -> tensor<9x5xf32>
  %s = bridge.transpose %st [1, 0] : tensor<9x5xf32> -> tensor<5x9xf32>
  %p = bridge.softmax %s : tensor<5x9xf32> -> tensor<5x9xf32>
  %y = bridge.matmul %p, %v : tensor<5x9xf32>, tensor<9x16xf32> -> tensor<5x16xf32>
  return %y : tensor<5x16xf32>
}

// -----

// A temperature of each head multiplies the queries; a maximum falls away.

// CHECK-LABEL: func.func @tempered
// CHECK-SAME:    (%[[Q:[^:]*]]: tensor<4x5x16xf32>, %[[K:[^:]*]]: tensor<4x9x16xf32>, %[[T:[^:]*]]: tensor<4x1x1xf32>)
// CHECK-NEXT:    %[[W:.*]] = bridge.binary mul %[[Q]], %[[T]]
// CHECK-NEXT:    bridge.attention %[[W]], %[[K]], %[[K]] scale 1.000000e+00 :
func.func @tempered(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %t: tensor<4x1x1xf32>) -> tensor<4x5x16xf32> {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.binary mul %s, %t : tensor<4x5x9xf32>, tensor<4x1x1xf32> -> tensor<4x5x9xf32>
  %m = bridge.reduce max %z over [2] : tensor<4x5x9xf32> -> tensor<4x5xf32>
  %m1 = bridge.reshape %m : tensor<4x5xf32> -> tensor<4x5x1xf32>
  %x = bridge.binary sub %z, %m1 : tensor<4x5x9xf32>, tensor<4x5x1xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %x : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// Positions compared in a tensor are a predicate.

// CHECK-LABEL: func.func @selected
// CHECK:         bridge.attention %{{.*}} scale 1.000000e+00 empty uniform {
// CHECK-NEXT:    ^bb0(%[[QUERY:.*]]: i32, %[[KEY:.*]]: i32):
// CHECK-NEXT:      %[[SEEN:.*]] = arith.cmpi sge, %[[QUERY]], %[[KEY]] : i32
// CHECK-NEXT:      bridge.yield %[[SEEN]] : i1
func.func @selected(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>) -> tensor<4x5x16xf32> {
  %lowest = bridge.constant dense<-3.0e38> : tensor<f64> -> tensor<f32>
  %queries = bridge.iota : tensor<5xi32>
  %rows = bridge.reshape %queries : tensor<5xi32> -> tensor<5x1xi32>
  %keys = bridge.iota : tensor<9xi32>
  %seen = bridge.compare ge %rows, %keys : tensor<5x1xi32>, tensor<9xi32> -> tensor<5x9xi1>
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.select %seen, %s, %lowest : tensor<5x9xi1>, tensor<4x5x9xf32>, tensor<f32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// A bias of 0 or at most −10³⁰ is a mask that captures its condition.

// CHECK-LABEL: func.func @added
// CHECK-SAME:    %[[COND:[^:]*]]: tensor<2x1x1x9xi1>)
// CHECK:         bridge.attention %{{.*}} mask(%[[COND]] : tensor<2x1x1x9xi1>) batch 1 empty uniform {
// CHECK:           %[[HIDDEN:.*]] = bridge.element %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}]
// CHECK:           arith.xori %[[HIDDEN]], %{{.*}}
func.func @added(%q: tensor<2x4x5x16xf32>, %k: tensor<2x4x9x16xf32>, %hidden: tensor<2x1x1x9xi1>) -> tensor<2x4x5x16xf32> {
  %lowest = bridge.constant dense<-3.0e38> : tensor<f64> -> tensor<f32>
  %zero = bridge.constant dense<0.0> : tensor<f64> -> tensor<f32>
  %bias = bridge.select %hidden, %lowest, %zero : tensor<2x1x1x9xi1>, tensor<f32>, tensor<f32> -> tensor<2x1x1x9xf32>
  %kt = bridge.transpose %k [0, 1, 3, 2] : tensor<2x4x9x16xf32> -> tensor<2x4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<2x4x5x16xf32>, tensor<2x4x16x9xf32> -> tensor<2x4x5x9xf32>
  %z = bridge.binary add %s, %bias : tensor<2x4x5x9xf32>, tensor<2x1x1x9xf32> -> tensor<2x4x5x9xf32>
  %p = bridge.softmax %z : tensor<2x4x5x9xf32> -> tensor<2x4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<2x4x5x9xf32>, tensor<2x4x9x16xf32> -> tensor<2x4x5x16xf32>
  return %y : tensor<2x4x5x16xf32>
}

// -----

// Two attentions with the same scores compute them twice.

// CHECK-LABEL: func.func @shared
// CHECK-NOT:     bridge.matmul
// CHECK-COUNT-2: bridge.attention
func.func @shared(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %b: tensor<5x9xf32>) -> (tensor<4x5x16xf32>, tensor<4x5x16xf32>) {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %s : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  %z = bridge.binary add %s, %b : tensor<4x5x9xf32>, tensor<5x9xf32> -> tensor<4x5x9xf32>
  %p1 = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y1 = bridge.matmul %p1, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y, %y1 : tensor<4x5x16xf32>, tensor<4x5x16xf32>
}

// -----

// Heads too wide to compute scores twice.

// CHECK-LABEL: func.func @negative_shared_wide
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores have another use, and heads are too wide to compute them twice"
func.func @negative_shared_wide(%q: tensor<4x5x256xf32>, %k: tensor<4x9x256xf32>, %b: tensor<5x9xf32>) -> (tensor<4x5x256xf32>, tensor<4x5x256xf32>) {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x256xf32> -> tensor<4x256x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x256xf32>, tensor<4x256x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %s : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x256xf32> -> tensor<4x5x256xf32>
  %z = bridge.binary add %s, %b : tensor<4x5x9xf32>, tensor<5x9xf32> -> tensor<4x5x9xf32>
  %p1 = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y1 = bridge.matmul %p1, %k : tensor<4x5x9xf32>, tensor<4x9x256xf32> -> tensor<4x5x256xf32>
  return %y, %y1 : tensor<4x5x256xf32>, tensor<4x5x256xf32>
}

// -----

// Multiplied with something of each key.

// CHECK-LABEL: func.func @negative_factor_of_keys
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are multiplied by what differs between keys"
func.func @negative_factor_of_keys(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %f: tensor<9xf32>) -> tensor<4x5x16xf32> {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.binary mul %s, %f : tensor<4x5x9xf32>, tensor<9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// −10000 is low, but other scores may be as low.

// CHECK-LABEL: func.func @negative_not_low
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scores are one side of a selection"
func.func @negative_not_low(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %c: tensor<5x9xi1>) -> tensor<4x5x16xf32> {
  %low = bridge.constant dense<-1.0e4> : tensor<f64> -> tensor<f32>
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.select %c, %s, %low : tensor<5x9xi1>, tensor<4x5x9xf32>, tensor<f32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// A mask after the softmax is none.

// CHECK-LABEL: func.func @negative_after_softmax
// CHECK-NOT:     bridge.attention
func.func @negative_after_softmax(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>, %m: tensor<5x9xf32>) -> tensor<4x5x16xf32> {
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %s : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %w = bridge.binary mul %p, %m : tensor<4x5x9xf32>, tensor<5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %w, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}

// -----

// CHECK-LABEL: func.func @negative_scale_of_zero
// CHECK-NOT:     bridge.attention
// REMARK: Reason="the scale is 0 or not finite"
func.func @negative_scale_of_zero(%q: tensor<4x5x16xf32>, %k: tensor<4x9x16xf32>) -> tensor<4x5x16xf32> {
  %zero = bridge.constant dense<0.0> : tensor<f64> -> tensor<f32>
  %kt = bridge.transpose %k [0, 2, 1] : tensor<4x9x16xf32> -> tensor<4x16x9xf32>
  %s = bridge.matmul %q, %kt : tensor<4x5x16xf32>, tensor<4x16x9xf32> -> tensor<4x5x9xf32>
  %z = bridge.binary mul %s, %zero : tensor<4x5x9xf32>, tensor<f32> -> tensor<4x5x9xf32>
  %p = bridge.softmax %z : tensor<4x5x9xf32> -> tensor<4x5x9xf32>
  %y = bridge.matmul %p, %k : tensor<4x5x9xf32>, tensor<4x9x16xf32> -> tensor<4x5x16xf32>
  return %y : tensor<4x5x16xf32>
}
