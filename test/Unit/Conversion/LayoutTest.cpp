//===- LayoutTest.cpp - Where the elements of a tensor lie ----------------===//
#include "Layout.h"
#include "Check.h"
#include "llvm/ADT/STLExtras.h"
#include <random>

using namespace bridge;
using llvm::ArrayRef;
using llvm::SmallVector;

static const Dim n = Dim::symbol("n"), t = Dim::symbol("t");

static std::string show(ArrayRef<Dim> dims) {
  std::string text;
  for (const Dim &dim : dims)
    text += (text.empty() ? "" : ", ") + dim.str();
  return text;
}

/// The strides of a reshaped layout.
static std::string reshaped(const Layout &layout, ArrayRef<Dim> sizes) {
  std::optional<Layout> result = reshapeTo(layout, sizes);
  return result ? show(result->strides) : "copy";
}

static void testPadding() {
  CHECK_EQ(show(denseLayout({n, 5, 9}, 4).strides), "180, 36, 4");
  CHECK_EQ(show(paddedLayout({n, 5, 9}, 4).strides), "320, 64, 4");
  CHECK_EQ(show(paddedLayout({n, 5, 256}, 4).strides), "5440, 1088, 4");
  CHECK_EQ(show(paddedLayout({5, n}, 4).strides), "4 * n, 4");
  CHECK_EQ(show(paddedLayout({5, 9}, 1).strides), "64, 1");
  // Heads of a query as one row.
  CHECK_EQ(show(paddedLayout({n, 3, t, 24}, 4, {0, 2, 1, 3}, 2).strides),
           "320 * t, 96, 320, 4");
  CHECK_EQ(bufferBytes(paddedLayout({n, 5, 9}, 4), 4).str(), "320 * n + 256");
  CHECK_EQ(bufferBytes(paddedLayout({}, 4), 4).str(), "260");
}

static void testReshape() {
  Layout dense = denseLayout({n, 6, 8}, 4);
  CHECK_EQ(reshaped(dense, {n, 48}), "192, 4");
  CHECK_EQ(reshaped(dense, {n * Dim(48)}), "4");
  CHECK_EQ(reshaped(dense, {n, 2, 3, 1, 8}), "192, 96, 32, 32, 4");
  CHECK_EQ(reshaped(dense, {n, 3, 16}), "192, 64, 4");
  CHECK_EQ(reshaped(dense, {n * Dim(2), 24}), "96, 4");
  // Padded rows split, and do not merge.
  Layout padded = paddedLayout({n, 6, 8}, 4);
  CHECK_EQ(reshaped(padded, {n * Dim(6), 8}), "64, 4");
  CHECK_EQ(reshaped(padded, {n, 6, 2, 4}), "384, 64, 16, 4");
  CHECK_EQ(reshaped(padded, {n, 48}), "copy");
  // Transposed axes do not merge, axes of size 1 do not matter.
  Layout transposed = permute(dense, {0, 2, 1});
  CHECK_EQ(reshaped(transposed, {n, 48}), "copy");
  CHECK_EQ(reshaped(transposed, {n, 2, 4, 6}), "192, 16, 4, 32");
  CHECK_EQ(reshaped(slice(dense, {0, 2, 0}, {n, 1, 8}), {n, 8}), "192, 4");
  CHECK_EQ(reshaped(broadcastTo(denseLayout({8}, 4), {n, 1, 8}), {n, 8}),
           "0, 4");
  // What is repeated stays repeated.
  CHECK_EQ(reshaped(broadcastTo(denseLayout({8}, 4), {n, t, 8}), {n * t, 8}),
           "0, 4");
  // Unknown sizes in another order.
  CHECK_EQ(reshaped(denseLayout({n, 4}, 4), {4, n}), "4 * n, 4");
  CHECK_EQ(reshaped(denseLayout({n, t}, 4), {t, n}), "4 * n, 4");
  CHECK_EQ(reshaped(denseLayout({n, 4}, 4), {n, 5}), "copy");
}

static void testMerge() {
  Layout whole = denseLayout({n, 4, 8}, 4);
  Layout rows = broadcastTo(denseLayout({4, 8}, 4), {n, 4, 8});
  SmallVector<Layout *> both{&whole, &rows};
  mergeLeading(both, /*keep=*/1);
  // The rows repeat for each of n, so that only n itself stays apart.
  CHECK_EQ(show(whole.sizes), "n, 4, 8");
  mergeLeading(both, /*keep=*/0);
  CHECK_EQ(show(whole.strides), "128, 4");
  CHECK_EQ(show(rows.strides), "0, 4");
  Layout single = denseLayout({1, n, 1, 8}, 4);
  SmallVector<Layout *> alone{&single};
  mergeLeading(alone, /*keep=*/1);
  CHECK_EQ(show(single.sizes), "n, 8");
  padRank(single, 4);
  CHECK_EQ(show(single.sizes), "1, 1, n, 8");
  CHECK_EQ(show(single.strides), "0, 0, 32, 4");
}

static void testLayoutLike() {
  Layout heads = permute(denseLayout({n, t, 3, 24}, 4), {0, 2, 1, 3});
  CHECK_EQ(show(layoutLike(heads, 4).strides), "320 * t, 96, 320, 4");
  CHECK_EQ(show(layoutLike(denseLayout({n, 9}, 4), 4).strides), "64, 4");
  CHECK(isInjective(heads));
  CHECK(!isInjective(broadcastTo(denseLayout({8}, 4), {n, 8})));
}

/// The byte of the element with this number in row-major order.
static int64_t addressOf(const Layout &layout, int64_t number) {
  int64_t address = *layout.offset.constant();
  for (int64_t axis = layout.rank() - 1; axis >= 0; --axis) {
    int64_t size = *layout.sizes[axis].constant();
    address += number % size * *layout.strides[axis].constant();
    number /= size;
  }
  return address;
}

/// Reshapes of views of views find every element where it was.
static void testRandomReshapes() {
  std::mt19937 random(1);
  auto below = [&](int64_t limit) { return int64_t(random() % limit); };
  int found = 0;
  for (int round = 0; round < 20000; ++round) {
    SmallVector<Dim> sizes(1 + below(4));
    for (Dim &size : sizes)
      size = Dim(1 + below(4));
    Layout layout = below(2) ? paddedLayout(sizes, 4) : denseLayout(sizes, 4);
    SmallVector<int64_t> order = physicalOrder(layout);
    std::shuffle(order.begin(), order.end(), random);
    if (below(2))
      layout = permute(layout, order);
    int64_t count = *product(layout.sizes).constant();
    SmallVector<Dim> wanted;
    for (int64_t rest = count; rest > 1;) {
      int64_t factor = 1 + below(rest);
      if (rest % factor != 0)
        continue;
      wanted.push_back(Dim(factor));
      rest /= factor;
    }
    std::optional<Layout> result = reshapeTo(layout, wanted);
    if (!result)
      continue;
    ++found;
    for (int64_t number = 0; number < count; ++number)
      CHECK_EQ(addressOf(*result, number), addressOf(layout, number));
  }
  CHECK(found > 5000);
}

int main() {
  testPadding();
  testReshape();
  testMerge();
  testLayoutLike();
  testRandomReshapes();
  return test::failures != 0;
}
