//===- SoftmaxLossTest.cpp - Losses of products against plain loops -------===//
#include "Rows.h"
#include "bridge/Kernels/Sweep.h"
#include <limits>

using namespace bridge;
using namespace bridge::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Case {
  int64_t rows, columns, depth;
  double scale = 1;
  bool both = true;    ///< whether columns have losses, too
  bool factors = true; ///< of rows and columns; else a bias
  int32_t ignored = -1;
};

/// What a sweep writes of rows or columns, and a merge makes of it.
struct Side {
  View labels, max, sum, picked, loss, counted, lse;

  explicit Side(int64_t size)
      : labels({size}, Lies::InRows, "i32"), max({kSweepParts, size}),
        sum({kSweepParts, size}), picked({size}), loss({size}), counted({size}),
        lse({size}) {
    for (const View *view : {&max, &sum, &picked, &loss, &counted, &lse})
      view->clear();
  }
};

struct Launch {
  Case c;
  View a;
  Operand panels;
  View scale, rowFactors, columnFactors, bias;
  Side rows, columns;
  std::mt19937 random{3};

  Launch(const Case &c, int64_t width)
      : c(c), a({c.rows, c.depth}),
        panels(Operand::panels({1, 1, c.columns, c.depth}, width)),
        scale(Operand::rows({})), rowFactors({c.rows}),
        columnFactors({c.columns}), bias({c.columns}), rows(c.rows),
        columns(c.columns) {
    a.fill(random);
    panels.fill(0.0f);
    std::normal_distribution<float> normal(0, 1);
    for (int64_t n = 0; n < c.columns; ++n)
      for (int64_t k = 0; k < c.depth; ++k)
        panels.packed(0, 0, n, k) = normal(random);
    scale.set({}, c.scale);
    rowFactors.fill(random);
    columnFactors.fill(random);
    bias.fill(random);
    rows.labels.fill(random, c.columns);
    columns.labels.fill(random, c.rows);
    if (c.ignored >= 0)
      rows.labels.set({0}, c.ignored);
  }

  double logit(int64_t row, int64_t column) const {
    double sum = c.factors ? 0 : bias.get({column});
    for (int64_t k = 0; k < c.depth; ++k)
      sum += a.get({row, k}) * panels.packed(0, 0, column, k);
    if (c.factors)
      sum *= rowFactors.get({row}) * columnFactors.get({column});
    return sum * scale.get({});
  }

  void sweep(Kernels &kernels, bridge_call *call) const {
    llvm::SmallVector<const View *> before{&scale}, after;
    std::string config = "row_site = 4 : i64";
    if (c.factors) {
      before.append({&rowFactors, &columnFactors});
      config += ", row_factors, column_factors";
    } else {
      before.push_back(&bias);
      config += ", bias";
    }
    after.push_back(&rows.labels);
    if (c.both)
      after.push_back(&columns.labels);
    after.append({&rows.max, &rows.sum, &rows.picked});
    if (c.both) {
      after.append({&columns.max, &columns.sum, &columns.picked});
      config += ", columns, column_site = 5 : i64";
    }
    if (c.ignored >= 0)
      config += ", ignore = " + std::to_string(c.ignored) + " : i64";
    std::string types = a.type + ", " + panelsType();
    llvm::SmallVector<Operand> memory{a.memory, panels};
    for (const View *view : llvm::concat<const View *>(before, after)) {
      types += ", " + view->type;
      memory.push_back(view->memory);
    }
    kernels
        .get("plan.kernel softmax_sweep @kernel [" + types + "] {" + config +
             "}")
        .run(memory, {}, call);
  }

  void merge(Kernels &kernels, const Side &side) const {
    const View *views[] = {&side.max,    &side.sum,  &side.picked,
                           &side.labels, &side.loss, &side.counted,
                           &side.lse};
    std::string config =
        c.ignored < 0
            ? "{lse}"
            : "{lse, ignore = " + std::to_string(c.ignored) + " : i64}";
    kernels.get(kernelText("softmax_merge", views, config))
        .run(memoryOf(views));
  }

  /// log Σ exp of `count` logits.
  static double logSumExp(int64_t count,
                          llvm::function_ref<double(int64_t)> logit) {
    double top = -kInfinity;
    for (int64_t i = 0; i < count; ++i)
      top = std::isnan(top) || top > logit(i) ? top : logit(i);
    double sum = 0;
    for (int64_t i = 0; i < count; ++i)
      sum += std::exp(logit(i) - top);
    return std::isinf(top) ? top : top + std::log(sum);
  }

