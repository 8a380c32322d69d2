// RUN: bridge-opt %s | bridge-opt | FileCheck %s
// RUN: bridge-opt -mlir-print-op-generic %s | bridge-opt | FileCheck %s

// CHECK: plan.kernel gemm @gemm0 [!plan.view<f32,
plan.kernel gemm @gemm0 [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {bias} {
^bb0(%acc: f32, %r: f32):
  %0 = arith.addf %acc, %r : f32
  plan.yield %0 : f32
}

// CHECK: plan.kernel gemm @gemm1 [!plan.view<f32,
plan.kernel gemm @gemm1 [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// CHECK: plan.kernel pack @pack2 [!plan.view<f32,
plan.kernel pack @pack2 [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>] {}

// CHECK: plan.kernel attention @attention3 [!plan.view<f32,
plan.kernel attention @attention3 [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {bias, scale = 1.250000e-01 : f64}

// CHECK: plan.kernel attention @attention_masked [{{.*}}] {empty = #bridge<empty_rows zero>, scale = 1.250000e-01 : f64} {
plan.kernel attention @attention_masked [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<i32, [4], [4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {empty = #bridge<empty_rows zero>, scale = 1.250000e-01 : f64} {
^bb0(%lengths: !plan.view<i32, [4], [4]>, %b: i32, %h: i32, %query: i32, %key: i32):
  %length = plan.load %lengths[%b] : !plan.view<i32, [4], [4]> -> i32
  %seen = arith.cmpi slt, %key, %length : i32
  plan.yield %seen : i1
}

// CHECK: plan.kernel map @map4 [!plan.view<f32,
plan.kernel map @map4 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {inputs = 1 : i64} {
^bb0(%x: f32, %v: !plan.view<f32, [8], [4]>, %i: i32, %j: i32):
  %0 = plan.load %v[%j] : !plan.view<f32, [8], [4]> -> f32
  %1 = arith.addf %x, %0 : f32
  %2 = plan.dim "t"
  plan.yield %1 : f32
}

// CHECK: plan.kernel layer_norm @layer_norm5 [!plan.view<f32,
plan.kernel layer_norm @layer_norm5 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {bias, eps = 0.000000e+00 : f64, weight}

// CHECK: plan.kernel rms_norm @rms_norm6 [!plan.view<f32,
plan.kernel rms_norm @rms_norm6 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {eps = 0.000000e+00 : f64, weight}

// CHECK: plan.kernel l2_normalize @l2_normalize7 [!plan.view<f32,
plan.kernel l2_normalize @l2_normalize7 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {eps = 0.000000e+00 : f64}

// CHECK: plan.kernel softmax @softmax8 [!plan.view<f32,
plan.kernel softmax @softmax8 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i1, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {empty = #bridge<empty_rows uniform>, seen}

// CHECK: plan.kernel reduce @reduce9 [!plan.view<f32,
plan.kernel reduce @reduce9 [!plan.view<f32, [1, 4, 8], [64, 64, 4]>, !plan.view<f32, [8], [4]>] {axes = 2 : i64, reduce = #bridge<reduce_kind sum>}

// CHECK: plan.kernel arg_extreme @arg_extreme10 [!plan.view<f32,
plan.kernel arg_extreme @arg_extreme10 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>] {extreme = #bridge<extreme_kind max>}

// CHECK: plan.kernel cumsum @cumsum11 [!plan.view<f32,
plan.kernel cumsum @cumsum11 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}

// CHECK: plan.kernel rotary @rotary12 [!plan.view<f32,
plan.kernel rotary @rotary12 [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 4, 8], [64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// CHECK: plan.kernel gather @gather13 [!plan.view<f32,
plan.kernel gather @gather13 [!plan.view<f32, [1, 4, 8], [64, 64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<i32, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {axis = 0 : i64, indices = 2 : i64, site = 0 : i64}

// CHECK: plan.kernel cross_entropy @cross_entropy14 [!plan.view<f32,
plan.kernel cross_entropy @cross_entropy14 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [8], [4]>] {site = 0 : i64, smoothing = 0.000000e+00 : f64}

// CHECK: plan.kernel splice @splice15 [!plan.view<f32,
plan.kernel splice @splice15 [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>, !plan.view<i1, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {site = 0 : i64}

bridge.weight @w : tensor<8x8xf32> from [#bridge.source<"w">]

plan.kernel map @copy [!plan.view<f32, ["b", 8], [64, 4]>, !plan.view<f32, ["b", 8], [64, 4]>] {inputs = 1 : i64} {
^bb0(%x: f32, %i: i32, %j: i32):
  plan.yield %x : f32
}

// CHECK: func.func private @layer(%[[IN:.*]]: !plan.view<f32, ["b", 8], [64, 4]>, %[[OUT:.*]]: !plan.view<f32, ["b", 8], [64, 4]>)
func.func private @layer(%in: !plan.view<f32, ["b", 8], [64, 4]>, %out: !plan.view<f32, ["b", 8], [64, 4]>) {
  // CHECK: plan.launch @copy(%[[IN]], %[[OUT]]) :
  plan.launch @copy(%in, %out) : !plan.view<f32, ["b", 8], [64, 4]>, !plan.view<f32, ["b", 8], [64, 4]>
  return
}

// CHECK: func.func @entry
func.func @entry(%in: !plan.view<f32, ["b", 8], [64, 4]>, %out: !plan.view<f32, ["b", 8], [64, 4]>) attributes {plan.entry} {
  // CHECK: plan.weight @w view ".T" : !plan.panels<f32, [1, 1, 8, 8]>
  %w = plan.weight @w view ".T" : !plan.panels<f32, [1, 1, 8, 8]>
  // CHECK: plan.constant dense<1.000000e+00> : tensor<8xf32>
  %c = plan.constant dense<1.0> : tensor<8xf32> : !plan.view<f32, [8], [4]>
  // CHECK: %[[BUFFER:.*]] = plan.buffer "64 * b" live 0 to 3 : !plan.view<f32, ["b", 8], [64, 4]>
  %buffer = plan.buffer "64 * b" live 0 to 3 : !plan.view<f32, ["b", 8], [64, 4]>
  // CHECK: plan.subview %[[BUFFER]] from "64"
  %row = plan.subview %buffer from "64" : !plan.view<f32, ["b", 8], [64, 4]> -> !plan.view<f32, [8], [4]>
  // CHECK: %[[FRAME:.*]] = plan.frame @layer at 0
  %frame = plan.frame @layer at 0
  // CHECK: plan.call @layer(%{{.*}}, %[[BUFFER]]) in %[[FRAME]] :
  plan.call @layer(%in, %buffer) in %frame : !plan.view<f32, ["b", 8], [64, 4]>, !plan.view<f32, ["b", 8], [64, 4]>
  %left = plan.buffer "64 * b" live 1 to 2 : !plan.view<f32, ["b", 8], [64, 4]>
  %right = plan.buffer "64 * b" live 1 to 2 : !plan.view<f32, ["b", 8], [64, 4]>
  // CHECK:      plan.group {
  // CHECK-NEXT:   plan.launch @copy(%[[BUFFER]], %{{.*}}) :
  // CHECK-NEXT:   plan.launch @copy(%[[BUFFER]], %{{.*}}) :
  // CHECK-NEXT: }
  plan.group {
    plan.launch @copy(%buffer, %left) : !plan.view<f32, ["b", 8], [64, 4]>, !plan.view<f32, ["b", 8], [64, 4]>
    plan.launch @copy(%buffer, %right) : !plan.view<f32, ["b", 8], [64, 4]>, !plan.view<f32, ["b", 8], [64, 4]>
  }
  // CHECK: plan.stop_on_fault
  plan.stop_on_fault
  plan.launch @copy(%buffer, %out) : !plan.view<f32, ["b", 8], [64, 4]>, !plan.view<f32, ["b", 8], [64, 4]>
  return
}
