//===- GemmTest.cpp - Matrix products against plain loops -----------------===//
#include "Check.h"
#include "Harness.h"
#include "bridge/Runtime/Abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <functional>

using namespace bridge::test;

namespace {

/// A product to try: out[m, n] = f(a[m, k] · b[n, k] + bias, extra).
struct Shape {
  int64_t m, n, k;
  int64_t batch0 = 1, batch1 = 1;
  bool sharedPanels = false;
};

/// An epilogue: its region, and what it computes.
struct Epilogue {
  llvm::StringRef name, region;
  /// The last stride of the extra, and its element; none where empty.
  int64_t extraStride = -2;
  llvm::StringRef extraElement = "f32";
  std::function<double(double acc, double extra)> compute;
  bool bias = true;
  /// Whether products of all sizes take Strassen's scheme.
  bool strassen = false;

  bool hasExtra() const { return extraStride != -2; }
};

std::string kernelText(const Epilogue &epilogue) {
  std::string text =
      "plan.kernel gemm @gemm [" + viewType(4) + ", " + panelsType() + ", ";
  if (epilogue.bias)
    text += viewType(1) + ", ";
  if (epilogue.hasExtra())
    text += viewType(4, epilogue.extraStride, epilogue.extraElement) + ", ";
  text += viewType(4) + "] {";
  llvm::SmallVector<llvm::StringRef> config;
  if (epilogue.bias)
    config.push_back("bias");
  if (epilogue.strassen)
    config.push_back("strassen = array<i64: 1, 1, 2>");
  return text + llvm::join(config, ", ") + "} " + epilogue.region.str();
}

const Epilogue kNone{"none", "", -2, "",
                     [](double acc, double) { return acc; }};
const Epilogue kNoBias{
    "no bias", "", -2, "", [](double acc, double) { return acc; }, false};
const Epilogue kResidual{"residual",
                         "{ ^bb0(%acc: f32, %r: f32): %y = arith.addf %acc, %r "
                         ": f32 plan.yield %y : "
                         "f32 }",
                         4, "f32",
                         [](double acc, double extra) { return acc + extra; }};
const Epilogue kGate{"gate",
                     "{ ^bb0(%acc: f32, %g: f32): %y = arith.mulf %acc, %g : "
                     "f32 plan.yield %y : "
                     "f32 }",
                     0, "f32",
                     [](double acc, double extra) { return acc * extra; }};
const Epilogue kStrided{"strided extra",
                        "{ ^bb0(%acc: f32, %g: f32): %y = arith.mulf %acc, %g "
                        ": f32 plan.yield %y : "
                        "f32 }",
                        12, "f32",
                        [](double acc, double extra) { return acc * extra; }};
const Epilogue kMask{
    "mask",
    "{ ^bb0(%acc: f32, %m: i1): %z = arith.constant -1.0 : f32 %y = "
    "arith.select %m, %acc, %z : f32 plan.yield %y : f32 }",
    1, "i1", [](double acc, double extra) { return extra ? acc : -1; }};
const Epilogue kQuickGelu{
    "quick_gelu",
    "{ ^bb0(%acc: f32): %c = arith.constant -1.702 : f32 %one = arith.constant "
    "1.0 : f32 %t = arith.mulf %acc, %c : f32 %e = math.exp %t : f32 %d = "
    "arith.addf %e, %one : f32 %y = arith.divf %acc, %d : f32 plan.yield %y : "
    "f32 }",
    -2, "",
    [](double acc, double) { return acc / (1 + std::exp(-1.702 * acc)); }};
const Epilogue kGelu{"gelu",
                     "{ ^bb0(%acc: f32): %c = arith.constant 0.70710678 : f32 "
                     "%h = arith.constant "
                     "0.5 : f32 %one = arith.constant 1.0 : f32 %t = "
                     "arith.mulf %acc, %c : f32 %e "
                     "= math.erf %t : f32 %d = arith.addf %e, %one : f32 %x = "
                     "arith.mulf %acc, %h "
                     ": f32 %y = arith.mulf %x, %d : f32 plan.yield %y : f32 }",
                     -2, "", [](double acc, double) {
                       return 0.5 * acc *
                              (1 + std::erf(acc * 0.70710678118654752));
                     }};

/// The operands of one launch.
struct Launch {
  Operand a, panels, bias, extra, out;

