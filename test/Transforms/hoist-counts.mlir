// RUN: bridge-opt %s --split-input-file --bridge-hoist-counts | FileCheck %s

!ids = tensor<?x?xi32, #bridge.dims<"b", "t">>
!at = tensor<?x?xi1, #bridge.dims<"b", "t">>
!text = tensor<?x?x8xf32, #bridge.dims<"b", "t">>
!seen = tensor<?x4x8xf32, #bridge.dims<"n">>

// What computes the places moves to the start with the count of the vectors.

// CHECK-LABEL: func.func @first
// CHECK-SAME:    (%[[IDS:[^:]*]]: tensor<?x?xi32
// CHECK-NEXT:    bridge.check "t" le "64"
// CHECK-NEXT:    %[[TOKEN:.*]] = bridge.constant dense<7>
// CHECK-NEXT:    %[[AT:.*]] = bridge.compare eq %[[IDS]], %[[TOKEN]]
// CHECK-NEXT:    bridge.check_count %[[AT]] is "4 * n" : tensor<?x?xi1
// CHECK-NEXT:    bridge.linear
// CHECK-NEXT:    bridge.splice %{{.*}}, %{{.*}} at %[[AT]]
func.func @first(%ids: !ids, %text: !text, %seen: !seen, %w: tensor<8x8xf32>) -> !text attributes {bridge.entry} {
  bridge.check "t" le "64" text "t <= 64" where "x.bridge:1:1"
  %0 = bridge.linear %seen, %w : !seen, tensor<8x8xf32> -> !seen
  %token = bridge.constant dense<7> : tensor<i32> -> tensor<i32>
  %at = bridge.compare eq %ids, %token : !ids, tensor<i32> -> !at
  %1 = bridge.splice %text, %0 at %at : !text, !seen, !at -> !text
  return %1 : !text
}

// -----

!ids = tensor<5xi32>
!at = tensor<5xi1>
!text = tensor<5x8xf32>

// Two splices that share what they compare; places that are an input.

// CHECK-LABEL: func.func @two
// CHECK-SAME:    (%[[IDS:[^:]*]]: tensor<5xi32>, %[[GIVEN:[^:]*]]: tensor<5xi1>
// CHECK-DAG:     %[[AT:.*]] = bridge.compare eq %[[IDS]]
// CHECK-DAG:     bridge.check_count %[[AT]] is "2"
// CHECK-DAG:     bridge.check_count %[[AT]] is "3"
// CHECK-DAG:     bridge.check_count %[[GIVEN]] is "3"
// CHECK:         bridge.splice
func.func @two(%ids: !ids, %given: !at, %text: !text, %pairs: tensor<2x8xf32>, %threes: tensor<3x8xf32>) -> !text attributes {bridge.entry} {
  %token = bridge.constant dense<7> : tensor<i32> -> tensor<i32>
  %at = bridge.compare eq %ids, %token : !ids, tensor<i32> -> !at
  %0 = bridge.splice %text, %pairs at %at : !text, tensor<2x8xf32>, !at -> !text
  %1 = bridge.splice %0, %threes at %at : !text, tensor<3x8xf32>, !at -> !text
  %2 = bridge.splice %1, %threes at %given : !text, tensor<3x8xf32>, !at -> !text
  return %2 : !text
}

// -----

!text = tensor<5x8xf32>

// Places that follow from floats, or from what a function does, are compared by the splice itself; so are those
// outside of entries.

// CHECK-LABEL: func.func private @negative_function
// CHECK-NOT:     bridge.check_count
func.func private @negative_function(%ids: tensor<5xi32>, %text: !text, %seen: tensor<2x8xf32>) -> (tensor<5xi1>, !text) {
  %token = bridge.constant dense<7> : tensor<i32> -> tensor<i32>
  %at = bridge.compare eq %ids, %token : tensor<5xi32>, tensor<i32> -> tensor<5xi1>
  %0 = bridge.splice %text, %seen at %at : !text, tensor<2x8xf32>, tensor<5xi1> -> !text
  return %at, %0 : tensor<5xi1>, !text
}

// CHECK-LABEL: func.func @negative_floats
// CHECK-NOT:     bridge.check_count
func.func @negative_floats(%scores: tensor<5xf32>, %ids: tensor<5xi32>, %text: !text, %seen: tensor<2x8xf32>) -> (!text, !text) attributes {bridge.entry} {
  %exp = bridge.unary exp %scores : tensor<5xf32>
  %one = bridge.constant dense<1.0> : tensor<f32> -> tensor<f32>
  %at = bridge.compare gt %exp, %one : tensor<5xf32>, tensor<f32> -> tensor<5xi1>
  %0 = bridge.splice %text, %seen at %at : !text, tensor<2x8xf32>, tensor<5xi1> -> !text
  %1:2 = bridge.call @negative_function(%ids, %text, %seen) : (tensor<5xi32>, !text, tensor<2x8xf32>) -> (tensor<5xi1>, !text)
  %2 = bridge.splice %text, %seen at %1#0 : !text, tensor<2x8xf32>, tensor<5xi1> -> !text
  return %0, %2 : !text, !text
}
