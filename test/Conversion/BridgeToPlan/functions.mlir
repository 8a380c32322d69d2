// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// A layer is one function: tensors that flow, then each weight in each layout
// that the body reads, then the results. Here the table is read as rows and as
// panels, in two views.

!x = tensor<?x9x64xf32, #bridge.dims<"n">>

// CHECK-LABEL: func.func private @Layer
// CHECK-SAME:    (%[[X:[^:]*]]: !plan.view<f32, ["n", 9, 64], [2304, 256, 4]>,
// CHECK-SAME:    %[[W:[^:]*]]: !plan.panels<f32, [1, 1, 64, 64]>,
// CHECK-SAME:    %[[WT:[^:]*]]: !plan.panels<f32, [1, 1, 64, 64]>,
// CHECK-SAME:    %[[ROWS:[^:]*]]: !plan.view<f32, [64, 64], [256, 4]>,
// CHECK-SAME:    %[[Y:[^:]*]]: !plan.view<f32, ["n", 9, 64], [2304, 256, 4]>)
// CHECK:         plan.launch @gemm(%{{.*}}, %[[W]],
// CHECK:         plan.launch @gemm(%{{.*}}, %[[WT]],
// CHECK:         plan.subview %[[ROWS]] from "512"
func.func private @Layer(%x: !x, %w: tensor<64x64xf32>) -> !x {
  %0 = bridge.linear %x, %w : !x, tensor<64x64xf32> -> !x
  %1 = bridge.matmul %0, %w : !x, tensor<64x64xf32> -> !x
  %2 = bridge.slice %w from <"2", "0"> : tensor<64x64xf32> -> tensor<9x64xf32>
  %3 = bridge.binary add %1, %2 : !x, tensor<9x64xf32> -> !x
  return %3 : !x
}

// Callers pass what they have; a view of a weight combines with the view that
// the body wants.

// CHECK-LABEL: func.func @encode(
// CHECK-SAME:    %[[IN:[^:]*]]: {{.*}} {bridge.name = "x"}, %[[OUT:[^:]*]]: {{.*}} {bridge.name = "y", plan.output}) attributes {plan.entry}
// CHECK-DAG:     %[[A:.*]] = plan.weight @a : !plan.panels<f32, [1, 1, 64, 64]>
// CHECK-DAG:     %[[AT:.*]] = plan.weight @a view ".T" : !plan.panels<f32, [1, 1, 64, 64]>
// CHECK-DAG:     %[[AR:.*]] = plan.weight @a : !plan.view<f32, [64, 64], [256, 4]>
// CHECK-DAG:     %[[B:.*]] = plan.weight @b view "[64:128].T" : !plan.panels<f32, [1, 1, 64, 64]>
// CHECK-DAG:     %[[BT:.*]] = plan.weight @b view "[64:128]" : !plan.panels<f32, [1, 1, 64, 64]>
// CHECK-DAG:     %[[BR:.*]] = plan.weight @b view "[64:128].T" : !plan.view<f32, [64, 64], [256, 4]>
// CHECK-DAG:     %[[T:.*]] = plan.buffer "2304 * n + 256" live 0 to 1
// CHECK:         bridge.check "n" le "77" text "n <= 77" where "clip.bridge:10:9"
// CHECK-NEXT:    %[[F0:.*]] = plan.frame @Layer at 0
// CHECK-NEXT:    plan.call @Layer(%[[IN]], %[[A]], %[[AT]], %[[AR]], %[[T]]) in %[[F0]]
// CHECK-NEXT:    %[[F1:.*]] = plan.frame @Layer at 1
// CHECK-NEXT:    plan.call @Layer(%[[T]], %[[B]], %[[BT]], %[[BR]], %[[OUT]]) in %[[F1]]
// CHECK-NEXT:    return
bridge.weight @a : tensor<64x64xf32> from [#bridge.source<"a">]
bridge.weight @b : tensor<128x64xf32> from [#bridge.source<"b">]
func.func @encode(%x: !x {bridge.name = "x"}) -> (!x {bridge.name = "y"}) attributes {bridge.entry} {
  bridge.check "n" le "77" text "n <= 77" where "clip.bridge:10:9"
  %a = bridge.read_weight @a : tensor<64x64xf32>
  %b = bridge.read_weight @b : tensor<128x64xf32>
  %half = bridge.slice %b from <"64", "0"> : tensor<128x64xf32> -> tensor<64x64xf32>
  %bt = bridge.transpose %half [1, 0] : tensor<64x64xf32> -> tensor<64x64xf32>
  %0 = bridge.call @Layer(%x, %a) : (!x, tensor<64x64xf32>) -> !x
  %1 = bridge.call @Layer(%0, %bt) : (!x, tensor<64x64xf32>) -> !x
  return %1 : !x
}

// -----

// Functions take and give padded rows; callers whose tensors lie otherwise copy
// once, however often they call.

!x = tensor<?x9xf32, #bridge.dims<"n">>

// CHECK-LABEL: func.func private @Layer(%arg0: !plan.view<f32, ["n", 9], [64, 4]>, %arg1: !plan.view<f32, ["n", 9], [64, 4]>)
func.func private @Layer(%x: !x) -> !x {
  %0 = bridge.unary exp %x : !x
  return %0 : !x
}

// CHECK-LABEL: func.func @entry(%arg0: !plan.view<f32, ["n", 9], [36, 4]>, %arg1: {{.*}}, %arg2:
// CHECK-DAG:     %[[Y:.*]] = plan.buffer "64 * n + 256" live 1 to 3
// CHECK-DAG:     %[[X:.*]] = plan.buffer "64 * n + 256" live 0 to 2
// CHECK-DAG:     %[[Z:.*]] = plan.buffer "64 * n + 256" live 2 to 4
// CHECK:         plan.launch @copy(%arg0, %[[X]])
// CHECK:         plan.call @Layer(%[[X]], %[[Y]])
// CHECK:         plan.call @Layer(%[[X]], %[[Z]])
// CHECK:         plan.launch @copy(%[[Y]], %arg1)
// CHECK:         plan.launch @copy(%[[Z]], %arg2)
func.func @entry(%x: !x) -> (!x, !x) attributes {bridge.entry} {
  %0 = bridge.call @Layer(%x) : (!x) -> !x
  %1 = bridge.call @Layer(%x) : (!x) -> !x
  return %0, %1 : !x, !x
}