  Launch(const Epilogue &epilogue, const Shape &s, int64_t width) {
    std::mt19937 random(1);
    int64_t p0 = s.sharedPanels ? 1 : s.batch0;
    int64_t p1 = s.sharedPanels ? 1 : s.batch1;
    a = Operand::rows({s.batch0, s.batch1, s.m, s.k}, 4, 3);
    a.fill(random);
    panels = Operand::panels({p0, p1, s.n, s.k}, width);
    std::normal_distribution<float> normal(0, 1 / std::sqrt(float(s.k)));
    for (int64_t i = 0; i < p0; ++i)
      for (int64_t j = 0; j < p1; ++j)
        for (int64_t n = 0; n < s.n; ++n)
          for (int64_t k = 0; k < s.k; ++k)
            panels.packed(i, j, n, k) = normal(random);
    bias = Operand::rows({s.n});
    bias.fill(random);
    if (epilogue.extraElement == "i1") {
      extra = Operand::rows({s.batch0, s.batch1, s.m, s.n}, 1, 1);
      for (int64_t i = 0; i < s.batch0; ++i)
        for (int64_t j = 0; j < s.batch1; ++j)
          for (int64_t m = 0; m < s.m; ++m)
            for (int64_t n = 0; n < s.n; ++n)
              extra.at<char>({i, j, m, n}) = random() % 2;
    } else if (epilogue.hasExtra()) {
      int64_t last = epilogue.extraStride;
      int64_t row = last * s.n + 8;
      extra = Operand::strided({s.batch0, s.batch1, s.m, s.n},
                               {s.batch1 * s.m * row, s.m * row, row, last});
      extra.fill(random);
    }
    out = Operand::rows({s.batch0, s.batch1, s.m, s.n}, 4, 5);
    out.fill(-77.0f);
  }

  llvm::SmallVector<Operand> operands(const Epilogue &epilogue) const {
    llvm::SmallVector<Operand> all{a, panels};
    if (epilogue.bias)
      all.push_back(bias);
    if (epilogue.hasExtra())
      all.push_back(extra);
    all.push_back(out);
    return all;
  }

  double expected(const Epilogue &epilogue, int64_t i, int64_t j, int64_t m,
                  int64_t n) const {
    double acc = epilogue.bias ? bias.at({n}) : 0;
    int64_t p0 = panels.size(0) == 1 ? 0 : i, p1 = panels.size(1) == 1 ? 0 : j;
    for (int64_t k = 0; k < a.size(3); ++k)
      acc += double(a.at({i, j, m, k})) * panels.packed(p0, p1, n, k);
    double other = 0;
    if (epilogue.extraElement == "i1")
      other = extra.at<char>({i, j, m, n});
    else if (epilogue.hasExtra())
      other = extra.at({i, j, m, n});
    return epilogue.compute(acc, other);
  }

