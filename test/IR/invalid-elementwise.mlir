// RUN: bridge-opt %s -split-input-file -verify-diagnostics

func.func @unary_C1(%x: tensor<2xi32>) {
  // expected-error @+1 {{C1: `gelu` does not take i[2]}}
  %0 = bridge.unary gelu %x : tensor<2xi32>
  return
}

// -----

func.func @unary_C1(%x: tensor<2xi32>) {
  // expected-error @+1 {{C1: `not` does not take i[2]}}
  %0 = bridge.unary not %x : tensor<2xi32>
  return
}

// -----

func.func @unary_C1(%x: tensor<2xi1>) {
  // expected-error @+1 {{C1: `neg` does not take bool[2]}}
  %0 = bridge.unary neg %x : tensor<2xi1>
  return
}

// -----

func.func @binary_C1(%a: tensor<2xi32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{C1: the element types of i[2] and f[2] differ}}
  %0 = bridge.binary add %a, %b : tensor<2xi32>, tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @binary_C1(%a: tensor<2xi1>, %b: tensor<2xi1>) {
  // expected-error @+1 {{C1: `add` does not take bool[2]}}
  %0 = bridge.binary add %a, %b : tensor<2xi1>, tensor<2xi1> -> tensor<2xi1>
  return
}

// -----

func.func @binary_C1(%a: tensor<2xi32>, %b: tensor<2xi32>) {
  // expected-error @+1 {{C1: `and` does not take i[2]}}
  %0 = bridge.binary and %a, %b : tensor<2xi32>, tensor<2xi32> -> tensor<2xi32>
  return
}

// -----

func.func @binary_C1(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{C1: `mod` does not take f[2]}}
  %0 = bridge.binary mod %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @binary_C1(%a: tensor<2xi32>, %b: tensor<2xi32>) {
  // expected-error @+1 {{C1: `div` does not take i[2]}}
  %0 = bridge.binary div %a, %b : tensor<2xi32>, tensor<2xi32> -> tensor<2xi32>
  return
}

// -----

func.func @binary_C2(%a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{C2: axes of sizes 2 and 3 do not match}}
  %0 = bridge.binary add %a, %b : tensor<2xf32>, tensor<3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @binary_C2(%a: tensor<?xf32, #bridge.dims<"a">>, %b: tensor<?xf32, #bridge.dims<"b">>) {
  // expected-error @+1 {{C2: axes of sizes a and b do not match}}
  %0 = bridge.binary add %a, %b : tensor<?xf32, #bridge.dims<"a">>, tensor<?xf32, #bridge.dims<"b">> -> tensor<?xf32, #bridge.dims<"a">>
  return
}

// -----

func.func @binary_C0(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{C0: expected the result 'tensor<2xf32>', found 'tensor<1x2xf32>'}}
  %0 = bridge.binary add %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  return
}

// -----

func.func @compare_C1(%a: tensor<2xi32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{C1: the element types of i[2] and f[2] differ}}
  %0 = bridge.compare eq %a, %b : tensor<2xi32>, tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @compare_C1(%a: tensor<2xi1>) {
  // expected-error @+1 {{C1: `lt` does not take bool[2]}}
  %0 = bridge.compare lt %a, %a : tensor<2xi1>, tensor<2xi1> -> tensor<2xi1>
  return
}

// -----

func.func @compare_C2(%a: tensor<2xi32>, %b: tensor<3xi32>) {
  // expected-error @+1 {{C2: axes of sizes 2 and 3 do not match}}
  %0 = bridge.compare lt %a, %b : tensor<2xi32>, tensor<3xi32> -> tensor<2xi1>
  return
}

// -----

func.func @select_C1(%c: tensor<2xi1>, %a: tensor<2xi32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{C1: the element types of i[2] and f[2] differ}}
  %0 = bridge.select %c, %a, %b : tensor<2xi1>, tensor<2xi32>, tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @select_C2(%c: tensor<2xi1>, %a: tensor<3xf32>) {
  // expected-error @+1 {{C2: axes of sizes 2 and 3 do not match}}
  %0 = bridge.select %c, %a, %a : tensor<2xi1>, tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @clip_C1(%x: tensor<2xf32>, %l: tensor<i32>) {
  // expected-error @+1 {{C1: the element types of f[2] and i[] and i[] differ}}
  %0 = bridge.clip %x, %l, %l : tensor<2xf32>, tensor<i32>, tensor<i32> -> tensor<2xf32>
  return
}

// -----

func.func @clip_C1(%x: tensor<2xi1>) {
  // expected-error @+1 {{C1: `clip` does not take bool[2]}}
  %0 = bridge.clip %x, %x, %x : tensor<2xi1>, tensor<2xi1>, tensor<2xi1> -> tensor<2xi1>
  return
}

// -----

func.func @clip_C2(%x: tensor<2xf32>, %l: tensor<3xf32>) {
  // expected-error @+1 {{C2: axes of sizes 2 and 3 do not match}}
  %0 = bridge.clip %x, %l, %l : tensor<2xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @cast_C1(%x: tensor<2xf32>) {
  // expected-error @+1 {{C1: f[2] does not become i}}
  %0 = bridge.cast %x : tensor<2xf32> -> tensor<2xi32>
  return
}

// -----

func.func @cast_C0(%x: tensor<2xi32>) {
  // expected-error @+1 {{C0: expected the result 'tensor<2xf32>', found 'tensor<3xf32>'}}
  %0 = bridge.cast %x : tensor<2xi32> -> tensor<3xf32>
  return
}

// -----

func.func @reduce_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: `sum` needs at least one axis}}
  %0 = bridge.reduce sum %x over [] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @reduce_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: f[2, 3] has no axis 2}}
  %0 = bridge.reduce sum %x over [2] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @reduce_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: the axes 1 and 0 are not in order}}
  %0 = bridge.reduce sum %x over [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}

// -----

func.func @reduce_C2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C2: `any` does not take f[2, 3]}}
  %0 = bridge.reduce any %x over [0] : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @reduce_C2(%x: tensor<2x3xi32>) {
  // expected-error @+1 {{C2: `mean` does not take i[2, 3]}}
  %0 = bridge.reduce mean %x over [0] : tensor<2x3xi32> -> tensor<3xi32>
  return
}

// -----

func.func @arg_extreme_C1(%x: tensor<2xf32>) {
  // expected-error @+1 {{C1: f[2] has no axis -1}}
  %0 = bridge.arg_extreme max %x over -1 : tensor<2xf32> -> tensor<i32>
  return
}

// -----

func.func @arg_extreme_C2(%x: tensor<2xi1>) {
  // expected-error @+1 {{C2: `arg_extreme` does not take bool[2]}}
  %0 = bridge.arg_extreme max %x over 0 : tensor<2xi1> -> tensor<i32>
  return
}

// -----

func.func @cumsum_C1(%x: tensor<2xf32>) {
  // expected-error @+1 {{C1: f[2] has no axis 1}}
  %0 = bridge.cumsum %x over 1 : tensor<2xf32> -> tensor<2xf32>
  return
}
