// RUN: bridge-opt %s --split-input-file --bridge-fuse-softmax-loss --canonicalize | FileCheck %s
// RUN: bridge-opt %s --split-input-file --bridge-fuse-softmax-loss --remarks-filter=bridge-fuse-softmax-loss --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// What std/losses writes, with a temperature that divides.

!v = tensor<?x16xf32, #bridge.dims<"n">>
!t = tensor<16x?xf32, #bridge.dims<"n">>
!l = tensor<?x?xf32, #bridge.dims<"n", "n">>
!y = tensor<?xi32, #bridge.dims<"n">>

// CHECK-LABEL: func.func @clip
// CHECK-SAME:    (%[[A:.*]]: tensor<?x16xf32, {{.*}}>, %[[B:.*]]: tensor<?x16xf32, {{.*}}>, %[[TEMPERATURE:.*]]: tensor<f32>)
// CHECK-NOT:     bridge.matmul
// CHECK:         %[[ONE:.*]] = bridge.constant dense<1.0{{.*}}> : tensor<f64> -> tensor<f32>
// CHECK:         %[[SCALE:.*]] = bridge.binary div %[[ONE]], %[[TEMPERATURE]]
// CHECK:         %[[ROWS:.*]], %[[COLUMNS:.*]], %{{.*}}, %{{.*}} = bridge.contrastive_loss %[[A]], %[[B]], %[[SCALE]] :
// CHECK:         bridge.binary add %[[ROWS]], %[[COLUMNS]]
// CHECK-NOT:     bridge.cross_entropy
// REMARK: fuse-softmax-loss.mlir:{{.*}} remark: [Passed] softmax-loss | Category:bridge-fuse-softmax-loss | {{.*}}cross-entropies of rows and columns fused into their product
func.func @clip(%a: !v, %b: !v, %temperature: tensor<f32>) -> tensor<f32> {
  %bt = bridge.transpose %b [1, 0] : !v -> !t
  %p = bridge.matmul %a, %bt : !v, !t -> !l
  %l = bridge.binary div %p, %temperature : !l, tensor<f32> -> !l
  %y = bridge.iota : !y
  %rows = bridge.cross_entropy %l, %y : !l, !y -> tensor<f32>
  %lt = bridge.transpose %l [1, 0] : !l -> !l
  %columns = bridge.cross_entropy %lt, %y : !l, !y -> tensor<f32>
  %sum = bridge.binary add %rows, %columns : tensor<f32>, tensor<f32> -> tensor<f32>
  return %sum : tensor<f32>
}

// -----

// The transposed logits as a product of their own; scales on operands; labels;
// a reader of the first loss stands before the second.

!a = tensor<4x16xf32>
!b = tensor<5x16xf32>

// CHECK-LABEL: func.func @swapped
// CHECK-SAME:    (%[[A:.*]]: tensor<4x16xf32>, %[[B:.*]]: tensor<5x16xf32>, %[[S:.*]]: tensor<1xf32>, %[[Y:.*]]: tensor<4xi32>, %[[Z:.*]]: tensor<5xi32>)
// CHECK:         %[[SCALE:.*]] = bridge.reshape %[[S]] : tensor<1xf32> -> tensor<f32>
// CHECK:         %[[ROWS:.*]], %[[COLUMNS:.*]], %{{.*}}, %{{.*}} = bridge.contrastive_loss %[[A]], %[[B]], %[[SCALE]] image_labels %[[Y]] : tensor<4xi32> text_labels %[[Z]] : tensor<5xi32> {ignore = -1 : i64}
// CHECK:         %[[E:.*]] = bridge.unary exp %[[ROWS]]
// CHECK:         return %[[E]], %[[COLUMNS]]
func.func @swapped(%a: !a, %b: !b, %s: tensor<1xf32>, %y: tensor<4xi32>, %z: tensor<5xi32>) -> (tensor<f32>, tensor<f32>) {
  %sa = bridge.binary mul %s, %a : tensor<1xf32>, !a -> !a
  %l = bridge.linear %sa, %b : !a, !b -> tensor<4x5xf32>
  %rows = bridge.cross_entropy %l, %y {ignore = -1} : tensor<4x5xf32>, tensor<4xi32> -> tensor<f32>
  %e = bridge.unary exp %rows : tensor<f32>
  %at = bridge.transpose %a [1, 0] : !a -> tensor<16x4xf32>
  %lt = bridge.matmul %b, %at : !b, tensor<16x4xf32> -> tensor<5x4xf32>
  %slt = bridge.binary mul %lt, %s : tensor<5x4xf32>, tensor<1xf32> -> tensor<5x4xf32>
  %columns = bridge.cross_entropy %slt, %z {ignore = -1} : tensor<5x4xf32>, tensor<5xi32> -> tensor<f32>
  return %e, %columns : tensor<f32>, tensor<f32>
}

