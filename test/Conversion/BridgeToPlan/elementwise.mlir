// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// A chain is one map, constants are in its region, axes are merged. The result
// is written where the caller wants it.

// CHECK:       plan.kernel map @map_mul_add_tanh [!plan.view<f32, ["4 * n"], [4]>, !plan.view<f32, ["4 * n"], [4]>, !plan.view<f32, ["4 * n"], [4]>] {inputs = 2 : i64} {
// CHECK-NEXT:  ^bb0(%[[X:.*]]: f32, %[[Y:.*]]: f32, %{{.*}}: i32):
// CHECK-NEXT:    %[[TWO:.*]] = arith.constant 2.000000e+00 : f32
// CHECK-NEXT:    %[[A:.*]] = arith.mulf %[[X]], %[[TWO]]
// CHECK-NEXT:    %[[B:.*]] = arith.addf %[[A]], %[[Y]]
// CHECK-NEXT:    %[[C:.*]] = math.tanh %[[B]]
// CHECK-NEXT:    plan.yield %[[C]] : f32
// CHECK-LABEL: func.func @chain
// CHECK-NOT:     plan.buffer
// CHECK:         plan.launch @map_mul_add_tanh
// CHECK-NEXT:    return
!x = tensor<?x4xf32, #bridge.dims<"n">>
func.func @chain(%x: !x, %y: !x) -> !x attributes {bridge.entry} {
  %two = bridge.constant dense<2.0> : tensor<f32> -> tensor<f32>
  %0 = bridge.binary mul %x, %two : !x, tensor<f32> -> !x
  %1 = bridge.binary add %0, %y : !x, !x -> !x
  %2 = bridge.unary tanh %1 : !x
  return %2 : !x
}

// -----

// A buffer that nothing needs any more is written over, one that is needed is
// not, and neither are arguments.

// CHECK-LABEL: func.func @in_place(%arg0: {{.*}}, %arg1:
// CHECK-NEXT:    %[[A:.*]] = plan.buffer "512" live 0 to 3
// CHECK-NEXT:    %[[B:.*]] = plan.buffer "512" live 1 to 3
// CHECK-NOT:     plan.buffer
// CHECK:         plan.launch @layer_norm(%arg0, %[[A]])
// CHECK-NEXT:    %[[AS:.*]] = plan.subview %[[A]]
// CHECK-NEXT:    %[[BS:.*]] = plan.subview %[[B]]
// CHECK-NEXT:    plan.launch @map_exp(%[[AS]], %[[BS]])
// CHECK-NEXT:    plan.launch @map_sin(%[[BS]], %[[BS]])
// CHECK-NEXT:    %[[OUT:.*]] = plan.subview %arg1
// CHECK-NEXT:    plan.launch @map_mul(%[[AS]], %[[BS]], %[[OUT]])
func.func @in_place(%x: tensor<4x16xf32>) -> tensor<4x16xf32> attributes {bridge.entry} {
  %0 = bridge.layer_norm %x eps 1.0e-5 : tensor<4x16xf32> -> tensor<4x16xf32>
  %1 = bridge.unary exp %0 : tensor<4x16xf32>
  %t = bridge.reshape %1 : tensor<4x16xf32> -> tensor<64xf32>
  %2 = bridge.unary sin %t : tensor<64xf32>
  %r = bridge.reshape %2 : tensor<64xf32> -> tensor<4x16xf32>
  %3 = bridge.binary mul %0, %r : tensor<4x16xf32>, tensor<4x16xf32> -> tensor<4x16xf32>
  return %3 : tensor<4x16xf32>
}

// -----

// The same memory read in another order is not written over.

