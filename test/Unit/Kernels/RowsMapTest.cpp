//===- RowsMapTest.cpp - Element by element against plain loops -----------===//
#include "Rows.h"
#include "llvm/Support/Format.h"

using namespace bridge::test;

namespace {

constexpr llvm::StringRef kIdentity =
    "{ ^bb0(%x: f32, %i: i32, %j: i32): plan.yield %x : f32 }";

/// out = 2 a + b, whichever way the three lie.
void testWays(Kernels &kernels) {
  constexpr llvm::StringRef region =
      "{ ^bb0(%a: f32, %b: f32, %i: i32, %j: i32): %two = arith.constant 2.0 : "
      "f32 %t = arith.mulf %a, %two : f32 %y = arith.addf %t, %b : f32 "
      "plan.yield %y : f32 }";
  std::mt19937 random(1);
  for (Lies aLies : kAllWays)
    for (Lies bLies : kAllWays)
      for (Lies outLies : {Lies::InRows, Lies::Apart, Lies::Turned})
        for (int64_t size : {int64_t(1), kernels.lanes() - 1,
                             2 * kernels.lanes(), int64_t(37)}) {
          View a({3, size}, aLies), b({3, size}, bLies),
              out({3, size}, outLies);
          a.fill(random);
          b.fill(random);
          out.clear();
          const View *views[] = {&a, &b, &out};
          kernels.get(kernelText("map", views, "{inputs = 2 : i64}", region))
              .run(memoryOf(views));
          compare(text(kernels, "2a + b", {3, size}), out, [&](Index i) {
            return float(float(a.get(i)) * 2 + float(b.get(i)));
          });
        }
}

/// The region's positions as a number in base 100, for any rank.
void testRanks(Kernels &kernels) {
  const llvm::SmallVector<llvm::SmallVector<int64_t>> shapes = {
      {},     {1},       {35},          {9000},          {4096},
      {4097}, {3, 5000}, {2, 3, 17},    {2, 3, 4, 5},    {0},
      {3, 0}, {0, 3},    {1, 2, 1, 33}, {2, 2, 3, 2, 3}, {2, 3, 2, 3, 2, 5}};
  for (const auto &shape : shapes) {
    std::string region = "{ ^bb0(";
    for (size_t axis = 0; axis < shape.size(); ++axis)
      region += (axis ? ", %p" : "%p") + std::to_string(axis) + ": i32";
    region += "): %s = arith.constant 0 : i32 %c = arith.constant 100 : i32 ";
    std::string sum = "%s";
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      std::string n = std::to_string(axis);
      region += "%m" + n + " = arith.muli " + sum + ", %c : i32 %t" + n +
                " = arith.addi %m" + n + ", %p" + n + " : i32 ";
      sum = "%t" + n;
    }
    region += "plan.yield " + sum + " : i32 }";
    View out(Index(shape), Lies::InRows, "i32");
    out.clear();
    const View *views[] = {&out};
    kernels.get(kernelText("map", views, "{inputs = 0 : i64}", region))
        .run(memoryOf(views));
    compare(text(kernels, "positions", shape), out, [&](Index index) {
      int32_t number = 0;
      for (int64_t i : index)
        number = number * 100 + i;
      return number;
    });
  }
}

void testTypes(Kernels &kernels) {
  std::mt19937 random(2);
  for (int64_t size : rowSizes(kernels.lanes())) {
    View flag({2, size}, Lies::InRows, "i1"),
        count({2, size}, Lies::InRows, "i32"), out({2, size}),
        more({2, size}, Lies::InRows, "i1"),
        number({2, size}, Lies::InRows, "i32");
    flag.fill(random);
    count.fill(random, 9);
    out.clear();
    more.clear();
    number.clear();
    const View *choose[] = {&flag, &count, &out};
    kernels
        .get(kernelText(
            "map", choose, "{inputs = 2 : i64}",
            "{ ^bb0(%f: i1, %n: i32, %i: i32, %j: i32): %x = arith.sitofp %n : "
            "i32 to f32 %h = arith.constant 0.5 : f32 %y = arith.select %f, "
            "%x, %h : f32 plan.yield %y : f32 }"))
        .run(memoryOf(choose));
    compare(text(kernels, "select", {2, size}), out,
            [&](Index i) { return flag.get(i) ? count.get(i) : 0.5; });
    const View *relate[] = {&count, &flag, &more};
    kernels
        .get(kernelText(
            "map", relate, "{inputs = 2 : i64}",
            "{ ^bb0(%n: i32, %f: i1, %i: i32, %j: i32): %k = plan.dim \"k\" %c "
            "= arith.cmpi slt, %n, %k : i32 %r = arith.xori %c, %f : i1 "
            "plan.yield %r : i1 }"))
        .run(memoryOf(relate), {4});
    compare(text(kernels, "compare", {2, size}), more, [&](Index i) {
      return double((count.get(i) < 4) != (flag.get(i) != 0));
    });
    const View *convert[] = {&flag, &number};
    kernels
        .get(kernelText("map", convert, "{inputs = 1 : i64}",
                        "{ ^bb0(%f: i1, %i: i32, %j: i32): %n = arith.extui %f "
                        ": i1 to i32 plan.yield %n : i32 }"))
        .run(memoryOf(convert));
    compare(text(kernels, "extend", {2, size}), number,
            [&](Index i) { return flag.get(i); });
  }
}

