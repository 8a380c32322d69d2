// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// Splitting heads is a view, the result is stored with the heads of a query as
// one row, so that merging them is one, too. The mask is a part of the kernel.

// CHECK:       plan.kernel attention @attention [{{.*}}, !plan.view<i32, ["b", "t"], ["4 * t", 4]>, !plan.view<f32, ["b", 3, "t", 24], ["320 * t", 96, 320, 4]>] {empty = #bridge<empty_rows uniform>, scale = 2.500000e-01 : f64} {
// CHECK-NEXT:  ^bb0(%[[V:.*]]: !plan.view<i32, {{.*}}>, %[[B:.*]]: i32, %{{.*}}: i32, %[[Q:.*]]: i32, %[[K:.*]]: i32):
// CHECK-NEXT:    %[[CAUSAL:.*]] = arith.cmpi sle, %[[K]], %[[Q]]
// CHECK-NEXT:    %[[E:.*]] = plan.load %[[V]][%[[B]], %[[K]]]
// CHECK:         %[[SEEN:.*]] = arith.andi %[[CAUSAL]]
// CHECK-NEXT:    plan.yield %[[SEEN]] : i1
// CHECK-LABEL: func.func @masked
// CHECK:         %[[A:.*]] = plan.buffer "320 * b * t + 256" live 0 to 1 : !plan.view<f32, ["b", 3, "t", 24], ["320 * t", 96, 320, 4]>
// CHECK:         plan.launch @attention({{.*}}, %[[A]]) : !plan.view<f32, ["b", 3, "t", 24], ["288 * t", 96, 288, 4]>, {{.*}}, !plan.view<i32, ["b", "t"], ["4 * t", 4]>, !plan.view<f32, ["b", 3, "t", 24], ["320 * t", 96, 320, 4]>
// CHECK:         %[[ROWS:.*]] = plan.subview %[[A]] from "0" : {{.*}} -> <f32, ["b * t", 72], [320, 4]>
// CHECK:         plan.launch @layer_norm(%[[ROWS]], %{{.*}})
!bt = tensor<?x?x72xf32, #bridge.dims<"b", "t">>
!split = tensor<?x?x3x24xf32, #bridge.dims<"b", "t">>
!heads = tensor<?x3x?x24xf32, #bridge.dims<"b", "t">>
!valid = tensor<?x?xi32, #bridge.dims<"b", "t">>
func.func @masked(%x: !bt, %valid: !valid) -> !bt attributes {bridge.entry} {
  %0 = bridge.reshape %x : !bt -> !split
  %q = bridge.transpose %0 [0, 2, 1, 3] : !split -> !heads
  %a = bridge.attention %q, %q, %q scale 0.25 mask(%valid : !valid) batch 1 empty uniform {
  ^bb0(%v: !valid, %b: i32, %query: i32, %key: i32):
    %causal = arith.cmpi sle, %key, %query : i32
    %e = bridge.element %v[%b, %key] : !valid
    %zero = arith.constant 0 : i32
    %there = arith.cmpi ne, %e, %zero : i32
    %seen = arith.andi %causal, %there : i1
    bridge.yield %seen : i1
  } : !heads, !heads, !heads -> !heads
  %1 = bridge.transpose %a [0, 2, 1, 3] : !heads -> !split
  %2 = bridge.reshape %1 : !split -> !bt
  %3 = bridge.layer_norm %2 eps 1.0e-5 : !bt -> !bt
  return %3 : !bt
}

// -----

// A bias is a view; repeated axes have no stride. A mask that picks by query
// and key is stored once, keys by queries.

// CHECK:       plan.kernel map @mask_seen
// CHECK:       plan.kernel attention @attention {{.*}} {bias, empty = #bridge<empty_rows zero>, scale = 1.000000e+00 : f64} {
// CHECK-NEXT:  ^bb0(%[[STORED:.*]]: {{.*}}, %{{.*}}: i32, %[[H:.*]]: i32, %[[Q:.*]]: i32, %[[K:.*]]: i32):
// CHECK:         plan.load %[[STORED]][%{{.*}}, %[[H]], %[[K]], %[[Q]]]
// CHECK-LABEL: func.func @biased
// CHECK:         plan.launch @attention{{.*}} !plan.view<f32, ["b", 4, 5, 9], [0, 0, {{[0-9]+}}, 4]>, !plan.view<i1, ["b", 4, 9, 5], [0, 0, {{[0-9]+}}, 1]>
!q = tensor<?x4x5x16xf32, #bridge.dims<"b">>
!k = tensor<?x4x9x16xf32, #bridge.dims<"b">>
func.func @biased(%q: !q, %k: !k, %bias: tensor<5x9xf32>, %pairs: tensor<5x9xi1>) -> !q attributes {bridge.entry} {
  %a = bridge.attention %q, %k, %k scale 1.0 bias %bias : tensor<5x9xf32> mask(%pairs : tensor<5x9xi1>) empty zero {
  ^bb0(%p: tensor<5x9xi1>, %query: i32, %key: i32):
    %seen = bridge.element %p[%query, %key] : tensor<5x9xi1>
    bridge.yield %seen : i1
  } : !q, !k, !k -> !q
  return %a : !q
}

// -----

// Two key heads, several batch axes and values of another width. The mask looks
// at the first of the batch axes, which the kernel has as one.

// CHECK:         ^bb0(%[[L:.*]]: {{.*}}, %[[B:.*]]: i32, %{{.*}}: i32, %{{.*}}: i32, %[[KEY:.*]]: i32):
// CHECK:           %[[THREE:.*]] = arith.constant 3 : i32
// CHECK-NEXT:      %[[FIRST:.*]] = arith.floordivsi %[[B]], %[[THREE]]
// CHECK-NEXT:      plan.load %[[L]][%[[FIRST]]]
// CHECK-LABEL: func.func @grouped
// CHECK:         plan.launch @attention(%{{.*}}) : !plan.view<f32, ["3 * b", 4, 5, 16], {{.*}}>, !plan.view<f32, ["3 * b", 2, 9, 16], {{.*}}>, !plan.view<f32, ["3 * b", 2, 9, 8], {{.*}}>, !plan.view<i32, ["b"], {{.*}}>, !plan.view<f32, ["3 * b", 4, 5, 8], {{.*}}>
!q = tensor<?x3x4x5x16xf32, #bridge.dims<"b">>
!k = tensor<?x3x2x9x16xf32, #bridge.dims<"b">>
!v = tensor<?x3x2x9x8xf32, #bridge.dims<"b">>
!y = tensor<?x3x4x5x8xf32, #bridge.dims<"b">>
!lengths = tensor<?xi32, #bridge.dims<"b">>
func.func @grouped(%q: !q, %k: !k, %v: !v, %lengths: !lengths) -> !y attributes {bridge.entry} {
  %a = bridge.attention %q, %k, %v scale 1.0 mask(%lengths : !lengths) batch 1 empty zero {
  ^bb0(%l: !lengths, %b: i32, %query: i32, %key: i32):
    %e = bridge.element %l[%b] : !lengths
    %seen = arith.cmpi slt, %key, %e : i32
    bridge.yield %seen : i1
  } : !q, !k, !v -> !y
  return %a : !y
}
