// RUN: bridge-opt %s -split-input-file -verify-diagnostics

func.func @linear_C1(%x: tensor<f32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C1: the input of `linear` has at least 1 axis, found f[]}}
  %0 = bridge.linear %x, %w : tensor<f32>, tensor<4x3xf32> -> tensor<4xf32>
  return
}

// -----

func.func @linear_C1(%x: tensor<3xf32>, %w: tensor<3xf32>) {
  // expected-error @+1 {{C1: the weight of `linear` has 2 axes, found f[3]}}
  %0 = bridge.linear %x, %w : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @linear_C1(%x: tensor<3xf32>, %w: tensor<4x3xf32>, %b: tensor<f32>) {
  // expected-error @+1 {{C1: the bias of `linear` has 1 axis, found f[]}}
  %0 = bridge.linear %x, %w bias %b : tensor<f32> : tensor<3xf32>, tensor<4x3xf32> -> tensor<4xf32>
  return
}

// -----

func.func @linear_C2(%x: tensor<2x5xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C2: the widths of input and weight: 5 and 3 differ}}
  %0 = bridge.linear %x, %w : tensor<2x5xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @linear_C3(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{C3: the outputs of weight and bias: 4 and 3 differ}}
  %0 = bridge.linear %x, %w bias %b : tensor<3xf32> : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @linear_C0(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{C0: expected the result 'tensor<2x4xf32>', found 'tensor<2x3xf32>'}}
  %0 = bridge.linear %x, %w : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @matmul_C1(%a: tensor<3xf32>, %b: tensor<3x4xf32>) {
  // expected-error @+1 {{C1: a factor of `@` has at least 2 axes, found f[3]}}
  %0 = bridge.matmul %a, %b : tensor<3xf32>, tensor<3x4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @matmul_C2(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+1 {{C2: the inner sizes 3 and 4 differ}}
  %0 = bridge.matmul %a, %b : tensor<2x3xf32>, tensor<4x5xf32> -> tensor<2x5xf32>
  return
}

// -----

func.func @matmul_C3(%a: tensor<2x2x3xf32>, %b: tensor<5x3x4xf32>) {
  // expected-error @+1 {{C3: axes of sizes 2 and 5 do not match}}
  %0 = bridge.matmul %a, %b : tensor<2x2x3xf32>, tensor<5x3x4xf32> -> tensor<2x2x4xf32>
  return
}

// -----

func.func @conv2d_C1(%x: tensor<3x8x8xf32>, %w: tensor<4x3x2x2xf32>) {
  // expected-error @+1 {{C1: the input of `conv2d` has 4 axes, found f[3, 8, 8]}}
  %0 = bridge.conv2d %x, %w : tensor<3x8x8xf32>, tensor<4x3x2x2xf32> -> tensor<4x7x7xf32>
  return
}

// -----

func.func @conv2d_C1(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error @+1 {{C1: the weight of `conv2d` has 4 axes, found f[4, 3, 2]}}
  %0 = bridge.conv2d %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x2xf32> -> tensor<1x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C2(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x2x2xf32>) {
  // expected-error @+1 {{C2: `stride` and `groups` are at least 1, `padding` at least 0, found 0, 1 and 0}}
  %0 = bridge.conv2d %x, %w {stride = 0} : tensor<1x3x8x8xf32>, tensor<4x3x2x2xf32> -> tensor<1x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C3(%x: tensor<1x3x8x8xf32>, %w: tensor<4x1x2x2xf32>) {
  // expected-error @+1 {{C3: 3 groups do not divide 4 outputs}}
  %0 = bridge.conv2d %x, %w {groups = 3} : tensor<1x3x8x8xf32>, tensor<4x1x2x2xf32> -> tensor<1x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C3(%x: tensor<1x3x8x8xf32>, %w: tensor<4x2x2x2xf32>) {
  // expected-error @+1 {{C3: the channels of input and weight: 3 and 2 differ}}
  %0 = bridge.conv2d %x, %w : tensor<1x3x8x8xf32>, tensor<4x2x2x2xf32> -> tensor<1x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C4(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x2x2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{C4: the outputs of weight and bias: 4 and 3 differ}}
  %0 = bridge.conv2d %x, %w bias %b : tensor<3xf32> : tensor<1x3x8x8xf32>, tensor<4x3x2x2xf32> -> tensor<1x4x7x7xf32>
  return
}

// -----

func.func @conv2d_C5(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x9x2xf32>) {
  // expected-error @+1 {{C5: a kernel of 9 does not fit into 8}}
  %0 = bridge.conv2d %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x9x2xf32> -> tensor<1x4x0x7xf32>
  return
}

// -----

func.func @conv2d_C5(%x: tensor<1x3x?x8xf32, #bridge.dims<"h">>, %w: tensor<4x3x2x2xf32>) {
  // expected-error @+1 {{C5: the picture's size h is not a multiple of the stride 2}}
  %0 = bridge.conv2d %x, %w {stride = 2} : tensor<1x3x?x8xf32, #bridge.dims<"h">>, tensor<4x3x2x2xf32> -> tensor<1x4x4x4xf32>
  return
}
