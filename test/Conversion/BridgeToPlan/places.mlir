// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// Run-time errors say where in the spec they come from, also through inlining.

// CHECK:       module attributes {plan.sites = ["clip.bridge:12:3: an id is {a}; the table has {b} entries", "std/clip.bridge:80:12: an index is {a}; the axis has {b} elements", "llava.bridge:7:5: the text has {a} places, but there are {b} vectors to put there"]}
// CHECK-DAG:   plan.kernel gather @embedding [!plan.view<f32, [100, 64], [256, 4]>, !plan.view<i32, ["b", "t"], ["4 * t", 4]>, !plan.view<f32, ["b", "t", 64], ["256 * t", 256, 4]>] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
// CHECK-DAG:   plan.kernel gather @gather [!plan.view<f32, ["b", "t", 64], ["256 * t", 256, 4]>, !plan.view<i32, ["b"], [4]>, !plan.view<i32, ["b"], [0]>, !plan.view<f32, ["b", 64], [256, 4]>] {axis = 0 : i64, from_end, indices = 2 : i64, site = 1 : i64}
// CHECK-DAG:   plan.kernel splice @splice [!plan.view<f32, ["b * t", 64], [256, 4]>, !plan.view<f32, ["16 * n", 64], [256, 4]>, !plan.view<i1, ["b * t"], [1]>, !plan.view<f32, ["b * t", 64], [256, 4]>] {site = 2 : i64}
// CHECK-LABEL: func.func @places
bridge.weight @table : tensor<100x64xf32> from [#bridge.source<"table">]
!ids = tensor<?x?xi32, #bridge.dims<"b", "t">>
!truth = tensor<?x?xi1, #bridge.dims<"b", "t">>
!x = tensor<?x?x64xf32, #bridge.dims<"b", "t">>
!y = tensor<?x64xf32, #bridge.dims<"b">>
func.func @places(%ids: !ids, %at: !truth, %values: tensor<?x16x64xf32, #bridge.dims<"n">>, %end: tensor<1xi32>) -> (!x, !y) attributes {bridge.entry} {
  %table = bridge.read_weight @table : tensor<100x64xf32>
  %0 = bridge.embedding %ids, %table : !ids, tensor<100x64xf32> -> !x loc("clip.bridge":12:3)
  %row = bridge.iota : tensor<?xi32, #bridge.dims<"b">>
  %1 = bridge.gather %0 at 0 [%row, %end] : !x, tensor<?xi32, #bridge.dims<"b">>, tensor<1xi32> -> !y loc("text_model"(callsite("std/clip.bridge":80:12 at "clip.bridge":9:1)))
  %2 = bridge.splice %0, %values at %at : !x, tensor<?x16x64xf32, #bridge.dims<"n">>, !truth -> !x loc("llava.bridge":7:5)
  return %2, %1 : !x, !y
}

// -----

// What is only used for a concatenation is written in its place, through
// reshapes and transposes; the rest is copied. The memory belongs to the whole
// from the first part on.

// CHECK-LABEL: func.func @concat(%arg0: {{.*}}, %arg1: {{.*}}, %arg2:
// CHECK:         %[[WHOLE:.*]] = plan.buffer "1536 * b + 256" live 0 to 3 : !plan.view<f32, ["b", 6, 64], [1536, 256, 4]>
// CHECK-NOT:     plan.buffer
// CHECK:         %[[LAST:.*]] = plan.subview %[[WHOLE]] from "256" : {{.*}} -> <f32, ["b", 4, 4, 16]
// CHECK:         plan.launch @map_exp(%{{.*}}, %[[LAST]])
// CHECK:         %[[FIRST:.*]] = plan.subview %[[WHOLE]] from "0" : {{.*}} -> <f32, ["b", 64], [1536, 4]>
// CHECK:         plan.launch @copy{{.*}}(%{{.*}}, %[[FIRST]])
// CHECK:         %[[THIRD:.*]] = plan.subview %[[WHOLE]] from "1280" : {{.*}} -> <f32, ["b", 64], [1536, 4]>
// CHECK:         plan.launch @copy{{.*}}(%{{.*}}, %[[THIRD]])
// CHECK:         plan.launch @map_sin(
func.func @concat(%class: tensor<64xf32>, %x: tensor<?x4x4x16xf32, #bridge.dims<"b">>) -> tensor<?x6x64xf32, #bridge.dims<"b">> attributes {bridge.entry} {
  %0 = bridge.broadcast %class : tensor<64xf32> -> tensor<?x1x64xf32, #bridge.dims<"b">>
  %1 = bridge.transpose %x [0, 2, 1, 3] : tensor<?x4x4x16xf32, #bridge.dims<"b">> -> tensor<?x4x4x16xf32, #bridge.dims<"b">>
  %2 = bridge.unary exp %1 : tensor<?x4x4x16xf32, #bridge.dims<"b">>
  %3 = bridge.reshape %2 : tensor<?x4x4x16xf32, #bridge.dims<"b">> -> tensor<?x4x64xf32, #bridge.dims<"b">>
  %4 = bridge.concat %0, %3, %0 along 1 : tensor<?x1x64xf32, #bridge.dims<"b">>, tensor<?x4x64xf32, #bridge.dims<"b">>, tensor<?x1x64xf32, #bridge.dims<"b">> -> tensor<?x6x64xf32, #bridge.dims<"b">>
  %5 = bridge.unary sin %4 : tensor<?x6x64xf32, #bridge.dims<"b">>
  return %5 : tensor<?x6x64xf32, #bridge.dims<"b">>
}

// -----

// A count is a splice of vectors without elements, and leaves the entry.

// CHECK:       module attributes {plan.sites = ["llava.bridge:7:5: the text has {a} places, but there are {b} vectors to put there"]}
// CHECK-LABEL: func.func @count
// CHECK:         %[[NOTHING:.*]] = plan.buffer {{.*}} : !plan.view<f32, ["b * t", 0], [0, 4]>
// CHECK:         %[[VECTORS:.*]] = plan.subview %[[NOTHING]] from "0" : {{.*}} -> <f32, ["16 * n", 0], [0, 4]>
// CHECK:         plan.launch @splice{{.*}}(%[[NOTHING]], %[[VECTORS]], %{{.*}}, %[[NOTHING]])
// CHECK-NEXT:    plan.stop_on_fault
!truth = tensor<?x?xi1, #bridge.dims<"b", "t">>
!seen = tensor<?x16x64xf32, #bridge.dims<"n">>
func.func @count(%at: !truth, %seen: !seen) -> !seen attributes {bridge.entry} {
  bridge.check_count %at is "16 * n" : !truth loc("llava.bridge":7:5)
  %0 = bridge.unary exp %seen : !seen
  return %0 : !seen
}
