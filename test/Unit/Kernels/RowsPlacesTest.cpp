//===- RowsPlacesTest.cpp - Gather, splice, loss and rotary ---------------===//
#include "Rows.h"

using namespace bridge::test;

namespace {

/// A call without faults.
bridge_call cleanCall() {
  bridge_call call{};
  call.fault_site = -1;
  return call;
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

/// x[A + I + T] at indices[J], I times.
struct Gather {
  llvm::SmallVector<int64_t> x;
  unsigned axis, indices;
  llvm::SmallVector<int64_t> picked;
  llvm::StringRef element = "f32";
  Lies lies = Lies::InRows;
  bool fromEnd = true;

  std::string config() const {
    return "{axis = " + std::to_string(axis) +
           " : i64, indices = " + std::to_string(indices) +
           " : i64, site = 3 : i64" + (fromEnd ? ", from_end}" : "}");
  }
};

struct GatherLaunch {
  View x, out;
  std::vector<View> indices;

  explicit GatherLaunch(const Gather &g)
      : x(Index(g.x), g.lies, g.element),
        out(outSizes(g), Lies::InRows, g.element) {
    std::mt19937 random(1);
    x.fill(random);
    for (unsigned i = 0; i < g.indices; ++i) {
      View &index = indices.emplace_back(Index(g.picked), Lies::InRows, "i32");
      int64_t size = g.x[g.axis + i];
      forEach(g.picked, [&](Index place) {
        int64_t value = random() % size;
        index.set(place, g.fromEnd && random() % 2 ? value - size : value);
      });
    }
    out.clear();
  }
  static llvm::SmallVector<int64_t> outSizes(const Gather &g) {
    llvm::SmallVector<int64_t> sizes(Index(g.x).take_front(g.axis));
    llvm::append_range(sizes, g.picked);
    llvm::append_range(sizes, Index(g.x).drop_front(g.axis + g.indices));
    return sizes;
  }
  llvm::SmallVector<const View *> views() const {
    llvm::SmallVector<const View *> all{&x};
    for (const View &index : indices)
      all.push_back(&index);
    all.push_back(&out);
    return all;
  }
  /// Indices out of range read the first row.
  double expected(const Gather &g, Index place) const {
    llvm::SmallVector<int64_t> source(place.take_front(g.axis));
    for (unsigned i = 0; i < g.indices; ++i) {
      int64_t size = g.x[g.axis + i];
      int64_t index = indices[i].get(place.slice(g.axis, g.picked.size()));
      if (index < 0 && g.fromEnd)
        index += size;
      source.push_back(index < 0 || index >= size ? 0 : index);
    }
    llvm::append_range(source, place.drop_front(g.axis + g.picked.size()));
    return x.get(source);
  }
};

void testGathers(Kernels &kernels) {
  const Gather cases[] = {{{9, 40}, 0, 1, {3, 4}},
                          {{9, 40}, 0, 1, {3, 4}, "f32", Lies::InRows, false},
                          {{9, 1}, 0, 1, {5}},
                          {{300, 768}, 0, 1, {50}},
                          {{9}, 0, 1, {5}},
                          {{9, 4}, 0, 2, {5}},
                          {{2, 9, 4}, 1, 1, {5}},
                          {{2, 9}, 1, 1, {2, 3}},
                          {{2, 3, 9, 4, 5, 6}, 2, 2, {2, 3}},
                          {{9, 33}, 0, 1, {}},
                          {{9}, 0, 1, {}},
                          {{9, 33}, 0, 1, {6}, "i32"},
                          {{9, 33}, 0, 1, {6}, "i1"},
                          {{9, 33}, 0, 1, {6}, "f32", Lies::Turned},
                          {{9, 33}, 0, 1, {6}, "f32", Lies::Repeated},
                          {{9, 3, 33}, 0, 1, {6}, "f32", Lies::Apart}};
  for (const Gather &g : cases) {
    GatherLaunch launch(g);
    bridge_call call = cleanCall();
    kernels.get(kernelText("gather", launch.views(), g.config()))
        .run(memoryOf(launch.views()), {}, &call);
    compare(text(kernels, "gather", g.x), launch.out,
            [&](Index place) { return launch.expected(g, place); });
    CHECK_EQ(call.fault_site, -1);
  }
}

void testGatherFaults(Kernels &kernels) {
  for (bool fromEnd : {true, false})
    for (int64_t wrong : {9, -10, -1, INT32_MAX, INT32_MIN}) {
      Gather g{{9, 20}, 0, 1, {6}, "f32", Lies::InRows, fromEnd};
      GatherLaunch launch(g);
      launch.indices[0].set({4}, wrong);
      bridge_call call = cleanCall();
      const CompiledKernel &kernel =
          kernels.get(kernelText("gather", launch.views(), g.config()));
      kernel.run(memoryOf(launch.views()), {}, &call);
      compare(text(kernels, "gather outside", g.x), launch.out,
              [&](Index place) { return launch.expected(g, place); });
      if (fromEnd && wrong == -1) {
        CHECK_EQ(call.fault_site, -1);
        continue;
      }
      CHECK_EQ(call.fault_site, 3);
      CHECK_EQ(call.fault_a, wrong);
      CHECK_EQ(call.fault_b, 9);
      // An earlier fault stays.
      call.fault_site = 1;
      call.fault_a = call.fault_b = 7;
      kernel.run(memoryOf(launch.views()), {}, &call);
      CHECK_EQ(call.fault_site, 1);
      CHECK_EQ(call.fault_a, 7);
    }
}

//===----------------------------------------------------------------------===//
// splice
//===----------------------------------------------------------------------===//

void testSplices(Kernels &kernels) {
  for (int64_t values : {0, 1, 4, 6, 7})
    for (int64_t width : {1, 16, 37}) {
      View x({10, width}), rows({values, width}), at({10}, Lies::InRows, "i1"),
          out({10, width});
      std::mt19937 random(1);
      x.fill(random);
      rows.fill(random);
      int64_t marked = 0;
      forEach(at.sizes(), [&](Index i) {
        bool is = i[0] % 3 != 0;
        at.set(i, is);
        marked += is;
      });
      out.clear();
      const View *views[] = {&x, &rows, &at, &out};
      bridge_call call = cleanCall();
      kernels.get(kernelText("splice", views, "{site = 5 : i64}"))
          .run(memoryOf(views), {}, &call);
      std::vector<int64_t> source(10, -1);
      for (int64_t i = 0, next = 0; i < 10; ++i)
        if (at.get({i}) && next < values)
          source[i] = next++;
      compare(text(kernels, "splice", {values, width}), out, [&](Index i) {
        int64_t row = source[i[0]];
        return row < 0 ? x.get(i) : rows.get({row, i[1]});
      });
      CHECK_EQ(call.fault_site, values == marked ? -1 : 5);
      if (values != marked) {
        CHECK_EQ(call.fault_a, marked);
        CHECK_EQ(call.fault_b, values);
      }
    }
}

//===----------------------------------------------------------------------===//
// cross_entropy
//===----------------------------------------------------------------------===//

struct Loss {
  double smoothing;
  bool ignore;
  Lies lies = Lies::InRows;

  std::string config() const {
    return std::string(ignore ? "{ignore = -100 : i64, " : "{") +
           "smoothing = " + std::to_string(smoothing) +
           " : f64, site = 2 : i64}";
  }
};

void testLoss(Kernels &kernels, const Loss &loss, int64_t classes) {
  std::mt19937 random(classes);
  View x({7, classes}, loss.lies), labels({7}, Lies::InRows, "i32"), out({7}),
      counted({7});
  x.fill(random);
  labels.fill(random, classes);
  if (loss.ignore) {
    labels.set({2}, -100);
    labels.set({6}, -100);
  }
  forEach(x.sizes(), [&](Index i) {
    if (i[0] == 1)
      x.set(i, x.get(i) * 30 + 500);
  });
  out.clear();
  counted.clear();
  const View *views[] = {&x, &labels, &out, &counted};
  bridge_call call = cleanCall();
  kernels.get(kernelText("cross_entropy", views, loss.config()))
      .run(memoryOf(views), {}, &call);
  CHECK_EQ(call.fault_site, -1);
  compare(
      text(kernels, "cross_entropy", {classes}), out,
      [&](Index place) -> double {
        int64_t label = labels.get(place);
        if (loss.ignore && label == -100)
          return 0;
        double highest = -1e300, sum = 0, all = 0;
        for (int64_t i = 0; i < classes; ++i)
          highest = std::max(highest, x.get({place[0], i}));
        for (int64_t i = 0; i < classes; ++i) {
          sum += std::exp(x.get({place[0], i}) - highest);
          all += x.get({place[0], i});
        }
        double target = (1 - loss.smoothing) * x.get({place[0], label}) +
                        loss.smoothing * all / classes;
        return highest + std::log(sum) - target;
      },
      2e-6);
  compare(text(kernels, "counted", {classes}), counted, [&](Index place) {
    return !loss.ignore || labels.get(place) != -100;
  });
}

void testLosses(Kernels &kernels) {
  for (const Loss &loss : {Loss{0, false}, Loss{0, true}, Loss{0.1, true}}) {
    for (int64_t classes : rowSizes(kernels.lanes()))
      testLoss(kernels, loss, classes);
    testLoss(kernels, {loss.smoothing, loss.ignore, Lies::Turned}, 50);
  }
}

void testLossFaults(Kernels &kernels) {
  for (int64_t wrong : {-1, 5, -100}) {
    View x({3, 5}), labels({3}, Lies::InRows, "i32"), out({3}), counted({3});
    forEach(x.sizes(), [&](Index i) { x.set(i, 1); });
    labels.set({1}, wrong);
    const View *views[] = {&x, &labels, &out, &counted};
    bridge_call call = cleanCall();
    kernels.get(kernelText("cross_entropy", views, Loss{0, false}.config()))
        .run(memoryOf(views), {}, &call);
    CHECK_EQ(call.fault_site, 2);
    CHECK_EQ(call.fault_a, wrong);
    CHECK_EQ(call.fault_b, 5);
  }
}

//===----------------------------------------------------------------------===//
// rotary
//===----------------------------------------------------------------------===//

void testRotary(Kernels &kernels, int64_t half, Lies lies) {
  std::mt19937 random(half);
  View x({2, 3, 5, 2 * half}, lies), angles({2, 5, half}, lies),
      out({2, 3, 5, 2 * half});
  x.fill(random);
  angles.fill(random);
  forEach(angles.sizes(), [&](Index i) { angles.set(i, 30 * angles.get(i)); });
  out.clear();
  auto expected = [&](Index i) {
    int64_t j = i[3] % half;
    double a = x.get({i[0], i[1], i[2], j});
    double b = x.get({i[0], i[1], i[2], j + half});
    double angle = angles.get({i[0], i[2], j});
    return i[3] < half ? a * std::cos(angle) - b * std::sin(angle)
                       : b * std::cos(angle) + a * std::sin(angle);
  };
  const View *views[] = {&x, &angles, &out};
  const CompiledKernel &kernel = kernels.get(kernelText("rotary", views));
  kernel.run(memoryOf(views));
  compare(text(kernels, "rotary", {half}), out, expected, 1e-6);
}

} // namespace

int main() {
  for (llvm::StringRef level : runnableLevels()) {
    Kernels kernels(level);
    testGathers(kernels);
    testGatherFaults(kernels);
    testSplices(kernels);
    testLosses(kernels);
    testLossFaults(kernels);
    for (int64_t half : {int64_t(1), int64_t(3), kernels.lanes(), int64_t(40)})
      for (Lies lies : {Lies::InRows, Lies::Apart})
        testRotary(kernels, half, lies);
  }
  return failures != 0;
}
