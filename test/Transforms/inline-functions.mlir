// RUN: bridge-opt %s --split-input-file --bridge-inline-functions | FileCheck %s

!x = tensor<4x8xf32>

// A tiny function goes into the layer, the layer stays one function; what it
// does not read, its callers do not pass.

// CHECK-NOT:   @Linear
// CHECK-NOT:   @Unused
// CHECK:       func.func private @Layer(%[[X:.*]]: tensor<4x8xf32>, %[[W:.*]]: tensor<8x8xf32>) -> tensor<4x8xf32> {
// CHECK-NEXT:    %[[A:.*]] = bridge.linear %[[X]], %[[W]]
// CHECK-NEXT:    %[[B:.*]] = bridge.unary gelu %[[A]]
// CHECK-NEXT:    %[[C:.*]] = bridge.linear %[[B]], %[[W]]
// CHECK-NEXT:    %[[D:.*]] = bridge.binary add %[[X]], %[[C]]
// CHECK-NEXT:    return %[[D]]
// CHECK:       func.func @entry(%[[X:.*]]: tensor<4x8xf32>, %[[W:.*]]: tensor<8x8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[Y:.*]] = bridge.call @Layer(%[[X]], %[[W]]) : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
// CHECK-NEXT:    %[[Z:.*]] = bridge.call @Layer(%[[Y]], %[[W]]) : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
// CHECK-NEXT:    return %[[Z]]
func.func private @Linear(%x: !x, %w: tensor<8x8xf32>, %unused: tensor<8xf32>) -> !x {
  %0 = bridge.linear %x, %w : !x, tensor<8x8xf32> -> !x
  return %0 : !x
}
func.func private @Unused(%x: !x) -> !x {
  return %x : !x
}
func.func private @Layer(%x: !x, %w: tensor<8x8xf32>, %b: tensor<8xf32>) -> !x {
  %0 = bridge.call @Linear(%x, %w, %b) : (!x, tensor<8x8xf32>, tensor<8xf32>) -> !x
  %1 = bridge.unary gelu %0 : !x
  %2 = bridge.call @Linear(%1, %w, %b) : (!x, tensor<8x8xf32>, tensor<8xf32>) -> !x
  %3 = bridge.binary add %x, %2 : !x, !x -> !x
  return %3 : !x
}
func.func @entry(%x: !x, %w: tensor<8x8xf32>, %b: tensor<8xf32>) -> !x attributes {bridge.entry} {
  %0 = bridge.call @Layer(%x, %w, %b) : (!x, tensor<8x8xf32>, tensor<8xf32>) -> !x
  %1 = bridge.call @Layer(%0, %w, %b) : (!x, tensor<8x8xf32>, tensor<8xf32>) -> !x
  return %1 : !x
}

// -----

// What is called once has no body of its own, whatever its size. A call whose
// results nobody uses does not count.

// CHECK-NOT:   @Once
// CHECK:       func.func @entry
// CHECK-COUNT-4: bridge.unary
// CHECK-NEXT:  return
func.func private @Once(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = bridge.unary exp %x : tensor<4xf32>
  %1 = bridge.unary exp %0 : tensor<4xf32>
  %2 = bridge.unary exp %1 : tensor<4xf32>
  %3 = bridge.unary exp %2 : tensor<4xf32>
  return %3, %x : tensor<4xf32>, tensor<4xf32>
}
func.func @entry(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {bridge.entry} {
  %unused:2 = bridge.call @Once(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  %0:2 = bridge.call @Once(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}
