// RUN: bridge-opt %s -split-input-file -verify-diagnostics

func.func @fused_linear_C2(%x: tensor<2x5xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C2: the widths of input and weight: 5 and 3 differ}}
  %0 = bridge.fused_linear %x, %w {
  ^bb0(%a: f32):
    bridge.yield %a : f32
  } : tensor<2x5xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @fused_linear_C4(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, %r: tensor<3x4xf32>) {
  // expected-error @+1 {{C4: f[3, 4] does not stretch to f[2, 4]}}
  %0 = bridge.fused_linear %x, %w with (%r : tensor<3x4xf32>) {
  ^bb0(%a: f32, %b: f32):
    bridge.yield %a : f32
  } : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @fused_linear_C5(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, %r: tensor<4xi32>) {
  // expected-error @+1 {{C5: expected the block arguments ('f32', 'i32'), found ('f32', 'f32')}}
  %0 = bridge.fused_linear %x, %w with (%r : tensor<4xi32>) {
  ^bb0(%a: f32, %b: f32):
    bridge.yield %a : f32
  } : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @fused_linear_C6(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C6: the region holds pure operations that give numbers}}
  %0 = bridge.fused_linear %x, %w {
  ^bb0(%a: f32):
    // expected-note @+1 {{found bridge.unary}}
    %t = bridge.unary gelu %x : tensor<2x3xf32>
    bridge.yield %a : f32
  } : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @fused_linear_C7(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C7: expected to yield 'f32', found ('i32')}}
  %0 = bridge.fused_linear %x, %w {
  ^bb0(%a: f32):
    %i = arith.fptosi %a : f32 to i32
    bridge.yield %i : i32
  } : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @fused_linear_C7(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C7: the region ends with bridge.yield}}
  %0 = bridge.fused_linear %x, %w {
  ^bb0(%a: f32):
    func.return
  } : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @attention_C1(%q: tensor<5x8xf32>) {
  // expected-error @+1 {{C1: queries, keys and values have the same number of axes, at least 3, found f[5, 8]}}
  %0 = bridge.attention %q, %q, %q scale 1.0 : tensor<5x8xf32>, tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  return
}

// -----

