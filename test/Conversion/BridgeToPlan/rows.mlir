// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// CHECK-DAG:   plan.kernel layer_norm @layer_norm [!plan.view<f32, ["17 * n", 64], [256, 4]>, !plan.view<f32, [64], [4]>, !plan.view<f32, [64], [4]>, !plan.view<f32, ["17 * n", 64], [256, 4]>] {bias, eps = 1.000000e-05 : f64, weight}
// CHECK-DAG:   plan.kernel rms_norm @rms_norm {{.*}} {eps = 9.9999999999999995E-7 : f64, weight}
// CHECK-DAG:   plan.kernel l2_normalize @l2_normalize {{.*}} {eps = 0.000000e+00 : f64}
// CHECK-LABEL: func.func @norms
// CHECK:         plan.launch @layer_norm(
// CHECK:         plan.launch @rms_norm(
// CHECK:         plan.launch @l2_normalize(
!x = tensor<?x17x64xf32, #bridge.dims<"n">>
func.func @norms(%x: !x, %w: tensor<64xf32>, %b: tensor<64xf32>) -> !x attributes {bridge.entry} {
  %0 = bridge.layer_norm %x weight %w : tensor<64xf32> bias %b : tensor<64xf32> eps 1.0e-5 : !x -> !x
  %1 = bridge.rms_norm %0 weight %w : tensor<64xf32> eps 1.0e-6 : !x -> !x
  %2 = bridge.l2_normalize %1 eps 0.0 : !x -> !x
  return %2 : !x
}

// -----

// The mask of a softmax is a map to truth values that heads share.

// CHECK:       plan.kernel map @mask_seen [!plan.view<i32, ["b"], [4]>, !plan.view<i1, ["b", 5, 9], [320, 64, 1]>] {inputs = 0 : i64} {
// CHECK-NEXT:  ^bb0(%[[V:.*]]: !plan.view<i32, ["b"], [4]>, %[[B:.*]]: i32, %[[Q:.*]]: i32, %[[K:.*]]: i32):
// CHECK-NEXT:    %[[E:.*]] = plan.load %[[V]][%[[B]]]
// CHECK-NEXT:    %[[D:.*]] = plan.dim "b"
// CHECK-NEXT:    %[[S:.*]] = arith.addi %[[E]], %[[D]]
// CHECK-NEXT:    %[[C:.*]] = arith.cmpi slt, %[[K]], %[[S]]
// CHECK-NEXT:    plan.yield %[[C]] : i1
// CHECK:       plan.kernel softmax @softmax [!plan.view<f32, ["b", 4, 5, 9], [720, 180, 36, 4]>, !plan.view<i1, ["b", 4, 5, 9], [320, 0, 64, 1]>, !plan.view<f32, ["b", 4, 5, 9], [720, 180, 36, 4]>] {empty = #bridge<empty_rows zero>, seen}
!s = tensor<?x4x5x9xf32, #bridge.dims<"b">>
!lengths = tensor<?xi32, #bridge.dims<"b">>
func.func @masked_softmax(%x: !s, %lengths: !lengths) -> !s attributes {bridge.entry} {
  %0 = bridge.softmax %x mask(%lengths : !lengths) batch 1 empty zero {
  ^bb0(%v: !lengths, %b: i32, %q: i32, %k: i32):
    %e = bridge.element %v[%b] : !lengths
    %d = bridge.dim "b" : i32
    %sum = arith.addi %e, %d : i32
    %seen = arith.cmpi slt, %k, %sum : i32
    bridge.yield %seen : i1
  } : !s -> !s
  return %0 : !s
}

// -----

// Without a mask; everything before the row is one axis.

// CHECK:       plan.kernel softmax @softmax [!plan.view<f32, ["20 * b", 9], [36, 4]>, !plan.view<f32, ["20 * b", 9], [36, 4]>] {}
!s = tensor<?x4x5x9xf32, #bridge.dims<"b">>
func.func @unmasked(%x: !s) -> !s attributes {bridge.entry} {
  %0 = bridge.softmax %x : !s -> !s
  return %0 : !s
}

// -----

// Reduced axes come last; at least one axis stays.

// CHECK-DAG:   plan.kernel reduce @reduce_mean [!plan.view<f32, [2, 5, 3], [60, 4, 20]>, !plan.view<f32, [2, 5], [20, 4]>] {axes = 1 : i64, reduce = #bridge<reduce_kind mean>}
// CHECK-DAG:   plan.kernel reduce @reduce_sum [!plan.view<f32, [1, 30], [0, 4]>, !plan.view<f32, [1], [4]>] {axes = 1 : i64, reduce = #bridge<reduce_kind sum>}
// CHECK-DAG:   plan.kernel reduce @reduce_any [!plan.view<i1, [6, 5], [5, 1]>, !plan.view<i1, [6], [1]>]
// CHECK-DAG:   plan.kernel arg_extreme @arg_max [!plan.view<f32, [2, 5, 3], [60, 4, 20]>, !plan.view<i32, [2, 5], [20, 4]>] {extreme = #bridge<extreme_kind max>}
// CHECK-DAG:   plan.kernel cumsum @cumsum [!plan.view<i1, [2, 5, 3], [15, 1, 5]>, !plan.view<i32, [2, 5, 3], [60, 4, 20]>] {}
func.func @reductions(%x: tensor<2x3x5xf32>, %b: tensor<2x3x5xi1>) -> (tensor<2x5xf32>, tensor<f32>, tensor<2x3xi1>, tensor<2x5xi32>, tensor<2x3x5xi32>) attributes {bridge.entry} {
  %0 = bridge.reduce mean %x over [1] : tensor<2x3x5xf32> -> tensor<2x5xf32>
  %1 = bridge.reduce sum %x over [0, 1, 2] : tensor<2x3x5xf32> -> tensor<f32>
  %2 = bridge.reduce any %b over [2] : tensor<2x3x5xi1> -> tensor<2x3xi1>
  %3 = bridge.arg_extreme max %x over 1 : tensor<2x3x5xf32> -> tensor<2x5xi32>
  %4 = bridge.cumsum %b over 1 : tensor<2x3x5xi1> -> tensor<2x3x5xi32>
  return %0, %1, %2, %3, %4 : tensor<2x5xf32>, tensor<f32>, tensor<2x3xi1>, tensor<2x5xi32>, tensor<2x3x5xi32>
}

