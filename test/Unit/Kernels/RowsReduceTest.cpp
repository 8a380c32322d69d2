//===- RowsReduceTest.cpp - Reductions and scans against plain loops ------===//
#include "Rows.h"
#include "llvm/Support/Format.h"

using namespace bridge::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// x[kept…, reduced…] → out[kept…].
struct Reduction {
  llvm::StringRef kind, element, result;
  llvm::SmallVector<int64_t> sizes;
  unsigned reduced = 1;
  Lies lies = Lies::InRows;
  bool withNan = false;
};

double reference(const Reduction &r, const View &x, Index place) {
  llvm::SmallVector<int64_t> index(place);
  index.resize(r.sizes.size());
  double sum = 0, highest = -kInfinity, lowest = kInfinity;
  int64_t count = 0;
  bool any = false, isNan = false;
  forEach(Index(r.sizes).take_back(r.reduced), [&](Index inner) {
    std::copy(inner.begin(), inner.end(), index.begin() + place.size());
    double value = x.get(index);
    sum += value;
    highest = std::max(highest, value);
    lowest = std::min(lowest, value);
    any |= value != 0;
    isNan |= std::isnan(value);
    ++count;
  });
  if (r.kind == "any")
    return any;
  if (isNan)
    return NAN;
  if (r.kind == "sum")
    return sum;
  if (r.kind == "mean")
    return sum / count;
  return r.kind == "max" ? highest : lowest;
}

void testReduction(Kernels &kernels, const Reduction &r) {
  std::mt19937 random(r.sizes.back());
  Index kept = Index(r.sizes).drop_back(r.reduced);
  View x(Index(r.sizes), r.lies, r.element), out(kept, Lies::InRows, r.result);
  x.fill(random, r.kind == "any" && r.element == "i32" ? 1 : 2);
  if (r.kind == "any" && r.lies != Lies::Repeated)
    forEach(kept, [&](Index place) {
      // Rows of zeros but for one element in every other one.
      llvm::SmallVector<int64_t> index(place);
      index.resize(r.sizes.size());
      int64_t row = 0;
      for (int64_t i : place)
        row += i;
      forEach(Index(r.sizes).take_back(r.reduced), [&](Index inner) {
        std::copy(inner.begin(), inner.end(), index.begin() + place.size());
        x.set(index, row % 2 && inner.back() == r.sizes.back() - 1);
      });
    });
  if (r.withNan) {
    llvm::SmallVector<int64_t> index(r.sizes.size());
    for (size_t axis = 0; axis < index.size(); ++axis)
      index[axis] = r.sizes[axis] / 2;
    x.set(index, NAN);
  }
  out.memory.fill(kGap);
  const View *views[] = {&x, &out};
  std::string config = "{reduce = #bridge<reduce_kind " + r.kind.str() +
                       ">, axes = " + std::to_string(r.reduced) + " : i64}";
  kernels.get(kernelText("reduce", views, config)).run(memoryOf(views));
  compare(
      text(kernels, r.kind.str() + " of " + r.element.str(), r.sizes), out,
      [&](Index place) { return reference(r, x, place); },
      r.kind == "sum" || r.kind == "mean" ? 3e-6 : 0);
}

void testReductions(Kernels &kernels) {
  struct Case {
    llvm::StringRef kind, element, result;
  };
  const Case cases[] = {
      {"sum", "f32", "f32"},  {"mean", "f32", "f32"}, {"max", "f32", "f32"},
      {"min", "f32", "f32"},  {"sum", "i32", "i32"},  {"max", "i32", "i32"},
      {"min", "i32", "i32"},  {"sum", "i1", "i32"},   {"mean", "i1", "f32"},
      {"mean", "i32", "f32"}, {"any", "i1", "i1"},    {"any", "f32", "i1"},
      {"any", "i32", "i1"},   {"max", "i1", "i1"}};
  for (const Case &c : cases) {
    auto run = [&](llvm::SmallVector<int64_t> sizes, unsigned reduced,
                   Lies lies = Lies::InRows) {
      testReduction(kernels,
                    {c.kind, c.element, c.result, sizes, reduced, lies});
    };
    for (int64_t size : rowSizes(kernels.lanes())) {
      run({3, size}, 1);
      run({size, 3}, 1, Lies::Turned);
      run({3, 2, size}, 2);
    }
    run({67}, 1);
    run({3, 35}, 2);
    run({2, 3, 2, 3, 5}, 3);
    run({40, 700}, 1, Lies::Turned);
    run({3, 40}, 1, Lies::Repeated);
    run({3, 40}, 1, Lies::Apart);
    run({2, 5, 3, 40}, 2, Lies::Turned);
  }
  for (llvm::StringRef kind : {"max", "min", "sum"})
    for (Lies lies : {Lies::InRows, Lies::Turned})
      testReduction(kernels, {kind, "f32", "f32", {5, 50}, 1, lies, true});
}

/// Tokens seen as [batch, width, tokens]: neighbouring results lie together.
void testMeanOverTokens(Kernels &kernels) {
  std::mt19937 random(7);
  for (int64_t width : {1, 15, 33, 300}) {
    Operand tokens = Operand::rows({2, 150, width});
    tokens.fill(random);
    View x(tokens.viewed({2, width, 150}, {150 * width * 4, 4, width * 4}));
    x.type = viewType(3, -1);
    View out({2, width});
    out.clear();
    const View *views[] = {&x, &out};
    kernels
        .get(kernelText("reduce", views,
                        "{reduce = #bridge<reduce_kind mean>, axes = 1 : i64}"))
        .run(memoryOf(views));
    Reduction r{"mean", "f32", "f32", {2, width, 150}};
    compare(
        text(kernels, "mean over tokens", r.sizes), out,
        [&](Index place) { return reference(r, x, place); }, 1e-6);
  }
}

