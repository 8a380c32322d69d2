//===- MathTest.cpp - Elementary functions against the C library ----------===//
//
// Every float, or one in a few thousand: results of bridge-expand-math are
// compared with the C library's in double precision, in units in the last place
// of the exact result.
//
//===----------------------------------------------------------------------===//
#include "Check.h"
#include "Harness.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <functional>
#include <limits>

using namespace bridge::test;

namespace {

struct Function {
  llvm::StringRef op;
  double (*exact)(double);
  double bound; ///< in units in the last place
};

const Function kFunctions[] = {
    {"exp", std::exp, 1.5},   {"exp2", std::exp2, 2.5}, {"log", std::log, 1.5},
    {"log1p", std::log1p, 2}, {"tanh", std::tanh, 2},   {"erf", std::erf, 4.5},
    {"sin", std::sin, 2},     {"cos", std::cos, 2},
};

/// Numbers that functions are applied to at once.
constexpr int64_t kBatch = 1 << 14;

using Apply = void (*)(const float *x, float *y, int64_t count);

/// A module with @vector and @scalar, which apply `op` to `count` numbers.
std::string moduleText(llvm::StringRef op, int64_t lanes) {
  std::string text;
  auto loop = [&](llvm::StringRef name, int64_t step, const std::string &type) {
    text += llvm::formatv(
                R"(
llvm.func @{0}(%x: !llvm.ptr, %y: !llvm.ptr, %count: i64) {{
  %zero = arith.constant 0 : i64
  %step = arith.constant {1} : i64
  scf.for %i = %zero to %count step %step : i64 {{
    %from = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %to = llvm.getelementptr %y[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %a = llvm.load %from {{alignment = 4 : i64} : !llvm.ptr -> {2}
    %b = math.{3} %a : {2}
    llvm.store %b, %to {{alignment = 4 : i64} : {2}, !llvm.ptr
  }
  llvm.return
})",
                name, step, type, op)
                .str();
  };
  loop("vector", lanes, "vector<" + std::to_string(lanes) + "xf32>");
  loop("scalar", 1, "f32");
  return text;
}

/// The distance of two results in units in the last place of the exact one.
double distance(float found, double exact) {
  if (std::isnan(exact) || std::isnan(found))
    return std::isnan(exact) == std::isnan(found) ? 0 : INFINITY;
  float nearest = exact;
  if (found == nearest)
    return 0;
  if (std::isinf(nearest) || std::isinf(found))
    // The largest float may overflow, and what overflows be it.
    return std::abs(double(found) - exact) <= 0x1p105 ? 1 : INFINITY;
  int exponent = std::max(std::ilogb(exact), -126);
  return std::abs(double(found) - exact) / std::ldexp(1.0, exponent - 23);
}

/// The worst distance over all floats with a multiple of `stride` as bits.
void sweep(const Function &function, llvm::StringRef level,
           llvm::StringRef name, Apply apply, uint64_t stride) {
  std::vector<float> x(kBatch), y(kBatch);
  double worst = 0;
  float where = 0;
  for (uint64_t next = 0; next < uint64_t(1) << 32;) {
    for (float &value : x) {
      value = llvm::bit_cast<float>(uint32_t(next));
      next += stride;
    }
    apply(x.data(), y.data(), kBatch);
    for (int64_t i = 0; i < kBatch; ++i) {
      double error = distance(y[i], function.exact(x[i]));
      if (error > worst) {
        worst = error;
        where = x[i];
      }
    }
  }
  std::string said =
      llvm::formatv("{0} {1} {2}: {3:f2} ulp at {4}", level, function.op, name,
                    worst, std::to_string(where))
          .str();
  llvm::outs() << said << "\n";
  check(worst <= function.bound, __FILE__, __LINE__, said);
}

void testFunction(const Function &function, llvm::StringRef level,
                  uint64_t stride) {
  int64_t lanes = panelWidth(level) / 2;
  CompiledModule module(moduleText(function.op, lanes), level);
  const float infinity = INFINITY;
  for (const char *name : {"vector", "scalar"}) {
    auto apply = module.find<Apply>(name);
    sweep(function, level, name, apply, stride);
    std::vector<float> x(lanes), y(lanes);
    for (float value : {0.0f, -0.0f, 1.0f, -1.0f, infinity, -infinity,
                        float(NAN), std::numeric_limits<float>::min(),
                        std::numeric_limits<float>::denorm_min(),
                        std::numeric_limits<float>::max(), 1e-8f, 1e22f}) {
      std::fill(x.begin(), x.end(), value);
      apply(x.data(), y.data(), lanes);
      double exact = function.exact(value);
      check(
          distance(y[0], exact) <= function.bound &&
              (exact != 0 || std::signbit(y[0]) == std::signbit(exact)),
          __FILE__, __LINE__,
          llvm::formatv("{0} {1}({2}) is {3}", level, function.op, value, y[0])
              .str());
    }
  }
}

/// x to the power of y for all pairs of some numbers.
void testPower(llvm::StringRef level) {
  std::string text = R"(
llvm.func @power(%x: f32, %y: f32) -> f32 {
  %z = math.powf %x, %y : f32
  llvm.return %z : f32
})";
  CompiledModule module(text, level);
  auto power = module.find<float (*)(float, float)>("power");
  std::vector<float> numbers{0.0f,        -0.0f,    1.0f,     -1.0f,     0.5f,
                             -0.5f,       2.0f,     -2.0f,    3.0f,      -3.0f,
                             7.5f,        -7.5f,    1e-40f,   1e38f,     1e10f,
                             16777217.0f, 10000.0f, INFINITY, -INFINITY, NAN};
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 4);
  for (int i = 0; i < 300; ++i)
    numbers.push_back(i % 2 ? normal(random) : std::exp(normal(random)));
  double worst = 0;
  for (float x : numbers)
    for (float y : numbers) {
      double exact = std::pow(double(x), double(y));
      double error = distance(power(x, y), exact);
      worst = std::max(worst, error);
      check(error <= 1, __FILE__, __LINE__,
            llvm::formatv("{0} pow({1}, {2}) is {3}; expected {4}", level, x, y,
                          power(x, y), exact)
                .str());
    }
  llvm::outs() << llvm::formatv("{0} pow: {1:f2} ulp\n", level, worst);
}

} // namespace

int main(int argc, char **argv) {
  // One in how many floats is tried; 1 takes most of an hour.
  uint64_t stride = 10007;
  if (argc > 1 && llvm::StringRef(argv[1]).getAsInteger(10, stride)) {
    llvm::errs() << "usage: math-test [STRIDE]\n";
    return 1;
  }
  for (llvm::StringRef level : runnableLevels()) {
    for (const Function &function : kFunctions)
      testFunction(function, level, stride);
    testPower(level);
  }
  return failures != 0;
}
