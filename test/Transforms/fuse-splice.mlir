// RUN: bridge-opt %s --split-input-file --plan-fuse-splice | FileCheck %s
// RUN: bridge-opt %s --split-input-file --plan-fuse-splice --remarks-filter=plan-fuse-splice --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The product comes last and writes the rows; what stood between comes a step
// earlier, and what the product reads lives until then.

!x = !plan.view<f32, ["n", 16], [64, 4]>
!v = !plan.view<f32, ["v", 16], [64, 4]>
!a = !plan.view<f32, [1, 1, "v", 8], [0, 0, 32, 4]>
!y = !plan.view<f32, [1, 1, "v", 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 8]>
!m = !plan.view<i1, ["n"], [1]>
!i = !plan.view<i32, ["n"], [4]>
!t = !plan.view<f32, [100, 16], [64, 4]>
plan.kernel gather @embedding [!t, !i, !x] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
plan.kernel gemm @gemm [!a, !w, !y] {}
plan.kernel softmax @softmax [!a, !a] {}
plan.kernel map @marks [!i, !m] {inputs = 1 : i64} {
^bb0(%id: i32, %position: i32):
  %yes = arith.constant true
  plan.yield %yes : i1
}
plan.kernel splice @splice [!x, !v, !m, !x] {site = 1 : i64}

// CHECK-NOT:   plan.kernel {{.*}} @splice [
// CHECK:       plan.kernel splice @splice_places [!plan.view<i1, ["n"], [1]>, !plan.view<i32, ["v"], [4]>] {places, site = 1 : i64}
// CHECK-LABEL: func.func @entry
// CHECK-SAME:    %[[IDS:[^:]*]]: {{[^%]*}}, %[[TABLE:[^:]*]]: {{[^%]*}}, %[[IN:[^:]*]]: {{[^%]*}}, %[[W:[^:]*]]: {{[^%]*}}, %[[OUT:[^:]*]]: !plan.view
// CHECK-DAG:     %[[A:.*]] = plan.buffer "32 * v" live 0 to 4
// CHECK-DAG:     %[[MARKS:.*]] = plan.buffer "n" live 2 to 4
// CHECK-DAG:     %[[PLACES:.*]] = plan.buffer "4 * v" live 3 to 4
// CHECK:         plan.launch @softmax
// CHECK-NEXT:    plan.launch @embedding(%[[TABLE]], %[[IDS]], %[[OUT]])
// CHECK-NEXT:    plan.launch @marks
// CHECK-NEXT:    plan.launch @splice_places(%[[MARKS]], %[[PLACES]])
// CHECK-NEXT:    %[[ROWS:.*]] = plan.subview %[[OUT]] from "0"
// CHECK-NEXT:    plan.launch @gemm_scatter(%[[A]], %[[W]], %[[PLACES]], %[[ROWS]])
// CHECK-NEXT:    return
// CHECK:       plan.kernel gemm @gemm_scatter [{{.*}}, !plan.view<i32, ["v"], [4]>, !plan.view<f32, [1, 1, "n", 16], [0, 0, 64, 4]>] {scatter}
// REMARK: fuse-splice.mlir:{{.*}} remark: [Passed] splice | Category:plan-fuse-splice | Remark="a product writes its rows to their places"
func.func @entry(%ids: !i, %table: !t, %in: !a, %w: !w, %out: !x) {
  %a = plan.buffer "32 * v" live 0 to 2 : !a
  %text = plan.buffer "64 * n" live 1 to 4 : !x
  %values = plan.buffer "64 * v" live 2 to 4 : !v
  %marks = plan.buffer "n" live 3 to 4 : !m
  plan.launch @softmax(%in, %a) : !a, !a
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  %rows = plan.subview %values from "0" : !v -> !y
  plan.launch @gemm(%a, %w, %rows) : !a, !w, !y
  plan.launch @marks(%ids, %marks) : !i, !m
  plan.launch @splice(%text, %values, %marks, %out) : !x, !v, !m, !x
  return
}

// -----

