//===- Losses.cpp - Cross-entropies and losses over pairs -----------------===//
#include "Lowerings.h"
#include "Products.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Kernels/Sweep.h"

using namespace mlir;
using namespace bridge;

static NamedAttribute unit(FunctionPlanner &planner, StringRef name) {
  Builder builder(planner.context());
  return builder.getNamedAttr(name, builder.getUnitAttr());
}

/// The place in the spec that a label outside its classes is reported for.
static NamedAttribute labelSite(FunctionPlanner &planner, StringRef name,
                                Location loc) {
  Builder builder(planner.context());
  int64_t site =
      planner.kernels().addSite(loc, "a label is {a}; there are {b} classes");
  return builder.getNamedAttr(name, builder.getI64IntegerAttr(site));
}

static View allocateVector(FunctionPlanner &planner, const Dim &size) {
  return planner.allocate(Float32Type::get(planner.context()),
                          paddedLayout(size, 4));
}

/// Writes the mean of the losses of rows, of those that count.
static void planMean(FunctionPlanner &planner, const View &losses,
                     const View &counted, Value result) {
  auto sum = [&](const View &vector) {
    View out = planner.allocate(vector.elementType, paddedLayout({}, 4));
    sumInto(planner, vector, out);
    return out;
  };
  View total = sum(losses), count = sum(counted);
  Location loc = planner.builder().getLoc();
  launchMap(planner,
            {"map_div", {total, count}, {}, planner.resultView(result)},
            [&](OpBuilder &builder, const MapArguments &arguments) {
              return emitScalarBinary(builder, loc, BinaryKind::Div,
                                      arguments.inputs[0], arguments.inputs[1]);
            });
}

//===----------------------------------------------------------------------===//
// Cross-entropy of logits
//===----------------------------------------------------------------------===//

LogicalResult bridge::planOp(FunctionPlanner &planner, CrossEntropyOp op) {
  SmallVector<Dim> sizes = getDims(op.getX());
  Dim rows = product(ArrayRef(sizes).drop_back());
  View x =
      reshapeOrCopy(planner, planner.view(op.getX()), {rows, sizes.back()});
  View labels = reshapeOrCopy(planner, planner.view(op.getLabels()), {rows});
  View losses = allocateVector(planner, rows);
  View counted = allocateVector(planner, rows);

  Builder builder(planner.context());
  SmallVector<NamedAttribute> config{
      builder.getNamedAttr("smoothing", op.getSmoothingAttr()),
      labelSite(planner, "site", op.getLoc())};
  if (op.getIgnoreAttr())
    config.push_back(builder.getNamedAttr("ignore", op.getIgnoreAttr()));
  planner.launch(plan::KernelKind::CrossEntropy, "cross_entropy", config,
                 {planner.materialize(x), planner.materialize(labels),
                  planner.materialize(losses), planner.materialize(counted)});
  planMean(planner, losses, counted, op.getResult());
  return success();
}

//===----------------------------------------------------------------------===//
// Sweeps over logits that are not stored
//===----------------------------------------------------------------------===//

bool bridge::isFoldedIntoLoss(L2NormalizeOp op) {
  return op->hasOneUse() && getDims(op.getX()).size() == 2 &&
         isa<ContrastiveLossOp, SigmoidLossOp>(*op->getUsers().begin());
}

namespace {
/// One side of a product: rows, and the factor of each where these are not
/// normalised yet.
struct Vectors {
  View rows; ///< [n, k]
  std::optional<View> factors;
};
} // namespace

static Vectors planVectors(FunctionPlanner &planner, Value tensor) {
  auto norm = tensor.getDefiningOp<L2NormalizeOp>();
  if (!norm || !isFoldedIntoLoss(norm))
    return {productOperand(planner, planner.view(tensor)), std::nullopt};
  Vectors vectors{productOperand(planner, planner.view(norm.getX())),
                  allocateVector(planner, getDims(tensor).front())};
  Builder builder(planner.context());
  planner.launch(plan::KernelKind::InverseNorm, "inverse_norm",
                 builder.getNamedAttr("eps", norm.getEpsAttr()),
                 {planner.materialize(vectors.rows),
                  planner.materialize(*vectors.factors)});
  return vectors;
}

namespace {
/// The operands that sweeps have in common, and what is said of them.
struct SweepOperands {
  SmallVector<Value> views;
  SmallVector<NamedAttribute> config;

  void add(FunctionPlanner &planner, const View &view) {
    views.push_back(planner.materialize(view));
  }
  void addOptional(FunctionPlanner &planner, StringRef name,
                   const std::optional<View> &view) {
    if (!view)
      return;
    config.push_back(unit(planner, name));
    add(planner, *view);
  }
};
} // namespace

static Value packRows(FunctionPlanner &planner, View rows) {
  padRank(rows.layout, 4);
  return pack(planner, rows);
}

/// What is written of the rows or the columns of the logits.
namespace {
struct LogSums {
  View labels, max, sum, picked;

  LogSums(FunctionPlanner &planner, const View &labels)
      : labels(labels), max(slots(planner)), sum(slots(planner)),
        picked(allocateVector(planner, size())) {}

  Dim size() const { return labels.layout.sizes.front(); }

private:
  View slots(FunctionPlanner &planner) const {
    return planner.allocate(Float32Type::get(planner.context()),
                            paddedLayout({Dim(kSweepParts), size()}, 4));
  }
};
} // namespace

