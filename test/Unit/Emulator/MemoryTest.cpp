//===- MemoryTest.cpp - Accesses, copies and launches
//-----------------------===//
#include "Harness.h"

using namespace bridge::test;

// out[block, thread] = in[…] + 1, one element behind where `%more` is 1.
static const std::string kAddOne =
    kernel("add_one", "%in: !llvm.ptr<1>, %out: !llvm.ptr<1>, %more: i32", R"(
  %one = llvm.mlir.constant(1.0 : f32) : f32
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %block = nvvm.read.ptx.sreg.ctaid.x : i32
  %threads = nvvm.read.ptx.sreg.ntid.x : i32
  %first = llvm.mul %block, %threads : i32
  %index = llvm.add %first, %thread : i32
  %from = llvm.add %index, %more : i32
  %a = llvm.getelementptr %in[%from] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
  %x = llvm.load %a : !llvm.ptr<1> -> f32
  %y = llvm.fadd %x, %one : f32
  %b = llvm.getelementptr %out[%index] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
  llvm.store %y, %b : f32, !llvm.ptr<1>)");

static void testGlobal() {
  Kernels kernels(kAddOne);
  std::vector<float> in(256), out(256);
  for (int i = 0; i < 256; ++i)
    in[i] = i;
  kernels.share(in, "in");
  kernels.share(out, "out");
  int32_t more = 0;
  CHECK_EQ(kernels.run("add_one", 64, 4, 0, in, out, more), "");
  for (int i = 0; i < 256; ++i)
    CHECK_EQ(out[i], i + 1);

  // An index that is one too large.
  more = 1;
  CHECK_CONTAINS(kernels.run("add_one", 64, 4, 0, in, out, more),
                 "kernel `add_one`, block (3, 0, 0), thread (63, 0, 0), at "
                 "kernels.mlir:11 (llvm.load): reads 4 bytes at byte 1024 of "
                 "`in`, which has 1024: out of bounds");
  more = -1;
  CHECK_CONTAINS(kernels.run("add_one", 64, 1, 0, in, out, more),
                 "4 bytes in front of `in`: out of bounds");
  // What was taken back.
  kernels.device->release(out.data());
  more = 0;
  CHECK_CONTAINS(kernels.run("add_one", 64, 1, 0, in, out, more),
                 "writes 4 bytes ", ": out of bounds");
}

