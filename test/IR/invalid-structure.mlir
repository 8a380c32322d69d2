// RUN: bridge-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{C0: 1 dynamic dimensions, but 2 polynomials}}
func.func private @dims_C0(tensor<?x4xf32, #bridge.dims<"a", "b">>)

// -----

// expected-error @+1 {{C0: a dynamic dimension is no number, found "4"}}
func.func private @dims_C0(tensor<?xf32, #bridge.dims<"4">>)

// -----

// expected-error @+1 {{expected a polynomial such as "2 * batch + 1", found "batch ** 2"}}
func.func private @dims_text(tensor<?xf32, #bridge.dims<"batch ** 2">>)

// -----

// expected-error @+1 {{expected the canonical form "2 * a + 1", found "1 + a * 2"}}
func.func private @dims_text(tensor<?xf32, #bridge.dims<"1 + a * 2">>)

// -----

// expected-error @+1 {{C1: the type of a weight has no `?`, found 'tensor<?xf32, #bridge.dims<"n">>'}}
bridge.weight @w : tensor<?xf32, #bridge.dims<"n">> from [#bridge.source<"w">]

// -----

// expected-error @+1 {{C2: the sources are #bridge.source, at least one}}
bridge.weight @w : tensor<4xf32> from []

// -----

// expected-error @+1 {{C2: the sources are #bridge.source, at least one}}
bridge.weight @w : tensor<4xf32> from ["w"]

// -----

func.func @read_weight_C1() {
  // expected-error @+1 {{C1: there is no weight @w}}
  %0 = bridge.read_weight @w : tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{declared here}}
bridge.weight @w : tensor<4xf32> from [#bridge.source<"w">]
func.func @read_weight_C2() {
  // expected-error @+1 {{C2: expected 'tensor<4xf32>', found 'tensor<5xf32>'}}
  %0 = bridge.read_weight @w : tensor<5xf32>
  return
}

// -----

bridge.weight @w : tensor<4xf32> from [#bridge.source<"w">]
func.func @call_C1(%x: tensor<4xf32>) {
  // expected-error @+1 {{C1: there is no function @w}}
  %0 = bridge.call @w(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{declared here}}
func.func private @layer(tensor<4xf32>) -> tensor<4xf32>
func.func @call_C2(%x: tensor<5xf32>) {
  // expected-error @+1 {{C2: expected the operands ('tensor<4xf32>'), found ('tensor<5xf32>')}}
  %0 = bridge.call @layer(%x) : (tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{declared here}}
func.func private @layer(tensor<4xf32>) -> tensor<4xf32>
func.func @call_C3(%x: tensor<4xf32>) {
  // expected-error @+1 {{C3: expected the results ('tensor<4xf32>'), found ('tensor<4xi32>')}}
  %0 = bridge.call @layer(%x) : (tensor<4xf32>) -> tensor<4xi32>
  return
}

// -----

func.func @check_C1() {
  // expected-error @+1 {{C1: "t+1" is not the canonical text of a polynomial}}
  bridge.check "t" le "t+1" text "t <= t + 1" where "x.bridge:1:1"
  return
}

// -----

func.func @check_count_C1(%at: tensor<4xi1>) {
  // expected-error @+1 {{C1: "t+1" is not the canonical text of a polynomial}}
  bridge.check_count %at is "t+1" : tensor<4xi1>
  return
}

// -----

func.func @part_C1(%x: tensor<4xf32>) {
  // expected-error @+1 {{C1: the region yields the results' types}}
  %0 = bridge.decoder "text" {
    bridge.yield %x : tensor<4xf32>
  } : tensor<5xf32>
  return
}

// -----

// expected-error @+1 {{"bridge.entry" stands on a func.func only}}
module attributes {bridge.entry} {}

// -----

// expected-error @+1 {{"bridge.model" is a string}}
module attributes {bridge.model = 3} {}
