//===- MatrixTest.cpp - Products of tensor cores
//------------------------------===//
//
// A product of 16×16 and 16×8 elements, as kernels compute it: rows go to
// shared memory in chunks of 16 bytes, exchanged by the row so that banks do
// not conflict; ldmatrix gathers fragments; mma.sync multiplies.
//
//===----------------------------------------------------------------------===//
#include "Harness.h"
#include "llvm/ADT/bit.h"

using namespace bridge::test;

namespace {

uint16_t bf16(float x) { return llvm::bit_cast<uint32_t>(x) >> 16; }
uint16_t f16(float x) { return llvm::bit_cast<uint16_t>(_Float16(x)); }

// The swizzles of the writer and of the reader, which a fault makes differ, and
// the barrier between them.
std::string product(const std::string &type, const std::string &reader,
                    const std::string &barrier) {
  bool half = type == "f16";
  std::string pair = half ? "vector<2xf16>" : "i32";
  std::string text = R"(
  %c0 = llvm.mlir.constant(0 : i32) : i32
  %c1 = llvm.mlir.constant(1 : i32) : i32
  %c2 = llvm.mlir.constant(2 : i32) : i32
  %c3 = llvm.mlir.constant(3 : i32) : i32
  %c4 = llvm.mlir.constant(4 : i32) : i32
  %c7 = llvm.mlir.constant(7 : i32) : i32
  %c8 = llvm.mlir.constant(8 : i32) : i32
  %c15 = llvm.mlir.constant(15 : i32) : i32
  %c16 = llvm.mlir.constant(16 : i32) : i32
  %c32 = llvm.mlir.constant(32 : i32) : i32
  %zero = llvm.mlir.constant(0.0 : f32) : f32
  %lane = nvvm.read.ptx.sreg.laneid : i32
  %memory = llvm.mlir.addressof @memory : !llvm.ptr<3>
  // Lane l copies half l%2 of row l/2 of A, [16, 16].
  %row = llvm.lshr %lane, %c1 : i32
  %chunk = llvm.and %lane, %c1 : i32
  %key = llvm.lshr %row, %c2 : i32
  %bit = llvm.and %key, %c1 : i32
  %place = llvm.xor %chunk, %bit : i32
  %twice = llvm.mul %row, %c2 : i32
  %to = llvm.add %twice, %place : i32
  %s = llvm.getelementptr %memory[%to] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xi32>
  %g = llvm.getelementptr %a[%lane] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xi32>
  %x = llvm.load %g : !llvm.ptr<1> -> vector<4xi32>
  llvm.store %x, %s : vector<4xi32>, !llvm.ptr<3>
  BARRIER
  // Fragments of A: lane l names row l%16, chunk l/16.
  %r = llvm.and %lane, %c15 : i32
  %h = llvm.lshr %lane, %c4 : i32
  READER
  %q = llvm.xor %h, %t : i32
  %r2 = llvm.mul %r, %c2 : i32
  %from = llvm.add %r2, %q : i32
  %p = llvm.getelementptr %memory[%from] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xi32>
  %f = nvvm.ldmatrix %p {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
  %a0 = llvm.extractvalue %f[0] : !llvm.struct<(i32, i32, i32, i32)>
  %a1 = llvm.extractvalue %f[1] : !llvm.struct<(i32, i32, i32, i32)>
  %a2 = llvm.extractvalue %f[2] : !llvm.struct<(i32, i32, i32, i32)>
  %a3 = llvm.extractvalue %f[3] : !llvm.struct<(i32, i32, i32, i32)>
  // B is [16, 8]; its rows are the matrices' rows, read transposed.
  nvvm.bar.warp.sync %full : i32
  %short = llvm.icmp "ult" %lane, %c16 : i32
  llvm.cond_br %short, ^copy, ^multiply
^copy:
  %sb = llvm.getelementptr %memory[%lane] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xi32>
  %gb = llvm.getelementptr %b[%lane] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xi32>
  %y = llvm.load %gb : !llvm.ptr<1> -> vector<4xi32>
  llvm.store %y, %sb : vector<4xi32>, !llvm.ptr<3>
  llvm.br ^multiply
^multiply:
  nvvm.bar.warp.sync %full : i32
  %pb = llvm.getelementptr %memory[%r] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, vector<4xi32>
  %fb = nvvm.ldmatrix %pb {num = 2 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32)>
  %b0 = llvm.extractvalue %fb[0] : !llvm.struct<(i32, i32)>
  %b1 = llvm.extractvalue %fb[1] : !llvm.struct<(i32, i32)>
  PRODUCT
  %group = llvm.lshr %lane, %c2 : i32
  %in = llvm.and %lane, %c3 : i32
  %g4 = llvm.mul %group, %c4 : i32
  %first = llvm.add %g4, %in : i32
  %second = llvm.add %first, %c32 : i32
  %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
  %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
  %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
  %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
  %o0 = llvm.getelementptr %out[%first, 0] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, !llvm.array<2 x f32>
  %o1 = llvm.getelementptr %out[%first, 1] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, !llvm.array<2 x f32>
  %o2 = llvm.getelementptr %out[%second, 0] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, !llvm.array<2 x f32>
  %o3 = llvm.getelementptr %out[%second, 1] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, !llvm.array<2 x f32>
  llvm.store %d0, %o0 : f32, !llvm.ptr<1>
  llvm.store %d1, %o1 : f32, !llvm.ptr<1>
  llvm.store %d2, %o2 : f32, !llvm.ptr<1>
  llvm.store %d3, %o3 : f32, !llvm.ptr<1>)";
  std::string multiply;
  if (half)
    for (std::string name : {"a0", "a1", "a2", "a3", "b0", "b1"})
      multiply += "%" + name + "h = llvm.bitcast %" + name +
                  " : i32 to vector<2xf16>\n";
  std::string h = half ? "h" : "";
  multiply += "%d = nvvm.mma.sync A[%a0" + h + ", %a1" + h + ", %a2" + h +
              ", %a3" + h + "] B[%b0" + h + ", %b1" + h +
              "] C[%zero, %zero, %zero, %zero] {layoutA = "
              "#nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, ";
  if (!half)
    multiply += "multiplicandAPtxType = #nvvm.mma_type<bf16>, "
                "multiplicandBPtxType = #nvvm.mma_type<bf16>, ";
  multiply += "shape = #nvvm.shape<m = 16, n = 8, k = 16>} : (" + pair + ", " +
              pair + ", f32) -> !llvm.struct<(f32, f32, f32, f32)>";
  auto put = [&](const std::string &mark, const std::string &by) {
    text.replace(text.find(mark), mark.size(), by);
  };
  put("BARRIER", barrier);
  put("READER", reader);
  put("PRODUCT", multiply);
  return "llvm.mlir.global internal @memory() {addr_space = 3 : i32, alignment "
         "= 128 : i64} : !llvm.array<512 x i8>\n" +
         kernel("product",
                "%a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %out: !llvm.ptr<1>",
                "  %full = llvm.mlir.constant(-1 : i32) : i32" + text);
}

const char *kReader = "%k = llvm.lshr %r, %c2 : i32\n"
                      "  %t = llvm.and %k, %c1 : i32";
const char *kWrongReader = "%k = llvm.lshr %r, %c1 : i32\n"
                           "  %t = llvm.and %k, %c1 : i32";
const char *kBarrier = "nvvm.bar.warp.sync %full : i32";

/// Whether the product is right; `message` gets the error.
bool multiplies(const std::string &text, bool half, std::string &message) {
  auto narrow = half ? f16 : bf16;
  struct alignas(16) Row {
    uint16_t x[8];
  };
  std::vector<Row> a(32), b(16);
  std::vector<float> out(128);
  auto valueA = [](int i, int k) { return float((i * 7 + k * 3) % 11 - 5); };
  auto valueB = [](int k, int j) { return float((k * 5 + j) % 7 - 3); };
  for (int i = 0; i < 16; ++i)
    for (int k = 0; k < 16; ++k)
      a[i * 2 + k / 8].x[k % 8] = narrow(valueA(i, k));
  for (int k = 0; k < 16; ++k)
    for (int j = 0; j < 8; ++j)
      b[k].x[j] = narrow(valueB(k, j));
  Kernels kernels(text);
  kernels.share(a, "a");
  kernels.share(b, "b");
  kernels.share(out, "out");
  message = kernels.run("product", 32, 1, 0, a, b, out);
  bool right = true;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j) {
      float sum = 0;
      for (int k = 0; k < 16; ++k)
        sum += valueA(i, k) * valueB(k, j);
      right &= out[i * 8 + j] == sum;
    }
  return right;
}

} // namespace

