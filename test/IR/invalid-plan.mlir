// RUN: bridge-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{C1: operand 1 is panels, `b`}}
plan.kernel gemm @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// -----

// expected-error @+1 {{C1: operand 1 is panels, `out`}}
plan.kernel pack @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// -----

// expected-error @+1 {{C1: there are 1 operands too many}}
plan.kernel pack @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// -----

// expected-error @+1 {{C1: operand 1 is a view, `out`}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>] {}

// -----

// expected-error @+1 {{C1: operands are views and panels, found 'f32'}}
plan.kernel cumsum @k [f32, !plan.view<f32, [4, 8], [64, 4]>] {}

// -----

// expected-error @+1 {{C1: the last operand is a view, `out`}}
plan.kernel map @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>] {inputs = 1 : i64}

// -----

// expected-error @+1 {{C1: there are fewer than 2 inputs}}
plan.kernel map @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {inputs = 2 : i64}

// -----

// expected-error @+1 {{C2: `bias` has 1 axes, found 2}}
plan.kernel gemm @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {bias}

// -----

// expected-error @+1 {{C2: `x` has at least 1 axis}}
plan.kernel layer_norm @k [!plan.view<f32, [], []>, !plan.view<f32, [], []>] {eps = 0.0 : f64}

// -----

// expected-error @+1 {{C2: `seen` has 2 axes, found 1}}
plan.kernel softmax @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i1, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {seen, empty = #bridge<empty_rows zero>}

// -----

// expected-error @+1 {{C2: `out` has 1 axes, found 2}}
plan.kernel reduce @k [!plan.view<f32, [1, 4, 8], [64, 64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {axes = 2 : i64, reduce = #bridge<reduce_kind sum>}

// -----

// expected-error @+1 {{C2: 3 indices from axis 0 on are too many for 2 axes}}
plan.kernel gather @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<i32, [8], [4]>, !plan.view<i32, [8], [4]>, !plan.view<f32, [8], [4]>] {axis = 0 : i64, indices = 3 : i64, site = 0 : i64}

// -----

// expected-error @+1 {{C2: `index` has 1 axes, found 0}}
plan.kernel gather @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<i32, [], []>, !plan.view<f32, [8], [4]>] {axis = 0 : i64, indices = 2 : i64, site = 0 : i64}

// -----

// expected-error @+1 {{C3: `v` has elements of another type, found 'i32'}}
plan.kernel attention @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<i32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {scale = 1.0 : f64}

// -----

// expected-error @+1 {{C3: `out` has elements of another type, found 'i32'}}
plan.kernel pack @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<i32, [1, 1, 8, 8]>] {}

// -----

// expected-error @+1 {{C3: `at` has elements of another type, found 'i32'}}
plan.kernel splice @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {site = 0 : i64}

// -----

// expected-error @+1 {{C3: `out` has elements of another type, found 'f32'}}
plan.kernel arg_extreme @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [8], [4]>] {extreme = #bridge<extreme_kind max>}

// -----

// expected-error @+1 {{C4: `config` needs `scale`}}
plan.kernel attention @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// -----

// expected-error @+1 {{C4: `config` needs `empty`}}
plan.kernel attention @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {scale = 1.0 : f64} {
^bb0(%b: i32, %h: i32, %query: i32, %key: i32):
  %seen = arith.cmpi sle, %key, %query : i32
  plan.yield %seen : i1
}

// -----

// expected-error @+1 {{C5: expected the block arguments ('!plan.view<i32, [4], [4]>', 'i32', 'i32', 'i32', 'i32'), found ('i32', 'i32')}}
plan.kernel attention @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<i32, [4], [4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {empty = #bridge<empty_rows zero>, scale = 1.0 : f64} {
^bb0(%query: i32, %key: i32):
  %seen = arith.cmpi sle, %key, %query : i32
  plan.yield %seen : i1
}

// -----

// expected-error @+1 {{C4: `config` needs `inputs`}}
plan.kernel map @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}

// -----

// expected-error @+1 {{C4: `config` needs `eps`}}
plan.kernel layer_norm @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}

// -----

// expected-error @+1 {{C4: `config` needs `eps`}}
plan.kernel rms_norm @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}

// -----

// expected-error @+1 {{C4: `config` needs `eps`}}
plan.kernel l2_normalize @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {eps = 1 : i64}

// -----

// expected-error @+1 {{C4: `config` needs `empty`}}
plan.kernel softmax @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i1, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {seen}

// -----

// expected-error @+1 {{C4: `config` needs `reduce`}}
plan.kernel reduce @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [8], [4]>] {axes = 1 : i64}

// -----

// expected-error @+1 {{C4: `config` needs `axes`}}
plan.kernel reduce @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [8], [4]>] {reduce = #bridge<reduce_kind sum>}

// -----

// expected-error @+1 {{C4: `config` needs `extreme`}}
plan.kernel arg_extreme @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>] {}

// -----

// expected-error @+1 {{C4: `config` needs `site`}}
plan.kernel gather @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {axis = 0 : i64, indices = 1 : i64}

// -----