// CHECK-LABEL: func.func @transposed_use
// CHECK:         %[[A:.*]] = plan.buffer "512" live 0 to 1
// CHECK:         %[[B:.*]] = plan.buffer "512" live 1 to 2
// CHECK:         plan.launch @map_add(%{{.*}}, %{{.*}}, %[[B]])
func.func @transposed_use(%x: tensor<4x4xf32>) -> tensor<4xf32> attributes {bridge.entry} {
  %0 = bridge.unary exp %x : tensor<4x4xf32>
  %1 = bridge.transpose %0 [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  %2 = bridge.binary add %0, %1 : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  %3 = bridge.reduce max %2 over [1] : tensor<4x4xf32> -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// Operands broadcast by strides of 0; truth values are bytes.

// CHECK:       plan.kernel map @map_lt [!plan.view<i32, ["n", "t"], [4, 0]>, !plan.view<i32, ["n", "t"], [0, 4]>, !plan.view<i1, ["n", "t"], ["t", 1]>]
// CHECK:         arith.cmpi slt
// CHECK:       plan.kernel map @map_select
// CHECK-NEXT:  ^bb0(%[[C:.*]]: i1, %[[X:.*]]: f32, %{{.*}}: i32):
// CHECK-NEXT:    %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NEXT:    arith.select %[[C]], %[[X]], %[[ZERO]] : f32
!nt = tensor<?x?xf32, #bridge.dims<"n", "t">>
!truth = tensor<?x?xi1, #bridge.dims<"n", "t">>
func.func @broadcast(%a: tensor<?xi32, #bridge.dims<"n">>, %b: tensor<?xi32, #bridge.dims<"t">>, %x: !nt) -> (!nt, !truth) attributes {bridge.entry} {
  %0 = bridge.reshape %a : tensor<?xi32, #bridge.dims<"n">> -> tensor<?x1xi32, #bridge.dims<"n">>
  %1 = bridge.compare lt %0, %b : tensor<?x1xi32, #bridge.dims<"n">>, tensor<?xi32, #bridge.dims<"t">> -> !truth
  %zero = bridge.constant dense<0.0> : tensor<f32> -> tensor<f32>
  %2 = bridge.select %1, %x, %zero : !truth, !nt, tensor<f32> -> !nt
  return %2, %1 : !nt, !truth
}

// -----

// Positions and dimensions are made in the region; a table of numbers is
// read-only data.

// CHECK:       plan.kernel map @map_cast_mul [!plan.view<f32, ["n"], [4]>] {inputs = 0 : i64} {
// CHECK-NEXT:  ^bb0(%[[AT:.*]]: i32):
// CHECK-NEXT:    arith.sitofp %[[AT]]
// CHECK:       plan.kernel map @map_floordiv
// CHECK-NEXT:  ^bb0(%[[AT:.*]]: i32):
// CHECK-NEXT:    %[[N:.*]] = plan.dim "n"
// CHECK-NEXT:    arith.floordivsi %[[AT]], %[[N]]
// CHECK-LABEL: func.func @generated
// CHECK:         plan.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32> : <f32, [2], [4]>
func.func @generated() -> (tensor<?xf32, #bridge.dims<"n">>, tensor<?xi32, #bridge.dims<"n">>, tensor<2xf32>) attributes {bridge.entry} {
  %0 = bridge.iota : tensor<?xi32, #bridge.dims<"n">>
  %1 = bridge.cast %0 : tensor<?xi32, #bridge.dims<"n">> -> tensor<?xf32, #bridge.dims<"n">>
  %half = bridge.constant dense<0.5> : tensor<f32> -> tensor<f32>
  %2 = bridge.binary mul %1, %half : tensor<?xf32, #bridge.dims<"n">>, tensor<f32> -> tensor<?xf32, #bridge.dims<"n">>
  %n = bridge.dim "n" : tensor<i32>
  %3 = bridge.binary floordiv %0, %n : tensor<?xi32, #bridge.dims<"n">>, tensor<i32> -> tensor<?xi32, #bridge.dims<"n">>
  %table = bridge.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %4 = bridge.unary log %table : tensor<2xf32>
  return %2, %3, %4 : tensor<?xf32, #bridge.dims<"n">>, tensor<?xi32, #bridge.dims<"n">>, tensor<2xf32>
}

// -----

// Results take the physical order of axes of their first whole operand.

// CHECK-LABEL: func.func @order
// CHECK:         plan.buffer "768" live 0 to 1 : !plan.view<f32, [4, 2, 16], [64, 256, 4]>
func.func @order(%x: tensor<2x4x16xf32>) -> tensor<4x2xf32> attributes {bridge.entry} {
  %0 = bridge.transpose %x [1, 0, 2] : tensor<2x4x16xf32> -> tensor<4x2x16xf32>
  %1 = bridge.unary exp %0 : tensor<4x2x16xf32>
  %2 = bridge.reduce sum %1 over [2] : tensor<4x2x16xf32> -> tensor<4x2xf32>
  return %2 : tensor<4x2xf32>
}

// -----

// All clip and cast operations.

// CHECK:       plan.kernel map @map_clip
// CHECK:         arith.cmpf olt
// CHECK:         arith.cmpf ogt
// CHECK:       plan.kernel map @map_cast_add
// CHECK:         arith.extui %{{.*}} : i1 to i32
func.func @clip(%x: tensor<4xf32>, %low: tensor<1xf32>, %b: tensor<4xi1>, %i: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) attributes {bridge.entry} {
  %one = bridge.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %0 = bridge.clip %x, %low, %one : tensor<4xf32>, tensor<1xf32>, tensor<f32> -> tensor<4xf32>
  %1 = bridge.cast %b : tensor<4xi1> -> tensor<4xi32>
  %2 = bridge.binary add %1, %i : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
  return %0, %2 : tensor<4xf32>, tensor<4xi32>
}
