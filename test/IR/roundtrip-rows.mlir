// RUN: bridge-opt %s | bridge-opt | FileCheck %s
// RUN: bridge-opt -mlir-print-op-generic %s | bridge-opt | FileCheck %s

!x = tensor<?x64xf32, #bridge.dims<"b">>

// CHECK-LABEL: func.func @norms
func.func @norms(%x: !x, %w: tensor<64xf32>) {
  // CHECK: bridge.layer_norm %{{.*}} weight %{{.*}} : tensor<64xf32> bias %{{.*}} : tensor<64xf32> eps 1.000000e-05 :
  %0 = bridge.layer_norm %x weight %w : tensor<64xf32> bias %w : tensor<64xf32> eps 1.0e-05 : !x -> !x
  // CHECK: bridge.layer_norm %{{.*}} eps 0.000000e+00 :
  %1 = bridge.layer_norm %x eps 0.0 : !x -> !x
  // CHECK: bridge.rms_norm %{{.*}} weight %{{.*}} : tensor<64xf32> eps {{.*}} :
  %2 = bridge.rms_norm %x weight %w : tensor<64xf32> eps 1.0e-06 : !x -> !x
  // CHECK: bridge.rms_norm %{{.*}} eps {{.*}} :
  %3 = bridge.rms_norm %x eps 1.0e-06 : !x -> !x
  // CHECK: bridge.l2_normalize %{{.*}} eps 0.000000e+00 :
  %4 = bridge.l2_normalize %x eps 0.0 : !x -> !x
  return
}

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<?x8x?x77xf32, #bridge.dims<"b", "t">>, %times: tensor<?x?xi32, #bridge.dims<"b", "t">>) {
  // CHECK: bridge.softmax %{{.*}} : tensor
  %0 = bridge.softmax %x : tensor<?x8x?x77xf32, #bridge.dims<"b", "t">> -> tensor<?x8x?x77xf32, #bridge.dims<"b", "t">>
  // CHECK: bridge.softmax %{{.*}} empty zero {
  // CHECK-NEXT: ^bb0(%[[Q:.*]]: i32, %[[K:.*]]: i32):
  // CHECK: arith.cmpi sle, %[[K]], %[[Q]]
  %1 = bridge.softmax %x empty zero {
  ^bb0(%q: i32, %k: i32):
    %seen = arith.cmpi sle, %k, %q : i32
    bridge.yield %seen : i1
  } : tensor<?x8x?x77xf32, #bridge.dims<"b", "t">> -> tensor<?x8x?x77xf32, #bridge.dims<"b", "t">>
  // CHECK: bridge.softmax %{{.*}} mask(%{{.*}} : tensor<?x?xi32, #bridge.dims<"b", "t">>) batch 1 empty uniform {
  // CHECK: bridge.element %{{.*}}[%{{.*}}, %{{.*}}] : tensor<?x?xi32, #bridge.dims<"b", "t">>
  // CHECK: bridge.dim "t" : i32
  %2 = bridge.softmax %x mask(%times : tensor<?x?xi32, #bridge.dims<"b", "t">>) batch 1 empty uniform {
  ^bb0(%v: tensor<?x?xi32, #bridge.dims<"b", "t">>, %b: i32, %q: i32, %k: i32):
    %time = bridge.element %v[%b, %q] : tensor<?x?xi32, #bridge.dims<"b", "t">>
    %t = bridge.dim "t" : i32
    %place = arith.floordivsi %k, %t : i32
    %seen = arith.cmpi eq, %time, %place : i32
    bridge.yield %seen : i1
  } : tensor<?x8x?x77xf32, #bridge.dims<"b", "t">> -> tensor<?x8x?x77xf32, #bridge.dims<"b", "t">>
  return
}

// CHECK-LABEL: func.func @others
func.func @others(%x: tensor<2x8x50x64xf32>, %shared: tensor<50x32xf32>, %own: tensor<2x50x32xf32>,
                  %logits: tensor<?x100xf32, #bridge.dims<"n">>, %labels: tensor<?xi32, #bridge.dims<"n">>) {
  // CHECK: bridge.rotary %{{.*}}, %{{.*}} : tensor<2x8x50x64xf32>, tensor<50x32xf32> ->
  %0 = bridge.rotary %x, %shared : tensor<2x8x50x64xf32>, tensor<50x32xf32> -> tensor<2x8x50x64xf32>
  %1 = bridge.rotary %x, %own : tensor<2x8x50x64xf32>, tensor<2x50x32xf32> -> tensor<2x8x50x64xf32>
  // CHECK: bridge.cross_entropy %{{.*}}, %{{.*}} :
  %2 = bridge.cross_entropy %logits, %labels : tensor<?x100xf32, #bridge.dims<"n">>, tensor<?xi32, #bridge.dims<"n">> -> tensor<f32>
  // CHECK: bridge.cross_entropy %{{.*}}, %{{.*}} {ignore = -100 : i64, smoothing = 1.000000e-01 : f64} :
  %3 = bridge.cross_entropy %logits, %labels {ignore = -100, smoothing = 0.1}
    : tensor<?x100xf32, #bridge.dims<"n">>, tensor<?xi32, #bridge.dims<"n">> -> tensor<f32>
  return
}
