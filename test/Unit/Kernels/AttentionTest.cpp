//===- AttentionTest.cpp - Attention against plain loops ------------------===//
#include "Check.h"
#include "Harness.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <limits>

using namespace bridge::test;

namespace {

struct Shape {
  int64_t queries, keys, depth = 64, valueDepth = 64;
  int64_t batch = 1, heads = 1, groups = 1;
};

/// What the kernel is told when it is compiled.
struct Variant {
  double scale = 0.125;
  /// The last stride of the bias, or −1 for one that is not known; no bias
  /// where −2.
  int64_t biasStride = -2;
  bool uniform = false;

  bool hasBias() const { return biasStride != -2; }
};

std::string kernelText(const Variant &variant) {
  std::string bias = variant.hasBias() ? viewType(4, variant.biasStride) + ", "
                                       : std::string();
  std::string config =
      variant.hasBias()
          ? llvm::formatv(", bias, empty = #bridge<empty_rows {0}>",
                          variant.uniform ? "uniform" : "zero")
                .str()
          : std::string();
  return llvm::formatv(
             "plan.kernel attention @attention [{0}, {0}, {0}, {1}{0}]"
             " {{scale = {2:f6} : f64{3}}",
             viewType(4), bias, variant.scale, config)
      .str();
}

/// The operands of one launch. Rows of q, k and v hold all heads of a token.
struct Launch {
  Operand q, k, v, bias, out;

  static Operand tokens(int64_t batch, int64_t heads, int64_t tokens,
                        int64_t depth) {
    int64_t row = heads * depth * 4 + 64;
    return Operand::strided({batch, heads, tokens, depth},
                            {tokens * row, depth * 4, row, 4});
  }

  Launch(const Variant &variant, const Shape &s) {
    std::mt19937 random(5);
    q = tokens(s.batch, s.heads, s.queries, s.depth);
    k = tokens(s.batch, s.groups, s.keys, s.depth);
    v = tokens(s.batch, s.groups, s.keys, s.valueDepth);
    out = tokens(s.batch, s.heads, s.queries, s.valueDepth);
    for (const Operand &operand : {q, k, v})
      operand.fill(random);
    out.fill(-77.0f);
    // Heads share the bias.
    if (variant.biasStride == 0)
      bias = Operand::strided({s.batch, s.heads, s.keys, s.queries},
                              {s.keys * 4, 0, 4, 0});
    else if (variant.biasStride == -1)
      bias = Operand::strided({s.batch, s.heads, s.keys, s.queries},
                              {s.keys * s.queries * 4, 0, 4, s.keys * 4});
    else if (variant.hasBias())
      bias = Operand::strided({s.batch, s.heads, s.keys, s.queries},
                              {s.keys * s.queries * 4, 0, s.queries * 4, 4});
  }

  /// Shows a key to a query where `isSeen` says so.
  template <typename F> void setBias(F isSeen) const {
    for (int64_t b = 0; b < bias.size(0); ++b)
      for (int64_t key = 0; key < bias.size(2); ++key)
        for (int64_t query = 0; query < bias.size(3); ++query)
          bias.at({b, 0, key, query}) =
              isSeen(key, query) ? 0 : -std::numeric_limits<float>::infinity();
  }

  llvm::SmallVector<Operand> operands() const {
    if (bias.pointer())
      return {q, k, v, bias, out};
    return {q, k, v, out};
  }

  /// The weights of the keys for one query.
  std::vector<double> weights(const Variant &variant, int64_t b, int64_t h,
                              int64_t query) const {
    int64_t keys = k.size(2), group = h / (q.size(1) / k.size(1));
    std::vector<double> weights(keys);
    double greatest = -std::numeric_limits<double>::infinity();
    for (int64_t key = 0; key < keys; ++key) {
      double score = 0;
      for (int64_t i = 0; i < q.size(3); ++i)
        score += double(q.at({b, h, query, i})) * k.at({b, group, key, i});
      weights[key] = score * variant.scale +
                     (variant.hasBias() ? bias.at({b, h, key, query}) : 0);
      greatest = std::max(greatest, weights[key]);
    }
    double sum = 0;
    for (double &weight : weights)
      sum += weight =
          std::isinf(weight) && weight < 0 ? 0 : std::exp(weight - greatest);
    for (double &weight : weights)
      weight = sum == 0 ? (variant.uniform ? 1.0 / keys : 0) : weight / sum;
    return weights;
  }

