// RUN: bridge-opt %s --split-input-file --bridge-raise-norm | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-raise-norm --remarks-filter=bridge-raise-norm --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: func.func @layer
// CHECK-NEXT:    %[[Y:.*]] = bridge.layer_norm %arg0 weight %arg1 : tensor<8xf32> bias %arg2 : tensor<8xf32> eps 1.000000e-03
// CHECK-NEXT:    return %[[Y]]
// REMARK: [Passed] norm | Category:bridge-raise-norm | {{.*}}layer norm found in its definition
func.func @layer(%x: tensor<8x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = bridge.constant dense<1.0e-3> : tensor<f64> -> tensor<f32>
  %m0 = bridge.reduce mean %x over [1] : tensor<8x8xf32> -> tensor<8xf32>
  %m = bridge.reshape %m0 : tensor<8xf32> -> tensor<8x1xf32>
  %c = bridge.binary sub %x, %m : tensor<8x8xf32>, tensor<8x1xf32> -> tensor<8x8xf32>
  %s = bridge.binary mul %c, %c : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %v0 = bridge.reduce mean %s over [1] : tensor<8x8xf32> -> tensor<8xf32>
  %v = bridge.reshape %v0 : tensor<8xf32> -> tensor<8x1xf32>
  %e = bridge.binary add %v, %eps : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
  %r = bridge.unary sqrt %e : tensor<8x1xf32>
  %d = bridge.binary div %c, %r : tensor<8x8xf32>, tensor<8x1xf32> -> tensor<8x8xf32>
  %dw = bridge.binary mul %d, %w : tensor<8x8xf32>, tensor<8xf32> -> tensor<8x8xf32>
  %y = bridge.binary add %b, %dw : tensor<8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// -----

// CHECK-LABEL: func.func @rms
// CHECK-NEXT:    %[[Y:.*]] = bridge.rms_norm %arg0 weight %arg1 : tensor<8xf32> eps 1.000000e-03
// CHECK-NEXT:    return %[[Y]]
// REMARK: rms norm found in its definition
func.func @rms(%x: tensor<8x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = bridge.constant dense<1.0e-3> : tensor<f64> -> tensor<f32>
  %s = bridge.binary mul %x, %x : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %v0 = bridge.reduce mean %s over [1] : tensor<8x8xf32> -> tensor<8xf32>
  %v = bridge.reshape %v0 : tensor<8xf32> -> tensor<8x1xf32>
  %e = bridge.binary add %v, %eps : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
  %r = bridge.unary sqrt %e : tensor<8x1xf32>
  %one = bridge.constant dense<1.0> : tensor<f64> -> tensor<f32>
  %i = bridge.binary div %one, %r : tensor<f32>, tensor<8x1xf32> -> tensor<8x1xf32>
  %d = bridge.binary mul %i, %x : tensor<8x1xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %y = bridge.binary mul %d, %w : tensor<8x8xf32>, tensor<8xf32> -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// -----

// CHECK-LABEL: func.func @power
// CHECK-NEXT:    bridge.rms_norm %arg0 eps 1.000000e-03
func.func @power(%x: tensor<8x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = bridge.constant dense<1.0e-3> : tensor<f64> -> tensor<f32>
  %s = bridge.binary mul %x, %x : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %v0 = bridge.reduce mean %s over [1] : tensor<8x8xf32> -> tensor<8xf32>
  %v = bridge.reshape %v0 : tensor<8xf32> -> tensor<8x1xf32>
  %e = bridge.binary add %eps, %v : tensor<f32>, tensor<8x1xf32> -> tensor<8x1xf32>
  %h = bridge.constant dense<-0.5> : tensor<f64> -> tensor<f32>
  %i = bridge.binary pow %e, %h : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
  %y = bridge.binary mul %x, %i : tensor<8x8xf32>, tensor<8x1xf32> -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// -----

// Means of columns, laid along the rows of a square.

// CHECK-LABEL: func.func @negative_columns
// CHECK-NOT:     bridge.rms_norm
func.func @negative_columns(%x: tensor<8x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = bridge.constant dense<1.0e-3> : tensor<f64> -> tensor<f32>
  %s = bridge.binary mul %x, %x : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %v0 = bridge.reduce mean %s over [0] : tensor<8x8xf32> -> tensor<8xf32>
  %v = bridge.reshape %v0 : tensor<8xf32> -> tensor<8x1xf32>
  %e = bridge.binary add %v, %eps : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
  %r = bridge.unary sqrt %e : tensor<8x1xf32>
  %y = bridge.binary div %x, %r : tensor<8x8xf32>, tensor<8x1xf32> -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// -----

// Divided is what was not centered.

// CHECK-LABEL: func.func @negative_uncentered
// CHECK-NOT:     _norm
func.func @negative_uncentered(%x: tensor<8x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = bridge.constant dense<1.0e-3> : tensor<f64> -> tensor<f32>
  %m0 = bridge.reduce mean %x over [1] : tensor<8x8xf32> -> tensor<8xf32>
  %m = bridge.reshape %m0 : tensor<8xf32> -> tensor<8x1xf32>
  %c = bridge.binary sub %x, %m : tensor<8x8xf32>, tensor<8x1xf32> -> tensor<8x8xf32>
  %s = bridge.binary mul %c, %c : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %v0 = bridge.reduce mean %s over [1] : tensor<8x8xf32> -> tensor<8xf32>
  %v = bridge.reshape %v0 : tensor<8xf32> -> tensor<8x1xf32>
  %e = bridge.binary add %v, %eps : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
  %r = bridge.unary sqrt %e : tensor<8x1xf32>
  %y = bridge.binary div %x, %r : tensor<8x8xf32>, tensor<8x1xf32> -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}
