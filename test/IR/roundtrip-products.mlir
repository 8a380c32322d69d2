// RUN: bridge-opt %s | bridge-opt | FileCheck %s
// RUN: bridge-opt -mlir-print-op-generic %s | bridge-opt | FileCheck %s

!x = tensor<?x77x768xf32, #bridge.dims<"texts">>
!y = tensor<?x77x512xf32, #bridge.dims<"texts">>

// CHECK-LABEL: func.func @linear
func.func @linear(%x: !x, %w: tensor<512x768xf32>, %b: tensor<512xf32>) -> !y {
  // CHECK: bridge.linear %{{.*}}, %{{.*}} : tensor<?x77x768xf32, #bridge.dims<"texts">>, tensor<512x768xf32> -> tensor<?x77x512xf32, #bridge.dims<"texts">>
  %0 = bridge.linear %x, %w : !x, tensor<512x768xf32> -> !y
  // CHECK: bridge.linear %{{.*}}, %{{.*}} bias %{{.*}} : tensor<512xf32> :
  %1 = bridge.linear %x, %w bias %b : tensor<512xf32> : !x, tensor<512x768xf32> -> !y
  return %1 : !y
}

// CHECK-LABEL: func.func @matmul
func.func @matmul(%q: tensor<?x8x?x64xf32, #bridge.dims<"b", "t">>, %k: tensor<8x64x50xf32>) {
  // CHECK: bridge.matmul %{{.*}}, %{{.*}} : {{.*}} -> tensor<?x8x?x50xf32, #bridge.dims<"b", "t">>
  %0 = bridge.matmul %q, %k : tensor<?x8x?x64xf32, #bridge.dims<"b", "t">>, tensor<8x64x50xf32>
    -> tensor<?x8x?x50xf32, #bridge.dims<"b", "t">>
  return
}

// CHECK-LABEL: func.func @conv2d
func.func @conv2d(%x: tensor<2x6x28x?xf32, #bridge.dims<"14 * w">>, %w: tensor<8x3x14x14xf32>, %b: tensor<8xf32>) {
  // CHECK: bridge.conv2d %{{.*}}, %{{.*}} bias %{{.*}} : tensor<8xf32> {groups = 2 : i64, padding = 1 : i64, stride = 14 : i64} :
  %0 = bridge.conv2d %x, %w bias %b : tensor<8xf32> {stride = 14, padding = 1, groups = 2}
    : tensor<2x6x28x?xf32, #bridge.dims<"14 * w">>, tensor<8x3x14x14xf32> -> tensor<2x8x2x?xf32, #bridge.dims<"w">>
  return
}

// CHECK-LABEL: func.func @fused_linear
func.func @fused_linear(%x: !x, %w: tensor<512x768xf32>, %b: tensor<512xf32>, %r: !y, %m: tensor<77x1xi1>) {
  // CHECK: bridge.fused_linear %{{.*}}, %{{.*}} bias %{{.*}} : tensor<512xf32> with(%{{.*}}, %{{.*}} : tensor<?x77x512xf32, #bridge.dims<"texts">>, tensor<77x1xi1>) {
  // CHECK-NEXT: ^bb0(%[[ACC:.*]]: f32, %[[R:.*]]: f32, %[[M:.*]]: i1):
  // CHECK: arith.select %[[M]]
  // CHECK: bridge.yield %{{.*}} : f32
  %0 = bridge.fused_linear %x, %w bias %b : tensor<512xf32> with (%r, %m : !y, tensor<77x1xi1>) {
  ^bb0(%acc: f32, %residual: f32, %masked: i1):
    %sum = arith.addf %acc, %residual : f32
    %kept = arith.select %masked, %residual, %sum : f32
    bridge.yield %kept : f32
  } : !x, tensor<512x768xf32> -> !y
  return
}

