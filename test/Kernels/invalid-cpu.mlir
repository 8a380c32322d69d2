// RUN: bridge-opt %s --convert-plan-to-cpu --split-input-file --verify-diagnostics

!matrix = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "4 * n", 4]>
!strided = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "8 * n", 8]>
!panels = !plan.panels<f32, [1, 1, "n", "n"]>

// expected-error @below {{operand 0 of a 'gemm' kernel must be f32 and contiguous along its last axis, found '!plan.view<}}
plan.kernel gemm @strided [!strided, !panels, !matrix] {}

// -----

!matrix = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "4 * n", 4]>
!panels = !plan.panels<f32, [1, 1, "n", "n"]>

plan.kernel gemm @region [!matrix, !panels, !matrix] {} {
^bb0(%acc: f32):
  // expected-error @below {{expected an element-wise operation in the region of a kernel, found 'vector.broadcast'}}
  %0 = vector.broadcast %acc : f32 to vector<2xf32>
  plan.yield %acc : f32
}

// -----

!tokens = !plan.view<f32, [1, 1, "t", "d"], [0, 0, "4 * d", 4]>
!half = !plan.view<bf16, [1, 1, "t", "d"], [0, 0, "2 * d", 2]>

// expected-error @below {{operand 2 of a 'attention' kernel must be f32 and contiguous along its last axis, found '!plan.view<}}
plan.kernel attention @half [!tokens, !tokens, !half, !tokens] {scale = 1.0 : f64}

// -----

!tokens = !plan.view<f32, [1, 1, "t", "d"], [0, 0, "4 * d", 4]>

// expected-error @below {{the scale of an attention must not be 0}}
plan.kernel attention @zero [!tokens, !tokens, !tokens, !tokens] {scale = 0.0 : f64}