func.func @attention_C2(%q: tensor<2x4x5x8xf32>, %k: tensor<3x4x5x8xf32>) {
  // expected-error @+1 {{C2: the leading sizes: 2 and 3 differ}}
  %0 = bridge.attention %q, %k, %k scale 1.0 : tensor<2x4x5x8xf32>, tensor<3x4x5x8xf32>, tensor<3x4x5x8xf32> -> tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_C2(%q: tensor<4x5x8xf32>, %k: tensor<4x5x9xf32>) {
  // expected-error @+1 {{C2: the widths of queries and keys: 8 and 9 differ}}
  %0 = bridge.attention %q, %k, %q scale 1.0 : tensor<4x5x8xf32>, tensor<4x5x9xf32>, tensor<4x5x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @attention_C2(%q: tensor<4x5x8xf32>, %v: tensor<4x6x8xf32>) {
  // expected-error @+1 {{C2: the counts of keys and values: 5 and 6 differ}}
  %0 = bridge.attention %q, %q, %v scale 1.0 : tensor<4x5x8xf32>, tensor<4x5x8xf32>, tensor<4x6x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @attention_C3(%q: tensor<4x5x8xf32>, %v: tensor<2x5x8xf32>) {
  // expected-error @+1 {{C3: the heads of keys and values: 4 and 2 differ}}
  %0 = bridge.attention %q, %q, %v scale 1.0 : tensor<4x5x8xf32>, tensor<4x5x8xf32>, tensor<2x5x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @attention_C3(%q: tensor<4x5x8xf32>, %k: tensor<3x5x8xf32>) {
  // expected-error @+1 {{C3: 3 heads of keys do not divide 4 heads of queries}}
  %0 = bridge.attention %q, %k, %k scale 1.0 : tensor<4x5x8xf32>, tensor<3x5x8xf32>, tensor<3x5x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @attention_C4(%q: tensor<4x5x8xf32>) {
  // expected-error @+1 {{C4: a mask of 2 batch axes does not fit f[4, 5, 8]}}
  %0 = bridge.attention %q, %q, %q scale 1.0 batch 2 empty zero {
  ^bb0(%a: i32, %b: i32, %i: i32, %j: i32):
    %t = arith.constant true
    bridge.yield %t : i1
  } : tensor<4x5x8xf32>, tensor<4x5x8xf32>, tensor<4x5x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @attention_C4(%q: tensor<4x5x8xf32>) {
  // expected-error @+1 {{C4: captures and batch axes need a mask region}}
  %0 = bridge.attention %q, %q, %q scale 1.0 batch 1 : tensor<4x5x8xf32>, tensor<4x5x8xf32>, tensor<4x5x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @attention_C6(%q: tensor<4x5x8xf32>, %b: tensor<3x5x5xf32>) {
  // expected-error @below {{'bridge.attention' op C6: }}
  %0 = bridge.attention %q, %q, %q scale 1.0 bias %b : tensor<3x5x5xf32> : tensor<4x5x8xf32>, tensor<4x5x8xf32>, tensor<4x5x8xf32> -> tensor<4x5x8xf32>
  return
}

// -----

func.func @residual_norm_C1(%x: tensor<f32>) {
  // expected-error @below {{'bridge.residual_norm' op C1: }}
  %0, %1 = bridge.residual_norm rms %x, %x eps 1.0e-5 : tensor<f32>
  return
}

// -----

func.func @residual_norm_C2(%x: tensor<5x8xf32>) {
  // expected-error @below {{'bridge.residual_norm' op C2: }}
  %0, %1 = bridge.residual_norm rms %x, %x eps -1.0 : tensor<5x8xf32>
  return
}

// -----

func.func @residual_norm_C3(%x: tensor<5x8xf32>, %w: tensor<5xf32>) {
  // expected-error @below {{'bridge.residual_norm' op C3: }}
  %0, %1 = bridge.residual_norm layer %x, %x weight %w : tensor<5xf32> eps 1.0e-5 : tensor<5x8xf32>
  return
}

// -----

func.func @residual_norm_C4(%x: tensor<5x8xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'bridge.residual_norm' op C4: an RMS norm has no bias}}
  %0, %1 = bridge.residual_norm rms %x, %x bias %b : tensor<8xf32> eps 1.0e-5 : tensor<5x8xf32>
  return
}

// -----

func.func @attention_C5(%q: tensor<4x5x8xf32>) {
  // expected-error @+1 {{C5: expected the log-sum-exp 'tensor<4x5xf32>', found 'tensor<5xf32>'}}
  %0:2 = bridge.attention %q, %q, %q scale 1.0 : tensor<4x5x8xf32>, tensor<4x5x8xf32>, tensor<4x5x8xf32> -> tensor<4x5x8xf32>, tensor<5xf32>
  return
}

// -----

func.func @contrastive_loss_C1(%x: tensor<4xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{C1: `contrastive_loss` takes vectors [n, d], found f[4]}}
  %0:4 = bridge.contrastive_loss %x, %x, %s : tensor<4xf32>, tensor<4xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @contrastive_loss_C1(%x: tensor<4x2xf32>, %s: tensor<1xf32>) {
  // expected-error @+1 {{C1: scale and bias have no axes, found f[1]}}
  %0:4 = bridge.contrastive_loss %x, %x, %s : tensor<4x2xf32>, tensor<4x2xf32>, tensor<1xf32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @contrastive_loss_C1(%x: tensor<4x2xf32>, %s: tensor<f32>, %y: tensor<4x1xi32>) {
  // expected-error @+1 {{C1: labels have 1 axis, found i[4, 1]}}
  %0:4 = bridge.contrastive_loss %x, %x, %s text_labels %y : tensor<4x1xi32> : tensor<4x2xf32>, tensor<4x2xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @contrastive_loss_C2(%x: tensor<4x2xf32>, %y: tensor<4x3xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{C2: the widths of image and text: 2 and 3 differ}}
  %0:4 = bridge.contrastive_loss %x, %y, %s : tensor<4x2xf32>, tensor<4x3xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @contrastive_loss_C2(%x: tensor<4x2xf32>, %y: tensor<5x2xf32>, %s: tensor<f32>, %l: tensor<4xi32>) {
  // expected-error @+1 {{C2: without labels, the counts of image and text: 4 and 5 differ}}
  %0:4 = bridge.contrastive_loss %x, %y, %s image_labels %l : tensor<4xi32> : tensor<4x2xf32>, tensor<5x2xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<5xf32>
  return
}

// -----

func.func @contrastive_loss_C2(%x: tensor<4x2xf32>, %s: tensor<f32>, %l: tensor<5xi32>) {
  // expected-error @+1 {{C2: the counts of vectors and labels: 4 and 5 differ}}
  %0:4 = bridge.contrastive_loss %x, %x, %s image_labels %l : tensor<5xi32> : tensor<4x2xf32>, tensor<4x2xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @contrastive_loss_C3(%x: tensor<4x2xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{C3: expected the log-sum-exp 'tensor<4xf32>', found 'tensor<2xf32>'}}
  %0:4 = bridge.contrastive_loss %x, %x, %s : tensor<4x2xf32>, tensor<4x2xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<2xf32>
  return
}

// -----

func.func @linear_cross_entropy_C1(%x: tensor<4x2xf32>, %w: tensor<2xf32>, %y: tensor<4xi32>) {
  // expected-error @+1 {{C1: the weight has 2 axes, found f[2]}}
  %0:2 = bridge.linear_cross_entropy %x, %w labels %y : tensor<4xi32> : tensor<4x2xf32>, tensor<2xf32> -> tensor<f32>, tensor<4xf32>
  return
}

// -----

func.func @linear_cross_entropy_C2(%x: tensor<4x2xf32>, %w: tensor<9x3xf32>, %y: tensor<4xi32>) {
  // expected-error @+1 {{C2: the widths of input and weight: 2 and 3 differ}}
  %0:2 = bridge.linear_cross_entropy %x, %w labels %y : tensor<4xi32> : tensor<4x2xf32>, tensor<9x3xf32> -> tensor<f32>, tensor<4xf32>
  return
}

// -----

func.func @linear_cross_entropy_C2(%x: tensor<4x2xf32>, %w: tensor<9x2xf32>, %b: tensor<4xf32>, %y: tensor<4xi32>) {
  // expected-error @+1 {{C2: the classes of weight and bias: 9 and 4 differ}}
  %0:2 = bridge.linear_cross_entropy %x, %w bias %b : tensor<4xf32> labels %y : tensor<4xi32> : tensor<4x2xf32>, tensor<9x2xf32> -> tensor<f32>, tensor<4xf32>
  return
}

// -----

func.func @linear_cross_entropy_C3(%x: tensor<2x4x2xf32>, %w: tensor<9x2xf32>, %y: tensor<8xi32>) {
  // expected-error @+1 {{C3: the labels of f[2, 4, 2] have its leading sizes, found i[8]}}
  %0:2 = bridge.linear_cross_entropy %x, %w labels %y : tensor<8xi32> : tensor<2x4x2xf32>, tensor<9x2xf32> -> tensor<f32>, tensor<8xf32>
  return
}

// -----

func.func @linear_cross_entropy_C4(%x: tensor<2x4x2xf32>, %w: tensor<9x2xf32>, %y: tensor<2x4xi32>) {
  // expected-error @+1 {{C4: expected the log-sum-exp 'tensor<2x4xf32>', found 'tensor<8xf32>'}}
  %0:2 = bridge.linear_cross_entropy %x, %w labels %y : tensor<2x4xi32> : tensor<2x4x2xf32>, tensor<9x2xf32> -> tensor<f32>, tensor<8xf32>
  return
}

// -----

func.func @sigmoid_loss_C1(%x: tensor<4x2xf32>, %s: tensor<f32>, %b: tensor<1xf32>) {
  // expected-error @+1 {{C1: scale and bias have no axes, found f[1]}}
  %0 = bridge.sigmoid_loss %x, %x, %s, %b : tensor<4x2xf32>, tensor<4x2xf32>, tensor<f32>, tensor<1xf32> -> tensor<f32>
  return
}

// -----

func.func @sigmoid_loss_C2(%x: tensor<4x2xf32>, %y: tensor<4x3xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{C2: the widths of image and text: 2 and 3 differ}}
  %0 = bridge.sigmoid_loss %x, %y, %s, %s : tensor<4x2xf32>, tensor<4x3xf32>, tensor<f32>, tensor<f32> -> tensor<f32>
  return
}