// expected-error @+1 {{C4: `config` needs `smoothing`}}
plan.kernel cross_entropy @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [8], [4]>, !plan.view<f32, [8], [4]>, !plan.view<f32, [8], [4]>] {site = 0 : i64}

// -----

// expected-error @+1 {{C4: `config` needs `site`}}
plan.kernel splice @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>, !plan.view<i1, [8], [4]>, !plan.view<f32, [4, 8], [64, 4]>] {}

// -----

// expected-error @+1 {{C5: extra operands need a region}}
plan.kernel gemm @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {}

// -----

// expected-error @+1 {{C5: expected the block arguments ('f32'), found ('f32', 'f32')}}
plan.kernel gemm @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {} {
^bb0(%a: f32, %b: f32):
  plan.yield %a : f32
}

// -----

// expected-error @+1 {{C5: a map needs a region}}
plan.kernel map @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {inputs = 1 : i64}

// -----

// expected-error @+1 {{C5: expected the region to yield 'f32'}}
plan.kernel map @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {inputs = 1 : i64} {
^bb0(%a: f32, %i: i32, %j: i32):
  plan.yield %i : i32
}

// -----

// expected-error @+1 {{C5: a cumsum has no region}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {} {
^bb0(%a: f32):
  plan.yield %a : f32
}

// -----

// expected-error @+1 {{a view has a stride for each size, found 2 sizes and 1 strides}}
func.func private @f(!plan.view<f32, [1, 2], [4]>)

// -----

// expected-error @+1 {{panels have the sizes batch, batch, n and k, found 2}}
func.func private @f(!plan.panels<f32, [1, 2]>)

// -----

func.func @launch_C1(%x: !plan.view<f32, [4, 8], [64, 4]>) {
  // expected-error @+1 {{C1: there is no kernel @k}}
  plan.launch @k(%x) : !plan.view<f32, [4, 8], [64, 4]>
  return
}

// -----

// expected-note @+1 {{the kernel is here}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}
func.func @launch(%a0: !plan.view<f32, [4, 8], [64, 4]>) {
  // expected-error @+1 {{C2: expected 2 operands, found 1}}
  plan.launch @k(%a0) : !plan.view<f32, [4, 8], [64, 4]>
  return
}

// -----

// expected-note @+1 {{the kernel is here}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}
func.func @launch(%a0: !plan.view<f32, [4, 8], [64, 4]>, %a1: !plan.view<f32, [1, 4, 8], [64, 64, 4]>) {
  // expected-error @+1 {{C3: operand 1 differs from the signature in kind, element type, number of axes or last stride}}
  plan.launch @k(%a0, %a1) : !plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [1, 4, 8], [64, 64, 4]>
  return
}

// -----

// expected-note @+1 {{the kernel is here}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}
func.func @launch(%a0: !plan.view<f32, [4, 8], [64, 4]>, %a1: !plan.view<i32, [4, 8], [64, 4]>) {
  // expected-error @+1 {{C3: operand 1 differs from the signature in kind, element type, number of axes or last stride}}
  plan.launch @k(%a0, %a1) : !plan.view<f32, [4, 8], [64, 4]>, !plan.view<i32, [4, 8], [64, 4]>
  return
}

// -----

// expected-note @+1 {{the kernel is here}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}
func.func @launch(%a0: !plan.view<f32, [4, 8], [64, 4]>, %a1: !plan.view<f32, [4, 8], [64, 8]>) {
  // expected-error @+1 {{C3: operand 1 differs from the signature in kind, element type, number of axes or last stride}}
  plan.launch @k(%a0, %a1) : !plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 8]>
  return
}

// -----

