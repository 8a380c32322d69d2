// RUN: bridge-opt %s --split-input-file --plan-group-launches | FileCheck %s
// RUN: bridge-opt %s --split-input-file --plan-group-launches --remarks-filter=plan-group-launches --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: bridge-opt %s --split-input-file --plan-group-launches | bridge-opt --split-input-file | FileCheck %s

// Three products of one tensor; what stands between them comes first, and their
// results live as long as the group.

!x = !plan.view<f32, [1, 1, 8, 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 16]>
plan.kernel gemm @gemm [!x, !w, !x] {}
plan.kernel softmax @softmax [!plan.view<f32, [8, 16], [64, 4]>, !plan.view<f32, [8, 16], [64, 4]>] {}

// CHECK-LABEL: func.func private @projections
// CHECK:         %[[Q:.*]] = plan.buffer "512" live 1 to 4
// CHECK:         %[[K:.*]] = plan.buffer "512" live 1 to 4
// CHECK:         %[[V:.*]] = plan.buffer "512" live 1 to 3
// CHECK:         plan.launch @softmax
// CHECK:         plan.subview %[[K]]
// CHECK-NEXT:    plan.group {
// CHECK-NEXT:      plan.launch @gemm(%{{.*}}, %{{.*}}, %[[Q]])
// CHECK-NEXT:      plan.launch @gemm(%{{.*}}, %{{.*}}, %[[K]])
// CHECK-NEXT:      plan.launch @gemm(%{{.*}}, %{{.*}}, %[[V]])
// CHECK-NEXT:    }
// CHECK-NEXT:    plan.launch @softmax
// REMARK: group-launches.mlir:{{.*}} remark: [Passed] merge | Category:plan-group-launches | Remark="3 products run as one"
func.func private @projections(%x: !x, %rows: !plan.view<f32, [8, 16], [64, 4]>, %w: !w) {
  %q = plan.buffer "512" live 1 to 4 : !x
  %k = plan.buffer "512" live 2 to 4 : !x
  %v = plan.buffer "512" live 3 to 3 : !x
  plan.launch @softmax(%rows, %rows) : !plan.view<f32, [8, 16], [64, 4]>, !plan.view<f32, [8, 16], [64, 4]>
  plan.launch @gemm(%x, %w, %q) : !x, !w, !x
  plan.launch @gemm(%x, %w, %k) : !x, !w, !x
  %k2 = plan.subview %k from "0" : !x -> !plan.view<f32, [8, 16], [64, 4]>
  plan.launch @gemm(%x, %w, %v) : !x, !w, !x
  plan.launch @softmax(%k2, %rows) : !plan.view<f32, [8, 16], [64, 4]>, !plan.view<f32, [8, 16], [64, 4]>
  return
}

// -----

// A chain, results in one buffer, and results that are the caller's are left.

!x = !plan.view<f32, [1, 1, 8, 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 16]>
plan.kernel gemm @gemm [!x, !w, !x] {}

// CHECK-LABEL: func.func private @dependent
// CHECK-NOT:     plan.group
func.func private @dependent(%x: !x, %w: !w, %out: !x, %other: !x) {
  %a = plan.buffer "1024" live 0 to 3 : !x
  %b = plan.buffer "512" live 1 to 1 : !x
  plan.launch @gemm(%x, %w, %a) : !x, !w, !x
  plan.launch @gemm(%a, %w, %b) : !x, !w, !x
  %half = plan.subview %a from "512" : !x -> !x
  plan.launch @gemm(%x, %w, %half) : !x, !w, !x
  plan.launch @gemm(%x, %w, %a) : !x, !w, !x
  plan.launch @gemm(%x, %w, %out) : !x, !w, !x
  plan.launch @gemm(%x, %w, %other) : !x, !w, !x
  return
}