// -----

// A language model's head: the next token's logits are a slice of the layer's.

// CHECK-LABEL: func.func @head
// CHECK-SAME:    (%[[H:.*]]: tensor<2x7x16xf32>, %[[W:.*]]: tensor<100x16xf32>, %[[B:.*]]: tensor<100xf32>, %[[Y:.*]]: tensor<12xi32>)
// CHECK:         %[[SLICE:.*]] = bridge.slice %[[H]] from <"0", "0", "0"> : tensor<2x7x16xf32> -> tensor<2x6x16xf32>
// CHECK:         %[[X:.*]] = bridge.reshape %[[SLICE]] : tensor<2x6x16xf32> -> tensor<12x16xf32>
// CHECK:         bridge.linear_cross_entropy %[[X]], %[[W]] bias %[[B]] : tensor<100xf32> labels %[[Y]] : tensor<12xi32> {ignore = -100 : i64}
// CHECK-NOT:     bridge.linear %
// REMARK: fuse-softmax-loss.mlir:{{.*}} remark: [Passed] softmax-loss | {{.*}}cross-entropy fused into its product
func.func @head(%h: tensor<2x7x16xf32>, %w: tensor<100x16xf32>, %b: tensor<100xf32>, %y: tensor<12xi32>) -> tensor<f32> {
  %0 = bridge.linear %h, %w bias %b : tensor<100xf32> : tensor<2x7x16xf32>, tensor<100x16xf32> -> tensor<2x7x100xf32>
  %1 = bridge.slice %0 from <"0", "0", "0"> : tensor<2x7x100xf32> -> tensor<2x6x100xf32>
  %2 = bridge.reshape %1 : tensor<2x6x100xf32> -> tensor<12x100xf32>
  %3 = bridge.cross_entropy %2, %y {ignore = -100} : tensor<12x100xf32>, tensor<12xi32> -> tensor<f32>
  return %3 : tensor<f32>
}

// -----

// mean(log(softmax(l))[arange(n), labels]); negative labels count from the end.

!l = tensor<4x5xf32>

// CHECK-LABEL: func.func @spelled_out
// CHECK-SAME:    (%[[A:.*]]: tensor<4x16xf32>, %[[B:.*]]: tensor<5x16xf32>, %[[Y:.*]]: tensor<4xi32>)
// CHECK-DAG:     %[[CLASSES:.*]] = bridge.dim "5"
// CHECK:         %[[END:.*]] = bridge.binary add %[[Y]], %[[CLASSES]]
// CHECK:         %[[LABELS:.*]] = bridge.select %{{.*}}, %[[END]], %[[Y]]
// CHECK:         %[[LOSS:.*]], %{{.*}} = bridge.linear_cross_entropy %[[A]], %[[B]] labels %[[LABELS]]
// CHECK:         bridge.unary neg %[[LOSS]]
// CHECK-NOT:     bridge.softmax
func.func @spelled_out(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %y: tensor<4xi32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> !l
  %p = bridge.softmax %l : !l -> !l
  %q = bridge.unary log %p : !l
  %i = bridge.iota : tensor<4xi32>
  %g = bridge.gather %q at 0 [%i, %y] : !l, tensor<4xi32>, tensor<4xi32> -> tensor<4xf32>
  %m = bridge.reduce mean %g over [0] : tensor<4xf32> -> tensor<f32>
  return %m : tensor<f32>
}

// -----