// CHECK-LABEL: func.func @attention
func.func @attention(%q: tensor<?x8x50x64xf32, #bridge.dims<"b">>, %k: tensor<?x2x77x64xf32, #bridge.dims<"b">>,
                     %valid: tensor<?x77xi32, #bridge.dims<"b">>, %bias: tensor<8x1x77xf32>) {
  // CHECK: bridge.attention %{{.*}}, %{{.*}}, %{{.*}} scale 1.250000e-01 :
  %0 = bridge.attention %q, %k, %k scale 0.125
    : tensor<?x8x50x64xf32, #bridge.dims<"b">>, tensor<?x2x77x64xf32, #bridge.dims<"b">>, tensor<?x2x77x64xf32, #bridge.dims<"b">>
    -> tensor<?x8x50x64xf32, #bridge.dims<"b">>
  // CHECK: bridge.attention %{{.*}} scale 1.250000e-01 bias %{{.*}} : tensor<8x1x77xf32> mask(%{{.*}} : tensor<?x77xi32, #bridge.dims<"b">>) batch 1 empty uniform {
  // CHECK: bridge.element
  // CHECK: } {{.*}} -> tensor<?x8x50x64xf32, #bridge.dims<"b">>, tensor<?x8x50xf32, #bridge.dims<"b">>
  %1, %lse = bridge.attention %q, %k, %k scale 0.125 bias %bias : tensor<8x1x77xf32> mask(%valid : tensor<?x77xi32, #bridge.dims<"b">>) batch 1 empty uniform {
  ^bb0(%v: tensor<?x77xi32, #bridge.dims<"b">>, %b: i32, %query: i32, %key: i32):
    %zero = arith.constant 0 : i32
    %e = bridge.element %v[%b, %key] : tensor<?x77xi32, #bridge.dims<"b">>
    %seen = arith.cmpi ne, %e, %zero : i32
    bridge.yield %seen : i1
  } : tensor<?x8x50x64xf32, #bridge.dims<"b">>, tensor<?x2x77x64xf32, #bridge.dims<"b">>, tensor<?x2x77x64xf32, #bridge.dims<"b">>
    -> tensor<?x8x50x64xf32, #bridge.dims<"b">>, tensor<?x8x50xf32, #bridge.dims<"b">>
  return
}

// CHECK-LABEL: func.func @residual_norms
func.func @residual_norms(%x: tensor<5x8xf32>, %w: tensor<8xf32>) {
  // CHECK: bridge.residual_norm layer %{{.*}}, %{{.*}} weight %{{.*}} : tensor<8xf32> bias %{{.*}} : tensor<8xf32> eps 1.000000e-05 : tensor<5x8xf32>
  %0, %1 = bridge.residual_norm layer %x, %x weight %w : tensor<8xf32> bias %w : tensor<8xf32> eps 1.0e-5 : tensor<5x8xf32>
  // CHECK: bridge.residual_norm rms %{{.*}}, %{{.*}} eps 1.000000e-03 : tensor<5x8xf32>
  %2, %3 = bridge.residual_norm rms %x, %x eps 1.0e-3 : tensor<5x8xf32>
  return
}

// CHECK-LABEL: func.func @losses
func.func @losses(%image: tensor<?x512xf32, #bridge.dims<"n">>, %text: tensor<?x512xf32, #bridge.dims<"m">>, %s: tensor<f32>,
                  %y: tensor<?xi32, #bridge.dims<"n">>, %z: tensor<?xi32, #bridge.dims<"m">>, %w: tensor<100x512xf32>, %b: tensor<100xf32>) {
  // CHECK: bridge.contrastive_loss %{{.*}}, %{{.*}}, %{{.*}} :
  %0:4 = bridge.contrastive_loss %image, %image, %s
    : tensor<?x512xf32, #bridge.dims<"n">>, tensor<?x512xf32, #bridge.dims<"n">>, tensor<f32>
    -> tensor<f32>, tensor<f32>, tensor<?xf32, #bridge.dims<"n">>, tensor<?xf32, #bridge.dims<"n">>
  // CHECK: bridge.contrastive_loss %{{.*}} image_labels %{{.*}} text_labels %{{.*}} {ignore = -1 : i64}
  %2:4 = bridge.contrastive_loss %image, %text, %s image_labels %y : tensor<?xi32, #bridge.dims<"n">> text_labels %z : tensor<?xi32, #bridge.dims<"m">> {ignore = -1}
    : tensor<?x512xf32, #bridge.dims<"n">>, tensor<?x512xf32, #bridge.dims<"m">>, tensor<f32>
    -> tensor<f32>, tensor<f32>, tensor<?xf32, #bridge.dims<"n">>, tensor<?xf32, #bridge.dims<"m">>
  // CHECK: bridge.linear_cross_entropy %{{.*}} bias %{{.*}} scale %{{.*}} labels %{{.*}} {ignore = -100 : i64}
  %3:2 = bridge.linear_cross_entropy %image, %w bias %b : tensor<100xf32> scale %s : tensor<f32> labels %y : tensor<?xi32, #bridge.dims<"n">> {ignore = -100}
    : tensor<?x512xf32, #bridge.dims<"n">>, tensor<100x512xf32> -> tensor<f32>, tensor<?xf32, #bridge.dims<"n">>
  // CHECK: bridge.sigmoid_loss
  %1 = bridge.sigmoid_loss %image, %image, %s, %s
    : tensor<?x512xf32, #bridge.dims<"n">>, tensor<?x512xf32, #bridge.dims<"n">>, tensor<f32>, tensor<f32> -> tensor<f32>
  return
}
