// RUN: bridge-opt %s --bridge-expand-math=level=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: bridge-opt %s --bridge-expand-math=level=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,AVX2

// CHECK-LABEL: func.func @exp2(
// CHECK-SAME: %[[X:.*]]: vector<16xf32>
// AVX512: %[[N:.*]] = math.roundeven %[[X]]
// AVX512: arith.subf %[[X]], %[[N]]
// AVX512: %[[Y:.*]] = llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// AVX512-NEXT: return %[[Y]]
// AVX2-NOT: llvm.call_intrinsic
// AVX2: arith.shli
// CHECK-NOT: math.exp2
func.func @exp2(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.exp2 %x : vector<16xf32>
  return %y : vector<16xf32>
}

// Scalars, and vectors that are no register, are scaled by additions to the exponent.
// CHECK-LABEL: func.func @scalar(
// CHECK-NOT: llvm.call_intrinsic
// CHECK-NOT: math.exp
// CHECK: arith.shli
func.func @scalar(%x: f32) -> f32 {
  %y = math.exp %x : f32
  return %y : f32
}

// CHECK-LABEL: func.func @all(
// CHECK-NOT: math.{{log|log1p|tanh|erf|sin|cos|powf}}
// CHECK: return
func.func @all(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.log %x : vector<8xf32>
  %1 = math.log1p %0 : vector<8xf32>
  %2 = math.tanh %1 : vector<8xf32>
  %3 = math.erf %2 : vector<8xf32>
  %4 = math.sin %3 : vector<8xf32>
  %5 = math.cos %4 : vector<8xf32>
  %6 = math.powf %5, %x : vector<8xf32>
  return %6 : vector<8xf32>
}

// What is an instruction, and what is not f32, stays.
// CHECK-LABEL: func.func @negative_others(
// CHECK-NEXT: math.sqrt
// CHECK-NEXT: math.absf
// CHECK-NEXT: math.exp
// CHECK-NEXT: return
func.func @negative_others(%x: f32, %y: f64) -> (f32, f64) {
  %0 = math.sqrt %x : f32
  %1 = math.absf %0 : f32
  %2 = math.exp %y : f64
  return %1, %2 : f32, f64
}
