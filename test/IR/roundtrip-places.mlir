// RUN: bridge-opt %s | bridge-opt | FileCheck %s
// RUN: bridge-opt -mlir-print-op-generic %s | bridge-opt | FileCheck %s

!x = tensor<?x?x64xf32, #bridge.dims<"b", "t">>

// CHECK-LABEL: func.func @rows
func.func @rows(%ids: tensor<?x?xi32, #bridge.dims<"b", "t">>, %table: tensor<100x64xf32>, %x: !x, %b: tensor<?xi32, #bridge.dims<"b">>,
                %values: tensor<?x4x64xf32, #bridge.dims<"images">>, %at: tensor<?x?xi1, #bridge.dims<"b", "t">>) {
  // CHECK: bridge.embedding %{{.*}}, %{{.*}} :
  %0 = bridge.embedding %ids, %table : tensor<?x?xi32, #bridge.dims<"b", "t">>, tensor<100x64xf32> -> !x
  // CHECK: bridge.gather %{{.*}} at 0[%{{.*}}, %{{.*}}] : {{.*}} -> tensor<?x64xf32, #bridge.dims<"b">>
  %1 = bridge.gather %x at 0 [%b, %b] : !x, tensor<?xi32, #bridge.dims<"b">>, tensor<?xi32, #bridge.dims<"b">>
    -> tensor<?x64xf32, #bridge.dims<"b">>
  // CHECK: bridge.splice %{{.*}}, %{{.*}} at %{{.*}} :
  %2 = bridge.splice %x, %values at %at : !x, tensor<?x4x64xf32, #bridge.dims<"images">>, tensor<?x?xi1, #bridge.dims<"b", "t">> -> !x
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: !x, %front: tensor<?x1x64xf32, #bridge.dims<"b">>) {
  // CHECK: bridge.concat %{{.*}}, %{{.*}} along 1 : {{.*}} -> tensor<?x?x64xf32, #bridge.dims<"b", "t + 1">>
  %0 = bridge.concat %front, %x along 1 : tensor<?x1x64xf32, #bridge.dims<"b">>, !x -> tensor<?x?x64xf32, #bridge.dims<"b", "t + 1">>
  // CHECK: bridge.slice %{{.*}} from <"0", "1", "0"> : {{.*}} -> tensor<?x?x32xf32, #bridge.dims<"b", "t - 1">>
  %1 = bridge.slice %x from <"0", "1", "0"> : !x -> tensor<?x?x32xf32, #bridge.dims<"b", "t - 1">>
  // CHECK: bridge.transpose %{{.*}} [1, 0, 2] : {{.*}} -> tensor<?x?x64xf32, #bridge.dims<"t", "b">>
  %2 = bridge.transpose %x [1, 0, 2] : !x -> tensor<?x?x64xf32, #bridge.dims<"t", "b">>
  // CHECK: bridge.reshape %{{.*}} : {{.*}} -> tensor<?x8x8xf32, #bridge.dims<"b * t">>
  %3 = bridge.reshape %x : !x -> tensor<?x8x8xf32, #bridge.dims<"b * t">>
  // CHECK: bridge.broadcast %{{.*}} : {{.*}} -> tensor<3x?x5x64xf32, #bridge.dims<"b">>
  %4 = bridge.broadcast %front : tensor<?x1x64xf32, #bridge.dims<"b">> -> tensor<3x?x5x64xf32, #bridge.dims<"b">>
  return
}

// CHECK-LABEL: func.func @values
func.func @values() {
  // CHECK: bridge.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32> -> tensor<2xf32>
  %0 = bridge.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  // CHECK: bridge.iota : tensor<?xi32, #bridge.dims<"t">>
  %1 = bridge.iota : tensor<?xi32, #bridge.dims<"t">>
  // CHECK: bridge.dim "4 * batch + 1" : tensor<i32>
  %2 = bridge.dim "4 * batch + 1" : tensor<i32>
  return
}
