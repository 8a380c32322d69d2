//===- HopperTest.cpp - Memory barriers, boxes and warp groups
//----------------===//
//
// A pipeline of one stage, twice around: thread 128 has the tensor engine load
// boxes of A and B, a warp group multiplies them, the sums go to global memory.
//
//===----------------------------------------------------------------------===//
#include "Harness.h"
#include "bridge/Emulator/TensorMap.h"
#include "llvm/ADT/bit.h"

using namespace bridge::test;

namespace {

/// What a fault changes.
struct Pipeline {
  std::string expected = "2304"; ///< bytes of both boxes
  std::string consumerParity = "%phase";
  std::string release = "nvvm.wgmma.wait.group.sync.aligned 0\n  RELEASE";
  std::string descriptor = "4611686293305360384"; ///< 128 bytes of swizzle
};

std::string replaceAll(std::string text, const std::string &mark,
                       const std::string &by) {
  for (size_t at; (at = text.find(mark)) != std::string::npos;)
    text.replace(at, mark.size(), by);
  return text;
}

// A is [64, 64], B [8, 64] of bf16, in two steps of K of 64 elements each.
std::string kernelText(const Pipeline &pipeline) {
  std::string text = R"(
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %c1 = llvm.mlir.constant(1 : i32) : i32
  %c2 = llvm.mlir.constant(2 : i32) : i32
  %c3 = llvm.mlir.constant(3 : i32) : i32
  %c4 = llvm.mlir.constant(4 : i32) : i32
  %c6 = llvm.mlir.constant(6 : i32) : i32
  %c8 = llvm.mlir.constant(8 : i32) : i32
  %c16 = llvm.mlir.constant(16 : i32) : i32
  %c64 = llvm.mlir.constant(64 : i32) : i32
  %c128 = llvm.mlir.constant(128 : i32) : i32
  %bytes = llvm.mlir.constant(EXPECTED : i32) : i32
  %ticks = llvm.mlir.constant(1000 : i32) : i32
  %mask = llvm.mlir.constant(262143 : i32) : i32
  %zero = llvm.mlir.constant(0.0 : f32) : f32
  %shape = llvm.mlir.constant(DESCRIPTOR : i64) : i64
  %two = llvm.mlir.constant(2 : i64) : i64
  %four = llvm.mlir.constant(4 : i64) : i64
  %six = llvm.mlir.constant(6 : i64) : i64
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %sa = llvm.mlir.addressof @memory : !llvm.ptr<3>
  %sb = llvm.getelementptr %sa[8192] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
  %full = llvm.getelementptr %sa[9216] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
  %empty = llvm.getelementptr %sa[9224] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
  %first = llvm.icmp "eq" %thread, %c0 : i32
  llvm.cond_br %first, ^init, ^ready
^init:
  nvvm.mbarrier.init %full, %c1 : !llvm.ptr<3>, i32
  nvvm.mbarrier.init %empty, %c128 : !llvm.ptr<3>, i32
  nvvm.fence.mbarrier.init
  llvm.br ^ready
^ready:
  nvvm.barrier0
  %consumes = llvm.icmp "ult" %thread, %c128 : i32
  %start = llvm.mlir.undef : !llvm.struct<(f32, f32, f32, f32)>
  %s0 = llvm.insertvalue %zero, %start[0] : !llvm.struct<(f32, f32, f32, f32)>
  %s1 = llvm.insertvalue %zero, %s0[1] : !llvm.struct<(f32, f32, f32, f32)>
  %s2 = llvm.insertvalue %zero, %s1[2] : !llvm.struct<(f32, f32, f32, f32)>
  %s3 = llvm.insertvalue %zero, %s2[3] : !llvm.struct<(f32, f32, f32, f32)>
  llvm.cond_br %consumes, ^consume(%c0, %s3 : i32, !llvm.struct<(f32, f32, f32, f32)>), ^producers
^producers:
  %loads = llvm.icmp "eq" %thread, %c128 : i32
  llvm.cond_br %loads, ^produce(%c0 : i32), ^out
^produce(%step: i32):
  %other = llvm.xor %step, %c1 : i32
  nvvm.mbarrier.try_wait.parity %empty, %other, %ticks : !llvm.ptr<3>, i32, i32
  nvvm.mbarrier.arrive.expect_tx %full, %bytes : !llvm.ptr<3>, i32
  %k = llvm.mul %step, %c64 : i32
  %da = llvm.addrspacecast %sa : !llvm.ptr<3> to !llvm.ptr<7>
  %db = llvm.addrspacecast %sb : !llvm.ptr<3> to !llvm.ptr<7>
  nvvm.cp.async.bulk.tensor.shared.cluster.global %da, %a, %full, box[%k, %c0] : !llvm.ptr<7>, !llvm.ptr
  nvvm.cp.async.bulk.tensor.shared.cluster.global %db, %b, %full, box[%k, %c0] : !llvm.ptr<7>, !llvm.ptr
  %next = llvm.add %step, %c1 : i32
  %more = llvm.icmp "ult" %next, %c2 : i32
  llvm.cond_br %more, ^produce(%next : i32), ^out
^consume(%phase: i32, %sums: !llvm.struct<(f32, f32, f32, f32)>):
  nvvm.mbarrier.try_wait.parity %full, PARITY, %ticks : !llvm.ptr<3>, i32, i32
  %ia = llvm.ptrtoint %sa : !llvm.ptr<3> to i32
  %ib = llvm.ptrtoint %sb : !llvm.ptr<3> to i32
  %ma = llvm.and %ia, %mask : i32
  %mb = llvm.and %ib, %mask : i32
  %ha = llvm.lshr %ma, %c4 : i32
  %hb = llvm.lshr %mb, %c4 : i32
  %la = llvm.zext %ha : i32 to i64
  %lb = llvm.zext %hb : i32 to i64
  %a0 = llvm.or %la, %shape : i64
  %b0 = llvm.or %lb, %shape : i64
  %a1 = llvm.add %a0, %two : i64
  %b1 = llvm.add %b0, %two : i64
  %a2 = llvm.add %a0, %four : i64
  %b2 = llvm.add %b0, %four : i64
  %a3 = llvm.add %a0, %six : i64
  %b3 = llvm.add %b0, %six : i64
  nvvm.wgmma.fence.aligned
  %p0 = MULTIPLY %a0, %b0, %sums, MULTIPLIED
  %p1 = MULTIPLY %a1, %b1, %p0, MULTIPLIED
  %p2 = MULTIPLY %a2, %b2, %p1, MULTIPLIED
  %p3 = MULTIPLY %a3, %b3, %p2, MULTIPLIED
  nvvm.wgmma.commit.group.sync.aligned
  WAIT
  %later = llvm.add %phase, %c1 : i32
  %again = llvm.icmp "ult" %later, %c2 : i32
  llvm.cond_br %again, ^consume(%later, %p3 : i32, !llvm.struct<(f32, f32, f32, f32)>), ^write
^write:
  %place = llvm.getelementptr %out[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, !llvm.struct<(f32, f32, f32, f32)>
  llvm.store %p3, %place : !llvm.struct<(f32, f32, f32, f32)>, !llvm.ptr<1>
  llvm.br ^out
^out:)";
  text = replaceAll(text, "EXPECTED", pipeline.expected);
  text = replaceAll(text, "DESCRIPTOR", pipeline.descriptor);
  text = replaceAll(text, "PARITY", pipeline.consumerParity);
  text = replaceAll(text, "WAIT", pipeline.release);
  text =
      replaceAll(text, "RELEASE", "nvvm.mbarrier.arrive %empty : !llvm.ptr<3>");
  text = replaceAll(text, "MULTIPLY", "nvvm.wgmma.mma_async");
  text = replaceAll(
      text, "MULTIPLIED",
      "#nvvm.shape<m = 64, n = 8, k = 16>, D [#nvvm.wgmma_type<f32>, "
      "#nvvm.wgmma_scale_out<one>], A [#nvvm.wgmma_type<bf16>, "
      "#nvvm.wgmma_scale_in<one>, #nvvm.mma_layout<row>], B "
      "[#nvvm.wgmma_type<bf16>, #nvvm.wgmma_scale_in<one>, "
      "#nvvm.mma_layout<col>] : !llvm.struct<(f32, f32, f32, f32)> -> "
      "!llvm.struct<(f32, f32, f32, f32)>");
  std::string map = "!llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align "
                    "= 64 : i64, nvvm.grid_constant}";
  return "llvm.mlir.global external @memory() {addr_space = 3 : i32, alignment "
         "= 1024 : i64} : !llvm.array<0 x i8>\n" +
         kernel("pipeline",
                "%a: " + map + ", %b: " + map + ", %out: !llvm.ptr<1>", text);
}

uint16_t bf16(float x) { return llvm::bit_cast<uint32_t>(x) >> 16; }
float valueA(int i, int k) { return float((i * 7 + k * 3) % 11 - 5); }
float valueB(int j, int k) { return float((k * 5 + j) % 7 - 3); }

struct Result {
  std::string message;
  bool right = true;
};

Result run(const Pipeline &pipeline) {
  using bridge::emulator::encodeTensorMap;
  using bridge::emulator::Swizzle;
  // The last rows of A are outside: they count as 0.
  constexpr int rows = 60, columns = 8, depth = 128;
  struct alignas(64) Map {
    char bytes[bridge::emulator::kTensorMapBytes];
  } mapA, mapB;
  alignas(16) static uint16_t a[rows * depth], b[columns * depth];
  std::vector<float> out(512);
  for (int k = 0; k < depth; ++k) {
    for (int i = 0; i < rows; ++i)
      a[i * depth + k] = bf16(valueA(i, k));
    for (int j = 0; j < columns; ++j)
      b[j * depth + k] = bf16(valueB(j, k));
  }
  CHECK(encodeTensorMap(
      mapA.bytes,
      {a, 2, {depth, rows}, {depth * 2}, {64, 64}, Swizzle::Bytes128}));
  CHECK(encodeTensorMap(
      mapB.bytes,
      {b, 2, {depth, columns}, {depth * 2}, {64, columns}, Swizzle::Bytes128}));
  Kernels kernels(kernelText(pipeline));
  kernels.device->share(a, sizeof(a), "a");
  kernels.device->share(b, sizeof(b), "b");
  kernels.share(out, "out");
  Result result;
  result.message = kernels.run("pipeline", 160, 1, 9232, mapA, mapB, out);
  for (int index = 0; index < 512; ++index) {
    int thread = index / 4, i = index % 4;
    int row = thread / 32 * 16 + thread % 32 / 4 + i / 2 * 8;
    int column = thread % 4 * 2 + i % 2;
    float sum = 0;
    for (int k = 0; k < depth && row < rows; ++k)
      sum += valueA(row, k) * valueB(column, k);
    result.right &= out[index] == sum;
  }
  return result;
}

} // namespace

