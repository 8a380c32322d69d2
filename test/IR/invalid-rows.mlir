// RUN: bridge-opt %s -split-input-file -verify-diagnostics

func.func @layer_norm_C1(%x: tensor<f32>) {
  // expected-error @+1 {{C1: the input of `layer_norm` has at least 1 axis, found f[]}}
  %0 = bridge.layer_norm %x eps 0.0 : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @layer_norm_C2(%x: tensor<4xf32>) {
  // expected-error @+1 {{C2: `eps` is at least 0}}
  %0 = bridge.layer_norm %x eps -1.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @layer_norm_C3(%x: tensor<4xf32>, %w: tensor<3xf32>) {
  // expected-error @+1 {{C3: the widths of input and weight: 4 and 3 differ}}
  %0 = bridge.layer_norm %x bias %w : tensor<3xf32> eps 0.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @layer_norm_C3(%x: tensor<4xf32>, %w: tensor<4x1xf32>) {
  // expected-error @+1 {{C3: the weight and bias of `layer_norm` have 1 axis, found f[4, 1]}}
  %0 = bridge.layer_norm %x weight %w : tensor<4x1xf32> eps 0.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @rms_norm_C1(%x: tensor<f32>) {
  // expected-error @+1 {{C1: the input of `rms_norm` has at least 1 axis, found f[]}}
  %0 = bridge.rms_norm %x eps 0.0 : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @rms_norm_C2(%x: tensor<4xf32>) {
  // expected-error @+1 {{C2: `eps` is at least 0}}
  %0 = bridge.rms_norm %x eps -1.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @rms_norm_C3(%x: tensor<4xf32>, %w: tensor<3xf32>) {
  // expected-error @+1 {{C3: the widths of input and weight: 4 and 3 differ}}
  %0 = bridge.rms_norm %x weight %w : tensor<3xf32> eps 0.0 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @l2_normalize_C1(%x: tensor<f32>) {
  // expected-error @+1 {{C1: the input of `l2_normalize` has at least 1 axis, found f[]}}
  %0 = bridge.l2_normalize %x eps 0.0 : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @l2_normalize_C2(%x: tensor<4xf32>) {
  // expected-error @+1 {{C2: `eps` is at least 0}}
  %0 = bridge.l2_normalize %x eps 0x7FF8000000000000 : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @softmax_C1(%x: tensor<f32>) {
  // expected-error @+1 {{C1: the input of `softmax` has at least 1 axis, found f[]}}
  %0 = bridge.softmax %x : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @softmax_C1(%x: tensor<2x5x5xf32>) {
  // expected-error @+1 {{C1: a mask of 2 batch axes does not fit f[2, 5, 5]}}
  %0 = bridge.softmax %x batch 2 empty zero {
  ^bb0(%a: i32, %b: i32, %q: i32, %k: i32):
    %t = arith.constant true
    bridge.yield %t : i1
  } : tensor<2x5x5xf32> -> tensor<2x5x5xf32>
  return
}

// -----

func.func @softmax_C2(%x: tensor<2x5x5xf32>) {
  // expected-error @+1 {{C2: a mask region needs `empty`, and `empty` a region}}
  %0 = "bridge.softmax"(%x) <{batch_axes = 0 : i64, empty = #bridge<empty_rows zero>}> ({
  }) : (tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  return
}

// -----

func.func @softmax_C2(%x: tensor<2x5x5xf32>, %v: tensor<5xi32>) {
  // expected-error @+1 {{C2: captures and batch axes need a mask region}}
  %0 = bridge.softmax %x mask(%v : tensor<5xi32>) : tensor<2x5x5xf32> -> tensor<2x5x5xf32>
  return
}

// -----

func.func @softmax_C3(%x: tensor<2x5x5xf32>, %v: tensor<5xi32>) {
  // expected-error @+1 {{C3: expected the block arguments ('tensor<5xi32>', 'i32', 'i32'), found ('i32', 'i32')}}
  %0 = bridge.softmax %x mask(%v : tensor<5xi32>) empty zero {
  ^bb0(%q: i32, %k: i32):
    %t = arith.constant true
    bridge.yield %t : i1
  } : tensor<2x5x5xf32> -> tensor<2x5x5xf32>
  return
}

// -----

func.func @softmax_C4(%x: tensor<2x5x5xf32>) {
  // expected-error @+1 {{C4: the region holds pure operations that give numbers}}
  %0 = bridge.softmax %x empty zero {
  ^bb0(%q: i32, %k: i32):
    // expected-note @+1 {{found bridge.check}}
    bridge.check "a" le "b" text "a <= b" where "x:1:1"
    %t = arith.constant true
    bridge.yield %t : i1
  } : tensor<2x5x5xf32> -> tensor<2x5x5xf32>
  return
}

// -----

func.func @softmax_C5(%x: tensor<2x5x5xf32>) {
  // expected-error @+1 {{C5: expected to yield 'i1', found ('i32')}}
  %0 = bridge.softmax %x empty zero {
  ^bb0(%q: i32, %k: i32):
    bridge.yield %q : i32
  } : tensor<2x5x5xf32> -> tensor<2x5x5xf32>
  return
}

// -----

func.func @element_C1(%x: tensor<5xi32>, %i: i32) {
  // expected-error @+1 {{C1: 2 indices for i[5]}}
  %0 = bridge.element %x[%i, %i] : tensor<5xi32>
  return
}

// -----

func.func @rotary_C1(%x: tensor<2x8x5x4xf32>, %a: tensor<2x8x5x2xf32>) {
  // expected-error @+1 {{C1: `rotary` takes x[…, t, d] with angles[t, d/2] or x[b, h, t, d] with angles[b, t, d/2], found f[2, 8, 5, 4] and f[2, 8, 5, 2]}}
  %0 = bridge.rotary %x, %a : tensor<2x8x5x4xf32>, tensor<2x8x5x2xf32> -> tensor<2x8x5x4xf32>
  return
}

// -----

func.func @rotary_C2(%x: tensor<5x4xf32>, %a: tensor<6x2xf32>) {
  // expected-error @+1 {{C2: the positions of x and angles: 5 and 6 differ}}
  %0 = bridge.rotary %x, %a : tensor<5x4xf32>, tensor<6x2xf32> -> tensor<5x4xf32>
  return
}

// -----

func.func @rotary_C3(%x: tensor<5x4xf32>, %a: tensor<5x4xf32>) {
  // expected-error @+1 {{C3: the width of x and twice that of the angles: 4 and 8 differ}}
  %0 = bridge.rotary %x, %a : tensor<5x4xf32>, tensor<5x4xf32> -> tensor<5x4xf32>
  return
}

// -----

func.func @rotary_C4(%x: tensor<2x8x5x4xf32>, %a: tensor<3x5x2xf32>) {
  // expected-error @+1 {{C4: the batch sizes of x and angles: 2 and 3 differ}}
  %0 = bridge.rotary %x, %a : tensor<2x8x5x4xf32>, tensor<3x5x2xf32> -> tensor<2x8x5x4xf32>
  return
}

// -----

func.func @cross_entropy_C1(%x: tensor<5xf32>, %l: tensor<i32>) {
  // expected-error @+1 {{C1: `cross_entropy` takes logits[…, n, c] and labels[…, n], found f[5] and i[]}}
  %0 = bridge.cross_entropy %x, %l : tensor<5xf32>, tensor<i32> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_C2(%x: tensor<5x9xf32>, %l: tensor<9xi32>) {
  // expected-error @+1 {{C2: the sizes of labels and logits: 9 and 5 differ}}
  %0 = bridge.cross_entropy %x, %l : tensor<5x9xf32>, tensor<9xi32> -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_C3(%x: tensor<5x9xf32>, %l: tensor<5xi32>) {
  // expected-error @+1 {{C3: `smoothing` is at least 0 and below 1}}
  %0 = bridge.cross_entropy %x, %l {smoothing = 1.0} : tensor<5x9xf32>, tensor<5xi32> -> tensor<f32>
  return
}