static void testMisaligned() {
  Kernels kernels(kernel("load", "%in: !llvm.ptr<1>, %offset: i64", R"(
  %a = llvm.getelementptr %in[%offset] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
  %x = llvm.load %a {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>)"));
  alignas(16) static float data[8];
  kernels.device->share(data, sizeof(data), "data");
  void *address = data;
  int64_t offset = 16;
  CHECK_EQ(kernels.run("load", 1, 1, 0, address, offset), "");
  offset = 4;
  CHECK_CONTAINS(kernels.run("load", 1, 1, 0, address, offset),
                 "reads 16 bytes at ",
                 ", which is not a multiple of 16: "
                 "misaligned");
}

// Thread t copies element t by way of shared memory: the barrier and the bound
// can be taken away.
static std::string reverse(const std::string &barrier, int elements) {
  return "llvm.mlir.global internal @tile() {addr_space = 3 : i32} : "
         "!llvm.array<" +
         std::to_string(elements) + " x f32>\n" +
         kernel("reverse", "%data: !llvm.ptr<1>", R"(
  %last = llvm.mlir.constant(63 : i32) : i32
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
  %a = llvm.getelementptr %data[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
  %x = llvm.load %a : !llvm.ptr<1> -> f32
  %s = llvm.getelementptr %tile[%thread] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
  llvm.store %x, %s : f32, !llvm.ptr<3>
  )" + barrier + R"(
  %other = llvm.sub %last, %thread : i32
  %o = llvm.getelementptr %tile[%other] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
  %y = llvm.load %o : !llvm.ptr<3> -> f32
  llvm.store %y, %a : f32, !llvm.ptr<1>)");
}

static void testShared() {
  std::vector<float> data(64);
  for (int i = 0; i < 64; ++i)
    data[i] = i;
  Kernels kernels(reverse("nvvm.barrier0", 64));
  kernels.share(data, "data");
  CHECK_EQ(kernels.run("reverse", 64, 1, 0, data), "");
  for (int i = 0; i < 64; ++i)
    CHECK_EQ(data[i], 63 - i);

  // A barrier that was dropped.
  Kernels raced(reverse("", 64));
  raced.share(data, "data");
  std::string message = raced.run("reverse", 64, 1, 0, data);
  CHECK_CONTAINS(message, "kernel `reverse`, block (0, 0, 0), thread (",
                 "kernels.mlir:14 (llvm.load): reads 4 bytes at byte ",
                 "of `tile`, which has 256: nobody has written them");

  // An array that is one element too small.
  Kernels small(reverse("nvvm.barrier0", 63));
  small.share(data, "data");
  CHECK_CONTAINS(small.run("reverse", 64, 1, 0, data),
                 "thread (63, 0, 0), at kernels.mlir:10 (llvm.store): writes 4 "
                 "bytes at byte 252 of `tile`, which has 252: out of bounds");
}

// A second use of a buffer whose readers nobody waited for.
static void testOverwritten() {
  std::string text =
      "llvm.mlir.global external @memory() {addr_space = 3 : i32, alignment = "
      "1024 : i64} : !llvm.array<0 x i8>\n" +
      kernel("twice", "%out: !llvm.ptr<1>", R"(
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %one = llvm.mlir.constant(1 : i32) : i32
  %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
  %mine = llvm.getelementptr %memory[%thread] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
  %next = llvm.xor %thread, %one : i32
  %other = llvm.getelementptr %memory[%next] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
  llvm.store %thread, %mine : i32, !llvm.ptr<3>
  nvvm.barrier0
  %x = llvm.load %other : !llvm.ptr<3> -> i32
  BARRIER
  llvm.store %x, %mine : i32, !llvm.ptr<3>)");
  auto with = [&](const std::string &barrier) {
    std::string result = text;
    result.replace(result.find("BARRIER"), 7, barrier);
    return result;
  };
  std::vector<int32_t> out(64);
  Kernels kernels(with("nvvm.barrier0"));
  CHECK_EQ(kernels.run("twice", 64, 2, 256, out), "");
  Kernels raced(with(""));
  CHECK_CONTAINS(raced.run("twice", 64, 2, 256, out),
                 "at kernels.mlir:12 (llvm.load): reads 4 bytes at byte ",
                 "of the shared memory, which has 256: race, written at "
                 "kernels.mlir:14 (llvm.store) by thread (",
                 "without a barrier since");
}

// A write that does not wait for those who read.
static void testReadThenWritten() {
  Kernels kernels("llvm.mlir.global internal @word() {addr_space = 3 : i32} : "
                  "i32\n" +
                  kernel("early", "", R"(
  %zero = llvm.mlir.constant(0 : i32) : i32
  %half = llvm.mlir.constant(32 : i32) : i32
  %word = llvm.mlir.addressof @word : !llvm.ptr<3>
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %first = llvm.icmp "eq" %thread, %zero : i32
  llvm.cond_br %first, ^write, ^meet
^write:
  llvm.store %thread, %word : i32, !llvm.ptr<3>
  llvm.br ^meet
^meet:
  nvvm.barrier0
  %high = llvm.icmp "uge" %thread, %half : i32
  llvm.cond_br %high, ^read, ^again
^read:
  %x = llvm.load %word : !llvm.ptr<3> -> i32
  llvm.return
^again:
  llvm.cond_br %first, ^rewrite, ^out
^rewrite:
  llvm.store %half, %word : i32, !llvm.ptr<3>
  llvm.br ^out
^out:)"));
  CHECK_CONTAINS(kernels.run("early", 64, 1, 0),
                 "thread (0, 0, 0), at kernels.mlir:23 (llvm.store): writes 4 "
                 "bytes at byte 0 of `word`, which has 4: race, read at "
                 "kernels.mlir:18 (llvm.load) by thread (",
                 "without a barrier since");
}

// Two stages of copies: stage 1 is under way when stage 0 is read.
static std::string copies(int pending, const std::string &order) {
  return "llvm.mlir.global external @memory() {addr_space = 3 : i32} : "
         "!llvm.array<0 x i8>\n" +
         kernel("copies", "%in: !llvm.ptr<1>, %out: !llvm.ptr<1>",
                R"(
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  %c64 = llvm.mlir.constant(64 : i32) : i32
  %c8 = llvm.mlir.constant(8 : i32) : i32
  %c1 = llvm.mlir.constant(1 : i32) : i32
  %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
  %behind = llvm.add %thread, %c64 : i32
  %s0 = llvm.getelementptr %memory[%thread] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xf32>
  %s1 = llvm.getelementptr %memory[%behind] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xf32>
  %g0 = llvm.getelementptr %in[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xf32>
  %g1 = llvm.getelementptr %in[%behind] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xf32>
  nvvm.cp.async.shared.global %s0, %g0, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
  nvvm.cp.async.commit.group
  nvvm.cp.async.shared.global %s1, %g1, 16, cache = cg, %c8 : !llvm.ptr<3>, !llvm.ptr<1>, i32
  nvvm.cp.async.commit.group
  nvvm.cp.async.wait.group )" +
                    std::to_string(pending) + "\n" + order + R"(
  %next = llvm.xor %thread, %c1 : i32
  %a = llvm.getelementptr %memory[%next] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xf32>
  %x = llvm.load %a : !llvm.ptr<3> -> vector<4xf32>
  nvvm.cp.async.wait.group 0
  nvvm.barrier0
  %afar = llvm.add %next, %c64 : i32
  %b = llvm.getelementptr %memory[%afar] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xf32>
  %y = llvm.load %b : !llvm.ptr<3> -> vector<4xf32>
  %z = llvm.fadd %x, %y : vector<4xf32>
  %o = llvm.getelementptr %out[%next] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xf32>
  llvm.store %z, %o {alignment = 4 : i64} : vector<4xf32>, !llvm.ptr<1>)");
}

static void testCopies() {
  struct alignas(16) Four {
    float x[4];
  };
  std::vector<Four> in(128), out(64);
  for (int i = 0; i < 512; ++i)
    in[i / 4].x[i % 4] = i;
  auto run = [&](const std::string &text) {
    Kernels kernels(text);
    kernels.share(in, "in");
    kernels.share(out, "out");
    return kernels.run("copies", 64, 1, 2048, in, out);
  };
  CHECK_EQ(run(copies(1, "nvvm.barrier0")), "");
  for (int i = 0; i < 256; ++i)
    CHECK_EQ(out[i / 4].x[i % 4], i + (i % 4 < 2 ? i + 256 : 0));
  // A wait for one group too few.
  CHECK_CONTAINS(run(copies(2, "nvvm.barrier0")),
                 "at kernels.mlir:22 (llvm.load): reads 16 bytes at byte ",
                 "of the shared memory, which has 2048: a copy is under way "
                 "there that nobody has waited for, at kernels.mlir:14 "
                 "(nvvm.cp.async.shared.global) of thread (");
  // A wait without the barrier that lets others see it.
  CHECK_CONTAINS(run(copies(1, "")), "at kernels.mlir:22 (llvm.load): reads "
                                     "16 bytes at byte 16 of the shared");
}

// Copies that the hardware would not make.
static void testWrongCopies() {
  std::string text =
      "llvm.mlir.global external @memory() {addr_space = 3 : i32} : "
      "!llvm.array<0 x i8>\n" +
      kernel("copy", "%in: !llvm.ptr<1>, %offset: i32, %bytes: i32", R"(
  %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
  %s = llvm.getelementptr %memory[%offset] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
  nvvm.cp.async.shared.global %s, %in, 16, cache = cg, %bytes : !llvm.ptr<3>, !llvm.ptr<1>, i32)");
  Kernels kernels(text);
  alignas(16) static float in[4];
  kernels.device->share(in, sizeof(in), "in");
  void *address = in;
  auto run = [&](int32_t offset, int32_t bytes) {
    return kernels.run("copy", 1, 1, 64, address, offset, bytes);
  };
  CHECK_EQ(run(48, 16), "");
  CHECK_CONTAINS(run(48, 17), "copies at most 16 bytes, found 17");
  CHECK_CONTAINS(run(40, 16), "copies 16 bytes from ",
                 " to byte 40 of the shared memory: misaligned");
  CHECK_CONTAINS(run(64, 16), "writes 16 bytes at byte 64 of the shared "
                              "memory, which has 64: out of bounds");
  CHECK_CONTAINS(run(-16, 16), "at byte -16 of the shared memory");
  address = in + 4;
  CHECK_CONTAINS(run(0, 16),
                 "reads 16 bytes at byte 16 of `in`, which has 16: out of "
                 "bounds");
}

static void testLaunch() {
  Kernels kernels(kernel("none", "", "") +
                  "llvm.func @narrow(%n: i32) attributes {nvvm.kernel, "
                  "nvvm.maxntid = array<i32: 128>} { llvm.return }\n");
  int32_t n = 0;
  CHECK_EQ(kernels.run("none", 1024, 7, 232448), "");
  CHECK_EQ(kernels.run("nobody", 32, 1, 0), "there is no kernel `nobody`");
  CHECK_EQ(kernels.run("narrow", 256, 1, 0, n),
           "launch of kernel `narrow`: expected 1 to 128 threads in a block, "
           "found 256");
  CHECK_EQ(kernels.run("narrow", 128, 1, 0),
           "launch of kernel `narrow`: expected 1 arguments, found 0");
  CHECK_EQ(kernels.run("none", 32, 1, 232449),
           "launch of kernel `none`: expected at most 232448 bytes of shared "
           "memory, found 232449");
  CHECK_EQ(kernels.run("none", 32, 0, 0),
           "launch of kernel `none`: expected 1 to 2147483647 x 65535 x 65535 "
           "blocks, found 0 x 1 x 1");
}

static void testUnknown() {
  CHECK_CONTAINS(Kernels(kernel("k", "%f: !llvm.ptr",
                                "llvm.call %f() : !llvm.ptr, () -> ()"))
                     .loadError,
                 "of a function by its address");
  CHECK_CONTAINS(Kernels(kernel("k", "%a: f64", R"(
  %d = nvvm.mma.sync A[%a] B[%a] C[%a, %a] {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, shape = #nvvm.shape<m = 8, n = 8, k = 4>} : (f64, f64, f64) -> !llvm.struct<(f64, f64)>)"))
                     .loadError,
                 "`nvvm.mma.sync` of this shape and these types");
  CHECK_EQ(Kernels(kernel("k", "", "nvvm.cluster.arrive")).loadError,
           "kernel `k`, at kernels.mlir:2 (nvvm.cluster.arrive): the emulator "
           "does not know `nvvm.cluster.arrive`");
  CHECK_CONTAINS(
      Kernels(kernel("k", "",
                     "llvm.inline_asm has_side_effects \"trap;\", "
                     "\"\" : () -> ()"))
          .loadError,
      "the emulator does not know `llvm.inline_asm` with the text `trap;`");
  CHECK_CONTAINS(Kernels("llvm.func @__nv_erff(f32) -> f32\n" +
                         kernel("k", "%x: f32",
                                "%y = llvm.call @__nv_erff(%x) : (f32) -> f32"))
                     .loadError,
                 "`llvm.call` of `__nv_erff`, which is not there");
}

int main() {
  testGlobal();
  testMisaligned();
  testShared();
  testOverwritten();
  testReadThenWritten();
  testCopies();
  testWrongCopies();
  testLaunch();
  testUnknown();
  return failures != 0;
}