int main() {
  Pipeline pipeline;
  pipeline.expected = "9216";
  Result good = run(pipeline);
  CHECK_EQ(good.message, "");
  CHECK(good.right);

  Pipeline swizzle = pipeline; // 64 bytes instead of 128
  swizzle.descriptor = "9223372311732748288";
  Result wrong = run(swizzle);
  CHECK(!wrong.right);

  Pipeline tooMany = pipeline; // a box more is expected than comes
  tooMany.expected = "10240";
  CHECK_CONTAINS(run(tooMany).message, "kernel `pipeline`, block (0, 0, 0)",
                 "deadlock: 128 of 160 threads wait at kernels.mlir:",
                 "(nvvm.mbarrier.try_wait.parity)");

  Pipeline early = pipeline; // released while products read the stage
  early.release = "RELEASE\n  nvvm.wgmma.wait.group.sync.aligned 0";
  CHECK_CONTAINS(run(early).message,
                 "thread (128, 0, 0), at kernels.mlir:53 "
                 "(nvvm.cp.async.bulk.tensor.shared.cluster.global): writes "
                 "8192 bytes at byte 0 of the shared memory, which has 9232: "
                 "race, read at kernels.mlir:77 (nvvm.wgmma.mma_async) by "
                 "thread (");

  Pipeline unreleased = pipeline;
  unreleased.release = "nvvm.wgmma.wait.group.sync.aligned 0";
  CHECK_CONTAINS(run(unreleased).message,
                 "deadlock: ", "128 of 160 threads wait at",
                 "1 of 160 threads wait at");

  Pipeline unwaited = pipeline; // the phase before the one that loads
  unwaited.consumerParity = "%c1";
  CHECK_CONTAINS(run(unwaited).message, "(nvvm.wgmma.mma_async): reads 16 "
                                        "bytes at byte 0 of the shared memory");
  return failures != 0;
}