/// Makes a loss of each row, and their mean; `lse` takes the log-sum-exps where
/// somebody reads it.
static void planMerge(FunctionPlanner &planner, const LogSums &sums,
                      IntegerAttr ignore, Value loss, Value lse) {
  View losses = allocateVector(planner, sums.size());
  View counted = allocateVector(planner, sums.size());
  Builder builder(planner.context());
  SweepOperands operands;
  for (const View &view :
       {sums.max, sums.sum, sums.picked, sums.labels, losses, counted})
    operands.add(planner, view);
  std::optional<View> logSums;
  if (!lse.use_empty())
    logSums = allocateVector(planner, sums.size());
  operands.addOptional(planner, "lse", logSums);
  if (ignore)
    operands.config.push_back(builder.getNamedAttr("ignore", ignore));
  planner.launch(plan::KernelKind::SoftmaxMerge, "softmax_merge",
                 operands.config, operands.views);
  planMean(planner, losses, counted, loss);
  if (logSums)
    copy(planner, reshapeOrCopy(planner, *logSums, getDims(lse)),
         planner.resultView(lse));
}

static View planLabels(FunctionPlanner &planner, Value labels,
                       const Dim &count) {
  if (labels)
    return withDenseRows(planner,
                         reshapeOrCopy(planner, planner.view(labels), {count}));
  View numbers = planner.allocate(IntegerType::get(planner.context(), 32),
                                  paddedLayout(count, 4));
  launchMap(planner, {"iota", {}, {}, numbers, /*usesPositions=*/true},
            [](OpBuilder &, const MapArguments &arguments) {
              return arguments.positions.back();
            });
  return numbers;
}

LogicalResult bridge::planOp(FunctionPlanner &planner, ContrastiveLossOp op) {
  Vectors image = planVectors(planner, op.getImage());
  Vectors text = planVectors(planner, op.getText());
  View imageLabels =
      planLabels(planner, op.getImageLabels(), getDims(op.getImage()).front());
  bool sharesLabels = op.getImageLabels() == op.getTextLabels();
  LogSums rows(planner, imageLabels);
  LogSums columns(planner, sharesLabels
                               ? imageLabels
                               : planLabels(planner, op.getTextLabels(),
                                            getDims(op.getText()).front()));
  SweepOperands operands;
  Value panels = packRows(planner, text.rows);
  operands.add(planner, image.rows);
  operands.views.push_back(panels);
  operands.add(planner, planner.view(op.getScale()));
  operands.addOptional(planner, "row_factors", image.factors);
  operands.addOptional(planner, "column_factors", text.factors);
  operands.add(planner, rows.labels);
  operands.addOptional(planner, "columns", columns.labels);
  for (const LogSums *side : {&rows, &columns})
    for (const View *view : {&side->max, &side->sum, &side->picked})
      operands.add(planner, *view);
  operands.config.push_back(labelSite(planner, "row_site", op.getLoc()));
  operands.config.push_back(labelSite(planner, "column_site", op.getLoc()));
  if (op.getIgnoreAttr())
    operands.config.push_back(
        Builder(planner.context()).getNamedAttr("ignore", op.getIgnoreAttr()));
  planner.launch(plan::KernelKind::SoftmaxSweep, "softmax_sweep",
                 operands.config, operands.views);
  planMerge(planner, rows, op.getIgnoreAttr(), op.getImageLoss(),
            op.getRowLse());
  planMerge(planner, columns, op.getIgnoreAttr(), op.getTextLoss(),
            op.getColumnLse());
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner,
                             LinearCrossEntropyOp op) {
  SmallVector<Dim> sizes = getDims(op.getX());
  Dim count = product(ArrayRef(sizes).drop_back());
  View x =
      productOperand(planner, reshapeOrCopy(planner, planner.view(op.getX()),
                                            {count, sizes.back()}));
  LogSums rows(planner, planLabels(planner, op.getLabels(), count));
  Value panels = planner.weightPanels(op.getWeight(), /*transposed=*/false);
  if (!panels)
    panels = packRows(planner, planner.view(op.getWeight()));
  Type f32 = Float32Type::get(planner.context());
  View scale = op.getScale() ? planner.view(op.getScale())
                             : planner.constant(DenseElementsAttr::get(
                                   RankedTensorType::get({}, f32), 1.0f));
  std::optional<View> bias;
  if (op.getBias())
    bias = withDenseRows(planner, planner.view(op.getBias()));

  SweepOperands operands;
  operands.add(planner, x);
  operands.views.push_back(panels);
  operands.add(planner, scale);
  operands.addOptional(planner, "bias", bias);
  operands.add(planner, rows.labels);
  for (const View *view : {&rows.max, &rows.sum, &rows.picked})
    operands.add(planner, *view);
  operands.config.push_back(labelSite(planner, "row_site", op.getLoc()));
  if (op.getIgnoreAttr())
    operands.config.push_back(
        Builder(planner.context()).getNamedAttr("ignore", op.getIgnoreAttr()));
  planner.launch(plan::KernelKind::SoftmaxSweep, "softmax_sweep",
                 operands.config, operands.views);
  planMerge(planner, rows, op.getIgnoreAttr(), op.getLoss(), op.getLse());
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, SigmoidLossOp op) {
  Vectors image = planVectors(planner, op.getImage());
  Vectors text = planVectors(planner, op.getText());
  View sums =
      planner.allocate(Float32Type::get(planner.context()),
                       paddedLayout({Dim(kSweepParts), Dim(kSweepParts)}, 4));
  SweepOperands operands;
  Value panels = packRows(planner, text.rows);
  operands.add(planner, image.rows);
  operands.views.push_back(panels);
  operands.add(planner, planner.view(op.getScale()));
  operands.add(planner, planner.view(op.getBias()));
  operands.addOptional(planner, "row_factors", image.factors);
  operands.addOptional(planner, "column_factors", text.factors);
  operands.add(planner, sums);
  planner.launch(plan::KernelKind::SigmoidSweep, "sigmoid_sweep",
                 operands.config, operands.views);
  sumInto(planner, sums, planner.resultView(op.getLoss()));
  return success();
}
