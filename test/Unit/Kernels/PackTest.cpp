//===- PackTest.cpp - Packing against its definition ----------------------===//
#include "Check.h"
#include "Harness.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace bridge::test;

namespace {

enum class Order { Rows, Columns, Strided, Repeated };

/// A matrix [2, 3, n, k] with elements in some order.
Operand matrix(int64_t n, int64_t k, Order order) {
  Operand in;
  switch (order) {
  case Order::Rows:
    in = Operand::rows({2, 3, n, k}, 4, 3);
    break;
  case Order::Columns:
    in = Operand::strided({2, 3, n, k}, {12 * n * k, 4 * n * k, 4, 4 * n});
    break;
  case Order::Strided:
    in = Operand::strided({2, 3, n, k}, {24 * n * k, 8 * n * k, 8 * k, 8});
    break;
  case Order::Repeated:
    in = Operand::strided({2, 3, n, k}, {0, 4 * n, 4, 0});
    break;
  }
  std::mt19937 random(3);
  in.fill(random);
  return in;
}

bool isPacked(const Operand &in, const Operand &out, int64_t width) {
  int64_t n = in.size(2), k = in.size(3);
  for (int64_t i = 0; i < 2; ++i)
    for (int64_t j = 0; j < 3; ++j)
      for (int64_t row = 0; row < int64_t(llvm::alignTo(n, width)); ++row)
        for (int64_t step = 0; step < k; ++step) {
          float expected = row < n ? in.at({i, j, row, step}) : 0;
          if (out.packed(i, j, row, step) != expected)
            return false;
        }
  return true;
}

void testOrder(llvm::StringRef level, Order order, int64_t lastStride) {
  CompiledKernel kernel("plan.kernel pack @pack [" + viewType(4, lastStride) +
                            ", " + panelsType() + "] {}",
                        level);
  int64_t width = panelWidth(level);
  for (int64_t n : {1, 7, 15, 16, 17, 31, 32, 33, 67})
    for (int64_t k : {1, 2, 7, 8, 15, 16, 17, 33, 64}) {
      Operand in = matrix(n, k, order);
      Operand out = Operand::panels({2, 3, n, k}, width);
      out.fill(-5.0f);
      kernel.run({in, out});
      check(isPacked(in, out, width), __FILE__, __LINE__,
            llvm::formatv("{0}: [{1}, {2}] in order {3} is not packed", level,
                          n, k, int(order))
                .str());
    }
}

} // namespace

int main() {
  for (llvm::StringRef level : runnableLevels()) {
    testOrder(level, Order::Rows, 4);
    testOrder(level, Order::Rows, -1);
    testOrder(level, Order::Columns, -1);
    testOrder(level, Order::Strided, 8);
    testOrder(level, Order::Repeated, 0);
  }
  return failures != 0;
}
