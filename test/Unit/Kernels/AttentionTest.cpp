//===- AttentionTest.cpp - Attention against plain loops ------------------===//
#include "Check.h"
#include "Harness.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <functional>
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
  /// The region's operations on %batch, %query, %key and the captured vectors
  /// of queries and of keys, which end with %seen; no mask where empty.
  llvm::StringRef mask;
  bool uniform = false;

  bool hasBias() const { return biasStride != -2; }
  bool hasMask() const { return !mask.empty(); }
};

std::string kernelText(const Variant &variant) {
  std::string vector = viewType(2, 4, "i32");
  std::string bias = variant.hasBias() ? viewType(4, variant.biasStride) + ", "
                                       : std::string();
  std::string captures =
      variant.hasMask() ? vector + ", " + vector + ", " : std::string();
  std::string config =
      llvm::formatv("{{scale = {0:f6} : f64{1}{2}}", variant.scale,
                    variant.hasBias() ? ", bias" : "",
                    !variant.hasMask() ? ""
                    : variant.uniform  ? ", empty = #bridge<empty_rows uniform>"
                                       : ", empty = #bridge<empty_rows zero>")
          .str();
  std::string region;
  if (variant.hasMask())
    region = llvm::formatv(" {{\n^bb0(%queries: {0}, %keys: {0}, %batch: i32, "
                           "%head: i32, %query: i32, %key: i32):\n{1}\n"
                           "plan.yield %seen : i1\n}",
                           vector, variant.mask)
                 .str();
  return llvm::formatv("plan.kernel attention @attention [{0}, {0}, {0}, "
                       "{1}{2}{0}] {3}{4}",
                       viewType(4), bias, captures, config, region)
      .str();
}

/// The operands of one launch. Rows of q, k and v hold all heads of a token.
struct Launch {
  Operand q, k, v, bias, out;
  Operand queryIds, keyIds; ///< what the mask captures
  std::function<bool(int64_t batch, int64_t query, int64_t key)> sees;

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
      bias = Operand::strided({s.batch, s.heads, s.queries, s.keys},
                              {s.queries * 4, 0, 4, 0});
    else if (variant.biasStride == -1)
      bias = Operand::strided({s.batch, s.heads, s.queries, s.keys},
                              {s.keys * s.queries * 4, 0, 4, s.queries * 4});
    else if (variant.hasBias())
      bias = Operand::strided({s.batch, s.heads, s.queries, s.keys},
                              {s.keys * s.queries * 4, 0, s.keys * 4, 4});
    if (variant.hasBias())
      bias.fill(random);
    queryIds = Operand::rows({s.batch, s.queries});
    keyIds = Operand::rows({s.batch, s.keys});
  }

  llvm::SmallVector<Operand> operands(const Variant &variant) const {
    llvm::SmallVector<Operand> all{q, k, v};
    if (variant.hasBias())
      all.push_back(bias);
    if (variant.hasMask())
      all.append({queryIds, keyIds});
    all.push_back(out);
    return all;
  }

  /// The weights of the keys for one query.
  std::vector<double> weights(const Variant &variant, int64_t b, int64_t h,
                              int64_t query) const {
    int64_t keys = k.size(2), group = h / (q.size(1) / k.size(1));
    std::vector<double> weights(keys);
    std::vector<bool> isSeen(keys);
    double greatest = -std::numeric_limits<double>::infinity();
    for (int64_t key = 0; key < keys; ++key) {
      double score = 0;
      for (int64_t i = 0; i < q.size(3); ++i)
        score += double(q.at({b, h, query, i})) * k.at({b, group, key, i});
      weights[key] = score * variant.scale +
                     (variant.hasBias() ? bias.at({b, h, query, key}) : 0);
      isSeen[key] = !variant.hasMask() || sees(b, query, key);
      if (isSeen[key])
        greatest = std::max(greatest, weights[key]);
    }
    double sum = 0;
    for (int64_t key = 0; key < keys; ++key)
      sum += weights[key] = isSeen[key] ? std::exp(weights[key] - greatest) : 0;
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
    kernel.run(launch.operands(variant));
    expect(level, launch, variant, "plain");
  }
}

void testBias(llvm::StringRef level) {
  for (int64_t biasStride : {4, -1, 0})
    for (double scale : {0.25, -2.0}) {
      Variant variant{scale, biasStride};
      CompiledKernel kernel(kernelText(variant), level);
      for (Shape shape : {Shape{33, 40, 20, 24, 2, 4, 2}, Shape{5, 5, 8, 8},
                          Shape{77, 77, 16, 16}, Shape{1, 1, 8, 8}}) {
        Launch launch(variant, shape);
        kernel.run(launch.operands(variant));
        expect(level, launch, variant, "bias");
      }
    }
}

/// A bias of −∞ for a key is that key hidden; for all keys, NaN.
void testInfiniteBias(llvm::StringRef level) {
  Variant variant{0.25, 4};
  Launch launch(variant, {20, 30, 16, 16});
  for (int64_t query = 0; query < 20; ++query)
    for (int64_t key = 0; key < 30; ++key)
      if (query == 3 || key > query)
        launch.bias.at({0, 0, query, key}) =
            -std::numeric_limits<float>::infinity();
  CompiledKernel(kernelText(variant), level).run(launch.operands(variant));
  for (int64_t query = 0; query < 20; ++query)
    CHECK_EQ(std::isnan(launch.out.at({0, 0, query, 0})), query == 3);
}

