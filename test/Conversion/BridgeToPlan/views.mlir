// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// Transposes, slices, broadcasts and reshapes that strides allow are no code.

// CHECK-LABEL: func.func @views
// CHECK-SAME:    (%[[X:.*]]: !plan.view<f32, ["b", 6, 8], [192, 32, 4]>, %[[Y:.*]]: !plan.view<f32, [2, 2, "b"], ["8 * b", "4 * b", 4]> {plan.output})
// CHECK-NEXT:    %[[V:.*]] = plan.subview %[[X]] from "72" : <f32, ["b", 6, 8], [192, 32, 4]> -> <f32, [4, "b", 4], [32, 192, 4]>
// CHECK-NEXT:    %[[R:.*]] = plan.subview %[[Y]] from "0" : {{.*}} -> <f32, [4, "b"], ["4 * b", 4]>
// CHECK-NEXT:    plan.launch @reduce_sum(%[[V]], %[[R]])
func.func @views(%x: tensor<?x6x8xf32, #bridge.dims<"b">>) -> tensor<2x2x?xf32, #bridge.dims<"b">> attributes {bridge.entry} {
  %0 = bridge.reshape %x : tensor<?x6x8xf32, #bridge.dims<"b">> -> tensor<?x3x2x8xf32, #bridge.dims<"b">>
  %1 = bridge.slice %0 from <"0", "1", "0", "2"> : tensor<?x3x2x8xf32, #bridge.dims<"b">> -> tensor<?x2x2x4xf32, #bridge.dims<"b">>
  %2 = bridge.transpose %1 [1, 2, 0, 3] : tensor<?x2x2x4xf32, #bridge.dims<"b">> -> tensor<2x2x?x4xf32, #bridge.dims<"b">>
  %3 = bridge.reduce sum %2 over [3] : tensor<2x2x?x4xf32, #bridge.dims<"b">> -> tensor<2x2x?xf32, #bridge.dims<"b">>
  return %3 : tensor<2x2x?xf32, #bridge.dims<"b">>
}

// -----

// A reshape that strides do not allow copies to dense memory.

// CHECK-LABEL: func.func @reshape_copies
// CHECK:         %[[COPY:.*]] = plan.buffer "24 * n + 256" live 0 to 1 : !plan.view<f32, [6, "n"], ["4 * n", 4]>
// CHECK:         plan.launch @copy(%{{.*}}, %[[COPY]]) : !plan.view<f32, [6, "n"], [4, 24]>, !plan.view<f32, [6, "n"], ["4 * n", 4]>
// CHECK:         %[[FLAT:.*]] = plan.subview %[[COPY]] from "0" : {{.*}} -> <f32, ["6 * n"], [4]>
// CHECK:         plan.launch @map_exp(%[[FLAT]],
func.func @reshape_copies(%x: tensor<?x6xf32, #bridge.dims<"n">>) -> tensor<?xf32, #bridge.dims<"6 * n">> attributes {bridge.entry} {
  %0 = bridge.transpose %x [1, 0] : tensor<?x6xf32, #bridge.dims<"n">> -> tensor<6x?xf32, #bridge.dims<"n">>
  %1 = bridge.reshape %0 : tensor<6x?xf32, #bridge.dims<"n">> -> tensor<?xf32, #bridge.dims<"6 * n">>
  %2 = bridge.unary exp %1 : tensor<?xf32, #bridge.dims<"6 * n">>
  return %2 : tensor<?xf32, #bridge.dims<"6 * n">>
}

// -----

// Rows of a static length are padded to 64 bytes and off multiples of 1024;
// buffers have room for 256 bytes beyond.

// CHECK-LABEL: func.func @padding
// CHECK-DAG:     plan.buffer "{{.*}}" live 0 to 1 : !plan.view<f32, [5, 9], [64, 4]>
// CHECK-DAG:     plan.buffer "5696" live 2 to 3 : !plan.view<f32, [5, 256], [1088, 4]>
// CHECK-DAG:     plan.buffer "20 * n + 256" live 4 to 5 : !plan.view<f32, [5, "n"], ["4 * n", 4]>
!n = tensor<5x?xf32, #bridge.dims<"n">>
func.func @padding(%a: tensor<5x9xf32>, %b: tensor<5x256xf32>, %c: !n) -> (tensor<5xf32>, tensor<5xf32>, tensor<5xf32>) attributes {bridge.entry} {
  %0 = bridge.unary exp %a : tensor<5x9xf32>
  %1 = bridge.reduce sum %0 over [1] : tensor<5x9xf32> -> tensor<5xf32>
  %2 = bridge.unary exp %b : tensor<5x256xf32>
  %3 = bridge.reduce sum %2 over [1] : tensor<5x256xf32> -> tensor<5xf32>
  %4 = bridge.unary exp %c : !n
  %5 = bridge.reduce sum %4 over [1] : !n -> tensor<5xf32>
  return %1, %3, %5 : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
}

// -----

// A result that is an argument, and one that is returned twice, are copied.

// CHECK-LABEL: func.func @returned(%arg0: {{.*}}, %arg1: {{.*}}, %arg2: {{.*}}, %arg3:
// CHECK-NEXT:    plan.launch @map_exp(%arg0, %arg1)
// CHECK-NEXT:    plan.launch @copy(%arg1, %arg2)
// CHECK-NEXT:    plan.launch @copy(%arg0, %arg3)
// CHECK-NEXT:    return
func.func @returned(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) attributes {bridge.entry} {
  %0 = bridge.unary exp %x : tensor<4xf32>
  return %0, %0, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