!x = !plan.view<f32, ["n", 16], [64, 4]>
!wide = !plan.view<f32, ["n", 16], [128, 4]>
!v = !plan.view<f32, ["v", 16], [64, 4]>
!a = !plan.view<f32, [1, 1, "v", 8], [0, 0, 32, 4]>
!y = !plan.view<f32, [1, 1, "v", 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 8]>
!m = !plan.view<i1, ["n"], [1]>
!i = !plan.view<i32, ["n"], [4]>
!t = !plan.view<f32, [100, 16], [64, 4]>
plan.kernel gather @embedding [!t, !i, !x] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
plan.kernel gemm @gemm [!a, !w, !y] {}
plan.kernel softmax @softmax [!a, !a] {}
plan.kernel softmax @rows [!v, !v] {}
plan.kernel splice @splice [!x, !v, !m, !x] {site = 1 : i64}

// CHECK-LABEL: func.func @negative_vectors_read
// CHECK:         plan.launch @splice(
// REMARK: remark: [Missed] splice | Category:plan-fuse-splice | Reason="the vectors are read elsewhere"
func.func @negative_vectors_read(%ids: !i, %table: !t, %in: !a, %w: !w, %marks: !m, %other: !v, %out: !x, %wide: !wide) {
  %a = plan.buffer "32 * v" live 0 to 5 : !a
  %text = plan.buffer "64 * n" live 0 to 5 : !x
  %values = plan.buffer "64 * v" live 0 to 5 : !v
  %rows = plan.subview %values from "0" : !v -> !y
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  plan.launch @gemm(%a, %w, %rows) : !a, !w, !y
  plan.launch @rows(%values, %other) : !v, !v
  plan.launch @splice(%text, %values, %marks, %out) : !x, !v, !m, !x
  return
}

// -----

!x = !plan.view<f32, ["n", 16], [64, 4]>
!wide = !plan.view<f32, ["n", 16], [128, 4]>
!v = !plan.view<f32, ["v", 16], [64, 4]>
!a = !plan.view<f32, [1, 1, "v", 8], [0, 0, 32, 4]>
!y = !plan.view<f32, [1, 1, "v", 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 8]>
!m = !plan.view<i1, ["n"], [1]>
!i = !plan.view<i32, ["n"], [4]>
!t = !plan.view<f32, [100, 16], [64, 4]>
plan.kernel gather @embedding [!t, !i, !x] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
plan.kernel gemm @gemm [!a, !w, !y] {}
plan.kernel softmax @softmax [!a, !a] {}
plan.kernel softmax @rows [!v, !v] {}
plan.kernel splice @splice [!x, !v, !m, !x] {site = 1 : i64}

// CHECK-LABEL: func.func @negative_no_product
// CHECK:         plan.launch @splice(
// REMARK: remark: [Missed] splice | Category:plan-fuse-splice | Reason="the vectors are not the rows of one product"
func.func @negative_no_product(%ids: !i, %table: !t, %in: !a, %w: !w, %marks: !m, %other: !v, %out: !x, %wide: !wide) {
  %a = plan.buffer "32 * v" live 0 to 5 : !a
  %text = plan.buffer "64 * n" live 0 to 5 : !x
  %values = plan.buffer "64 * v" live 0 to 5 : !v
  %rows = plan.subview %values from "0" : !v -> !y
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  plan.launch @rows(%other, %values) : !v, !v
  plan.launch @splice(%text, %values, %marks, %out) : !x, !v, !m, !x
  return
}

// -----

!x = !plan.view<f32, ["n", 16], [64, 4]>
!wide = !plan.view<f32, ["n", 16], [128, 4]>
!v = !plan.view<f32, ["v", 16], [64, 4]>
!a = !plan.view<f32, [1, 1, "v", 8], [0, 0, 32, 4]>
!y = !plan.view<f32, [1, 1, "v", 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 8]>
!m = !plan.view<i1, ["n"], [1]>
!i = !plan.view<i32, ["n"], [4]>
!t = !plan.view<f32, [100, 16], [64, 4]>
plan.kernel gather @embedding [!t, !i, !x] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
plan.kernel gemm @gemm [!a, !w, !y] {}
plan.kernel softmax @softmax [!a, !a] {}
plan.kernel softmax @rows [!v, !v] {}
plan.kernel splice @splice [!x, !v, !m, !x] {site = 1 : i64}

