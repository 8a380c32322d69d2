// RUN: bridge-opt %s --split-input-file --bridge-fuse-sigmoid-loss --canonicalize | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-sigmoid-loss --remarks-filter=bridge-fuse-sigmoid-loss --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// What std/losses writes: the sign a factor, summed over both axes.

!v = tensor<4x16xf32>
!l = tensor<4x4xf32>

// CHECK-LABEL: func.func @siglip
// CHECK-SAME:    (%[[A:.*]]: tensor<4x16xf32>, %[[B:.*]]: tensor<4x16xf32>, %[[S:.*]]: tensor<1xf32>, %[[BIAS:.*]]: tensor<1xf32>)
// CHECK-DAG:     %[[SCALE:.*]] = bridge.reshape %[[S]]
// CHECK-DAG:     %[[SHIFT:.*]] = bridge.reshape %[[BIAS]]
// CHECK:         %[[LOSS:.*]] = bridge.sigmoid_loss %[[A]], %[[B]], %[[SCALE]], %[[SHIFT]]
// CHECK:         bridge.unary neg %[[LOSS]]
// CHECK-NOT:     log_sigmoid
// REMARK: fuse-sigmoid-loss.mlir:{{.*}} remark: [Passed] sigmoid-loss | Category:bridge-fuse-sigmoid-loss | {{.*}}sigmoid loss of all pairs fused into their product
func.func @siglip(%a: !v, %b: !v, %s: tensor<1xf32>, %bias: tensor<1xf32>) -> tensor<f32> {
  %sa = bridge.binary mul %s, %a : tensor<1xf32>, !v -> !v
  %p = bridge.linear %sa, %b : !v, !v -> !l
  %l = bridge.binary add %p, %bias : !l, tensor<1xf32> -> !l
  %i = bridge.iota : tensor<4xi32>
  %c = bridge.reshape %i : tensor<4xi32> -> tensor<4x1xi32>
  %d = bridge.compare eq %c, %i : tensor<4x1xi32>, tensor<4xi32> -> tensor<4x4xi1>
  %one = bridge.constant dense<1> : tensor<i32> -> tensor<i32>
  %minus = bridge.constant dense<-1> : tensor<i32> -> tensor<i32>
  %sign = bridge.select %d, %one, %minus : tensor<4x4xi1>, tensor<i32>, tensor<i32> -> tensor<4x4xi32>
  %signs = bridge.cast %sign : tensor<4x4xi32> -> !l
  %z = bridge.binary mul %signs, %l : !l, !l -> !l
  %q = bridge.unary log_sigmoid %z : !l
  %r = bridge.reduce sum %q over [0, 1] : !l -> tensor<f32>
  return %r : tensor<f32>
}

// -----

// The sign a selection; a mean over one axis, then a sum; a bias taken away.

!l = tensor<4x5xf32>

// CHECK-LABEL: func.func @mean
// CHECK:         %[[SHIFT:.*]] = bridge.unary neg %{{.*}} : tensor<f32>
// CHECK:         %[[LOSS:.*]] = bridge.sigmoid_loss %{{.*}}, %{{.*}}, %{{.*}}, %[[SHIFT]]
// CHECK:         %[[SUM:.*]] = bridge.unary neg %[[LOSS]]
// CHECK:         %[[COUNT:.*]] = bridge.cast %{{.*}} : tensor<i32> -> tensor<f32>
// CHECK:         bridge.binary div %[[SUM]], %[[COUNT]]
func.func @mean(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %bias: tensor<f32>) -> tensor<f32> {
  %p = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> !l
  %l = bridge.binary sub %p, %bias : !l, tensor<f32> -> !l
  %i = bridge.iota : tensor<4xi32>
  %j = bridge.iota : tensor<5xi32>
  %c = bridge.reshape %i : tensor<4xi32> -> tensor<4x1xi32>
  %d = bridge.compare eq %j, %c : tensor<5xi32>, tensor<4x1xi32> -> tensor<4x5xi1>
  %n = bridge.unary neg %l : !l
  %z = bridge.select %d, %l, %n : tensor<4x5xi1>, !l, !l -> !l
  %q = bridge.unary log_sigmoid %z : !l
  %m = bridge.reduce mean %q over [1] : !l -> tensor<4xf32>
  %r = bridge.reduce sum %m over [0] : tensor<4xf32> -> tensor<f32>
  return %r : tensor<f32>
}

// -----

// The other sign on the diagonal is another loss.

!l = tensor<4x4xf32>

// CHECK-LABEL: func.func @negative_sign
// CHECK:         bridge.unary log_sigmoid
// REMARK: fuse-sigmoid-loss.mlir:{{.*}} remark: [Missed] sigmoid-loss | {{.*}}the sign is not that of the diagonal
func.func @negative_sign(%a: tensor<4x16xf32>, %b: tensor<4x16xf32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<4x16xf32> -> !l
  %i = bridge.iota : tensor<4xi32>
  %c = bridge.reshape %i : tensor<4xi32> -> tensor<4x1xi32>
  %d = bridge.compare ne %c, %i : tensor<4x1xi32>, tensor<4xi32> -> tensor<4x4xi1>
  %n = bridge.unary neg %l : !l
  %z = bridge.select %d, %l, %n : tensor<4x4xi1>, !l, !l -> !l
  %q = bridge.unary log_sigmoid %z : !l
  %r = bridge.reduce sum %q over [0, 1] : !l -> tensor<f32>
  return %r : tensor<f32>
}

// -----

!l = tensor<4x4xf32>

// CHECK-LABEL: func.func @negative_other_use
// CHECK:         bridge.unary log_sigmoid
// REMARK: fuse-sigmoid-loss.mlir:{{.*}} remark: [Missed] sigmoid-loss | {{.*}}the logits have another use
func.func @negative_other_use(%a: tensor<4x16xf32>, %b: tensor<4x16xf32>) -> (tensor<f32>, !l) {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<4x16xf32> -> !l
  %i = bridge.iota : tensor<4xi32>
  %c = bridge.reshape %i : tensor<4xi32> -> tensor<4x1xi32>
  %d = bridge.compare eq %c, %i : tensor<4x1xi32>, tensor<4xi32> -> tensor<4x4xi1>
  %n = bridge.unary neg %l : !l
  %z = bridge.select %d, %l, %n : tensor<4x4xi1>, !l, !l -> !l
  %q = bridge.unary log_sigmoid %z : !l
  %r = bridge.reduce sum %q over [0, 1] : !l -> tensor<f32>
  return %r, %l : tensor<f32>, !l
}

// -----

// Rows and columns are counted along one axis: all pairs are of one kind.

!l = tensor<4x4xf32>

// CHECK-LABEL: func.func @negative_diagonal
// CHECK:         bridge.unary log_sigmoid
func.func @negative_diagonal(%a: tensor<4x16xf32>, %b: tensor<4x16xf32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<4x16xf32> -> !l
  %i = bridge.iota : tensor<4xi32>
  %c = bridge.reshape %i : tensor<4xi32> -> tensor<1x4xi32>
  %d = bridge.compare eq %c, %i : tensor<1x4xi32>, tensor<4xi32> -> tensor<1x4xi1>
  %n = bridge.unary neg %l : !l
  %z = bridge.select %d, %l, %n : tensor<1x4xi1>, !l, !l -> !l
  %q = bridge.unary log_sigmoid %z : !l
  %r = bridge.reduce sum %q over [0, 1] : !l -> tensor<f32>
  return %r : tensor<f32>
}