// expected-note @+1 {{the kernel is here}}
plan.kernel cumsum @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4, 8], [64, 4]>] {}
func.func @launch(%a0: !plan.view<f32, [4, 8], [64, 4]>, %a1: !plan.panels<f32, [1, 1, 8, 8]>) {
  // expected-error @+1 {{C3: operand 1 differs from the signature in kind, element type, number of axes or last stride}}
  plan.launch @k(%a0, %a1) : !plan.view<f32, [4, 8], [64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>
  return
}

// -----

func.func @frame_C1() {
  // expected-error @+1 {{C1: there is no function @g}}
  %0 = plan.frame @g at 0
  return
}

// -----

func.func @call_C1(%frame: !plan.frame) {
  // expected-error @+1 {{C1: there is no function @g}}
  "plan.call"(%frame) <{callee = @g}> : (!plan.frame) -> ()
  return
}

// -----

// expected-note @+1 {{declared here}}
func.func private @g(!plan.view<f32, [8], [4]>)
func.func @call_C2(%frame: !plan.frame, %x: !plan.view<f32, [4, 8], [64, 4]>) {
  // expected-error @+1 {{C2: expected the operands ('!plan.view<f32, [8], [4]>'), found ('!plan.view<f32, [4, 8], [64, 4]>')}}
  plan.call @g(%x) in %frame : !plan.view<f32, [4, 8], [64, 4]>
  return
}

// -----

func.func private @g(!plan.view<f32, [8], [4]>)
func.func private @h(!plan.view<f32, [8], [4]>)
func.func @call_C3(%x: !plan.view<f32, [8], [4]>) {
  %frame = plan.frame @h at 0
  // expected-error @+1 {{C3: the frame is not one of @g}}
  plan.call @g(%x) in %frame : !plan.view<f32, [8], [4]>
  return
}

// -----

func.func @weight_C1() {
  // expected-error @+1 {{C1: there is no weight @w}}
  %0 = plan.weight @w : !plan.view<f32, [8], [4]>
  return
}

// -----

plan.kernel cumsum @k [!plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>] {}
func.func @group_C1(%x: !plan.view<f32, [4], [4]>) {
  %a = plan.buffer "16" live 0 to 0 : !plan.view<f32, [4], [4]>
  // expected-error @+1 {{C1: expected two launches at least and nothing else}}
  plan.group {
    plan.launch @k(%x, %a) : !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>
  }
  return
}

// -----

plan.kernel cumsum @k [!plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>] {}
func.func @group_C2(%x: !plan.view<f32, [4], [4]>) {
  %a = plan.buffer "16" live 0 to 1 : !plan.view<f32, [4], [4]>
  %b = plan.buffer "16" live 0 to 1 : !plan.view<f32, [4], [4]>
  plan.group {
    // expected-error @+1 {{C2: what it writes is no buffer of its own}}
    plan.launch @k(%x, %a) : !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>
    plan.launch @k(%a, %b) : !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>
  }
  return
}

// -----

plan.kernel cumsum @k [!plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>] {}
func.func @group_C2(%x: !plan.view<f32, [4], [4]>, %y: !plan.view<f32, [4], [4]>) {
  %a = plan.buffer "16" live 0 to 1 : !plan.view<f32, [4], [4]>
  plan.group {
    plan.launch @k(%x, %a) : !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>
    // expected-error @+1 {{C2: what it writes is no buffer of its own}}
    plan.launch @k(%x, %y) : !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>
  }
  return
}

// -----

// expected-error @+1 {{C4: `config` needs `row_site`}}
plan.kernel softmax_sweep @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.panels<f32, [1, 1, 4, 8]>, !plan.view<f32, [], []>, !plan.view<i32, [4], [4]>, !plan.view<f32, [16, 4], [64, 4]>, !plan.view<f32, [16, 4], [64, 4]>, !plan.view<f32, [4], [4]>] {}

// -----

// expected-error @+1 {{C1: operand 8 is a view, `column_max`}}
plan.kernel softmax_sweep @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.panels<f32, [1, 1, 4, 8]>, !plan.view<f32, [], []>, !plan.view<i32, [4], [4]>, !plan.view<i32, [4], [4]>, !plan.view<f32, [16, 4], [64, 4]>, !plan.view<f32, [16, 4], [64, 4]>, !plan.view<f32, [4], [4]>] {columns, row_site = 0 : i64, column_site = 0 : i64}

// -----

// expected-error @+1 {{C3: `row_labels` has elements of another type, found 'f32'}}
plan.kernel softmax_sweep @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.panels<f32, [1, 1, 4, 8]>, !plan.view<f32, [], []>, !plan.view<f32, [4], [4]>] {row_site = 0 : i64}

// -----

// expected-error @+1 {{C1: there are 1 operands too many}}
plan.kernel softmax_merge @k [!plan.view<f32, [16, 4], [64, 4]>, !plan.view<f32, [16, 4], [64, 4]>, !plan.view<f32, [4], [4]>, !plan.view<i32, [4], [4]>, !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>, !plan.view<f32, [4], [4]>] {}

// -----

// expected-error @+1 {{C2: `out` has 2 axes, found 1}}
plan.kernel sigmoid_sweep @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.panels<f32, [1, 1, 4, 8]>, !plan.view<f32, [], []>, !plan.view<f32, [], []>, !plan.view<f32, [4], [4]>] {}

// -----

// expected-error @+1 {{C4: `config` needs `eps`}}
plan.kernel inverse_norm @k [!plan.view<f32, [4, 8], [64, 4]>, !plan.view<f32, [4], [4]>] {}

// -----

func.func @stop_C1() {
  // expected-error @+1 {{C1: it stands in an entry}}
  plan.stop_on_fault
  return
}

// -----

// expected-error @+1 {{C3: operands 0 and 1 have elements of one type, found 'f32' and 'bf16'}}
plan.kernel attention @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.view<bf16, [1, 1, 4, 8], [32, 32, 32, 2]>, !plan.view<bf16, [1, 1, 4, 8], [32, 32, 32, 2]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {scale = 1.0 : f64}

// -----

// expected-error @+1 {{C4: expected `uniform` to number some of 1 extras, found array<i64: 1>}}
plan.kernel gemm @k [!plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>, !plan.panels<f32, [1, 1, 8, 8]>, !plan.view<f32, [1, 1, 4, 8], [0, 0, 0, 0]>, !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>] {uniform = array<i64: 1>} {
^bb0(%a: f32, %b: f32):
  plan.yield %a : f32
}