struct MaskCase {
  llvm::StringRef name, text;
  bool (*sees)(int64_t query, int64_t key, int64_t queryId, int64_t keyId);
};

const MaskCase kMasks[] = {
    {"causal", "%seen = arith.cmpi sle, %key, %query : i32",
     [](int64_t query, int64_t key, int64_t, int64_t) { return key <= query; }},
    {"window", R"(
%distance = arith.subi %query, %key : i32
%size = math.absi %distance : i32
%limit = arith.constant 9 : i32
%seen = arith.cmpi slt, %size, %limit : i32)",
     [](int64_t query, int64_t key, int64_t, int64_t) {
       return std::abs(query - key) < 9;
     }},
    {"padding", R"(
%id = plan.load %keys[%batch, %key] : KEYS -> i32
%none = arith.constant 0 : i32
%seen = arith.cmpi ne, %id, %none : i32)",
     [](int64_t, int64_t, int64_t, int64_t keyId) { return keyId != 0; }},
    {"segments", R"(
%id = plan.load %keys[%batch, %key] : KEYS -> i32
%own = plan.load %queries[%batch, %query] : KEYS -> i32
%seen = arith.cmpi eq, %id, %own : i32)",
     [](int64_t, int64_t, int64_t queryId, int64_t keyId) {
       return queryId == keyId;
     }},
    {"blocks", R"(
%size = arith.constant 16 : i32
%one = arith.constant true
%row = arith.floordivsi %query, %size : i32
%column = arith.floordivsi %key, %size : i32
%id = plan.load %keys[%batch, %column] : KEYS -> i32
%least = arith.minsi %row, %id : i32
%zero = arith.constant 1 : i32
%small = arith.cmpi slt, %least, %zero : i32
%other = arith.cmpi sgt, %column, %row : i32
%same = arith.xori %other, %one : i1
%seen = arith.andi %small, %same : i1)",
     nullptr}};

void testMasks(llvm::StringRef level) {
  for (const MaskCase &mask : kMasks)
    for (bool uniform : {false, true}) {
      std::string text = mask.text.str();
      std::string vector = viewType(2, 4, "i32");
      for (size_t at; (at = text.find("KEYS")) != std::string::npos;)
        text.replace(at, 4, vector);
      Variant variant{0.25, uniform ? 4 : -2, text, uniform};
      CompiledKernel kernel(kernelText(variant), level);
      for (Shape shape :
           {Shape{33, 40, 20, 24, 2, 4, 2}, Shape{5, 5, 8, 8},
            Shape{100, 130, 16, 16}, Shape{64, 3, 8, 8}, Shape{3, 100, 8, 8}}) {
        Launch launch(variant, shape);
        // Sorted ids, then ids in no order, then none that are equal.
        for (int64_t round : {0, 1, 2}) {
          auto id = [&](int64_t place) -> int32_t {
            return round == 0 ? place / 21 : round == 1 ? place * 7 % 3 : 0;
          };
          for (int64_t b = 0; b < shape.batch; ++b) {
            for (int64_t i = 0; i < shape.queries; ++i)
              launch.queryIds.at<int32_t>({b, i}) = id(i) + (round == 2);
            for (int64_t i = 0; i < shape.keys; ++i)
              launch.keyIds.at<int32_t>({b, i}) = id(i + b);
          }
          launch.sees = [&](int64_t b, int64_t query, int64_t key) {
            if (!mask.sees) {
              int32_t id = launch.keyIds.at<int32_t>({b, key / 16});
              return std::min<int64_t>(query / 16, id) < 1 &&
                     key / 16 <= query / 16;
            }
            return mask.sees(query, key,
                             launch.queryIds.at<int32_t>({b, query}),
                             launch.keyIds.at<int32_t>({b, key}));
          };
          kernel.run(launch.operands(variant));
          expect(level, launch, variant, mask.name);
        }
      }
    }
}

void testScale(llvm::StringRef level) {
  for (double scale : {-0.5, 3.0}) {
    Variant variant{scale};
    Launch launch(variant, {20, 20, 16, 16});
    CompiledKernel(kernelText(variant), level).run(launch.operands(variant));
    expect(level, launch, variant, "scale");
  }
}

/// A NaN makes those outputs NaN that depend on it, and no others.
void testNaN(llvm::StringRef level) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (bool uniform : {false, true}) {
    Variant variant{0.25, -2, kMasks[0].text, uniform};
    CompiledKernel kernel(kernelText(variant), level);
    Launch launch(variant, {20, 30, 16, 16});
    launch.q.at({0, 0, 3, 5}) = nan;
    launch.k.at({0, 0, 17, 5}) = nan;
    launch.v.at({0, 0, 0, 7}) = nan;
    kernel.run(launch.operands(variant));
    for (int64_t query = 0; query < 20; ++query)
      for (int64_t i = 0; i < 16; ++i)
        CHECK_EQ(std::isnan(launch.out.at({0, 0, query, i})),
                 query == 3 || query >= 17 || i == 7);
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
        1e-9 * flops / kernel.time(launch.operands(variant)));
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
    testInfiniteBias(level);
    testMasks(level);
    testScale(level);
    testNaN(level);
  }
  return failures != 0;
}
