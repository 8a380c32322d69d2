// RUN: bridge-opt %s --split-input-file --bridge-hoist-slices --canonicalize --cse | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-hoist-slices --remarks-filter=bridge-hoist-slices --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Through a residual block: the one use of the sum is the slice, and then both
// uses of the normalised tensor are equal slices.

// CHECK-LABEL: func.func @residual
// CHECK-SAME:    (%[[X:[^:]*]]: tensor<?x50x8xf32
// CHECK:         %[[CUT:.*]] = bridge.slice %[[X]] from <"0", "0", "0"> : {{.*}} -> tensor<?x1x8xf32
// CHECK-NEXT:    %[[N:.*]] = bridge.layer_norm %[[CUT]] {{.*}} -> tensor<?x1x8xf32
// CHECK-NEXT:    %[[Y:.*]] = bridge.linear %[[N]], {{.*}} -> tensor<?x1x8xf32
// CHECK-NEXT:    %[[S:.*]] = bridge.binary add %[[CUT]], %[[Y]]
// CHECK-NEXT:    return %[[S]]
// REMARK: hoist-slices.mlir:{{.*}} remark: [Passed] slices | Category:bridge-hoist-slices | Remark="?x1x8 of ?x50x8 computed"
!t = tensor<?x50x8xf32, #bridge.dims<"b">>
!r = tensor<?x1x8xf32, #bridge.dims<"b">>
func.func @residual(%x: !t, %w: tensor<8x8xf32>) -> !r {
  %0 = bridge.layer_norm %x eps 1.0e-05 : !t -> !t
  %1 = bridge.linear %0, %w : !t, tensor<8x8xf32> -> !t
  %2 = bridge.binary add %x, %1 : !t, !t -> !t
  %3 = bridge.slice %2 from <"0", "0", "0"> : !t -> !r
  return %3 : !r
}

// -----

// Heads: axes that a change of shape keeps are cut; a mask goes on counting
// queries from the beginning of the whole.

// CHECK-LABEL: func.func @attention
// CHECK-SAME:    (%[[Q:[^:]*]]: tensor<2x9x8xf32>, %[[K:[^:]*]]: tensor<2x2x4x9xf32>
// CHECK:         %[[CUT:.*]] = bridge.slice %[[Q]] from <"0", "5", "0"> : tensor<2x9x8xf32> -> tensor<2x3x8xf32>
// CHECK-NEXT:    %[[H:.*]] = bridge.reshape %[[CUT]] : tensor<2x3x8xf32> -> tensor<2x3x2x4xf32>
// CHECK-NEXT:    %[[T:.*]] = bridge.transpose %[[H]] [0, 2, 1, 3] : tensor<2x3x2x4xf32> -> tensor<2x2x3x4xf32>
// CHECK-NEXT:    %[[S:.*]] = bridge.matmul %[[T]], %[[K]] : {{.*}} -> tensor<2x2x3x9xf32>
// CHECK-NEXT:    bridge.softmax %[[S]] batch 1 empty zero {
// CHECK-NEXT:    ^bb0(%[[B:.*]]: i32, %[[I:.*]]: i32, %[[J:.*]]: i32):
// CHECK-NEXT:      %[[SUM:.*]] = arith.addi %[[I]], %c5
// CHECK-NEXT:      arith.cmpi sle, %[[J]], %[[SUM]] : i32
func.func @attention(%q: tensor<2x9x8xf32>, %k: tensor<2x2x4x9xf32>) -> tensor<2x2x3x9xf32> {
  %0 = bridge.reshape %q : tensor<2x9x8xf32> -> tensor<2x9x2x4xf32>
  %1 = bridge.transpose %0 [0, 2, 1, 3] : tensor<2x9x2x4xf32> -> tensor<2x2x9x4xf32>
  %2 = bridge.matmul %1, %k : tensor<2x2x9x4xf32>, tensor<2x2x4x9xf32> -> tensor<2x2x9x9xf32>
  %3 = bridge.softmax %2 batch 1 empty zero {
  ^bb0(%b: i32, %i: i32, %j: i32):
    %seen = arith.cmpi sle, %j, %i : i32
    bridge.yield %seen : i1
  } : tensor<2x2x9x9xf32> -> tensor<2x2x9x9xf32>
  %4 = bridge.slice %3 from <"0", "0", "5", "0"> : tensor<2x2x9x9xf32> -> tensor<2x2x3x9xf32>
  return %4 : tensor<2x2x3x9xf32>
}

