//===- WarpTest.cpp - Values that lanes exchange
//------------------------------===//
#include "Harness.h"
#include <cmath>
#include <functional>

using namespace bridge::test;

/// What each of 64 threads makes of its number `%thread`: `%y`.
static std::vector<int32_t> results(const std::string &body) {
  Kernels kernels(kernel("lanes", "%out: !llvm.ptr<1>", R"(
  %full = llvm.mlir.constant(-1 : i32) : i32
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %c3 = llvm.mlir.constant(3 : i32) : i32
  %c31 = llvm.mlir.constant(31 : i32) : i32
  %quads = llvm.mlir.constant(7199 : i32) : i32
  %quarters = llvm.mlir.constant(6151 : i32) : i32
  %thread = nvvm.read.ptx.sreg.tid.x : i32
  )" + body + R"(
  %a = llvm.getelementptr %out[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
  llvm.store %y, %a : i32, !llvm.ptr<1>)"));
  std::vector<int32_t> out(64);
  kernels.share(out, "out");
  CHECK_EQ(kernels.run("lanes", 64, 1, 0, out), "");
  return out;
}

static void expect(const std::string &body,
                   const std::function<int32_t(int32_t)> &expected, int line) {
  std::vector<int32_t> found = results(body);
  for (int32_t thread = 0; thread < 64; ++thread)
    checkEqual(found[thread], expected(thread), __FILE__, line, body.c_str());
}
#define EXPECT(body, expression)                                               \
  expect(body, [](int32_t t) -> int32_t { return expression; }, __LINE__)

static void testShuffles() {
  EXPECT("%y = nvvm.shfl.sync bfly %full, %thread, %c3, %c31 : i32 -> i32",
         t ^ 3);
  EXPECT("%y = nvvm.shfl.sync idx %full, %thread, %c3, %c31 : i32 -> i32",
         t / 32 * 32 + 3);
  EXPECT("%y = nvvm.shfl.sync up %full, %thread, %c3, %c0 : i32 -> i32",
         t % 32 < 3 ? t : t - 3);
  EXPECT("%y = nvvm.shfl.sync down %full, %thread, %c3, %c31 : i32 -> i32",
         t % 32 > 28 ? t : t + 3);
  // In segments of four lanes.
  EXPECT("%y = nvvm.shfl.sync idx %full, %thread, %c0, %quads : i32 -> i32",
         t / 4 * 4);
  EXPECT(
      R"(%both = nvvm.shfl.sync down %full, %thread, %c3, %c31 {return_value_and_is_valid} : i32 -> !llvm.struct<(i32, i1)>
  %valid = llvm.extractvalue %both[1] : !llvm.struct<(i32, i1)>
  %y = llvm.zext %valid : i1 to i32)",
      t % 32 <= 28);
  EXPECT(R"(%f = llvm.sitofp %thread : i32 to f32
  %g = nvvm.shfl.sync bfly %full, %f, %c31, %c31 : f32 -> f32
  %y = llvm.fptosi %g : f32 to i32)",
         t ^ 31);
}

static void testVotes() {
  std::string odd = "%bit = llvm.and %thread, %c3 : i32\n"
                    "%p = llvm.icmp \"eq\" %bit, %c3 : i32\n";
  EXPECT(odd + "%y = nvvm.vote.sync ballot %full, %p -> i32",
         int32_t(0x88888888));
  EXPECT(odd + "%v = nvvm.vote.sync any %full, %p -> i1\n"
               "%y = llvm.zext %v : i1 to i32",
         1);
  EXPECT(odd + "%v = nvvm.vote.sync all %full, %p -> i1\n"
               "%y = llvm.zext %v : i1 to i32",
         0);
  EXPECT(odd + "%v = nvvm.vote.sync uni %full, %p -> i1\n"
               "%y = llvm.zext %v : i1 to i32",
         0);
  EXPECT("%v = nvvm.elect.sync -> i1\n%y = llvm.zext %v : i1 to i32",
         t % 32 == 0);
}