  void check(const Kernels &kernels, const Side &side, bool isRows) const {
    std::string what = text(kernels, isRows ? "rows" : "columns",
                            {c.rows, c.columns, c.depth, int64_t(c.scale)});
    int64_t count = isRows ? c.columns : c.rows;
    auto logitOf = [&](int64_t own, int64_t other) {
      return isRows ? logit(own, other) : logit(other, own);
    };
    // What 2 · 10⁻⁶ of the largest logit may be.
    double size = 1;
    for (int64_t i = 0; i < c.rows; ++i)
      for (int64_t j = 0; j < c.columns; ++j)
        if (std::isfinite(logit(i, j)))
          size = std::max(size, std::abs(logit(i, j)));
    compare(
        what + " lse", side.lse,
        [&](Index place) {
          return logSumExp(count,
                           [&](int64_t i) { return logitOf(place[0], i); });
        },
        2e-6 * size);
    compare(
        what + " loss", side.loss,
        [&](Index place) -> double {
          int64_t label = side.labels.get(place);
          if (label == c.ignored)
            return 0;
          return logSumExp(count,
                           [&](int64_t i) { return logitOf(place[0], i); }) -
                 logitOf(place[0], label);
        },
        4e-6 * size);
    compare(what + " counted", side.counted,
            [&](Index place) { return side.labels.get(place) != c.ignored; });
  }

  void run(Kernels &kernels) const {
    bridge_call call{};
    call.fault_site = -1;
    sweep(kernels, &call);
    CHECK_EQ(call.fault_site, -1);
    merge(kernels, rows);
    check(kernels, rows, true);
    if (!c.both)
      return;
    merge(kernels, columns);
    check(kernels, columns, false);
  }
};

void testShapes(Kernels &kernels, int64_t width) {
  for (int64_t rows : {1, 5, 6, 7, 12, 13, 14, 27})
    for (int64_t columns : {1, 15, 16, 17, 31, 32, 33, 70})
      Launch({rows, columns, 5}, width).run(kernels);
  // Several blocks of rows and chunks of panels, and more than there are slots.
  for (bool both : {false, true}) {
    Launch({700, 150, 3, 1, both, true}, width).run(kernels);
    Launch({9, 1100, 2, 1, both, false}, width).run(kernels);
    Launch({330, 67, 1, 1, both, false, 2}, width).run(kernels);
  }
}

/// Logits of thousands, of either sign, and none at all.
void testScales(Kernels &kernels, int64_t width) {
  for (double scale : {200.0, -130.0, 5000.0, 0.0, 1e-30})
    Launch({40, 50, 8, scale}, width).run(kernels);
}

void testInfinities(Kernels &kernels, int64_t width) {
  for (double odd : {kInfinity, -kInfinity, std::nan("")})
    for (int64_t columns : {20, 35}) {
      Launch launch({15, columns, 1, 1, true, false}, width);
      for (int64_t i = 0; i < 15; ++i)
        launch.a.set({i, 0}, 1);
      launch.panels.packed(0, 0, 3, 0) = odd;
      // A row whose logits are nearly too great for floats.
      launch.a.set({4, 0}, 1e37);
      launch.run(kernels);
      // A matrix of nothing else.
      for (int64_t n = 0; n < columns; ++n)
        launch.panels.packed(0, 0, n, 0) = odd;
      launch.run(kernels);
    }
}

void testFaults(Kernels &kernels, int64_t width) {
  for (int32_t wrong : {-1, 20, INT32_MAX, INT32_MIN})
    for (bool isRow : {true, false}) {
      Launch launch({30, 20, 4}, width);
      (isRow ? launch.rows : launch.columns)
          .labels.set({7}, !isRow && wrong == 20 ? 30 : wrong);
      bridge_call call{};
      call.fault_site = -1;
      launch.sweep(kernels, &call);
      CHECK_EQ(call.fault_site, isRow ? 4 : 5);
      CHECK_EQ(call.fault_a, !isRow && wrong == 20 ? 30 : wrong);
      CHECK_EQ(call.fault_b, isRow ? 20 : 30);
    }
  Launch ignored({30, 20, 4, 1, true, true, 77}, width);
  ignored.run(kernels);
}

} // namespace

int main() {
  for (llvm::StringRef level : runnableLevels()) {
    Kernels kernels(level);
    int64_t width = panelWidth(level);
    testShapes(kernels, width);
    testScales(kernels, width);
    testInfinities(kernels, width);
    testFaults(kernels, width);
  }
  return failures != 0;
}