static void testHalfWarp() {
  Kernels kernels(product("bf16", kReader, kBarrier));
  struct alignas(16) Row {
    uint16_t x[8];
  };
  std::vector<Row> a(32), b(16);
  kernels.share(a, "a");
  CHECK_CONTAINS(kernels.run("product", 16, 1, 0, a, b, b),
                 "(nvvm.ldmatrix): this takes a warp of 32 threads");
}

int main() {
  testHalfWarp();
  std::string message;
  CHECK(multiplies(product("bf16", kReader, kBarrier), false, message));
  CHECK_EQ(message, "");
  CHECK(multiplies(product("f16", kReader, kBarrier), true, message));
  CHECK_EQ(message, "");
  // A reader with another swizzle gets other elements: only the numbers tell.
  CHECK(!multiplies(product("bf16", kWrongReader, kBarrier), false, message));
  CHECK_EQ(message, "");
  // Without the barrier lanes read what others have not written.
  CHECK(!multiplies(product("bf16", kReader, ""), false, message));
  CHECK_CONTAINS(
      message, "kernel `product`, block (0, 0, 0), thread (1, 0, 0)",
      "(nvvm.ldmatrix): reads 16 bytes at byte 32 of `memory`, which "
      "has 512: nobody has written them");
  return failures != 0;
}
