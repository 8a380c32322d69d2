//===- Bf16Test.cpp - Kernels over bf16 against those over f32 ------------===//
//
// Every operand ends at a page that nobody may touch, so that a product of odd
// depth which reads the partner of its last element ends the program.
//
//===----------------------------------------------------------------------===//
#include "Rows.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge::test;

namespace {

View rows(Index sizes, llvm::StringRef element) {
  return View(sizes, Lies::InRows, element);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

enum class Epilogue { None, Residual };

/// out[m, n] = a[m, k] · b[n, k] + bias (+ residual), b packed by a kernel.
void testProduct(Kernels &kernels, int64_t m, int64_t n, int64_t k, Lies bLies,
                 llvm::StringRef result, Epilogue epilogue) {
  std::mt19937 random(m * 10000 + n * 100 + k);
  View a = rows({1, 1, m, k}, "bf16"), b({1, 1, n, k}, bLies, "bf16");
  View bias = rows({n}, "f32"), out = rows({1, 1, m, n}, result);
  View residual = rows({1, 1, m, n}, "f32");
  for (const View *view : {&a, &b, &bias, &residual})
    view->fill(random);
  out.clear();

  Operand panels =
      Operand::panels({1, 1, n, k}, panelWidth(kernels.getLevel()), 2);
  std::string type = panelsType("bf16");
  kernels.get("plan.kernel pack @pack [" + b.type + ", " + type + "] {}")
      .run({b.memory, panels});
  std::string extra, region;
  llvm::SmallVector<Operand> operands{a.memory, panels, bias.memory};
  if (epilogue == Epilogue::Residual) {
    operands.push_back(residual.memory);
    extra = ", " + residual.type;
    region = "{ ^bb0(%acc: f32, %r: f32): %y = arith.addf %acc, %r : f32 "
             "plan.yield %y : f32 }";
  }
  operands.push_back(out.memory);
  kernels
      .get("plan.kernel gemm @gemm [" + a.type + ", " + type + ", " +
           bias.type + extra + ", " + out.type + "] {bias} " + region)
      .run(operands);

  double depthError = std::sqrt(double(k)) * 1e-6;
  compare(
      text(kernels, "product", {m, n, k}), out,
      [&](Index at) {
        double sum = bias.get({at[3]});
        for (int64_t i = 0; i < k; ++i)
          sum += a.get({0, 0, at[2], i}) * b.get({0, 0, at[3], i});
        return epilogue == Epilogue::None ? sum : sum + residual.get(at);
      },
      result == "bf16" ? 0x1p-8 : depthError);
}

void testProducts(Kernels &kernels) {
  for (int64_t m : {1, 2, 3, 6, 7, 8, 9, 13, 14, 27})
    for (int64_t n : {1, 15, 16, 17, 33})
      for (int64_t k : {1, 2, 3, 31, 32, 65})
        testProduct(kernels, m, n, k, Lies::InRows, "bf16", Epilogue::None);
  for (llvm::StringRef result : {"f32", "bf16"})
    for (Epilogue epilogue : {Epilogue::None, Epilogue::Residual})
      for (Lies lies : {Lies::InRows, Lies::Turned, Lies::Apart})
        for (int64_t k : {4, 5, 70})
          testProduct(kernels, 14, 67, k, lies, result, epilogue);
}

/// The odd last element of a row of A is not multiplied with what follows it.
void testOddDepth(Kernels &kernels) {
  View a = rows({1, 1, 2, 3}, "bf16"), b = rows({1, 1, 1, 3}, "bf16");
  View out = rows({1, 1, 2, 1}, "f32");
  // The gap after a row and the row that follows are no numbers.
  a.memory.fill(std::numeric_limits<float>::quiet_NaN());
  forEach({1, 1, 1, 3}, [&](Index at) {
    a.set(at, 2);
    b.set(at, 3);
  });
  Operand panels =
      Operand::panels({1, 1, 1, 3}, panelWidth(kernels.getLevel()), 2);
  std::string type = panelsType("bf16");
  kernels.get("plan.kernel pack @pack [" + b.type + ", " + type + "] {}")
      .run({b.memory, panels});
  kernels
      .get("plan.kernel gemm @gemm [" + a.type + ", " + type + ", " + out.type +
           "] {}")
      .run({a.memory, panels, out.memory});
  CHECK_EQ(out.get({0, 0, 0, 0}), 18.0);
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

struct Mask {
  llvm::StringRef name, region, empty;
  bool (*sees)(int64_t query, int64_t key);
};

const Mask kMasks[] = {
    {"plain", "", "", [](int64_t, int64_t) { return true; }},
    {"causal", "%seen = arith.cmpi sle, %key, %query : i32", "zero",
     [](int64_t query, int64_t key) { return key <= query; }},
    // Early queries see nothing, others a window that begins anywhere.
    {"window",
     "%c = arith.constant 9 : i32 %d = arith.constant 40 : i32 %l = arith.addi "
     "%key, %c : i32 %h = arith.addi %key, %d : i32 %a = arith.cmpi slt, %l, "
     "%query : i32 %b = arith.cmpi sgt, %h, %query : i32 %seen = arith.andi "
     "%a, %b : i1",
     "uniform",
     [](int64_t query, int64_t key) {
       return key + 9 < query && key + 40 > query;
     }},
    {"window, empty rows zero",
     "%c = arith.constant 9 : i32 %l = arith.addi %key, %c : i32 %seen = "
     "arith.cmpi slt, %l, %query : i32",
     "zero", [](int64_t query, int64_t key) { return key + 9 < query; }}};

void testAttention(Kernels &kernels, const Mask &mask, int64_t queries,
                   int64_t keys, int64_t depth, int64_t valueDepth,
                   double scale, llvm::StringRef biasElement) {
  std::mt19937 random(queries * 1000 + keys);
  View q = rows({1, 2, queries, depth}, "bf16");
  View k = rows({1, 1, keys, depth}, "bf16");
  View v = rows({1, 1, keys, valueDepth}, "bf16");
  View bias =
      rows({1, 2, queries, keys}, biasElement.empty() ? "f32" : biasElement);
  View out = rows({1, 2, queries, valueDepth}, "bf16");
  for (const View *view : {&q, &k, &v, &bias})
    view->fill(random);
  out.clear();
  llvm::SmallVector<Operand> operands{q.memory, k.memory, v.memory};
  std::string types = q.type + ", " + k.type + ", " + v.type;
  std::string config = llvm::formatv("scale = {0:f6} : f64", scale).str();
  if (!biasElement.empty()) {
    operands.push_back(bias.memory);
    types += ", " + bias.type;
    config += ", bias";
  }
  operands.push_back(out.memory);
  std::string region;
  if (!mask.region.empty()) {
    config += (", empty = #bridge<empty_rows " + mask.empty + ">").str();
    region = ("{ ^bb0(%batch: i32, %head: i32, %query: i32, %key: i32): " +
              mask.region + " plan.yield %seen : i1 }")
                 .str();
  }
  kernels
      .get("plan.kernel attention @attention [" + types + ", " + out.type +
           "] {" + config + "} " + region)
      .run(operands);

  std::vector<double> weights(keys);
  auto weigh = [&](int64_t head, int64_t query) {
    double greatest = -std::numeric_limits<double>::infinity(), sum = 0;
    for (int64_t key = 0; key < keys; ++key) {
      double score = biasElement.empty() ? 0 : bias.get({0, head, query, key});
      for (int64_t i = 0; i < depth; ++i)
        score += scale * q.get({0, head, query, i}) * k.get({0, 0, key, i});
      weights[key] = score;
      if (mask.sees(query, key))
        greatest = std::max(greatest, score);
    }
    for (int64_t key = 0; key < keys; ++key)
      sum += weights[key] =
          mask.sees(query, key) ? std::exp(weights[key] - greatest) : 0;
    for (double &weight : weights)
      weight = sum != 0                  ? weight / sum
               : mask.empty == "uniform" ? 1.0 / keys
                                         : 0;
  };
  compare(
      text(kernels, ("attention " + mask.name).str(),
           {queries, keys, depth, valueDepth}),
      out,
      [&](Index at) {
        if (at[3] == 0)
          weigh(at[1], at[2]);
        double sum = 0;
        for (int64_t key = 0; key < keys; ++key)
          sum += weights[key] * v.get({0, 0, key, at[3]});
        return sum;
      },
      // The weights and the result are rounded.
      3 * 0x1p-9);
}

void testAttentions(Kernels &kernels) {
  for (int64_t queries : {1, 16, 17, 33})
    for (int64_t keys : {1, 2, 3, 13, 14, 25, 77})
      testAttention(kernels, kMasks[0], queries, keys, 16, 16, 0.25, "");
  for (int64_t depth : {1, 2, 7, 16, 17, 33, 80})
    for (int64_t valueDepth : {1, 8, 15, 16, 17, 31, 32, 48, 80})
      testAttention(kernels, kMasks[0], 11, 7, depth, valueDepth, 0.3, "");
  for (const Mask &mask : kMasks)
    for (int64_t tokens : {1, 2, 13, 25, 26, 64, 77, 101})
      testAttention(kernels, mask, tokens, tokens, 20, 24, 0.25, "");
  for (double scale : {0.25, -0.5})
    for (llvm::StringRef bias : {"f32", "bf16"})
      testAttention(kernels, kMasks[1], 33, 40, 24, 24, scale, bias);
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// A kernel of rows over floats: those of bf16 are the same numbers rounded
/// where they are written.
struct RowCase {
  llvm::StringRef kind, config, region;
  llvm::SmallVector<View> operands; ///< f32 ones may be stored as bf16
  unsigned written = 1;             ///< how many of the last are results
};

void testRows(Kernels &kernels, const RowCase &test) {
  std::mt19937 random(11);
  llvm::SmallVector<View> narrow;
  for (auto [number, wide] : llvm::enumerate(test.operands)) {
    bool isResult = number + test.written >= test.operands.size();
    bool isFloat = wide.element == "f32";
    View half(wide.sizes(), Lies::InRows, isFloat ? "bf16" : wide.element);
    if (isResult) {
      wide.clear();
      half.clear();
    } else {
      half.fill(random);
      forEach(wide.sizes(), [&](Index at) { wide.set(at, half.get(at)); });
    }
    narrow.push_back(half);
  }
  auto run = [&](llvm::ArrayRef<View> views) {
    llvm::SmallVector<const View *> pointers;
    for (const View &view : views)
      pointers.push_back(&view);
    bridge_call call = {};
    call.fault_site = -1;
    kernels.get(kernelText(test.kind, pointers, test.config, test.region))
        .run(memoryOf(pointers), {}, &call);
    CHECK_EQ(call.fault_site, -1);
  };
  run(test.operands);
  run(narrow);
  for (unsigned back = 1; back <= test.written; ++back) {
    const View &wide = test.operands[test.operands.size() - back];
    const View &half = narrow[narrow.size() - back];
    compare(text(kernels, test.kind, wide.sizes()), half, [&](Index at) {
      double value = wide.get(at);
      return half.element == "bf16" ? fromBf16(toBf16(value)) : value;
    });
  }
}

void testAllRows(Kernels &kernels) {
  for (int64_t n : rowSizes(kernels.lanes())) {
    View x = rows({3, n}, "f32"), vector = rows({n}, "f32");
    View out = rows({3, n}, "f32"), row = rows({3}, "f32");
    View seen = rows({3, n}, "i1"), places = rows({3}, "i32");
    testRows(kernels, {"layer_norm",
                       "{eps = 1.0e-05 : f64, weight, bias}",
                       "",
                       {x, vector, vector, out}});
    testRows(kernels, {"rms_norm", "{eps = 1.0e-05 : f64}", "", {x, out}});
    testRows(kernels, {"l2_normalize", "{eps = 1.0e-05 : f64}", "", {x, out}});
    testRows(kernels, {"softmax", "{}", "", {x, out}});
    testRows(kernels, {"softmax",
                       "{seen, empty = #bridge<empty_rows uniform>}",
                       "",
                       {x, seen, out}});
    testRows(kernels, {"reduce",
                       "{reduce = #bridge<reduce_kind mean>, axes = 1 : i64}",
                       "",
                       {x, row}});
    testRows(kernels, {"reduce",
                       "{reduce = #bridge<reduce_kind max>, axes = 1 : i64}",
                       "",
                       {x, row}});
    testRows(kernels, {"arg_extreme",
                       "{extreme = #bridge<extreme_kind max>}",
                       "",
                       {x, places}});
    testRows(kernels, {"cumsum", "{}", "", {x, out}});
    testRows(kernels, {"map",
                       "{inputs = 2 : i64}",
                       "{ ^bb0(%a: f32, %b: f32, %i: i32, %j: i32): %c = "
                       "arith.mulf %a, %b : f32 plan.yield %c : f32 }",
                       {x, out, rows({3, n}, "f32")}});
    testRows(kernels, {"gather",
                       "{axis = 0 : i64, indices = 1 : i64, site = 0 : i64}",
                       "",
                       {x, places, out}});
  }
}

/// Rounding to the nearest, ties to even, at the ends of the range, too.
void testRounding(Kernels &kernels) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double cases[][2] = {{1, 1},
                             {1 + 0x1p-8, 1},
                             {1 + 0x3p-8, 1 + 0x1p-6},
                             {1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7},
                             {-1 - 0x1p-8 + 0x1p-20, -1},
                             {0x1.fep127, 0x1.fep127},
                             {0x1.fffffep127, infinity},
                             {-infinity, -infinity},
                             {NAN, NAN},
                             {-0.0, -0.0}};
  View x = rows({11}, "f32"), y = rows({11}, "bf16");
  y.clear();
  for (auto [place, number] : llvm::enumerate(cases))
    x.set({int64_t(place)}, number[0]);
  kernels
      .get(kernelText("map", {&x, &y}, "{inputs = 1 : i64}",
                      "{ ^bb0(%a: f32, %i: i32): plan.yield %a : f32 }"))
      .run({x.memory, y.memory});
  for (auto [place, number] : llvm::enumerate(cases)) {
    double found = y.get({int64_t(place)});
    CHECK(found == number[1] || (std::isnan(found) && std::isnan(number[1])));
  }
}

} // namespace

int main() {
  for (llvm::StringRef level : runnableLevels(/*withBf16=*/true)) {
    Kernels kernels(level);
    testProducts(kernels);
    testOddDepth(kernels);
    testAttentions(kernels);
    testAllRows(kernels);
    testRounding(kernels);
  }
  return failures != 0;
}