// -----

// Heads share the angles; the result lies as its operand does.

// CHECK:       plan.kernel rotary @rotary [!plan.view<f32, ["b", 4, "t", 16], ["256 * t", 64, 256, 4]>, !plan.view<f32, ["b", "t", 8], [0, 32, 4]>, !plan.view<f32, ["b", 4, "t", 16], ["256 * t", 64, 256, 4]>] {}
// CHECK-LABEL: func.func @rotary_of_heads
// CHECK:         plan.buffer "256 * b * t + 256" live 0 to 3 : !plan.view<f32, ["b", 4, "t", 16], ["256 * t", 64, 256, 4]>
// CHECK-COUNT-2: plan.launch @rotary(
!bt = tensor<?x?x64xf32, #bridge.dims<"b", "t">>
!heads = tensor<?x4x?x16xf32, #bridge.dims<"b", "t">>
func.func @rotary_of_heads(%x: !bt, %angles: tensor<?x8xf32, #bridge.dims<"t">>) -> tensor<?x4x?xf32, #bridge.dims<"b", "t">> attributes {bridge.entry} {
  %0 = bridge.reshape %x : !bt -> tensor<?x?x4x16xf32, #bridge.dims<"b", "t">>
  %1 = bridge.transpose %0 [0, 2, 1, 3] : tensor<?x?x4x16xf32, #bridge.dims<"b", "t">> -> !heads
  %2 = bridge.rotary %1, %angles : !heads, tensor<?x8xf32, #bridge.dims<"t">> -> !heads
  %3 = bridge.rotary %2, %angles : !heads, tensor<?x8xf32, #bridge.dims<"t">> -> !heads
  %4 = bridge.binary mul %2, %3 : !heads, !heads -> !heads
  %5 = bridge.reduce sum %4 over [3] : !heads -> tensor<?x4x?xf32, #bridge.dims<"b", "t">>
  return %5 : tensor<?x4x?xf32, #bridge.dims<"b", "t">>
}

// -----

// One axis of heads, and angles of each batch.

// CHECK-DAG:   plan.kernel rotary @rotary [!plan.view<f32, [1, 4, "t", 16], [0, "64 * t", 64, 4]>, !plan.view<f32, [1, "t", 8], [0, 32, 4]>,
// CHECK-LABEL: func.func @rotary_of_rank_3
func.func @rotary_of_rank_3(%x: tensor<4x?x16xf32, #bridge.dims<"t">>, %angles: tensor<?x8xf32, #bridge.dims<"t">>) -> tensor<4x?x16xf32, #bridge.dims<"t">> attributes {bridge.entry} {
  %0 = bridge.rotary %x, %angles : tensor<4x?x16xf32, #bridge.dims<"t">>, tensor<?x8xf32, #bridge.dims<"t">> -> tensor<4x?x16xf32, #bridge.dims<"t">>
  return %0 : tensor<4x?x16xf32, #bridge.dims<"t">>
}

// -----

// A mean over the rows that count; both sums are kept apart until the end.

// CHECK:       module attributes {plan.sites = ["{{.*}}a label is {a}; there are {b} classes"]}
// CHECK:       plan.kernel cross_entropy @cross_entropy [!plan.view<f32, ["n * t", 9], [36, 4]>, !plan.view<i32, ["n * t"], [4]>, !plan.view<f32, ["n * t"], [4]>, !plan.view<f32, ["n * t"], [4]>] {ignore = -100 : i64, site = 0 : i64, smoothing = 1.000000e-01 : f64}
// CHECK-LABEL: func.func @loss
// CHECK:         plan.launch @cross_entropy(%{{.*}}, %{{.*}}, %[[LOSS:.*]], %[[COUNT:.*]]) :
// CHECK:         plan.subview %[[LOSS]]
// CHECK:         plan.launch @reduce_sum
// CHECK:         plan.subview %[[COUNT]]
// CHECK:         plan.launch @reduce_sum
// CHECK:         plan.launch @map_div
func.func @loss(%x: tensor<?x?x9xf32, #bridge.dims<"n", "t">>, %labels: tensor<?x?xi32, #bridge.dims<"n", "t">>) -> tensor<f32> attributes {bridge.entry} {
  %0 = bridge.cross_entropy %x, %labels {ignore = -100 : i64, smoothing = 0.1 : f64} : tensor<?x?x9xf32, #bridge.dims<"n", "t">>, tensor<?x?xi32, #bridge.dims<"n", "t">> -> tensor<f32>
  return %0 : tensor<f32>
}
