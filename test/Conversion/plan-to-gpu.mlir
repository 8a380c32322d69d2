// RUN: bridge-opt %s --split-input-file --convert-plan-to-gpu | FileCheck %s

// A kernel of rows: what is a vector on the CPU is a warp, four to a block. The
// host counts jobs and gives the run time the descriptor.

!row = !plan.view<f32, ["n", 100], [400, 4]>

// CHECK-LABEL: module @rows
// CHECK: module @bridge_kernels
// CHECK: llvm.func @softmax(%[[BLOCK:[a-z0-9]+]]: !llvm.ptr {llvm.align = 8 : i64, llvm.byval = !llvm.array<11 x i64>, nvvm.grid_constant})
// CHECK-SAME: nvvm.kernel, nvvm.reqntid = array<i32: 128>
// CHECK-DAG: nvvm.read.ptx.sreg.ctaid.x
// CHECK-DAG: nvvm.read.ptx.sreg.laneid
// CHECK: nvvm.shfl.sync bfly
// CHECK: math.exp
// CHECK: llvm.func internal @softmax.jobs(
// CHECK: llvm.func internal @softmax.scratch(
// CHECK: llvm.mlir.global internal constant @softmax()
// CHECK: llvm.mlir.constant(88 : i64)
// CHECK: llvm.mlir.constant(128 : i64)
// CHECK: llvm.mlir.constant(4 : i64)
// CHECK: llvm.func internal @f.host(
// CHECK: %[[KERNEL:.*]] = llvm.mlir.addressof @softmax
// CHECK: %[[JOBS:.*]] = llvm.call @softmax.jobs
// CHECK: llvm.call %{{.*}}(%{{.*}}, %[[KERNEL]], %{{.*}}, %[[JOBS]], %{{.*}})
// CHECK: llvm.mlir.global external hidden constant @bridge_entries_gpu
// CHECK-NOT: plan.
module @rows {
  plan.kernel softmax @softmax [!row, !row] {}
  func.func @f(%x: !row, %y: !row) attributes {plan.entry} {
    plan.launch @softmax(%x, %y) : !row, !row
    return
  }
}

// -----

// A product: pieces come to shared memory ahead of their use, and the epilogue
// is cloned on what is left there.

!a = !plan.view<f32, [1, 1, "m", 64], [0, 0, 256, 4]>
!b = !plan.panels<f32, [1, 1, 96, 64]>
!c = !plan.view<f32, [1, 1, "m", 96], [0, 0, 384, 4]>

// CHECK-LABEL: module @product
// CHECK: llvm.mlir.global internal @shared{{.*}}() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<{{.*}} x i8>
// CHECK: llvm.func @gemm(
// CHECK: nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK: nvvm.cp.async.shared.global {{.*}}, 4, cache = ca
// CHECK: nvvm.cp.async.commit.group
// CHECK: nvvm.cp.async.wait.group 1
// CHECK: nvvm.barrier0
// CHECK: llvm.intr.fma
// CHECK: nvvm.cp.async.wait.group 0
// CHECK: nvvm.barrier0
// CHECK: math.tanh
module @product {
  plan.kernel gemm @gemm [!a, !b, !c] {} {
  ^bb0(%sum: f32):
    %0 = math.tanh %sum : f32
    plan.yield %0 : f32
  }
  func.func @f(%a: !a, %b: !b, %c: !c) attributes {plan.entry} {
    plan.launch @gemm(%a, %b, %c) : !a, !b, !c
    return
  }
}

// -----

// Launches of a group run one after the other: each fills the device.

!row = !plan.view<f32, [100], [4]>

// CHECK-LABEL: module @group
// CHECK: llvm.func internal @f.host(
// CHECK: llvm.call @softmax.jobs
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK: llvm.call @softmax.jobs
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK-NOT: bridge_group
module @group {
  plan.kernel softmax @softmax [!row, !row] {}
  func.func @f(%x: !row) attributes {plan.entry} {
    %y = plan.buffer "400" live 0 to 1 : !row
    %z = plan.buffer "400" live 0 to 1 : !row
    plan.group {
      plan.launch @softmax(%x, %y) : !row, !row
      plan.launch @softmax(%x, %z) : !row, !row
    }
    return
  }
}
