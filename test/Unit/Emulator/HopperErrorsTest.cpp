//===- HopperErrorsTest.cpp - Mistakes with barriers, boxes, warp groups --===//
//
// Each kernel is right at first and then has one mistake.
//
//===----------------------------------------------------------------------===//
#include "Harness.h"
#include "bridge/Emulator/TensorMap.h"

using namespace bridge::test;

namespace {

struct alignas(64) Map {
  char bytes[bridge::emulator::kTensorMapBytes] = {};
};

constexpr const char *kMemory =
    "llvm.mlir.global external @memory() {addr_space = 3 : i32, alignment = "
    "1024 : i64} : !llvm.array<0 x i8>\n";

constexpr const char *kArguments =
    "%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : "
    "i64, nvvm.grid_constant}";

std::string replaced(std::string text, const std::string &part,
                     const std::string &by) {
  size_t at = text.find(part);
  CHECK(at != std::string::npos);
  return at == std::string::npos ? text : text.replace(at, part.size(), by);
}

/// The description of [2, 32] numbers, one box.
Map mapOf(std::vector<float> &data) {
  Map map;
  CHECK(bridge::emulator::encodeTensorMap(
      map.bytes, {data.data(), 4, {32, 2}, {128}, {32, 2}}));
  return map;
}

std::string runBody(const std::string &body, uint32_t threads) {
  Kernels kernels(kMemory + kernel("test", "", body));
  return kernels.run("test", threads, 1, 1024);
}

std::string runBox(const std::string &body, uint32_t threads,
                   std::vector<float> &data, Map map) {
  Kernels kernels(kMemory + kernel("test", kArguments, body));
  kernels.share(data, "data");
  return kernels.run("test", threads, 1, 1024, map);
}

void testBarrier() {
  std::string right = R"(
  %count = llvm.mlir.constant(2 : i32) : i32
  %arrivals = llvm.mlir.constant(2 : i32) : i32
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %zero = llvm.mlir.constant(0 : i64) : i64
  %ticks = llvm.mlir.constant(1000 : i32) : i32
  %barrier = llvm.mlir.addressof @memory : !llvm.ptr<3>
  nvvm.mbarrier.init %barrier, %count : !llvm.ptr<3>, i32
  nvvm.mbarrier.arrive %barrier, %arrivals : !llvm.ptr<3>
  nvvm.mbarrier.try_wait.parity %barrier, %c0, %ticks : !llvm.ptr<3>, i32, i32
  nvvm.mbarrier.inval %barrier : !llvm.ptr<3>)";
  CHECK_EQ(runBody(right, 1), "");

  std::string init = "nvvm.mbarrier.init %barrier, %count : !llvm.ptr<3>, i32";
  std::string arrive = "nvvm.mbarrier.arrive %barrier, %arrivals : "
                       "!llvm.ptr<3>";
  CHECK_CONTAINS(
      runBody(replaced(right, "(2 : i32)", "(0 : i32)"), 1),
      "at kernels.mlir:10 (nvvm.mbarrier.init): a barrier expects 1 to 1048575 "
      "arrivals, found 0");
  CHECK_CONTAINS(runBody(replaced(right, "(2 : i32)", "(1048576 : i32)"), 1),
                 "a barrier expects 1 to 1048575 arrivals, found 1048576");

  // Somebody wrote the bytes, but not as a barrier.
  std::string plain = "llvm.store %zero, %barrier : i64, !llvm.ptr<3>";
  CHECK_CONTAINS(runBody(replaced(right, init, plain), 1),
                 "at kernels.mlir:11 (nvvm.mbarrier.arrive): there is no "
                 "initialised barrier at byte 0 of the shared memory");
  std::string ended = "nvvm.mbarrier.inval %barrier : !llvm.ptr<3>\n" + arrive;
  CHECK_CONTAINS(runBody(replaced(right, arrive, ended), 1),
                 "at kernels.mlir:12 (nvvm.mbarrier.arrive): there is no "
                 "initialised barrier at byte 0 of the shared memory");

  std::string three = replaced(right, "arrivals = llvm.mlir.constant(2",
                               "arrivals = llvm.mlir.constant(3");
  CHECK_CONTAINS(runBody(three, 1),
                 "at kernels.mlir:11 (nvvm.mbarrier.arrive): 3 arrive at a "
                 "barrier that expects 2 more of 2");
  std::string once = replaced(three, "count = llvm.mlir.constant(2",
                              "count = llvm.mlir.constant(4");
  CHECK_CONTAINS(runBody(replaced(once, arrive, arrive + "\n" + arrive), 1),
                 "at kernels.mlir:12 (nvvm.mbarrier.arrive): 3 arrive at a "
                 "barrier that expects 1 more of 4");
}

