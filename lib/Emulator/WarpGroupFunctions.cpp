//===- WarpGroupFunctions.cpp - Products of four warps
//------------------------===//
//
// Descriptors, layouts in shared memory and fragments: PTX ISA, "Asynchronous
// Warpgroup Level Matrix Multiply-Accumulate". A product is made when it is
// issued, since generated code has its result then; that its operands are read
// until somebody waits for it is checked at the wait once more.
//
//===----------------------------------------------------------------------===//
#include "Block.h"
#include "Numbers.h"
#include "Runtime.h"
#include "TensorMap.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>

using namespace bridge::emulator;

namespace {

/// An operand in shared memory: `rows` of M or N by the elements of one step of
/// K, 32 bytes.
struct Operand {
  Operand(uint64_t descriptor, uint32_t elementBytes, bool transposed)
      : start((descriptor & 0x3fff) << 4),
        leading((descriptor >> 16 & 0x3fff) << 4),
        stride((descriptor >> 32 & 0x3fff) << 4), elementBytes(elementBytes),
        transposed(transposed) {
    // The descriptor counts from the widest on: 1 is 128 bytes, 3 is 32.
    uint32_t mode = descriptor >> 62;
    swizzle = mode ? Swizzle(4 - mode) : Swizzle::None;
  }

  uint64_t start, leading, stride;
  uint32_t elementBytes;
  bool transposed;
  Swizzle swizzle;

  /// Bytes from the window's start to element (row, k).
  uint64_t offset(uint32_t row, uint32_t k) const {
    uint32_t rowBytes = 16u << unsigned(swizzle);
    uint32_t chunk = 16 / elementBytes;
    uint64_t at = start;
    if (transposed) {
      // Rows of elements along M or N; 8 of them, one for each k, are a unit.
      uint32_t width = rowBytes / elementBytes;
      at += k / 8 * stride + k % 8 * rowBytes + row / width * leading +
            row % width * elementBytes;
    } else if (swizzle == Swizzle::None) {
      at += row / 8 * stride + row % 8 * 16 + k / chunk * leading +
            k % chunk * elementBytes;
    } else {
      at += row / 8 * stride + row % 8 * rowBytes + k * elementBytes;
    }
    return swizzled(at, swizzle);
  }
};

/// What all threads of a warp group say about a product.
struct Product {
  uint32_t columns;      ///< N
  MatrixElement element; ///< of A and B
  bool accumulates, transposedA, transposedB;

  static Product of(uint32_t code) {
    return {code & 0x1ff, MatrixElement(code >> 9 & 3), bool(code >> 11 & 1),
            bool(code >> 12 & 1), bool(code >> 13 & 1)};
  }
};

} // namespace

/// The four warps that a thread belongs to meet; the last to come does what is
/// to be done `together`. All know of each other's accesses then.
static void meetGroup(Thread &thread, Site site,
                      llvm::function_ref<void(Thread *group)> together) {
  Block &block = *thread.block;
  uint32_t first = thread.index & ~127u;
  if (first + 128 > block.size())
    block.fail(thread, site, "this takes a group of four warps of 32 threads");
  block.barriers.meetGroup(thread, site, [&] {
    together(block.warpOf(thread) - thread.warp % 4 * 32);
  });
}

/// Reads an operand, `rows` by the elements of 32 bytes, and checks it.
static void readOperand(Thread &thread, const Operand &operand, uint32_t rows,
                        MatrixElement element, float *values, Site site) {
  Block &block = *thread.block;
  uint32_t depth = 32 / operand.elementBytes;
  // One check for what lies together: 16 bytes.
  uint32_t together = 16 / operand.elementBytes;
  for (uint32_t row = 0; row < rows; ++row)
    for (uint32_t k = 0; k < depth; ++k) {
      char *address = block.shared.begin() + operand.offset(row, k);
      if (operand.transposed ? row % together == 0 : k % together == 0)
        block.readByEngine(thread, address, 16, site);
      values[row * depth + k] = toFloat(element, address, 0);
    }
}

/// D = A·B + D with the sums and the descriptors in the exchange: 128 sums at
/// most, then those of A and B.
static void multiplyGroup(Thread &thread, uint64_t a, uint64_t b, uint32_t code,
                          Site site) {
  Product product = Product::of(code);
  meetGroup(thread, site, [&](Thread *group) {
    uint32_t bytes = product.element == MatrixElement::TF32 ? 4 : 2;
    uint32_t depth = 32 / bytes, columns = product.columns;
    std::vector<float> left(64 * depth), right(columns * depth);
    readOperand(thread, Operand(a, bytes, product.transposedA), 64,
                product.element, left.data(), site);
    readOperand(thread, Operand(b, bytes, product.transposedB), columns,
                product.element, right.data(), site);
    for (uint32_t index = 0; index < 128; ++index) {
      float sums[128];
      std::memcpy(sums, group[index].exchange, columns / 2 * sizeof(float));
      for (uint32_t i = 0; i < columns / 2; ++i) {
        uint32_t row = index / 32 * 16 + index % 32 / 4 + (i >> 1 & 1) * 8;
        uint32_t column = i / 4 * 8 + index % 4 * 2 + (i & 1);
        float sum = product.accumulates ? sums[i] : 0;
        for (uint32_t k = 0; k < depth; ++k)
          sum += left[row * depth + k] * right[column * depth + k];
        sums[i] = sum;
      }
      std::memcpy(group[index].exchange, sums, columns / 2 * sizeof(float));
    }
  });
  thread.products.push_back({a, b, code, site});
}

static void commitProducts(Thread &thread) {
  uint32_t committed = 0;
  for (uint32_t count : thread.productGroups)
    committed += count;
  thread.productGroups.push_back(thread.products.size() - committed);
}

/// Waits until at most `pending` of the committed groups are under way: their
/// operands were read until now.
static void waitForProducts(Thread &thread, uint32_t pending, Site site) {
  meetGroup(thread, site, [&](Thread *group) {
    auto groups = thread.productGroups;
    uint32_t count = 0;
    while (groups.size() > pending) {
      count += groups.front();
      groups.erase(groups.begin());
    }
    for (uint32_t i = 0; i < count; ++i) {
      const IssuedProduct &issued = thread.products[i];
      Product product = Product::of(issued.code);
      uint32_t bytes = product.element == MatrixElement::TF32 ? 4 : 2;
      std::vector<float> values(256 * 32 / bytes);
      readOperand(thread, Operand(issued.a, bytes, product.transposedA), 64,
                  product.element, values.data(), issued.site);
      readOperand(thread, Operand(issued.b, bytes, product.transposedB),
                  product.columns, product.element, values.data(), issued.site);
    }
  });
  while (thread.productGroups.size() > pending) {
    thread.products.erase(thread.products.begin(),
                          thread.products.begin() +
                              thread.productGroups.front());
    thread.productGroups.erase(thread.productGroups.begin());
  }
}

void bridge::emulator::addWarpGroupFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_multiply_group", multiplyGroup),
      describe("bridge_emulator_commit_products", commitProducts),
      describe("bridge_emulator_wait_for_products", waitForProducts),
  });
}
