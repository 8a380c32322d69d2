// RUN: bridge-opt %s --split-input-file --convert-bridge-to-plan --verify-diagnostics

// expected-error @below {{calls itself; a plan has no recursion}}
func.func private @Loop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = bridge.call @Loop(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @log_sum_exp(%q: tensor<2x4x5x16xf32>) -> tensor<2x4x5xf32> attributes {bridge.entry} {
  // expected-error @below {{'bridge.attention' op has no kernel that gives the log-sum-exp}}
  %0, %1 = bridge.attention %q, %q, %q scale 1.0 : tensor<2x4x5x16xf32>, tensor<2x4x5x16xf32>, tensor<2x4x5x16xf32> -> tensor<2x4x5x16xf32>, tensor<2x4x5xf32>
  return %1 : tensor<2x4x5xf32>
}

// -----

func.func @before_a_pass(%x: tensor<4xf32>) -> tensor<4xf32> attributes {bridge.entry} {
  // expected-error @below {{'bridge.encoder' op has no kernel; expected a pass before convert-bridge-to-plan to have replaced it}}
  %0 = bridge.encoder "part" {
    bridge.yield %x : tensor<4xf32>
  } : tensor<4xf32>
  return %0 : tensor<4xf32>
}