// CHECK-LABEL: func.func @negative_other_use
// CHECK:         bridge.cross_entropy
// REMARK: fuse-softmax-loss.mlir:{{.*}} remark: [Missed] softmax-loss | {{.*}}the logits have another use
func.func @negative_other_use(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %y: tensor<4xi32>) -> (tensor<f32>, tensor<4x5xf32>) {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> tensor<4x5xf32>
  %0 = bridge.cross_entropy %l, %y : tensor<4x5xf32>, tensor<4xi32> -> tensor<f32>
  return %0, %l : tensor<f32>, tensor<4x5xf32>
}

// -----

// CHECK-LABEL: func.func @negative_smoothing
// CHECK:         bridge.cross_entropy
// REMARK: fuse-softmax-loss.mlir:{{.*}} remark: [Missed] softmax-loss | {{.*}}the labels are smoothed
func.func @negative_smoothing(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %y: tensor<4xi32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> tensor<4x5xf32>
  %0 = bridge.cross_entropy %l, %y {smoothing = 0.1} : tensor<4x5xf32>, tensor<4xi32> -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// A scale for each row is no temperature.

// CHECK-LABEL: func.func @negative_row_scale
// CHECK:         bridge.cross_entropy
// REMARK: fuse-softmax-loss.mlir:{{.*}} remark: [Missed] softmax-loss | {{.*}}the logits are not a product times a number
func.func @negative_row_scale(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %s: tensor<4x1xf32>, %y: tensor<4xi32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> tensor<4x5xf32>
  %sl = bridge.binary mul %l, %s : tensor<4x5xf32>, tensor<4x1xf32> -> tensor<4x5xf32>
  %0 = bridge.cross_entropy %sl, %y : tensor<4x5xf32>, tensor<4xi32> -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// A number divided by the logits is not the logits divided by a number.

// CHECK-LABEL: func.func @negative_divided
// CHECK:         bridge.cross_entropy
func.func @negative_divided(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %s: tensor<f32>, %y: tensor<4xi32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> tensor<4x5xf32>
  %sl = bridge.binary div %s, %l : tensor<f32>, tensor<4x5xf32> -> tensor<4x5xf32>
  %0 = bridge.cross_entropy %sl, %y : tensor<4x5xf32>, tensor<4xi32> -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// Columns with another scale than rows share no logits; each is fused alone.

// CHECK-LABEL: func.func @negative_two_scales
// CHECK-NOT:     bridge.contrastive_loss
// CHECK-COUNT-2: bridge.linear_cross_entropy
func.func @negative_two_scales(%a: tensor<4x16xf32>, %b: tensor<4x16xf32>, %s: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<4x16xf32> -> tensor<4x4xf32>
  %m = bridge.linear %b, %a : tensor<4x16xf32>, tensor<4x16xf32> -> tensor<4x4xf32>
  %sm = bridge.binary mul %m, %s : tensor<4x4xf32>, tensor<f32> -> tensor<4x4xf32>
  %y = bridge.iota : tensor<4xi32>
  %0 = bridge.cross_entropy %l, %y : tensor<4x4xf32>, tensor<4xi32> -> tensor<f32>
  %1 = bridge.cross_entropy %sm, %y : tensor<4x4xf32>, tensor<4xi32> -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// -----

// Only some of the classes: the log-sum-exp is another one.

// CHECK-LABEL: func.func @negative_classes
// CHECK:         bridge.cross_entropy
// REMARK: fuse-softmax-loss.mlir:{{.*}} remark: [Missed] softmax-loss | {{.*}}only some of the classes are looked at
func.func @negative_classes(%a: tensor<4x16xf32>, %b: tensor<5x16xf32>, %y: tensor<4xi32>) -> tensor<f32> {
  %l = bridge.linear %a, %b : tensor<4x16xf32>, tensor<5x16xf32> -> tensor<4x5xf32>
  %s = bridge.slice %l from <"0", "1"> : tensor<4x5xf32> -> tensor<4x3xf32>
  %0 = bridge.cross_entropy %s, %y : tensor<4x3xf32>, tensor<4xi32> -> tensor<f32>
  return %0 : tensor<f32>
}
