// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// Patches are rows of a product; the result lies channels last, so that a row
// of patch tokens is a view.

// CHECK-LABEL: func.func @patches(%arg0: {{.*}}, %arg1: !plan.view<f32, ["b", 16, 32], [2048, 128, 4]>
// CHECK:         %[[ROWS:.*]] = plan.buffer "3072 * b + 256" live 0 to 1 : !plan.view<f32, ["b", 16, 48], [3072, 192, 4]>
// CHECK:         %[[W:.*]] = plan.weight @w : !plan.panels<f32, [1, 1, 32, 48]>
// CHECK:         %[[WINDOWS:.*]] = plan.subview %arg0 from "0" : {{.*}} -> <f32, ["b", 4, 4, 3, 4, 4], [3072, 256, 16, 1024, 64, 4]>
// CHECK:         plan.launch @copy(%[[WINDOWS]], %{{.*}})
// CHECK:         plan.launch @gemm_bias(%{{.*}}, %[[W]], %{{.*}}, %{{.*}}) : !plan.view<f32, [1, 1, "16 * b", 48], [0, 0, 192, 4]>, !plan.panels<f32, [1, 1, 32, 48]>, !plan.view<f32, [32], [4]>, !plan.view<f32, [1, 1, "16 * b", 32], [0, 0, 128, 4]>
// CHECK-NEXT:    return
bridge.weight @w : tensor<32x3x4x4xf32> from [#bridge.source<"w">]
bridge.weight @b : tensor<32xf32> from [#bridge.source<"b">]
!c = tensor<?x32x4x4xf32, #bridge.dims<"b">>
!last = tensor<?x4x4x32xf32, #bridge.dims<"b">>
func.func @patches(%x: tensor<?x3x16x16xf32, #bridge.dims<"b">>) -> tensor<?x16x32xf32, #bridge.dims<"b">> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<32x3x4x4xf32>
  %b = bridge.read_weight @b : tensor<32xf32>
  %0 = bridge.conv2d %x, %w bias %b : tensor<32xf32> {stride = 4} : tensor<?x3x16x16xf32, #bridge.dims<"b">>, tensor<32x3x4x4xf32> -> !c
  %1 = bridge.transpose %0 [0, 2, 3, 1] : !c -> !last
  %2 = bridge.reshape %1 : !last -> tensor<?x16x32xf32, #bridge.dims<"b">>
  return %2 : tensor<?x16x32xf32, #bridge.dims<"b">>
}

// -----

// Padding is zeros around a copy. Where channels may not lie last, the result
// is copied.

// CHECK-LABEL: func.func @padded
// CHECK:         %[[PADDED:.*]] = plan.buffer {{.*}} : !plan.view<f32, [1, 3, 10, 10], [1920, 640, 64, 4]>
// CHECK:         plan.constant dense<0.000000e+00> : tensor<f32>
// CHECK:         plan.launch @copy(%{{.*}}) : !plan.view<f32, [30, 10], [0, 0]>, !plan.view<f32, [30, 10], [64, 4]>
// CHECK:         %[[INNER:.*]] = plan.subview %[[PADDED]] from "68" : {{.*}} -> <f32, [3, 8, 8], [640, 64, 4]>
// CHECK:         plan.launch @copy{{.*}}(%{{.*}}, %[[INNER]])
// CHECK:         plan.subview %[[PADDED]] from "0" : {{.*}} -> <f32, [8, 8, 3, 3, 3], [64, 4, 640, 64, 4]>
// CHECK:         plan.launch @gemm(
// CHECK:         plan.launch @copy
// CHECK-NEXT:    return
bridge.weight @w : tensor<6x3x3x3xf32> from [#bridge.source<"w">]
func.func @padded(%x: tensor<1x3x8x8xf32>) -> tensor<1x6x8x8xf32> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<6x3x3x3xf32>
  %0 = bridge.conv2d %x, %w {padding = 1} : tensor<1x3x8x8xf32>, tensor<6x3x3x3xf32> -> tensor<1x6x8x8xf32>
  return %0 : tensor<1x6x8x8xf32>
}

// -----

// Groups are a batch; their bias is added in the epilogue.

// CHECK:       plan.kernel gemm @gemm_add
// CHECK-LABEL: func.func @groups
// CHECK:         plan.launch @pack(%{{.*}}) : !plan.view<f32, [1, 2, 3, 36], [0, 432, 144, 4]>, !plan.panels<f32, [1, 2, 3, 36]>
// CHECK:         plan.launch @gemm_add(%{{.*}}) : !plan.view<f32, [1, 2, 36, 36], {{.*}}>, !plan.panels<f32, [1, 2, 3, 36]>, !plan.view<f32, [1, 2, 36, 3], [0, 12, 0, 4]>, !plan.view<f32, [1, 2, 36, 3], [0, 12, 64, 4]>
bridge.weight @w : tensor<6x4x3x3xf32> from [#bridge.source<"w">]
func.func @groups(%x: tensor<1x8x8x8xf32>, %b: tensor<6xf32>) -> tensor<6xf32> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<6x4x3x3xf32>
  %0 = bridge.conv2d %x, %w bias %b : tensor<6xf32> {groups = 2} : tensor<1x8x8x8xf32>, tensor<6x4x3x3xf32> -> tensor<1x6x6x6xf32>
  %1 = bridge.reduce max %0 over [0, 2, 3] : tensor<1x6x6x6xf32> -> tensor<6xf32>
  return %1 : tensor<6xf32>
}
