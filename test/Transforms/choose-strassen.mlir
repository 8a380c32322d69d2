// RUN: bridge-opt %s --plan-choose-strassen | FileCheck %s
// RUN: bridge-opt %s --plan-choose-strassen --remarks-filter=plan-choose-strassen --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!x = !plan.view<f32, [1, 1, "rows", 512], [0, 0, 2048, 4]>
!w = !plan.panels<f32, [1, 1, 256, 512]>
!y = !plan.view<f32, [1, 1, "rows", 256], [0, 0, 1024, 4]>
!odd = !plan.view<f32, [1, 1, "rows", 513], [0, 0, 2052, 4]>
!oddw = !plan.panels<f32, [1, 1, 256, 513]>
!half = !plan.view<bf16, [1, 1, "rows", 512], [0, 0, 1024, 2]>
!halfw = !plan.panels<bf16, [1, 1, 256, 512]>
!few = !plan.view<f32, [1, 1, 159, 512], [0, 0, 2048, 4]>
!fewy = !plan.view<f32, [1, 1, 159, 256], [0, 0, 1024, 4]>

// CHECK: plan.kernel gemm @may {{.*}} {strassen = array<i64: 160, 256, 512>}
plan.kernel gemm @may [!x, !w, !y] {}
// CHECK: plan.kernel gemm @odd {{.*}} {}
plan.kernel gemm @odd [!odd, !oddw, !y] {}
// CHECK: plan.kernel gemm @half {{.*}} {}
plan.kernel gemm @half [!half, !halfw, !y] {}
// Never enough rows.
// CHECK: plan.kernel gemm @few {{.*}} {}
plan.kernel gemm @few [!few, !w, !fewy] {}

func.func @entry(%x: !x, %w: !w, %y: !y, %odd: !odd, %oddw: !oddw, %half: !half, %halfw: !halfw, %few: !few, %fewy: !fewy) {
  // REMARK: choose-strassen.mlir:[[@LINE+1]]:3: remark: [Passed] strassen | Category:plan-choose-strassen | Remark="7 products of 8 from 160 rows on"
  plan.launch @may(%x, %w, %y) : !x, !w, !y
  // REMARK: choose-strassen.mlir:[[@LINE+1]]:3: remark: [Missed] strassen | Category:plan-choose-strassen | Reason="its depth is odd"
  plan.launch @odd(%odd, %oddw, %y) : !odd, !oddw, !y
  // REMARK: choose-strassen.mlir:[[@LINE+1]]:3: remark: [Missed] strassen | Category:plan-choose-strassen | Reason="its operands are not f32"
  plan.launch @half(%half, %halfw, %y) : !half, !halfw, !y
  // REMARK-NOT: strassen
  plan.launch @few(%few, %w, %fewy) : !few, !w, !fewy
  return
}
