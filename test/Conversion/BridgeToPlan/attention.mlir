// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// Splitting heads is a view, the result is stored with the heads of a query as
// one row, so that merging them is one, too. The mask is a map to 0 and −inf,
// keys by queries, for all heads.

// CHECK:       plan.kernel map @mask_bias [!plan.view<i32, ["b", "t"], ["4 * t", 4]>, !plan.view<f32, ["b", "t", "t"], ["4 * t * t", "4 * t", 4]>] {inputs = 0 : i64} {
// CHECK-NEXT:  ^bb0(%[[V:.*]]: !plan.view<i32, {{.*}}>, %[[B:.*]]: i32, %[[K:.*]]: i32, %[[Q:.*]]: i32):
// CHECK-NEXT:    %[[CAUSAL:.*]] = arith.cmpi sle, %[[K]], %[[Q]]
// CHECK-NEXT:    %[[E:.*]] = plan.load %[[V]][%[[B]], %[[K]]]
// CHECK:         %[[SEEN:.*]] = arith.andi %[[CAUSAL]]
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG:     %[[HIDDEN:.*]] = arith.constant 0xFF800000 : f32
// CHECK:         %[[BIAS:.*]] = arith.select %[[SEEN]], %[[ZERO]], %[[HIDDEN]]
// CHECK-NEXT:    plan.yield %[[BIAS]] : f32
// CHECK:       plan.kernel attention @attention {{.*}} {bias, empty = #bridge<empty_rows uniform>, scale = 2.500000e-01 : f64}
// CHECK-LABEL: func.func @masked
// CHECK:         %[[MASK:.*]] = plan.buffer "4 * b * t * t + 256" live 0 to 1
// CHECK:         %[[A:.*]] = plan.buffer "320 * b * t + 256" live 1 to 2 : !plan.view<f32, ["b", 3, "t", 24], ["320 * t", 96, 320, 4]>
// CHECK:         plan.launch @mask_bias(
// CHECK:         plan.launch @attention({{.*}}, %[[A]]) : !plan.view<f32, ["b", 3, "t", 24], ["288 * t", 96, 288, 4]>, {{.*}}, !plan.view<f32, ["b", 3, "t", "t"], ["4 * t * t", 0, "4 * t", 4]>, !plan.view<f32, ["b", 3, "t", 24], ["320 * t", 96, 320, 4]>
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

// A mask without batch axes is stored once.

// CHECK-LABEL: func.func @causal
// CHECK:         plan.buffer "832" live 0 to 1 : !plan.view<f32, [9, 5], [64, 4]>
// CHECK:         plan.launch @attention{{.*}} !plan.view<f32, ["b", 4, 9, 5], [0, 0, 64, 4]>
!q = tensor<?x4x5x16xf32, #bridge.dims<"b">>
!k = tensor<?x4x9x16xf32, #bridge.dims<"b">>
func.func @causal(%q: !q, %k: !k) -> !q attributes {bridge.entry} {
  %a = bridge.attention %q, %k, %k scale 1.0 empty zero {
  ^bb0(%query: i32, %key: i32):
    %seen = arith.cmpi sle, %key, %query : i32
    bridge.yield %seen : i1
  } : !q, !k, !k -> !q
  return %a : !q
}

// -----

// Two key heads, several batch axes and values of another width. What the mask
// has no positions of still is a part of the one batch axis.

// CHECK-LABEL: func.func @grouped
// CHECK:         plan.launch @attention(%{{.*}}) : !plan.view<f32, ["3 * b", 4, 5, 16], {{.*}}>, !plan.view<f32, ["3 * b", 2, 9, 16], {{.*}}>, !plan.view<f32, ["3 * b", 2, 9, 8], {{.*}}>, !plan.view<f32, ["3 * b", 4, 9, 5], [576, 0, 64, 4]>, !plan.view<f32, ["3 * b", 4, 5, 8], {{.*}}>
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
