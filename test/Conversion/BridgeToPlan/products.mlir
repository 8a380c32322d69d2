// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --cse | FileCheck %s

// Leading axes become rows, the weight panels of the bound name.

// CHECK:       plan.kernel gemm @gemm_bias [!plan.view<f32, [1, 1, "50 * n", 64], [0, 0, 256, 4]>, !plan.panels<f32, [1, 1, 96, 64]>, !plan.view<f32, [96], [4]>, !plan.view<f32, [1, 1, "50 * n", 96], [0, 0, 384, 4]>] {bias}
// CHECK-LABEL: func.func @linear(%arg0: {{.*}}, %arg1:
// CHECK-DAG:     %[[W:.*]] = plan.weight @w : !plan.panels<f32, [1, 1, 96, 64]>
// CHECK-DAG:     %[[B:.*]] = plan.weight @b : !plan.view<f32, [96], [4]>
// CHECK:         %[[X:.*]] = plan.subview %arg0
// CHECK-NEXT:    %[[Y:.*]] = plan.subview %arg1
// CHECK-NEXT:    plan.launch @gemm_bias(%[[X]], %[[W]], %[[B]], %[[Y]])
bridge.weight @w : tensor<96x64xf32> from [#bridge.source<"w">]
bridge.weight @b : tensor<96xf32> from [#bridge.source<"b">]
!x = tensor<?x50x64xf32, #bridge.dims<"n">>
!y = tensor<?x50x96xf32, #bridge.dims<"n">>
func.func @linear(%x: !x) -> !y attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<96x64xf32>
  %b = bridge.read_weight @b : tensor<96xf32>
  %0 = bridge.linear %x, %w bias %b : tensor<96xf32> : !x, tensor<96x64xf32> -> !y
  return %0 : !y
}

// -----

// Views of weights: slices, transposes and flattened trailing axes are said in
// the view; a tied table is a transposed weight twice over.

// CHECK-LABEL: func.func @views
// CHECK-DAG:     plan.weight @w view "[64:128]" : !plan.panels<f32, [1, 1, 64, 64]>
// CHECK-DAG:     plan.weight @w view "[:, 32:64].T" : !plan.panels<f32, [1, 1, 32, 192]>
// CHECK-DAG:     plan.weight @w : !plan.panels<f32, [1, 1, 192, 64]>
// CHECK-DAG:     plan.weight @w view ".T" : !plan.panels<f32, [1, 1, 64, 192]>
// CHECK-DAG:     plan.weight @patches : !plan.panels<f32, [1, 1, 64, 64]>
// CHECK-NOT:     plan.launch @pack
bridge.weight @w : tensor<192x64xf32> from [#bridge.source<"w">]
bridge.weight @patches : tensor<64x4x4x4xf32> from [#bridge.source<"patches">]
func.func @views(%x: tensor<5x64xf32>) -> (tensor<5x64xf32>, tensor<5x32xf32>, tensor<5x64xf32>) attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<192x64xf32>
  %k = bridge.slice %w from <"64", "0"> : tensor<192x64xf32> -> tensor<64x64xf32>
  %0 = bridge.linear %x, %k : tensor<5x64xf32>, tensor<64x64xf32> -> tensor<5x64xf32>
  %wt = bridge.transpose %w [1, 0] : tensor<192x64xf32> -> tensor<64x192xf32>
  %logits = bridge.matmul %x, %wt : tensor<5x64xf32>, tensor<64x192xf32> -> tensor<5x192xf32>
  %half = bridge.slice %w from <"0", "32"> : tensor<192x64xf32> -> tensor<192x32xf32>
  %1 = bridge.matmul %logits, %half : tensor<5x192xf32>, tensor<192x32xf32> -> tensor<5x32xf32>
  %3 = bridge.linear %logits, %wt : tensor<5x192xf32>, tensor<64x192xf32> -> tensor<5x64xf32>
  %p = bridge.read_weight @patches : tensor<64x4x4x4xf32>
  %flat = bridge.reshape %p : tensor<64x4x4x4xf32> -> tensor<64x64xf32>
  %4 = bridge.linear %3, %flat : tensor<5x64xf32>, tensor<64x64xf32> -> tensor<5x64xf32>
  return %0, %1, %4 : tensor<5x64xf32>, tensor<5x32xf32>, tensor<5x64xf32>
}

// -----

// Whatever is no weight is packed; batches are batches. Panels are sized for
// the widest target: 9 columns take 32, an unknown number one panel more.

// CHECK-LABEL: func.func @batches
// CHECK-DAG:     %[[P:.*]] = plan.buffer "16640" live 0 to 1 : !plan.panels<f32, [1, 8, 9, 16]>
// CHECK-DAG:     %[[Q:.*]] = plan.buffer "64 * n + 2240" live 2 to 3 : !plan.panels<f32, [1, 1, "n", 16]>
// CHECK:         plan.launch @pack(%{{.*}}, %[[P]])
// CHECK:         plan.launch @gemm(%{{.*}}, %[[P]], %{{.*}}) : !plan.view<f32, [1, 8, 5, 16], [0, 320, 64, 4]>, !plan.panels<f32, [1, 8, 9, 16]>, !plan.view<f32, [1, 8, 5, 9], [0, 180, 36, 4]>
// CHECK:         plan.launch @pack{{.*}}(%{{.*}}, %[[Q]])
// CHECK:         plan.launch @gemm{{.*}} : !plan.view<f32, [1, 1, 40, 16], [0, 0, 64, 4]>, !plan.panels<f32, [1, 1, "n", 16]>, !plan.view<f32, [1, 1, 40, "n"], [0, 0, "4 * n", 4]>
func.func @batches(%a: tensor<2x4x5x16xf32>, %b: tensor<2x4x16x9xf32>, %c: tensor<?x16xf32, #bridge.dims<"n">>) -> (tensor<2x4x5x9xf32>, tensor<2x4x5x?xf32, #bridge.dims<"n">>) attributes {bridge.entry} {
  %0 = bridge.matmul %a, %b : tensor<2x4x5x16xf32>, tensor<2x4x16x9xf32> -> tensor<2x4x5x9xf32>
  %1 = bridge.transpose %c [1, 0] : tensor<?x16xf32, #bridge.dims<"n">> -> tensor<16x?xf32, #bridge.dims<"n">>
  %2 = bridge.matmul %a, %1 : tensor<2x4x5x16xf32>, tensor<16x?xf32, #bridge.dims<"n">> -> tensor<2x4x5x?xf32, #bridge.dims<"n">>
  return %0, %2 : tensor<2x4x5x9xf32>, tensor<2x4x5x?xf32, #bridge.dims<"n">>
}

// -----

// A residual whose memory is free is written over; an epilogue's operands
// broadcast by strides of 0.

// CHECK:       plan.kernel gemm @gemm_mul_add
// CHECK-NEXT:  ^bb0(%[[ACC:.*]]: f32, %[[G:.*]]: f32, %[[R:.*]]: f32):
// CHECK-NEXT:    %[[M:.*]] = arith.mulf %[[ACC]], %[[G]]
// CHECK-NEXT:    %[[S:.*]] = arith.addf %[[M]], %[[R]]
// CHECK-NEXT:    plan.yield %[[S]] : f32
// CHECK-LABEL: func.func @residual
// CHECK:         %[[R:.*]] = plan.buffer "1536" live 0 to 2
// CHECK:         %[[RS:.*]] = plan.subview %[[R]] {{.*}} -> <f32, [1, 1, 5, 64], [0, 0, 256, 4]>
// CHECK:         plan.launch @gemm_mul_add(%{{.*}}, %{{.*}}, %{{.*}}, %[[RS]], %[[RS]]) : !plan.view<f32, [1, 1, 5, 64], [0, 0, 256, 4]>, !plan.panels<f32, [1, 1, 64, 64]>, !plan.view<f32, [1, 1, 5, 64], [0, 0, 0, 0]>, 
bridge.weight @w : tensor<64x64xf32> from [#bridge.source<"w">]
func.func @residual(%x: tensor<5x64xf32>, %gate: tensor<1xf32>) -> tensor<5xf32> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<64x64xf32>
  %0 = bridge.unary exp %x : tensor<5x64xf32>
  %1 = bridge.fused_linear %x, %w with (%gate, %0 : tensor<1xf32>, tensor<5x64xf32>) {
  ^bb0(%acc: f32, %g: f32, %r: f32):
    %m = arith.mulf %acc, %g : f32
    %s = arith.addf %m, %r : f32
    bridge.yield %s : f32
  } {bridge.epilogue = "mul_add"} : tensor<5x64xf32>, tensor<64x64xf32> -> tensor<5x64xf32>
  %2 = bridge.reduce sum %1 over [1] : tensor<5x64xf32> -> tensor<5xf32>
  return %2 : tensor<5xf32>
}

// -----

// More unmergeable leading axes than the kernel has are copied.

// CHECK-LABEL: func.func @copied
// CHECK:         %[[A:.*]] = plan.buffer "7936" live 0 to 1
// CHECK:         %[[AS:.*]] = plan.subview %[[A]] {{.*}} -> <f32, [1, 1, 120, 16], [0, 0, 64, 4]>
// CHECK:         plan.launch @gemm(%[[AS]]
bridge.weight @w : tensor<16x16xf32> from [#bridge.source<"w">]
func.func @copied(%x: tensor<5x4x3x2x16xf32>) -> tensor<2x3x4x5x16xf32> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<16x16xf32>
  %0 = bridge.transpose %x [3, 2, 1, 0, 4] : tensor<5x4x3x2x16xf32> -> tensor<2x3x4x5x16xf32>
  %1 = bridge.linear %0, %w : tensor<2x3x4x5x16xf32>, tensor<16x16xf32> -> tensor<2x3x4x5x16xf32>
  return %1 : tensor<2x3x4x5x16xf32>
}
