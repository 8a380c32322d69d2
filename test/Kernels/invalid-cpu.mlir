// RUN: bridge-opt %s --convert-plan-to-cpu --split-input-file --verify-diagnostics

!matrix = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "4 * n", 4]>
!strided = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "8 * n", 8]>
!panels = !plan.panels<f32, [1, 1, "n", "n"]>

// expected-error @below {{a gemm takes a, b, bias and an output, found 3 operands}}
plan.kernel gemm @operands [!matrix, !panels, !matrix] {bias}

// -----

!matrix = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "4 * n", 4]>
!strided = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "8 * n", 8]>
!panels = !plan.panels<f32, [1, 1, "n", "n"]>

// expected-error @below {{operand 0 of a gemm must be a view of rank 4 of f32 whose last axis is contiguous, found !plan.view}}
plan.kernel gemm @strided [!strided, !panels, !matrix] {}

// -----

!matrix = !plan.view<f32, [1, 1, "m", "n"], [0, 0, "4 * n", 4]>
!panels = !plan.panels<f32, [1, 1, "n", "n"]>

// expected-error @below {{the region of a gemm with 1 extras takes 2 arguments, found 1}}
plan.kernel gemm @arguments [!matrix, !panels, !matrix, !matrix] {} {
^bb0(%acc: f32):
  plan.yield %acc : f32
}

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

!panels = !plan.panels<f32, [1, 1, "n", "n"]>

// expected-error @below {{a pack takes a view of rank 4 of f32 and panels}}
plan.kernel pack @pack [!panels, !panels] {}

// -----

!tokens = !plan.view<f32, [1, 1, "t", "d"], [0, 0, "4 * d", 4]>

// expected-error @below {{expected 'scale' in the config of a 'attention' kernel}}
plan.kernel attention @scale [!tokens, !tokens, !tokens, !tokens] {}

// -----

!tokens = !plan.view<f32, [1, 1, "t", "d"], [0, 0, "4 * d", 4]>

// expected-error @below {{the scale of an attention must not be 0}}
plan.kernel attention @zero [!tokens, !tokens, !tokens, !tokens] {scale = 0.0 : f64}

// -----

!tokens = !plan.view<f32, [1, 1, "t", "d"], [0, 0, "4 * d", 4]>

// expected-error @below {{expected 'empty' in the config of a 'attention' kernel}}
plan.kernel attention @empty [!tokens, !tokens, !tokens, !tokens, !tokens] {scale = 1.0 : f64, bias}

// -----

!tokens = !plan.view<f32, [1, 1, "t", "d"], [0, 0, "4 * d", 4]>

// expected-error @below {{expected 4 operands of an attention, found 3}}
plan.kernel attention @operands [!tokens, !tokens, !tokens] {scale = 1.0 : f64}
