// RUN: bridge-opt %s | bridge-opt | FileCheck %s
// RUN: bridge-opt -mlir-print-op-generic %s | bridge-opt | FileCheck %s

!f = tensor<?x4xf32, #bridge.dims<"b">>
!i = tensor<?x4xi32, #bridge.dims<"b">>
!t = tensor<?x4xi1, #bridge.dims<"b">>

// CHECK-LABEL: func.func @unary
func.func @unary(%f: !f, %i: !i, %t: !t) {
  // CHECK: bridge.unary gelu_tanh %{{.*}} : tensor<?x4xf32, #bridge.dims<"b">>
  %0 = bridge.unary gelu_tanh %f : !f
  // CHECK: bridge.unary neg
  %1 = bridge.unary neg %i : !i
  // CHECK: bridge.unary not
  %2 = bridge.unary not %t : !t
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%f: !f, %i: !i, %t: !t, %row: tensor<4xf32>, %one: tensor<1x1xi32>, %column: tensor<?x1xi1, #bridge.dims<"b">>) {
  // CHECK: bridge.binary pow %{{.*}}, %{{.*}} :
  %0 = bridge.binary pow %f, %row : !f, tensor<4xf32> -> !f
  // CHECK: bridge.binary floordiv
  %1 = bridge.binary floordiv %one, %i : tensor<1x1xi32>, !i -> !i
  // CHECK: bridge.binary and
  %2 = bridge.binary and %t, %column : !t, tensor<?x1xi1, #bridge.dims<"b">> -> !t
  // CHECK: bridge.compare lt
  %3 = bridge.compare lt %i, %one : !i, tensor<1x1xi32> -> !t
  // CHECK: bridge.compare eq
  %4 = bridge.compare eq %t, %t : !t, !t -> !t
  return
}

// CHECK-LABEL: func.func @choices
func.func @choices(%f: !f, %i: !i, %t: !t, %zero: tensor<f32>, %n: tensor<i32>) {
  // CHECK: bridge.select %{{.*}}, %{{.*}}, %{{.*}} :
  %0 = bridge.select %t, %zero, %f : !t, tensor<f32>, !f -> !f
  // CHECK: bridge.clip %{{.*}}, %{{.*}}, %{{.*}} :
  %1 = bridge.clip %i, %n, %n : !i, tensor<i32>, tensor<i32> -> !i
  // CHECK: bridge.cast %{{.*}} : tensor<?x4xi1, #bridge.dims<"b">> -> tensor<?x4xi32, #bridge.dims<"b">>
  %2 = bridge.cast %t : !t -> !i
  %3 = bridge.cast %i : !i -> !f
  return
}

// CHECK-LABEL: func.func @reductions
func.func @reductions(%f: !f, %t: !t) {
  // CHECK: bridge.reduce mean %{{.*}} over [0, 1] : tensor<?x4xf32, #bridge.dims<"b">> -> tensor<f32>
  %0 = bridge.reduce mean %f over [0, 1] : !f -> tensor<f32>
  // CHECK: bridge.reduce any %{{.*}} over [1] : {{.*}} -> tensor<?xi1, #bridge.dims<"b">>
  %1 = bridge.reduce any %t over [1] : !t -> tensor<?xi1, #bridge.dims<"b">>
  // CHECK: bridge.arg_extreme min %{{.*}} over 0 : {{.*}} -> tensor<4xi32>
  %2 = bridge.arg_extreme min %f over 0 : !f -> tensor<4xi32>
  // CHECK: bridge.cumsum %{{.*}} over 1 :
  %3 = bridge.cumsum %t over 1 : !t -> !i
  return
}
