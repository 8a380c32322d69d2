//===- BarrierTest.cpp - Where the threads of a block meet
//------------------===//
#include "Harness.h"

using namespace bridge::test;

// The threads below %limit do what is `inside`.
static std::string below(int limit, const std::string &inside) {
  return kernel("some", "%out: !llvm.ptr<1>",
                "  %limit = llvm.mlir.constant(" + std::to_string(limit) +
                    " : i32) : i32" + R"(
  %full = llvm.mlir.constant(-1 : i32) : i32
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %c1 = llvm.mlir.constant(1 : i32) : i32
  %c31 = llvm.mlir.constant(31 : i32) : i32
  %c32 = llvm.mlir.constant(32 : i32) : i32
  %c48 = llvm.mlir.constant(48 : i32) : i32
  %c64 = llvm.mlir.constant(64 : i32) : i32
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %low = llvm.icmp "ult" %thread, %limit : i32
  llvm.cond_br %low, ^low, ^out
^low:
  )" + inside + R"(
  llvm.br ^out
^out:)");
}

static std::string run(const std::string &text) {
  std::vector<int32_t> out(64);
  Kernels kernels(text);
  kernels.share(out, "out");
  return kernels.run("some", 64, 1, 0, out);
}

static void testDeadlocks() {
  CHECK_EQ(run(below(64, "nvvm.barrier0")), "");
  // A barrier that half of a block reaches.
  CHECK_EQ(run(below(32, "nvvm.barrier0")),
           "kernel `some`, block (0, 0, 0), thread (0, 0, 0), at "
           "kernels.mlir:14 (nvvm.barrier0): deadlock: 32 of 64 threads wait "
           "at kernels.mlir:14 (nvvm.barrier0), 32 have returned");
  CHECK_EQ(run(below(32, "nvvm.barrier id = %c1 number_of_threads = %c32")),
           "");
  CHECK_CONTAINS(run(below(32, "nvvm.barrier id = %c1 number_of_threads = "
                               "%c64")),
                 "deadlock: 32 of 64 threads wait");
  CHECK_CONTAINS(run(below(64, "nvvm.barrier id = %c1 number_of_threads = "
                               "%c48")),
                 "a barrier meets whole warps of a block of 64 threads, found "
                 "48");
  CHECK_CONTAINS(run(below(64, "nvvm.barrier id = %c31")),
                 "there are barriers 0 to 15, found 31");
  // Half of a warp.
  CHECK_CONTAINS(run(below(48, "nvvm.bar.warp.sync %full : i32")),
                 "thread (32, 0, 0)", "deadlock: 16 of 64 threads wait at",
                 "48 have returned");
}

// Warps that come to different barriers, counts that differ, lanes apart.
static void testDivergence() {
  CHECK_CONTAINS(run(below(32, R"(
  nvvm.barrier id = %c1 number_of_threads = %c64
  llvm.return
^other:
  nvvm.barrier id = %c1 number_of_threads = %c32)")),
                 "deadlock");
  std::string apart = R"(
  %odd = llvm.and %thread, %c1 : i32
  %is_odd = llvm.icmp "eq" %odd, %c1 : i32
  llvm.cond_br %is_odd, ^odd, ^even
^odd:
  nvvm.bar.warp.sync %full : i32
  llvm.br ^out
^even:
  %s = nvvm.shfl.sync bfly %full, %thread, %c1, %c31 : i32 -> i32)";
  CHECK_CONTAINS(run(below(64, apart)),
                 "thread (1, 0, 0), at kernels.mlir:19 (nvvm.bar.warp.sync): "
                 "its warp is apart: others wait for this thread at "
                 "kernels.mlir:22 (nvvm.shfl.sync)");
  CHECK_CONTAINS(run(below(64, R"(
  %same = llvm.icmp "ult" %thread, %c32 : i32
  %count = llvm.select %same, %c64, %c32 : i1, i32
  nvvm.barrier id = %c1 number_of_threads = %count
  nvvm.barrier id = %c1 number_of_threads = %c64)")),
                 "others meet 64 threads at barrier 1, this one 32");
  CHECK_CONTAINS(run(below(64, "nvvm.bar.warp.sync %c1 : i32")),
                 "this lane is 1, which the mask 0x1 of those that meet lacks");
}

// Producers arrive, consumers wait; votes.
static void testArriveAndVote() {
  std::string text =
      "llvm.mlir.global internal @word() {addr_space = 3 : i32} : i32\n" +
      kernel("hand_over", "%out: !llvm.ptr<1>", R"(
  %c1 = llvm.mlir.constant(1 : i32) : i32
  %c32 = llvm.mlir.constant(32 : i32) : i32
  %c64 = llvm.mlir.constant(64 : i32) : i32
  %word = llvm.mlir.addressof @word : !llvm.ptr<3>
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %first = llvm.icmp "ult" %thread, %c32 : i32
  llvm.cond_br %first, ^consume, ^produce
^produce:
  %is_one = llvm.icmp "eq" %thread, %c32 : i32
  llvm.cond_br %is_one, ^write, ^arrive
^write:
  llvm.store %c64, %word : i32, !llvm.ptr<3>
  llvm.br ^arrive
^arrive:
  nvvm.barrier.arrive id = %c1 number_of_threads = %c64
  llvm.br ^vote
^consume:
  nvvm.barrier id = %c1 number_of_threads = %c64
  %x = llvm.load %word : !llvm.ptr<3> -> i32
  %a = llvm.getelementptr %out[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
  llvm.store %x, %a : i32, !llvm.ptr<1>
  llvm.br ^vote
^vote:
  %odd = llvm.and %thread, %c1 : i32
  %count = nvvm.barrier #nvvm.reduction<popc> %odd -> i32
  %any = nvvm.barrier #nvvm.reduction<or> %odd -> i32
  %all = nvvm.barrier #nvvm.reduction<and> %odd -> i32
  %two = llvm.shl %any, %c1 : i32
  %sum = llvm.add %two, %all : i32
  %ten = llvm.mul %count, %c64 : i32
  %vote = llvm.add %ten, %sum : i32
  %b = llvm.getelementptr %out[%c32] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
  %last = llvm.icmp "eq" %thread, %c1 : i32
  llvm.cond_br %last, ^store, ^end
^store:
  llvm.store %vote, %b : i32, !llvm.ptr<1>
  llvm.br ^end
^end:)");
  std::vector<int32_t> out(64);
  Kernels kernels(text);
  kernels.share(out, "out");
  CHECK_EQ(kernels.run("hand_over", 64, 1, 0, out), "");
  for (int i = 0; i < 32; ++i)
    CHECK_EQ(out[i], 64);
  CHECK_EQ(out[32], 32 * 64 + 2);
}

int main() {
  testDeadlocks();
  testDivergence();
  testArriveAndVote();
  return failures != 0;
}
