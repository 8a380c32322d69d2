// RUN: bridge-opt %s --split-input-file --convert-plan-to-cpu=level=x86-64-v3 --verify-diagnostics
// RUN: echo 'module {}' | not bridge-opt --convert-plan-to-cpu=level=pentium -o /dev/null 2>&1 | FileCheck %s
// CHECK: error: unknown level "pentium"

// What is well formed and yet has no code.

!row = !plan.view<f32, [4, 8], [64, 4]>

plan.kernel map @other [!row, !row] {inputs = 1 : i64} {
^bb0(%x: f32, %i: i32, %j: i32):
  // expected-error @below {{expected an element-wise operation or plan.load in the region of a map, found 'vector.broadcast'}}
  %y = vector.broadcast %x : f32 to vector<1xf32>
  plan.yield %x : f32
}

// -----

!heads = !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>

// expected-error @below {{the scale of an attention must not be 0}}
plan.kernel attention @scale [!heads, !heads, !heads, !heads] {scale = 0.0 : f64}

// -----

!heads = !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>

plan.kernel attention @other [!heads, !heads, !heads, !heads] {empty = #bridge<empty_rows zero>, scale = 1.250000e-01 : f64} {
^bb0(%b: i32, %h: i32, %query: i32, %key: i32):
  // expected-error @below {{expected an element-wise operation or plan.load in the region of an attention, found 'vector.broadcast'}}
  %y = vector.broadcast %key : i32 to vector<1xi32>
  %seen = arith.cmpi sle, %key, %query : i32
  plan.yield %seen : i1
}

// -----

!apart = !plan.view<f32, [1, 1, 4, 8], [256, 256, 64, 8]>
!heads = !plan.view<f32, [1, 1, 4, 8], [64, 64, 64, 4]>

// expected-error @below {{operand 0 of a 'attention' kernel must be f32 or bf16 and contiguous along its last axis, found '!plan.view<f32, [1, 1, 4, 8], [256, 256, 64, 8]>'}}
plan.kernel attention @apart [!apart, !heads, !heads, !heads] {scale = 1.250000e-01 : f64}

// -----

func.func @nothing() {
  // expected-error @below {{has no meaning in a plan's function}}
  %x = arith.constant 1 : i32
  return
}