  /// The greatest difference between the output and what is expected.
  double error(const Variant &variant) const {
    double worst = 0;
    for (int64_t b = 0; b < out.size(0); ++b)
      for (int64_t h = 0; h < out.size(1); ++h)
        for (int64_t query = 0; query < out.size(2); ++query) {
          std::vector<double> weight = weights(variant, b, h, query);
          int64_t group = h / (q.size(1) / k.size(1));
          for (int64_t i = 0; i < out.size(3); ++i) {
            double expected = 0;
            for (int64_t key = 0; key < k.size(2); ++key)
              expected += weight[key] * v.at({b, group, key, i});
            double difference = std::abs(out.at({b, h, query, i}) - expected);
            worst = difference <= worst ? worst : difference;
          }
        }
    return worst;
  }
};

void expect(llvm::StringRef level, const Launch &launch, const Variant &variant,
            llvm::StringRef what) {
  double error = launch.error(variant);
  check(error < 5e-6 && launch.out.gapsHold(-77.0f), __FILE__, __LINE__,
        llvm::formatv("{0} {1}, {2} queries, {3} keys, {4} and {5} columns: "
                      "error {6}",
                      level, what, launch.q.size(2), launch.k.size(2),
                      launch.q.size(3), launch.v.size(3), error)
            .str());
}

void testShapes(llvm::StringRef level) {
  Variant variant;
  CompiledKernel kernel(kernelText(variant), level);
  llvm::SmallVector<Shape> shapes;
  for (int64_t queries : {1, 8, 9, 15, 16, 17, 31, 32, 33, 50})
    for (int64_t keys : {1, 2, 5, 13, 14, 77})
      shapes.push_back({queries, keys});
  for (int64_t depth : {1, 7, 8, 15, 16, 17, 20, 33, 80})
    for (int64_t valueDepth : {1, 7, 8, 9, 16, 17, 24, 31, 32, 48, 80})
      shapes.push_back({11, 6, depth, valueDepth});
  shapes.push_back({600, 3, 4, 4});
  shapes.push_back({5, 7, 16, 16, 2, 6, 3});
  shapes.push_back({5, 7, 16, 16, 2, 4, 1});
  shapes.push_back({0, 7, 16, 16});
  for (const Shape &shape : shapes) {
    Launch launch(variant, shape);
    kernel.run(launch.operands());
    expect(level, launch, variant, "plain");
  }
}

/// Causal, with keys that nobody sees and queries that see nothing.
void testBias(llvm::StringRef level) {
  for (int64_t biasStride : {4, -1, 0})
    for (bool uniform : {false, true}) {
      Variant variant{0.25, biasStride, uniform};
      CompiledKernel kernel(kernelText(variant), level);
      for (Shape shape : {Shape{33, 40, 20, 24, 2, 4, 2}, Shape{5, 5, 8, 8},
                          Shape{77, 77, 16, 16}}) {
        Launch launch(variant, shape);
        launch.setBias([&](int64_t key, int64_t query) {
          if (biasStride == 0)
            return key % 3 != 1;
          return query % 7 != 3 && key <= query && key % 5 != 4;
        });
        kernel.run(launch.operands());
        expect(level, launch, variant, uniform ? "uniform" : "zero");
        launch.setBias([](int64_t, int64_t) { return false; });
        kernel.run(launch.operands());
        expect(level, launch, variant, "nothing seen");
      }
    }
}

void testScale(llvm::StringRef level) {
  for (double scale : {-0.5, 3.0}) {
    Variant variant{scale};
    Launch launch(variant, {20, 20, 16, 16});
    CompiledKernel(kernelText(variant), level).run(launch.operands());
    expect(level, launch, variant, "scale");
  }
}

/// A NaN makes those outputs NaN that depend on it, and no others.
void testNaN(llvm::StringRef level) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (bool uniform : {false, true}) {
    Variant variant{0.25, 4, uniform};
    CompiledKernel kernel(kernelText(variant), level);
    Launch launch(variant, {20, 30, 16, 16});
    launch.setBias([](int64_t key, int64_t query) { return key <= query; });
    launch.q.at({0, 0, 3, 5}) = nan;
    launch.v.at({0, 0, 0, 7}) = nan;
    kernel.run(launch.operands());
    for (int64_t query = 0; query < 20; ++query)
      for (int64_t i = 0; i < 16; ++i)
        CHECK_EQ(std::isnan(launch.out.at({0, 0, query, i})),
                 query == 3 || i == 7);
  }
}

void timeAll(llvm::StringRef level) {
  Variant variant;
  CompiledKernel kernel(kernelText(variant), level);
  for (Shape shape :
       {Shape{50, 50, 64, 64, 6, 12, 12}, Shape{77, 77, 64, 64, 4, 8, 8},
        Shape{257, 257, 64, 64, 1, 16, 16}, Shape{577, 577, 64, 64, 1, 16, 16},
        Shape{577, 577, 80, 80, 1, 16, 16}, Shape{257, 257, 20, 20, 1, 16, 16},
        Shape{64, 2112, 64, 64, 1, 16, 16}}) {
    Launch launch(variant, shape);
    double flops = 2.0 * shape.batch * shape.heads * shape.queries *
                   shape.keys * (shape.depth + shape.valueDepth);
    llvm::outs() << llvm::formatv(
        "{0} {1} queries, {2} keys, depth {3}: {4:f1} GFLOP/s\n", level,
        shape.queries, shape.keys, shape.depth,
        1e-9 * flops / kernel.time(launch.operands()));
    llvm::outs().flush();
  }
}

} // namespace

int main(int argc, char **argv) {
  bool time = argc > 1 && llvm::StringRef(argv[1]) == "--time";
  for (llvm::StringRef level : runnableLevels()) {
    if (time) {
      timeAll(level);
      continue;
    }
    testShapes(level);
    testBias(level);
    testScale(level);
    testNaN(level);
  }
  return failures != 0;
}
