// RUN: bridge-opt %s --split-input-file --bridge-raise-softmax | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-raise-softmax --remarks-filter=bridge-raise-softmax --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: func.func @divided
// CHECK-SAME:    (%[[X:.*]]: tensor<5x9xf32>)
// CHECK-NEXT:    %[[P:.*]] = bridge.softmax %[[X]]
// CHECK-NEXT:    return %[[P]]
// REMARK: [Passed] softmax | Category:bridge-raise-softmax | {{.*}}exp(x) / Σ exp(x) is a softmax
func.func @divided(%x: tensor<5x9xf32>) -> tensor<5x9xf32> {
  %m = bridge.reduce max %x over [1] : tensor<5x9xf32> -> tensor<5xf32>
  %m1 = bridge.reshape %m : tensor<5xf32> -> tensor<5x1xf32>
  %c = bridge.binary sub %x, %m1 : tensor<5x9xf32>, tensor<5x1xf32> -> tensor<5x9xf32>
  %e = bridge.unary exp %c : tensor<5x9xf32>
  %s = bridge.reduce sum %e over [1] : tensor<5x9xf32> -> tensor<5xf32>
  %s1 = bridge.reshape %s : tensor<5xf32> -> tensor<5x1xf32>
  %p = bridge.binary div %e, %s1 : tensor<5x9xf32>, tensor<5x1xf32> -> tensor<5x9xf32>
  return %p : tensor<5x9xf32>
}

// -----

// CHECK-LABEL: func.func @inverse
// CHECK:         bridge.softmax
// CHECK-NOT:     bridge.unary exp
func.func @inverse(%x: tensor<5x9xf32>) -> tensor<5x9xf32> {
  %one = bridge.constant dense<1.0> : tensor<f64> -> tensor<f32>
  %e = bridge.unary exp %x : tensor<5x9xf32>
  %s = bridge.reduce sum %e over [1] : tensor<5x9xf32> -> tensor<5xf32>
  %s1 = bridge.reshape %s : tensor<5xf32> -> tensor<5x1xf32>
  %i = bridge.binary div %one, %s1 : tensor<f32>, tensor<5x1xf32> -> tensor<5x1xf32>
  %p = bridge.binary mul %i, %e : tensor<5x1xf32>, tensor<5x9xf32> -> tensor<5x9xf32>
  return %p : tensor<5x9xf32>
}

// -----

// CHECK-LABEL: func.func @late
// CHECK-SAME:    (%[[X:.*]]: tensor<5x9xf32>, %[[V:.*]]: tensor<9x4xf32>)
// CHECK-NEXT:    %[[P:.*]] = bridge.softmax %[[X]]
// CHECK-NEXT:    %[[Y:.*]] = bridge.matmul %[[P]], %[[V]]
// CHECK-NEXT:    return %[[Y]]
func.func @late(%x: tensor<5x9xf32>, %v: tensor<9x4xf32>) -> tensor<5x4xf32> {
  %e = bridge.unary exp %x : tensor<5x9xf32>
  %s = bridge.reduce sum %e over [1] : tensor<5x9xf32> -> tensor<5xf32>
  %s1 = bridge.reshape %s : tensor<5xf32> -> tensor<5x1xf32>
  %y = bridge.matmul %e, %v : tensor<5x9xf32>, tensor<9x4xf32> -> tensor<5x4xf32>
  %z = bridge.binary div %y, %s1 : tensor<5x4xf32>, tensor<5x1xf32> -> tensor<5x4xf32>
  return %z : tensor<5x4xf32>
}

// -----

// CHECK-LABEL: func.func @negative_used
// CHECK-NOT:     bridge.softmax
// REMARK: [Missed] softmax | Category:bridge-raise-softmax | Reason="the exponentials have another use"
func.func @negative_used(%x: tensor<5x9xf32>) -> (tensor<5x9xf32>, tensor<5x9xf32>) {
  %e = bridge.unary exp %x : tensor<5x9xf32>
  %s = bridge.reduce sum %e over [1] : tensor<5x9xf32> -> tensor<5xf32>
  %s1 = bridge.reshape %s : tensor<5xf32> -> tensor<5x1xf32>
  %p = bridge.binary div %e, %s1 : tensor<5x9xf32>, tensor<5x1xf32> -> tensor<5x9xf32>
  return %p, %e : tensor<5x9xf32>, tensor<5x9xf32>
}

// -----

// Sums of columns of a square are not those of its rows.

// CHECK-LABEL: func.func @negative_columns
// CHECK-NOT:     bridge.softmax
func.func @negative_columns(%x: tensor<9x9xf32>) -> tensor<9x9xf32> {
  %e = bridge.unary exp %x : tensor<9x9xf32>
  %s = bridge.reduce sum %e over [0] : tensor<9x9xf32> -> tensor<9xf32>
  %s1 = bridge.reshape %s : tensor<9xf32> -> tensor<9x1xf32>
  %p = bridge.binary div %e, %s1 : tensor<9x9xf32>, tensor<9x1xf32> -> tensor<9x9xf32>
  return %p : tensor<9x9xf32>
}

// -----

// Sums along the rows, laid across them.

// CHECK-LABEL: func.func @negative_across
// CHECK-NOT:     bridge.softmax
func.func @negative_across(%x: tensor<9x9xf32>) -> tensor<9x9xf32> {
  %e = bridge.unary exp %x : tensor<9x9xf32>
  %s = bridge.reduce sum %e over [1] : tensor<9x9xf32> -> tensor<9xf32>
  %p = bridge.binary div %e, %s : tensor<9x9xf32>, tensor<9xf32> -> tensor<9x9xf32>
  return %p : tensor<9x9xf32>
}