// -----

// A call gets a copy of the function; others keep the whole.

// CHECK-LABEL: func.func @layers
// CHECK:         %[[A:.*]] = bridge.call @layer(
// CHECK-NEXT:    %[[B:.*]] = bridge.call @layer_slice(%[[A]], {{.*}}) : (tensor<50x8xf32>, tensor<8x8xf32>) -> tensor<1x8xf32>
// CHECK-NEXT:    return %[[B]]
// CHECK-LABEL: func.func private @layer(
// CHECK:         bridge.linear {{.*}} -> tensor<50x8xf32>
// CHECK-LABEL: func.func private @layer_slice(
// CHECK:         %[[CUT:.*]] = bridge.slice %arg0
// CHECK-NEXT:    %[[Y:.*]] = bridge.linear %[[CUT]], %arg1 : {{.*}} -> tensor<1x8xf32>
// CHECK-NEXT:    return %[[Y]]
func.func @layers(%x: tensor<50x8xf32>, %w: tensor<8x8xf32>) -> tensor<1x8xf32> {
  %0 = bridge.call @layer(%x, %w) : (tensor<50x8xf32>, tensor<8x8xf32>) -> tensor<50x8xf32>
  %1 = bridge.call @layer(%0, %w) : (tensor<50x8xf32>, tensor<8x8xf32>) -> tensor<50x8xf32>
  %2 = bridge.slice %1 from <"0", "0"> : tensor<50x8xf32> -> tensor<1x8xf32>
  return %2 : tensor<1x8xf32>
}
func.func private @layer(%x: tensor<50x8xf32>, %w: tensor<8x8xf32>) -> tensor<50x8xf32> {
  %0 = bridge.linear %x, %w : tensor<50x8xf32>, tensor<8x8xf32> -> tensor<50x8xf32>
  return %0 : tensor<50x8xf32>
}

// -----

// Not where more is read, not for more than half, not along a row that is
// normalised as a whole, not along axes that a change of shape splits.

// CHECK-LABEL: func.func @kept
// CHECK:         bridge.unary relu %{{.*}} : tensor<4x8xf32>
// CHECK:         bridge.slice %{{.*}} -> tensor<1x8xf32>
// CHECK:         bridge.unary gelu %{{.*}} : tensor<4x8xf32>
// CHECK:         bridge.slice %{{.*}} -> tensor<3x8xf32>
// CHECK:         bridge.softmax %{{.*}} : tensor<4x8xf32> -> tensor<4x8xf32>
// CHECK:         bridge.slice %{{.*}} -> tensor<4x1xf32>
// CHECK:         bridge.reshape %{{.*}} : tensor<4x8xf32> -> tensor<4x2x4xf32>
// CHECK:         bridge.slice %{{.*}} -> tensor<4x1x4xf32>
func.func @kept(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<1x8xf32>, tensor<3x8xf32>, tensor<4x1xf32>, tensor<4x1x4xf32>) {
  %0 = bridge.unary relu %x : tensor<4x8xf32>
  %1 = bridge.slice %0 from <"0", "0"> : tensor<4x8xf32> -> tensor<1x8xf32>
  %2 = bridge.unary gelu %x : tensor<4x8xf32>
  %3 = bridge.slice %2 from <"1", "0"> : tensor<4x8xf32> -> tensor<3x8xf32>
  %4 = bridge.softmax %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = bridge.slice %4 from <"0", "0"> : tensor<4x8xf32> -> tensor<4x1xf32>
  %6 = bridge.reshape %x : tensor<4x8xf32> -> tensor<4x2x4xf32>
  %7 = bridge.slice %6 from <"0", "0", "0"> : tensor<4x2x4xf32> -> tensor<4x1x4xf32>
  return %0, %1, %3, %5, %7 : tensor<4x8xf32>, tensor<1x8xf32>, tensor<3x8xf32>, tensor<4x1xf32>, tensor<4x1x4xf32>
}