/// Rounding errors of a long sum stay small.
void testLongSum(Kernels &kernels) {
  for (Lies lies : {Lies::InRows, Lies::Turned}) {
    View x({1, 3000000}, lies), out({1});
    forEach(x.sizes(), [&](Index i) { x.set(i, 0.1f); });
    out.clear();
    const View *views[] = {&x, &out};
    kernels
        .get(kernelText("reduce", views,
                        "{reduce = #bridge<reduce_kind sum>, axes = 1 : i64}"))
        .run(memoryOf(views));
    compare(
        text(kernels, "long sum", x.sizes()), out,
        [&](Index) { return 3000000 * double(0.1f); }, 1e-5);
  }
}

void testArgExtremes(Kernels &kernels) {
  std::mt19937 random(8);
  for (llvm::StringRef extreme : {"max", "min"})
    for (llvm::StringRef element : {"f32", "i32", "i1"})
      for (Lies lies : {Lies::InRows, Lies::Turned, Lies::Repeated})
        for (int64_t size : rowSizes(kernels.lanes())) {
          View x({4, size}, lies, element), out({4}, Lies::InRows, "i32");
          x.fill(random, 5);
          if (element == "f32" && lies == Lies::InRows)
            forEach(x.sizes(), [&](Index i) {
              if (i[0] == 0) // many equal ones, of both zeros
                x.set(i, i[1] % 2 ? 0.0 : -0.0);
              if (i[0] == 1 && i[1] >= size / 2)
                x.set(i, NAN);
              if (i[0] == 2)
                x.set(i, extreme == "max" ? -kInfinity : kInfinity);
            });
          if (element == "i32" && lies == Lies::InRows)
            forEach(x.sizes(), [&](Index i) {
              if (i[0] == 0)
                x.set(i, extreme == "max" ? INT32_MIN : INT32_MAX);
            });
          out.clear();
          const View *views[] = {&x, &out};
          kernels
              .get(kernelText("arg_extreme", views,
                              "{extreme = #bridge<extreme_kind " +
                                  extreme.str() + ">}"))
              .run(memoryOf(views));
          compare(
              text(kernels, "arg " + extreme.str() + element.str(), x.sizes()),
              out, [&](Index place) {
                int64_t best = 0;
                for (int64_t i = 1; i < size; ++i) {
                  double value = x.get({place[0], i}),
                         highest = x.get({place[0], best});
                  bool isBetter =
                      extreme == "max" ? value > highest : value < highest;
                  if (!std::isnan(highest) && (isBetter || std::isnan(value)))
                    best = i;
                }
                return best;
              });
        }
}

void testCumsums(Kernels &kernels) {
  std::mt19937 random(9);
  for (llvm::StringRef element : {"f32", "i32", "i1"})
    for (Lies lies : kAllWays) {
      llvm::StringRef result = element == "f32" ? "f32" : "i32";
      View x({2, 3, 29}, lies, element), out({2, 3, 29}, Lies::InRows, result);
      x.fill(random, 9);
      if (element == "i1")
        x.fill(random);
      out.clear();
      const View *views[] = {&x, &out};
      kernels.get(kernelText("cumsum", views)).run(memoryOf(views));
      compare(
          text(kernels, "cumsum of " + element.str(), x.sizes()), out,
          [&](Index place) {
            double sum = 0;
            for (int64_t i = 0; i <= place.back(); ++i)
              sum += x.get({place[0], place[1], i});
            return sum;
          },
          element == "f32" ? 1e-5 : 0);
    }
}

void timeReductions(Kernels &kernels) {
  struct Case {
    llvm::StringRef name;
    llvm::SmallVector<int64_t> sizes;
    Lies lies;
  };
  const Case cases[] = {{"sum of rows 577×1024", {577, 1024}, Lies::InRows},
                        {"sum over rows 1024×577", {1024, 577}, Lies::Turned},
                        {"sum of all 1×4000000", {1, 4000000}, Lies::InRows}};
  for (const Case &c : cases) {
    std::mt19937 random(1);
    View x(Index(c.sizes), c.lies), out({c.sizes[0]});
    x.fill(random);
    const View *views[] = {&x, &out};
    double seconds =
        kernels
            .get(kernelText(
                "reduce", views,
                "{reduce = #bridge<reduce_kind sum>, axes = 1 : i64}"))
            .time(memoryOf(views));
    llvm::outs() << kernels.getLevel() << " " << c.name << ": "
                 << llvm::format("%.1f µs, %.1f GB/s\n", seconds * 1e6,
                                 4e-9 * c.sizes[0] * c.sizes[1] / seconds);
  }
}

} // namespace

int main(int argc, char **argv) {
  bool time = argc > 1 && llvm::StringRef(argv[1]) == "--time";
  for (llvm::StringRef level : runnableLevels()) {
    Kernels kernels(level);
    if (time) {
      timeReductions(kernels);
      continue;
    }
    testReductions(kernels);
    testMeanOverTokens(kernels);
    testLongSum(kernels);
    testArgExtremes(kernels);
    testCumsums(kernels);
  }
  return failures != 0;
}