/// Division of integers, by lane and (of the row's position) by row.
void testDivision(Kernels &kernels) {
  struct Case {
    llvm::StringRef op;
    int64_t (*compute)(int64_t a, int64_t b);
  };
  const Case cases[] = {
      {"divsi", [](int64_t a, int64_t b) { return b ? a / b : 0; }},
      {"remsi", [](int64_t a, int64_t b) { return b ? a % b : 0; }},
      {"floordivsi", [](int64_t a, int64_t b) -> int64_t {
         return b ? std::floor(double(a) / double(b)) : 0;
       }}};
  const int64_t special[] = {0,  1,  -1,        2,         -2,
                             10, -7, INT32_MAX, INT32_MIN, INT32_MAX - 1};
  constexpr int64_t count = std::size(special);
  for (const Case &c : cases)
    for (int64_t size : {count * count, int64_t(1)}) {
      View a({3, size}, Lies::InRows, "i32"), b({3, size}, Lies::InRows, "i32"),
          out({3, size}, Lies::InRows, "i32");
      forEach(a.sizes(), [&](Index i) {
        a.set(i, special[(i[1] + i[0]) / count % count]);
        b.set(i, special[i[1] % count]);
      });
      out.clear();
      const View *views[] = {&a, &b, &out};
      std::string op = "arith." + c.op.str();
      kernels
          .get(kernelText(
              "map", views, "{inputs = 2 : i64}",
              "{ ^bb0(%a: i32, %b: i32, %i: i32, %j: i32): %q = " + op +
                  " %a, %b : i32 %one = arith.constant 1 : i32 %k = arith.subi "
                  "%i, %one : i32 %c = arith.constant -7 : i32 %r = " +
                  op +
                  " %c, %k : i32 %y = arith.addi %q, %r : i32 plan.yield %y : "
                  "i32 }"))
          .run(memoryOf(views));
      compare(text(kernels, c.op, {3, size}), out, [&](Index i) {
        return int32_t(uint32_t(c.compute(a.get(i), b.get(i))) +
                       uint32_t(c.compute(-7, i[0] - 1)));
      });
    }
}

/// Loads from captures: a whole row, an element for each row, elements at
/// computed places, and places outside.
void testCaptures(Kernels &kernels) {
  std::mt19937 random(4);
  for (Lies lies : kAllWays)
    for (int64_t size : {int64_t(1), kernels.lanes(), int64_t(50)}) {
      View valid({3, size}, lies, "i32"), table({7}, Lies::InRows),
          flags({3}, Lies::InRows, "i1"), out({3, size});
      valid.fill(random, 9);
      table.fill(random);
      flags.fill(random);
      out.clear();
      const View *views[] = {&valid, &table, &flags, &out};
      std::string region =
          "{ ^bb0(%v: " + valid.type + ", %t: " + table.type +
          ", %f: " + flags.type +
          ", %i: i32, %j: i32): %n = plan.load %v[%i, %j] : " + valid.type +
          " -> i32 %b = plan.load %f[%i] : " + flags.type +
          " -> i1 %s = arith.addi %n, %j : i32 %x = plan.load %t[%s] : " +
          table.type + " -> f32 %r = plan.load %t[%i] : " + table.type +
          " -> f32 %e = arith.select %b, %x, %r : f32 %q = plan.load %t[%j] "
          ": " +
          table.type + " -> f32 %k = plan.load %v[%i, %n] : " + valid.type +
          " -> i32 %w = arith.sitofp %k : i32 to f32 %a = arith.addf %e, %q : "
          "f32 %y = arith.addf %a, %w : f32 plan.yield %y : f32 }";
      kernels.get(kernelText("map", views, "{inputs = 0 : i64}", region))
          .run(memoryOf(views));
      compare(text(kernels, "captures", {3, size}), out,
              [&](Index i) -> double {
                auto clamp = [](int64_t i, int64_t size) {
                  return std::min(std::max<int64_t>(i, 0), size - 1);
                };
                int64_t n = valid.get(i);
                float e = flags.get({i[0]}) ? table.get({clamp(n + i[1], 7)})
                                            : table.get({i[0]});
                // A row that follows `out` beyond its end: anything, and no
                // fault.
                if (i[1] >= 7)
                  return out.get(i);
                float a = e + float(table.get({i[1]}));
                return float(a + float(valid.get({i[0], clamp(n, size)})));
              });
    }
}