  /// The greatest difference between the output and what is expected.
  double error(const Epilogue &epilogue) const {
    double worst = 0;
    for (int64_t i = 0; i < out.size(0); ++i)
      for (int64_t j = 0; j < out.size(1); ++j)
        for (int64_t m = 0; m < out.size(2); ++m)
          for (int64_t n = 0; n < out.size(3); ++n) {
            double difference =
                std::abs(out.at({i, j, m, n}) - expected(epilogue, i, j, m, n));
            worst = difference <= worst ? worst : difference;
          }
    return worst;
  }
};

void run(const CompiledKernel &kernel, const Launch &launch,
         const Epilogue &epilogue, int64_t threads = 2) {
  bridge_call call = {};
  call.threads = threads;
  kernel.run(launch.operands(epilogue), {}, &call);
}

Epilogue byStrassen(Epilogue epilogue) {
  epilogue.strassen = true;
  return epilogue;
}

void testShapes(llvm::StringRef level, const Epilogue &epilogue,
                llvm::ArrayRef<Shape> shapes) {
  CompiledKernel kernel(kernelText(epilogue), level);
  for (const Shape &shape : shapes) {
    Launch launch(epilogue, shape, panelWidth(level));
    run(kernel, launch, epilogue);
    double error = launch.error(epilogue);
    check(error < 2e-5 && launch.out.gapsHold(-77.0f), __FILE__, __LINE__,
          llvm::formatv("{0} {1} {2}×{3}×{4}: error {5}", level, epilogue.name,
                        shape.m, shape.k, shape.n, error)
              .str());
  }
}

void testInPlace(llvm::StringRef level, const Epilogue &residual) {
  CompiledKernel kernel(kernelText(residual), level);
  Shape shape{41, 67, 20};
  Launch launch(residual, shape, panelWidth(level));
  run(kernel, launch, residual);
  Operand apart = launch.out;
  launch.out = launch.extra;
  run(kernel, launch, residual);
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t n = 0; n < shape.n; ++n)
      CHECK_EQ(launch.out.at({0, 0, m, n}), apart.at({0, 0, m, n}));
}

/// Rows of a product do not depend on how many there are.
void testRowsAlone(llvm::StringRef level) {
  CompiledKernel kernel(kernelText(kNone), level);
  Launch whole(kNone, {77, 67, 101}, panelWidth(level));
  kernel.run(whole.operands(kNone));
  for (int64_t rows : {1, 2, 5, 14, 50}) {
    Launch some(kNone, {rows, 67, 101}, panelWidth(level));
    some.panels = whole.panels;
    some.bias = whole.bias;
    for (int64_t m = 0; m < rows; ++m)
      for (int64_t k = 0; k < 101; ++k)
        some.a.at({0, 0, m, k}) = whole.a.at({0, 0, m, k});
    kernel.run(some.operands(kNone));
    for (int64_t m = 0; m < rows; ++m)
      for (int64_t n = 0; n < 67; ++n)
        CHECK_EQ(some.out.at({0, 0, m, n}), whole.out.at({0, 0, m, n}));
  }
}

/// Rows and columns that are not finite, or far greater than others, spoil no
/// other ones.
void testStrassenKeepsApart(llvm::StringRef level) {
  Epilogue epilogue = byStrassen(kNone);
  CompiledKernel kernel(kernelText(epilogue), level);
  Launch launch(epilogue, {101, 131, 64}, panelWidth(level));
  launch.a.at({0, 0, 7, 3}) = std::nanf("");
  launch.a.at({0, 0, 60, 60}) = INFINITY;
  launch.panels.packed(0, 0, 70, 5) = -INFINITY;
  for (int64_t k = 0; k < 64; ++k) {
    launch.a.at({0, 0, 20, k}) *= 1e12f;
    launch.a.at({0, 0, 30, k}) = 0;
    launch.panels.packed(0, 0, 3, k) *= 1e12f;
  }
  run(kernel, launch, epilogue);
  for (int64_t m = 0; m < 101; ++m)
    for (int64_t n = 0; n < 131; ++n) {
      double expected = launch.expected(epilogue, 0, 0, m, n);
      double found = launch.out.at({0, 0, m, n});
      double scale = (m == 20 ? 1e12 : 1) * (n == 3 ? 1e12 : 1);
      bool agrees = std::isfinite(expected)
                        ? std::abs(found - expected) < 2e-5 * scale
                        : !std::isfinite(found);
      check(agrees, __FILE__, __LINE__,
            llvm::formatv("{0} row {1} column {2}: {3}, expected {4}", level, m,
                          n, found, expected)
                .str());
    }
}

