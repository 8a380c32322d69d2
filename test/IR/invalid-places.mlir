// RUN: bridge-opt %s -split-input-file -verify-diagnostics

func.func @embedding_C1(%i: tensor<2xi32>, %t: tensor<4xf32>) {
  // expected-error @+1 {{C1: the table of `embedding` has 2 axes, found f[4]}}
  %0 = bridge.embedding %i, %t : tensor<2xi32>, tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @gather_C1(%x: tensor<2xf32>) {
  // expected-error @+1 {{C1: an index is needed}}
  %0 = "bridge.gather"(%x) <{axis = 0 : i64}> : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_C1(%x: tensor<2xf32>, %i: tensor<3xi32>) {
  // expected-error @+1 {{C1: 2 indices from axis 0 on are too many for f[2]}}
  %0 = bridge.gather %x at 0 [%i, %i] : tensor<2xf32>, tensor<3xi32>, tensor<3xi32> -> tensor<3xf32>
  return
}

// -----

func.func @gather_C2(%x: tensor<2x2xf32>, %i: tensor<3xi32>, %j: tensor<4xi32>) {
  // expected-error @+1 {{C2: axes of sizes 3 and 4 do not match}}
  %0 = bridge.gather %x at 0 [%i, %j] : tensor<2x2xf32>, tensor<3xi32>, tensor<4xi32> -> tensor<3xf32>
  return
}

// -----

func.func @concat_C1() {
  // expected-error @+1 {{C1: there is nothing to put together}}
  %0 = "bridge.concat"() <{axis = 0 : i64}> : () -> tensor<3xf32>
  return
}

// -----

func.func @concat_C1(%x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error @+1 {{C1: the parts f[2] and i[2] are of different kinds}}
  %0 = bridge.concat %x, %y along 0 : tensor<2xf32>, tensor<2xi32> -> tensor<4xf32>
  return
}

// -----

func.func @concat_C2(%x: tensor<2xf32>) {
  // expected-error @+1 {{C2: f[2] has no axis 1}}
  %0 = bridge.concat %x, %x along 1 : tensor<2xf32>, tensor<2xf32> -> tensor<4xf32>
  return
}

// -----

func.func @concat_C3(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{C3: the other axes: 3 and 4 differ}}
  %0 = bridge.concat %x, %y along 0 : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<4x3xf32>
  return
}

// -----

func.func @slice_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: a slice needs an offset and a size for each axis of f[2, 3]}}
  %0 = bridge.slice %x from <"0"> : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @slice_C2(%x: tensor<4xf32>) {
  // expected-error @+1 {{C2: 3 elements from 2 on are not inside an axis of 4}}
  %0 = bridge.slice %x from <"2"> : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @slice_C2(%x: tensor<?xf32, #bridge.dims<"t">>) {
  // expected-error @+1 {{C2: t elements from 1 on are not inside an axis of t}}
  %0 = bridge.slice %x from <"1"> : tensor<?xf32, #bridge.dims<"t">> -> tensor<?xf32, #bridge.dims<"t">>
  return
}

// -----

func.func @transpose_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: expected each axis of f[2, 3] once}}
  %0 = bridge.transpose %x [0, 0] : tensor<2x3xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @reshape_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: f[2, 3] has 6 elements, f[5] has 5}}
  %0 = bridge.reshape %x : tensor<2x3xf32> -> tensor<5xf32>
  return
}

// -----

func.func @reshape_C0(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C0: expected the result 'tensor<6xf32>', found 'tensor<6xi32>'}}
  %0 = bridge.reshape %x : tensor<2x3xf32> -> tensor<6xi32>
  return
}

// -----

func.func @broadcast_C1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{C1: f[2, 3] does not stretch to f[2, 4]}}
  %0 = bridge.broadcast %x : tensor<2x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @splice_C1(%x: tensor<2x3x4xf32>, %v: tensor<5x4xf32>, %a: tensor<2xi1>) {
  // expected-error @+1 {{C1: places bool[2] are not the leading axes of f[2, 3, 4]}}
  %0 = bridge.splice %x, %v at %a : tensor<2x3x4xf32>, tensor<5x4xf32>, tensor<2xi1> -> tensor<2x3x4xf32>
  return
}

// -----

func.func @splice_C2(%x: tensor<2x4xf32>, %v: tensor<5x3xf32>, %a: tensor<2xi1>) {
  // expected-error @+1 {{C2: the widths of text and values: 4 and 3 differ}}
  %0 = bridge.splice %x, %v at %a : tensor<2x4xf32>, tensor<5x3xf32>, tensor<2xi1> -> tensor<2x4xf32>
  return
}

// -----

func.func @constant_C1() {
  // expected-error @+1 {{C1: the value is a 'tensor<2xf32>', the result a 'tensor<3xf32>'}}
  %0 = bridge.constant dense<1.0> : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @iota_C1() {
  // expected-error @+1 {{C1: the result has one axis, found i[]}}
  %0 = bridge.iota : tensor<i32>
  return
}

// -----

func.func @dim_C1() {
  // expected-error @+1 {{C1: "1 + t" is not the canonical text of a polynomial}}
  %0 = bridge.dim "1 + t" : tensor<i32>
  return
}

// -----

func.func @dim_C2() {
  // expected-error @+1 {{C2: the result has no axes, found i[1]}}
  %0 = bridge.dim "t" : tensor<1xi32>
  return
}

// -----

func.func @unary_C0(%x: tensor<?xf32>) {
  // expected-error @+1 {{C0: 'tensor<?xf32>' has 1 dynamic dimensions, of which 0 are named}}
  %0 = bridge.unary gelu %x : tensor<?xf32>
  return
}

// -----

func.func @unary_C0(%x: tensor<2xf32, "dense">) {
  // expected-error @+1 {{C0: the encoding of 'tensor<2xf32, "dense">' is no #bridge.dims}}
  %0 = bridge.unary gelu %x : tensor<2xf32, "dense">
  return
}

// -----

func.func @constant_element_type() {
  // expected-error @+1 {{C2: the elements are 'f64', those of the result 'i32'}}
  %0 = bridge.constant dense<1.0> : tensor<f64> -> tensor<i32>
  return
}

// -----

func.func @constant_not_listed() {
  // expected-error @+1 {{C3: the value is not dense}}
  %0 = bridge.constant sparse<[[0]], [1.0]> : tensor<2xf32> -> tensor<2xf32>
  return
}
