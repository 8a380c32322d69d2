//===- RowsNormTest.cpp - Norms and softmax against plain loops -----------===//
#include "Rows.h"
#include "llvm/Support/Format.h"

using namespace bridge::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The elements of a row of `view` as doubles.
std::vector<double> rowOf(const View &view, Index place) {
  std::vector<double> row;
  llvm::SmallVector<int64_t> index(place);
  for (int64_t i = 0; i < view.sizes().back(); ++i) {
    index.back() = i;
    row.push_back(view.get(index));
  }
  return row;
}

struct Norm {
  llvm::StringRef kind;
  bool weight, bias;
  double epsilon;

  std::string config() const {
    std::string text = "{eps = " + std::to_string(epsilon) + " : f64";
    text += weight ? ", weight" : "";
    text += bias ? ", bias" : "";
    return text + "}";
  }

  double expected(const View &x, Index place) const {
    std::vector<double> row = rowOf(x, place);
    double mean = 0, squares = 0;
    if (kind == "layer_norm")
      for (double value : row)
        mean += value / row.size();
    for (double value : row)
      squares += (value - mean) * (value - mean);
    double divisor = kind == "l2_normalize"
                         ? std::max(std::sqrt(squares), epsilon)
                         : std::sqrt(squares / row.size() + epsilon);
    return (row[place.back()] - mean) / divisor;
  }
};

void testNorm(Kernels &kernels, const Norm &norm, Index sizes, Lies xLies,
              Lies weightLies, Lies outLies, double offset = 0) {
  std::mt19937 random(sizes.back());
  View x(sizes, xLies), weight({sizes.back()}, weightLies),
      bias({sizes.back()}), out(sizes, outLies);
  x.fill(random);
  forEach(sizes, [&](Index i) { x.set(i, x.get(i) + offset); });
  weight.fill(random);
  bias.fill(random);
  out.clear();
  llvm::SmallVector<const View *> views{&x};
  if (norm.weight)
    views.push_back(&weight);
  if (norm.bias)
    views.push_back(&bias);
  views.push_back(&out);
  kernels.get(kernelText(norm.kind, views, norm.config())).run(memoryOf(views));
  compare(
      text(kernels, norm.kind, sizes), out,
      [&](Index place) {
        double value = norm.expected(x, place);
        if (norm.weight)
          value *= weight.get({place.back()});
        return norm.bias ? value + bias.get({place.back()}) : value;
      },
      offset == 0 ? 2e-6 : 1e-3);
}

void testNorms(Kernels &kernels) {
  const Norm norms[] = {
      {"layer_norm", true, true, 1e-5},   {"layer_norm", false, false, 1e-5},
      {"layer_norm", false, true, 1e-5},  {"rms_norm", true, false, 1e-6},
      {"rms_norm", false, false, 1e-6},   {"l2_normalize", false, false, 0},
      {"l2_normalize", false, false, 100}};
  for (const Norm &norm : norms) {
    for (int64_t size : rowSizes(kernels.lanes()))
      testNorm(kernels, norm, {2, 3, size}, Lies::InRows, Lies::InRows,
               Lies::InRows);
    testNorm(kernels, norm, {0, 35}, Lies::InRows, Lies::InRows, Lies::InRows);
    testNorm(kernels, norm, {67}, Lies::InRows, Lies::InRows, Lies::InRows);
    testNorm(kernels, norm, {700, 35}, Lies::InRows, Lies::InRows,
             Lies::InRows);
    testNorm(kernels, norm, {4, 35}, Lies::Turned, Lies::Repeated,
             Lies::InRows);
    testNorm(kernels, norm, {4, 35}, Lies::Apart, Lies::Apart, Lies::Apart);
  }
  // Digits that a variance in one pass would lose.
  testNorm(kernels, norms[0], {3, 67}, Lies::InRows, Lies::InRows, Lies::InRows,
           1000);
}

void testNormOfNan(Kernels &kernels) {
  View x({2, 40}), out({2, 40});
  forEach(x.sizes(), [&](Index i) { x.set(i, 1.0 + i[1]); });
  x.set({1, 39}, NAN);
  const View *views[] = {&x, &out};
  for (llvm::StringRef kind : {"layer_norm", "rms_norm", "l2_normalize"}) {
    out.clear();
    kernels.get(kernelText(kind, views, "{eps = 0.0 : f64}"))
        .run(memoryOf(views));
    for (int64_t i = 0; i < 40; ++i) {
      CHECK(std::isfinite(out.get({0, i})));
      CHECK(std::isnan(out.get({1, i})));
    }
  }
}

