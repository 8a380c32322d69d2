// RUN: bridge-opt %s -canonicalize | FileCheck %s

!x = tensor<?x4xf32, #bridge.dims<"b">>

// CHECK-LABEL: func.func @identities
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32
func.func @identities(%x: !x) -> (!x, !x, !x, !x, !x) {
  %0 = bridge.reshape %x : !x -> !x
  %1 = bridge.transpose %x [0, 1] : !x -> !x
  %2 = bridge.broadcast %x : !x -> !x
  %3 = bridge.slice %x from <"0", "0"> : !x -> !x
  %4 = bridge.cast %x : !x -> !x
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
  return %0, %1, %2, %3, %4 : !x, !x, !x, !x, !x
}

// CHECK-LABEL: func.func @chains
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>, %[[T:.*]]: tensor<1xi1>)
func.func @chains(%x: tensor<2x3x4xf32>, %t: tensor<1xi1>) -> (tensor<24xf32>, tensor<3x4x2xf32>, tensor<2x3xi1>, tensor<1xf32>) {
  // CHECK-DAG: %[[R:.*]] = bridge.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<24xf32>
  %0 = bridge.reshape %x : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %1 = bridge.reshape %0 : tensor<6x4xf32> -> tensor<24xf32>
  // CHECK-DAG: %[[P:.*]] = bridge.transpose %[[X]] [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %2 = bridge.transpose %x [1, 0, 2] : tensor<2x3x4xf32> -> tensor<3x2x4xf32>
  %3 = bridge.transpose %2 [0, 2, 1] : tensor<3x2x4xf32> -> tensor<3x4x2xf32>
  // CHECK-DAG: %[[B:.*]] = bridge.broadcast %[[T]] : tensor<1xi1> -> tensor<2x3xi1>
  %4 = bridge.broadcast %t : tensor<1xi1> -> tensor<3xi1>
  %5 = bridge.broadcast %4 : tensor<3xi1> -> tensor<2x3xi1>
  // CHECK-DAG: %[[C:.*]] = bridge.cast %[[T]] : tensor<1xi1> -> tensor<1xf32>
  %6 = bridge.cast %t : tensor<1xi1> -> tensor<1xi32>
  %7 = bridge.cast %6 : tensor<1xi32> -> tensor<1xf32>
  // CHECK: return %[[R]], %[[P]], %[[B]], %[[C]]
  return %1, %3, %5, %7 : tensor<24xf32>, tensor<3x4x2xf32>, tensor<2x3xi1>, tensor<1xf32>
}

// CHECK-LABEL: func.func @negative_slice
func.func @negative_slice(%x: tensor<4xf32>) -> tensor<3xf32> {
  // CHECK: bridge.slice
  %0 = bridge.slice %x from <"1"> : tensor<4xf32> -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: func.func @select
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<f32>)
func.func @select(%a: tensor<4xf32>, %b: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %true = bridge.constant dense<true> : tensor<i1> -> tensor<i1>
  %false = bridge.constant dense<false> : tensor<i1> -> tensor<i1>
  %0 = bridge.select %true, %a, %b : tensor<i1>, tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  // CHECK: %[[S:.*]] = bridge.select %{{.*}}, %[[A]], %[[B]]
  %1 = bridge.select %false, %a, %b : tensor<i1>, tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  // CHECK: return %[[A]], %[[S]]
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
