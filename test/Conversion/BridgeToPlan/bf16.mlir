// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan=precision=bf16 | FileCheck %s
// RUN: not bridge-opt %s --convert-bridge-to-plan=precision=f16 2>&1 | FileCheck %s --check-prefix=BAD

// BAD: error: expected the precision to be f32 or bf16, found `f16`

// A residual block: the stream stays f32, what products read is bf16, matrices
// are packed as bf16, vectors stay f32. Entries take and give f32, and nothing
// is copied.

// CHECK:       plan.kernel layer_norm @layer_norm [!plan.view<f32, [50, 64], [256, 4]>, !plan.view<f32, [64], [4]>, !plan.view<bf16, [50, 64], [128, 2]>]
// CHECK:       plan.kernel gemm @gemm_tanh [!plan.view<bf16, {{.*}}>, !plan.panels<bf16, [1, 1, 256, 64]>, !plan.view<f32, [256], [4]>, !plan.view<bf16, {{.*}}>] {bias} {
// CHECK-NEXT:  ^bb0(%{{.*}}: f32):
// CHECK:       plan.kernel gemm @gemm_add [!plan.view<bf16, {{.*}}>, !plan.panels<bf16, [1, 1, 64, 256]>, !plan.view<f32, {{.*}}>, !plan.view<f32, {{.*}}>] {} {
// CHECK-NEXT:  ^bb0(%{{.*}}: f32, %{{.*}}: f32):
// CHECK-LABEL: func.func @block(%arg0: !plan.view<f32, [50, 64], [256, 4]> {{.*}}%arg1: !plan.view<f32, [50, 64], [256, 4]>
// CHECK:         plan.launch @layer_norm
// CHECK:         plan.launch @gemm_bias_tanh
// CHECK:         plan.launch @gemm_add
// CHECK-NEXT:    return
bridge.weight @g : tensor<64xf32> from [#bridge.source<"g">]
bridge.weight @up : tensor<256x64xf32> from [#bridge.source<"up">]
bridge.weight @b : tensor<256xf32> from [#bridge.source<"b">]
bridge.weight @down : tensor<64x256xf32> from [#bridge.source<"down">]
func.func @block(%x: tensor<50x64xf32>) -> tensor<50x64xf32> attributes {bridge.entry} {
  %g = bridge.read_weight @g : tensor<64xf32>
  %up = bridge.read_weight @up : tensor<256x64xf32>
  %b = bridge.read_weight @b : tensor<256xf32>
  %down = bridge.read_weight @down : tensor<64x256xf32>
  %n = bridge.layer_norm %x weight %g : tensor<64xf32> eps 1.0e-5 : tensor<50x64xf32> -> tensor<50x64xf32>
  %h = bridge.fused_linear %n, %up bias %b : tensor<256xf32> {
  ^bb0(%acc: f32):
    %y = math.tanh %acc : f32
    bridge.yield %y : f32
  } {bridge.epilogue = "tanh"} : tensor<50x64xf32>, tensor<256x64xf32> -> tensor<50x256xf32>
  %z = bridge.fused_linear %h, %down with (%x : tensor<50x64xf32>) {
  ^bb0(%acc: f32, %r: f32):
    %y = arith.addf %acc, %r : f32
    bridge.yield %y : f32
  } {bridge.epilogue = "add"} : tensor<50x256xf32>, tensor<64x256xf32> -> tensor<50x64xf32>
  return %z : tensor<50x64xf32>
}

// -----

// Functions of layers agree with their callers about the stream.

// CHECK-LABEL: func.func private @Layer(%arg0: !plan.view<f32, [5, 64], [256, 4]>, %arg1: !plan.panels<bf16, [1, 1, 64, 64]>, %arg2: !plan.view<f32, [5, 64], [256, 4]>)
// CHECK:         %[[A:.*]] = plan.buffer {{.*}} : !plan.view<bf16, [5, 64], [128, 2]>
// CHECK:         plan.launch @copy(%arg0, %[[A]])
// CHECK:         plan.launch @gemm_add
// CHECK-LABEL: func.func @stack
// CHECK:         plan.buffer {{.*}} : !plan.view<f32, [5, 64], [256, 4]>
// CHECK:         plan.call @Layer
// CHECK:         plan.call @Layer
bridge.weight @w : tensor<64x64xf32> from [#bridge.source<"w">]
func.func private @Layer(%x: tensor<5x64xf32>, %w: tensor<64x64xf32>) -> tensor<5x64xf32> {
  %z = bridge.fused_linear %x, %w with (%x : tensor<5x64xf32>) {
  ^bb0(%acc: f32, %r: f32):
    %y = arith.addf %acc, %r : f32
    bridge.yield %y : f32
  } {bridge.epilogue = "add"} : tensor<5x64xf32>, tensor<64x64xf32> -> tensor<5x64xf32>
  return %z : tensor<5x64xf32>
}
func.func @stack(%ids: tensor<5xi32>) -> tensor<5x64xf32> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<64x64xf32>
  %e = bridge.embedding %ids, %w : tensor<5xi32>, tensor<64x64xf32> -> tensor<5x64xf32>
  %0 = bridge.call @Layer(%e, %w) : (tensor<5x64xf32>, tensor<64x64xf32>) -> tensor<5x64xf32>
  %1 = bridge.call @Layer(%0, %w) : (tensor<5x64xf32>, tensor<64x64xf32>) -> tensor<5x64xf32>
  return %1 : tensor<5x64xf32>
}

// -----

// Angles and the positions that they come from stay f32; what is turned does
// not. Scores that softmax reads stay f32; its result is bf16.

// CHECK-DAG:   plan.kernel rotary @rotary [!plan.view<bf16, {{.*}}>, !plan.view<f32, {{.*}}>, !plan.view<bf16, {{.*}}>]
// CHECK-DAG:   plan.kernel map @map_cast_mul [{{.*}}, !plan.view<f32, [5, 8], [64, 4]>]
// CHECK-DAG:   plan.kernel gemm @gemm [!plan.view<bf16, {{.*}}>, !plan.panels<bf16, {{.*}}>, !plan.view<f32, {{.*}}>]
// CHECK-DAG:   plan.kernel softmax @softmax [!plan.view<f32, {{.*}}>, !plan.view<bf16, {{.*}}>]
// CHECK-LABEL: func.func @angles
bridge.weight @w : tensor<64x16xf32> from [#bridge.source<"w">]
func.func @angles(%ids: tensor<5x1xi32>, %rows: tensor<5xi32>, %speeds: tensor<5x8xf32>) -> tensor<5x16xf32> attributes {bridge.entry} {
  %w = bridge.read_weight @w : tensor<64x16xf32>
  %x = bridge.embedding %rows, %w : tensor<5xi32>, tensor<64x16xf32> -> tensor<5x16xf32>
  %wide = bridge.broadcast %ids : tensor<5x1xi32> -> tensor<5x8xi32>
  %place = bridge.cast %wide : tensor<5x8xi32> -> tensor<5x8xf32>
  %angles = bridge.binary mul %place, %speeds : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %q = bridge.rotary %x, %angles : tensor<5x16xf32>, tensor<5x8xf32> -> tensor<5x16xf32>
  %t = bridge.transpose %q [1, 0] : tensor<5x16xf32> -> tensor<16x5xf32>
  %s = bridge.matmul %q, %t : tensor<5x16xf32>, tensor<16x5xf32> -> tensor<5x5xf32>
  %p = bridge.softmax %s : tensor<5x5xf32> -> tensor<5x5xf32>
  %o = bridge.matmul %p, %q : tensor<5x5xf32>, tensor<5x16xf32> -> tensor<5x16xf32>
  return %o : tensor<5x16xf32>
}

// -----

// Room for the partner of an odd last column of panels.

// CHECK-LABEL: func.func @odd
// CHECK:         plan.buffer "512" {{.*}} : !plan.panels<bf16, [1, 1, 5, 3]>
func.func @odd(%a: tensor<4x3xf32>, %b: tensor<5x3xf32>) -> tensor<4x5xf32> attributes {bridge.entry} {
  %y = bridge.linear %a, %b : tensor<4x3xf32>, tensor<5x3xf32> -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}