// CHECK-LABEL: func.func @negative_text_read
// CHECK:         plan.launch @splice(
// REMARK: remark: [Missed] splice | Category:plan-fuse-splice | Reason="the text is read elsewhere"
func.func @negative_text_read(%ids: !i, %table: !t, %in: !a, %w: !w, %marks: !m, %other: !v, %out: !x, %wide: !wide) {
  %a = plan.buffer "32 * v" live 0 to 5 : !a
  %text = plan.buffer "64 * n" live 0 to 5 : !x
  %values = plan.buffer "64 * v" live 0 to 5 : !v
  %rows = plan.subview %values from "0" : !v -> !y
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  plan.launch @gemm(%a, %w, %rows) : !a, !w, !y
  plan.launch @splice(%text, %values, %marks, %out) : !x, !v, !m, !x
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  return
}

// -----

!x = !plan.view<f32, ["n", 16], [64, 4]>
!wide = !plan.view<f32, ["n", 16], [128, 4]>
!v = !plan.view<f32, ["v", 16], [64, 4]>
!a = !plan.view<f32, [1, 1, "v", 8], [0, 0, 32, 4]>
!y = !plan.view<f32, [1, 1, "v", 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 8]>
!m = !plan.view<i1, ["n"], [1]>
!i = !plan.view<i32, ["n"], [4]>
!t = !plan.view<f32, [100, 16], [64, 4]>
plan.kernel gather @embedding [!t, !i, !x] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
plan.kernel gemm @gemm [!a, !w, !y] {}
plan.kernel softmax @softmax [!a, !a] {}
plan.kernel softmax @rows [!v, !v] {}
plan.kernel splice @splice [!x, !v, !m, !x] {site = 1 : i64}

// CHECK-LABEL: func.func @negative_other_rows
// CHECK:         plan.launch @splice(
// REMARK: remark: [Missed] splice | Category:plan-fuse-splice | Reason="the text does not lie as the result does"
func.func @negative_other_rows(%ids: !i, %table: !t, %in: !a, %w: !w, %marks: !m, %other: !v, %out: !x, %wide: !wide) {
  %a = plan.buffer "32 * v" live 0 to 5 : !a
  %text = plan.buffer "64 * n" live 0 to 5 : !x
  %values = plan.buffer "64 * v" live 0 to 5 : !v
  %rows = plan.subview %values from "0" : !v -> !y
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  plan.launch @gemm(%a, %w, %rows) : !a, !w, !y
  plan.launch @splice(%text, %values, %marks, %wide) : !x, !v, !m, !wide
  return
}

// -----

!x = !plan.view<f32, ["n", 16], [64, 4]>
!wide = !plan.view<f32, ["n", 16], [128, 4]>
!v = !plan.view<f32, ["v", 16], [64, 4]>
!a = !plan.view<f32, [1, 1, "v", 8], [0, 0, 32, 4]>
!y = !plan.view<f32, [1, 1, "v", 16], [0, 0, 64, 4]>
!w = !plan.panels<f32, [1, 1, 16, 8]>
!m = !plan.view<i1, ["n"], [1]>
!i = !plan.view<i32, ["n"], [4]>
!t = !plan.view<f32, [100, 16], [64, 4]>
plan.kernel gather @embedding [!t, !i, !x] {axis = 0 : i64, indices = 1 : i64, site = 0 : i64}
plan.kernel gemm @gemm [!a, !w, !y] {}
plan.kernel softmax @softmax [!a, !a] {}
plan.kernel softmax @rows [!v, !v] {}
plan.kernel splice @splice [!x, !v, !m, !x] {site = 1 : i64}

// CHECK-LABEL: func.func @negative_operand_used
// CHECK:         plan.launch @splice(
// REMARK: remark: [Missed] splice | Category:plan-fuse-splice | Reason="what the product reads is used again before the splice"
func.func @negative_operand_used(%ids: !i, %table: !t, %in: !a, %w: !w, %marks: !m, %other: !v, %out: !x, %wide: !wide) {
  %a = plan.buffer "32 * v" live 0 to 5 : !a
  %text = plan.buffer "64 * n" live 0 to 5 : !x
  %values = plan.buffer "64 * v" live 0 to 5 : !v
  %rows = plan.subview %values from "0" : !v -> !y
  plan.launch @softmax(%in, %a) : !a, !a
  plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
  plan.launch @gemm(%a, %w, %rows) : !a, !w, !y
  plan.launch @softmax(%in, %a) : !a, !a
  plan.launch @splice(%text, %values, %marks, %out) : !x, !v, !m, !x
  return
}