/// How work is dealt out to threads changes no bit.
void testStrassenThreads(llvm::StringRef level) {
  Epilogue epilogue = byStrassen(kQuickGelu);
  CompiledKernel kernel(kernelText(epilogue), level);
  Launch one(epilogue, {330, 1001, 66}, panelWidth(level));
  run(kernel, one, epilogue, /*threads=*/1);
  Launch many(epilogue, {330, 1001, 66}, panelWidth(level));
  run(kernel, many, epilogue, /*threads=*/64);
  for (int64_t m = 0; m < 330; ++m)
    for (int64_t n = 0; n < 1001; ++n)
      CHECK_EQ(one.out.at({0, 0, m, n}), many.out.at({0, 0, m, n}));
}

void testStrassen(llvm::StringRef level) {
  llvm::SmallVector<Shape> shapes;
  for (int64_t m : {1, 2, 3, 25, 26, 27, 53, 313})
    for (int64_t n : {1, 16, 17, 32, 33, 64, 65, 97})
      for (int64_t k : {2, 34})
        shapes.push_back({m, n, k});
  // Stretches of k: one, two and an uneven third.
  for (int64_t k : {1024, 1026, 2070})
    shapes.push_back({29, 70, k});
  shapes.push_back({30, 70, 17}); // odd: as the plain product
  shapes.push_back({3, 35, 18, 2, 3});
  shapes.push_back({31, 67, 18, 2, 3, /*sharedPanels=*/true});
  shapes.push_back({0, 35, 18});
  shapes.push_back({3, 0, 18});
  testShapes(level, byStrassen(kNone), shapes);
  for (const Epilogue &epilogue :
       {kNoBias, kResidual, kGate, kStrided, kMask, kGelu})
    testShapes(level, byStrassen(epilogue), {{53, 97, 34}, {2, 2, 2}});
  testInPlace(level, byStrassen(kResidual));
  testStrassenKeepsApart(level);
  testStrassenThreads(level);
}

void testAll(llvm::StringRef level) {
  llvm::SmallVector<Shape> shapes;
  for (int64_t m : {1, 5, 6, 7, 12, 13, 14, 27, 61})
    for (int64_t n : {1, 15, 16, 17, 31, 32, 33, 65, 97})
      shapes.push_back({m, n, 7});
  for (int64_t k : {0, 1, 2, 64, 1023})
    shapes.push_back({13, 33, k});
  shapes.push_back({313, 67, 5});
  shapes.push_back({700, 33, 3});
  shapes.push_back({3, 35, 17, 2, 3});
  shapes.push_back({3, 35, 17, 2, 3, /*sharedPanels=*/true});
  shapes.push_back({0, 35, 17});
  shapes.push_back({3, 0, 17});
  testShapes(level, kNone, shapes);
  llvm::SmallVector<Shape> few{
      {14, 33, 70}, {13, 32, 16}, {1, 1, 1}, {50, 67, 20, 2, 2}};
  for (const Epilogue &epilogue :
       {kNoBias, kResidual, kGate, kStrided, kMask, kQuickGelu, kGelu})
    testShapes(level, epilogue, few);
  testInPlace(level, kResidual);
  testRowsAlone(level);
  testStrassen(level);
}

void timeAll(llvm::StringRef level) {
  const Shape shapes[] = {{577, 4096, 1024}, {577, 1024, 1024},
                          {50, 3072, 768},   {77, 2048, 512},
                          {5, 1003, 1000},   {1, 4096, 4096}};
  for (const Epilogue &epilogue : {kNone, kResidual, kQuickGelu, kGelu}) {
    CompiledKernel kernel(kernelText(epilogue), level);
    for (const Shape &shape : shapes) {
      Launch launch(epilogue, shape, panelWidth(level));
      double seconds = kernel.time(launch.operands(epilogue));
      llvm::outs() << llvm::formatv(
          "{0} {1} {2}×{3}×{4}: {5:f1} GFLOP/s\n", level, epilogue.name,
          shape.m, shape.k, shape.n,
          2e-9 * shape.m * shape.n * shape.k / seconds);
      llvm::outs().flush();
    }
  }
}

} // namespace

int main(int argc, char **argv) {
  bool time = argc > 1 && llvm::StringRef(argv[1]) == "--time";
  for (llvm::StringRef level : runnableLevels())
    time ? timeAll(level) : testAll(level);
  return failures != 0;
}