enum class Mask { None, Zero, Uniform };

void testSoftmax(Kernels &kernels, Mask mask, Index sizes, Lies xLies,
                 Lies seenLies, Lies outLies, bool special = false) {
  std::mt19937 random(sizes.back());
  View x(sizes, xLies), seen(sizes, seenLies, "i1"), out(sizes, outLies);
  x.fill(random);
  seen.fill(random);
  if (special)
    forEach(sizes, [&](Index i) {
      if (i[0] == 0) // nothing seen
        seen.set(i, 0);
      if (i[0] == 1) // nothing but −inf
        x.set(i, -kInfinity);
      if (i[0] == 2 && i.back() % 3 == 1) // some −inf
        x.set(i, -kInfinity);
      if (i[0] == 3) // large
        x.set(i, x.get(i) * 50 + 1e4);
      if (i[0] == 4 && i.back() == 5)
        x.set(i, NAN);
      if (i[0] == 4)
        seen.set(i, 1);
      if (i[0] == 5 && !seen.get(i)) // NaN that is not seen
        x.set(i, NAN);
    });
  out.clear();
  llvm::SmallVector<const View *> views{&x};
  std::string config = "{}";
  if (mask != Mask::None) {
    views.push_back(&seen);
    config = std::string("{seen, empty = #bridge<empty_rows ") +
             (mask == Mask::Zero ? "zero" : "uniform") + ">}";
  }
  views.push_back(&out);
  kernels.get(kernelText("softmax", views, config)).run(memoryOf(views));
  compare(
      text(kernels, "softmax", sizes), out,
      [&](Index place) {
        std::vector<double> row = rowOf(x, place), sees = rowOf(seen, place);
        double highest = -kInfinity, sum = 0;
        for (size_t i = 0; i < row.size(); ++i) {
          if (mask == Mask::None)
            sees[i] = 1;
          if (sees[i] && (std::isnan(row[i]) || row[i] > highest))
            highest = row[i];
        }
        if (mask != Mask::None && highest == -kInfinity)
          return mask == Mask::Zero ? 0 : 1.0 / row.size();
        for (size_t i = 0; i < row.size(); ++i)
          sum += sees[i] ? std::exp(row[i] - highest) : 0;
        int64_t i = place.back();
        return sees[i] ? std::exp(row[i] - highest) / sum : 0;
      },
      1e-6);
}

void testSoftmaxes(Kernels &kernels) {
  for (Mask mask : {Mask::None, Mask::Zero, Mask::Uniform}) {
    for (int64_t size : rowSizes(kernels.lanes()))
      testSoftmax(kernels, mask, {2, 3, size}, Lies::InRows, Lies::InRows,
                  Lies::InRows);
    testSoftmax(kernels, mask, {19}, Lies::InRows, Lies::InRows, Lies::InRows);
    testSoftmax(kernels, mask, {5, 35}, Lies::Turned, Lies::Turned,
                Lies::InRows);
    testSoftmax(kernels, mask, {5, 35}, Lies::Apart, Lies::Apart, Lies::Apart);
    testSoftmax(kernels, mask, {5, 35}, Lies::InRows, Lies::Repeated,
                Lies::InRows);
    testSoftmax(kernels, mask, {6, 35}, Lies::InRows, Lies::InRows,
                Lies::InRows, /*special=*/true);
  }
}

/// Bytes that a norm of one pass over memory moves in a second.
void timeLayerNorm(Kernels &kernels) {
  std::mt19937 random(1);
  View x({577, 1024}), weight({1024}), bias({1024}), out({577, 1024});
  for (const View *view : {&x, &weight, &bias})
    view->fill(random);
  const View *views[] = {&x, &weight, &bias, &out};
  const CompiledKernel &kernel = kernels.get(
      kernelText("layer_norm", views, "{eps = 1.0e-5 : f64, weight, bias}"));
  double seconds = kernel.time(memoryOf(views));
  llvm::outs() << kernels.getLevel() << " layer_norm 577×1024: "
               << llvm::format("%.1f µs, %.1f GB/s\n", seconds * 1e6,
                               2e-9 * 577 * 1024 * 4 / seconds);
}

} // namespace

int main(int argc, char **argv) {
  bool time = argc > 1 && llvm::StringRef(argv[1]) == "--time";
  for (llvm::StringRef level : runnableLevels()) {
    Kernels kernels(level);
    if (time) {
      timeLayerNorm(kernels);
      continue;
    }
    testNorms(kernels);
    testNormOfNan(kernels);
    testSoftmaxes(kernels);
  }
  return failures != 0;
}