static void testReductions() {
  EXPECT("%y = nvvm.redux.sync add %thread, %full : i32 -> i32",
         t < 32 ? 496 : 1520);
  EXPECT("%y = nvvm.redux.sync max %thread, %full : i32 -> i32", t | 31);
  EXPECT("%y = nvvm.redux.sync min %thread, %full : i32 -> i32", t & 32);
  EXPECT("%y = nvvm.redux.sync xor %thread, %full : i32 -> i32", 0);
  EXPECT("%y = nvvm.redux.sync or %thread, %full : i32 -> i32", t | 31);
  EXPECT("%y = nvvm.redux.sync and %thread, %full : i32 -> i32", t & 32);
}

static void testMissingLane() {
  Kernels kernels(kernel("lanes", "", R"(
  %c15 = llvm.mlir.constant(15 : i32) : i32
  %c31 = llvm.mlir.constant(31 : i32) : i32
  %s = nvvm.shfl.sync idx %c15, %c31, %c31, %c31 : i32 -> i32)"));
  CHECK_CONTAINS(kernels.run("lanes", 4, 1, 0),
                 "lane 0 reads from lane 31, which does not take part in this");
}

// Approximate functions, by operation, intrinsic and text.
static void testMathematics() {
  auto compute = [](const std::string &body, float x) {
    Kernels kernels(kernel("f", "%x: f32, %out: !llvm.ptr<1>",
                           body + "\nllvm.store %y, %out : f32, !llvm.ptr<1>"));
    std::vector<float> out(1);
    kernels.share(out, "out");
    CHECK_EQ(kernels.run("f", 1, 1, 0, x, out), "");
    return out[0];
  };
  auto intrinsic = [](const std::string &name) {
    return "%y = llvm.call_intrinsic \"llvm.nvvm." + name +
           "\"(%x) : (f32) -> f32";
  };
  CHECK_EQ(compute(intrinsic("ex2.approx.ftz.f"), 3), 8);
  CHECK_EQ(compute(intrinsic("ex2.approx.ftz.f32"), -130), 0);
  CHECK_EQ(compute(intrinsic("ex2.approx.f"), -130), std::exp2(-130.0f));
  CHECK_EQ(compute(intrinsic("lg2.approx.ftz.f"), 8), 3);
  CHECK_EQ(compute(intrinsic("rsqrt.approx.ftz.f"), 4), 0.5f);
  CHECK_EQ(compute(intrinsic("sqrt.approx.ftz.f"), 16), 4);
  CHECK_EQ(compute("%y = nvvm.rcp.approx.ftz.f %x : f32", 4), 0.25f);
  CHECK_EQ(compute("%y = llvm.inline_asm \"tanh.approx.f32 $0, $1;\", \"=f,f\" "
                   "%x : (f32) -> f32",
                   0.5f),
           std::tanh(0.5f));
  CHECK_EQ(compute("%y = llvm.inline_asm \"ex2.approx.ftz.f32 $0, $1;\", "
                   "\"=f,f\" %x : (f32) -> f32",
                   4),
           16);
  // 1 + 2^-11 is half way: away from zero.
  CHECK_EQ(compute("%z = nvvm.convert.float.to.tf32 %x {rnd = "
                   "#nvvm.fp_rnd_mode<rna>}\n%y = llvm.bitcast %z : i32 to f32",
                   1.00048828125f),
           1.0009765625f);
  CHECK_EQ(compute("%z = llvm.inline_asm \"cvt.rn.bf16x2.f32 $0, $1, $2;\", "
                   "\"=r,f,f\" %x, %x : (f32, f32) -> i32\n"
                   "%y = llvm.bitcast %z : i32 to f32",
                   1),
           llvm::bit_cast<float>(0x3f803f80));
  CHECK_EQ(compute("%b = llvm.fptrunc %x : f32 to bf16\n"
                   "%y = llvm.fpext %b : bf16 to f32",
                   1.00390625f),
           1);
  CHECK_EQ(compute("%y = llvm.intr.exp2(%x) : (f32) -> f32", 3), 8);
}

int main() {
  testShuffles();
  testVotes();
  testReductions();
  testMissingLane();
  testMathematics();
  return failures != 0;
}