void testLoad() {
  std::string right = R"(
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %c1 = llvm.mlir.constant(1 : i32) : i32
  %bytes = llvm.mlir.constant(256 : i32) : i32
  %ticks = llvm.mlir.constant(1000 : i32) : i32
  %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
  %barrier = llvm.getelementptr %memory[512] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
  %place = llvm.getelementptr %memory[128] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
  %to = llvm.addrspacecast %place : !llvm.ptr<3> to !llvm.ptr<7>
  nvvm.mbarrier.init %barrier, %c1 : !llvm.ptr<3>, i32
  nvvm.mbarrier.arrive.expect_tx %barrier, %bytes : !llvm.ptr<3>, i32
  nvvm.cp.async.bulk.tensor.shared.cluster.global %to, %map, %barrier, box[%c0, %c0] : !llvm.ptr<7>, !llvm.ptr
  nvvm.mbarrier.try_wait.parity %barrier, %c0, %ticks : !llvm.ptr<3>, i32, i32)";
  std::vector<float> data(64);
  Map map = mapOf(data);
  CHECK_EQ(runBox(right, 1, data, map), "");

  std::string load = "at kernels.mlir:14 "
                     "(nvvm.cp.async.bulk.tensor.shared.cluster.global): ";
  CHECK_CONTAINS(runBox(right, 1, data, Map()),
                 load + "there is no tensor map at this address");
  CHECK_CONTAINS(
      runBox(replaced(right, "box[%c0, %c0]", "box[%c0]"), 1, data, map), load,
      "the tensor map has 2 dimensions, the copy 1");
  CHECK_CONTAINS(
      runBox(replaced(right, "%memory[128]", "%memory[144]"), 1, data, map),
      load,
      "a box at byte 144 of the shared memory, which is not a multiple of 128: "
      "misaligned");

  // Swizzles of 64 bytes repeat after 512.
  Map swizzled;
  CHECK(bridge::emulator::encodeTensorMap(
      swizzled.bytes, {data.data(),
                       4,
                       {32, 2},
                       {128},
                       {16, 2},
                       bridge::emulator::Swizzle::Bytes64}));
  CHECK_CONTAINS(
      runBox(right, 1, data, swizzled),
      "a box at byte 128 of the shared memory, which is not a multiple of 512");
}

void testStore() {
  std::string right = R"(
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %value = llvm.uitofp %thread : i32 to f32
  %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
  %place = llvm.getelementptr %memory[%thread] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
  llvm.store %value, %place : f32, !llvm.ptr<3>
  nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
  nvvm.barrier0
  %first = llvm.icmp "eq" %thread, %c0 : i32
  llvm.cond_br %first, ^store, ^out
^store:
  nvvm.cp.async.bulk.tensor.global.shared.cta %map, %memory, box[%c0, %c0] : !llvm.ptr, !llvm.ptr<3>
  nvvm.cp.async.bulk.commit.group
  nvvm.cp.async.bulk.wait_group 0
  llvm.br ^out
^out:)";
  std::vector<float> data(64);
  Map map = mapOf(data);
  CHECK_EQ(runBox(right, 64, data, map), "");
  for (int i = 0; i < 64; ++i)
    CHECK_EQ(data[i], float(i));

  std::string returns =
      "thread (0, 0, 0), at kernels.mlir:15 "
      "(nvvm.cp.async.bulk.tensor.global.shared.cta): the thread returns "
      "without a wait for this store";
  std::string wait = "nvvm.cp.async.bulk.wait_group 0";
  CHECK_CONTAINS(runBox(replaced(right, wait, ""), 64, data, map), returns);
  std::string commit = "nvvm.cp.async.bulk.commit.group";
  CHECK_CONTAINS(runBox(replaced(right, commit, ""), 64, data, map), returns);

  std::string fence =
      "nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = "
      "#nvvm.shared_space<cta>}";
  CHECK_CONTAINS(
      runBox(replaced(right, fence, ""), 64, data, map),
      "(nvvm.cp.async.bulk.tensor.global.shared.cta): reads 256 bytes at byte "
      "0 of the shared memory, which has 1024: written at kernels.mlir:9 "
      "(llvm.store) by thread (0, 0, 0) without a proxy fence since");
}

void testGroup() {
  std::string right = R"(
  %half = llvm.mlir.constant(128 : i32) : i32
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %low = llvm.icmp "ult" %thread, %half : i32
  llvm.cond_br %low, ^one, ^other
^one:
  nvvm.wgmma.wait.group.sync.aligned 0
  llvm.br ^out
^other:
  nvvm.wgmma.wait.group.sync.aligned 0
  llvm.br ^out
^out:)";
  CHECK_EQ(runBody(right, 128), "");
  CHECK_EQ(runBody(right, 256), "");
  CHECK_CONTAINS(runBody(right, 96),
                 "at kernels.mlir:9 (nvvm.wgmma.wait.group.sync.aligned): this "
                 "takes a group of four warps of 32 threads");
  CHECK_CONTAINS(runBody(replaced(right, "(128 : i32)", "(32 : i32)"), 128),
                 "(nvvm.wgmma.wait.group.sync.aligned): its warp group is "
                 "apart: others wait for this thread at kernels.mlir:9");

  std::string product = R"(
  %none = llvm.mlir.constant(0 : i64) : i64
  %sums = llvm.mlir.undef : !llvm.struct<(f32, f32, f32, f32)>
  %0 = nvvm.wgmma.mma_async %none, %none, %sums, #nvvm.shape<m = 64, n = 8, k = 16>, D [#nvvm.wgmma_type<f32>, #nvvm.wgmma_scale_out<zero>], A [#nvvm.wgmma_type<bf16>, #nvvm.wgmma_scale_in<one>, #nvvm.mma_layout<row>], B [#nvvm.wgmma_type<bf16>, #nvvm.wgmma_scale_in<one>, #nvvm.mma_layout<col>] : !llvm.struct<(f32, f32, f32, f32)> -> !llvm.struct<(f32, f32, f32, f32)>)";
  CHECK_CONTAINS(runBody(product, 96),
                 "(nvvm.wgmma.mma_async): this takes a group of four warps of "
                 "32 threads");
}

} // namespace

int main() {
  testBarrier();
  testLoad();
  testStore();
  testGroup();
  return failures != 0;
}