/// Patches of pictures: overlapping views of six axes.
void testPatches(Kernels &kernels) {
  std::mt19937 random(5);
  Operand picture = Operand::rows({2, 3, 13, 11});
  picture.fill(random);
  llvm::SmallVector<int64_t> sizes{2, 5, 4, 3, 4, 5};
  View patches(picture.viewed(
      sizes, {3 * 13 * 11 * 4, 2 * 11 * 4, 2 * 4, 13 * 11 * 4, 11 * 4, 4}));
  View out{Index(sizes)};
  out.clear();
  const View *views[] = {&patches, &out};
  kernels
      .get(kernelText("map", views, "{inputs = 1 : i64}",
                      "{ ^bb0(%x: f32, %a: i32, %b: i32, %c: i32, %d: i32, %e: "
                      "i32, %f: i32): plan.yield %x : f32 }"))
      .run(memoryOf(views));
  compare(text(kernels, "patches", sizes), out, [&](Index i) {
    return picture.at({i[0], i[3], 2 * i[1] + i[4], 2 * i[2] + i[5]});
  });
}

void testUniformMath(Kernels &kernels) {
  View scale({3, 20}, Lies::Repeated), out({3, 20});
  forEach(scale.sizes(), [&](Index i) { scale.set(i, i[0]); });
  out.clear();
  const View *views[] = {&scale, &out};
  kernels
      .get(kernelText("map", views, "{inputs = 1 : i64}",
                      "{ ^bb0(%x: f32, %i: i32, %j: i32): %y = math.exp %x : "
                      "f32 plan.yield %y : f32 }"))
      .run(memoryOf(views));
  compare(
      text(kernels, "exp", scale.sizes()), out,
      [&](Index i) { return std::exp(double(i[0])); }, 1e-6);
}

void timeMaps(Kernels &kernels) {
  struct Case {
    llvm::StringRef name;
    llvm::SmallVector<int64_t> sizes;
    Lies lies;
  };
  const Case cases[] = {{"copy 577×1024", {577, 1024}, Lies::InRows},
                        {"copy 16384×1024", {16384, 1024}, Lies::InRows},
                        {"copy 50000×14", {50000, 14}, Lies::InRows},
                        {"transpose 577×1024", {577, 1024}, Lies::Turned}};
  for (const Case &c : cases) {
    std::mt19937 random(1);
    View x(Index(c.sizes), c.lies), out{Index(c.sizes)};
    x.fill(random);
    out.clear();
    const View *views[] = {&x, &out};
    double seconds =
        kernels.get(kernelText("map", views, "{inputs = 1 : i64}", kIdentity))
            .time(memoryOf(views));
    double bytes = 8.0 * c.sizes[0] * c.sizes[1];
    llvm::outs() << kernels.getLevel() << " " << c.name << ": "
                 << llvm::format("%.1f µs, %.1f GB/s\n", seconds * 1e6,
                                 bytes * 1e-9 / seconds);
  }
}

} // namespace

int main(int argc, char **argv) {
  bool time = argc > 1 && llvm::StringRef(argv[1]) == "--time";
  for (llvm::StringRef level : runnableLevels()) {
    Kernels kernels(level);
    if (time) {
      timeMaps(kernels);
      continue;
    }
    testWays(kernels);
    testRanks(kernels);
    testTypes(kernels);
    testDivision(kernels);
    testCaptures(kernels);
    testPatches(kernels);
    testUniformMath(kernels);
  }
  return failures != 0;
}
