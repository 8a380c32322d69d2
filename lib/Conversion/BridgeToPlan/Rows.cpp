//===- Rows.cpp - Norms, softmax, reductions and the like -----------------===//
#include "Lowerings.h"
#include "bridge/IR/ScalarMath.h"

using namespace mlir;
using namespace bridge;

static NamedAttribute unit(FunctionPlanner &planner, StringRef name) {
  Builder builder(planner.context());
  return builder.getNamedAttr(name, builder.getUnitAttr());
}

static NamedAttribute number(FunctionPlanner &planner, StringRef name,
                             FloatAttr value) {
  return Builder(planner.context()).getNamedAttr(name, value);
}

/// Launches a kernel x, operands… → out that works on rows, with as few leading
/// axes as possible. `aligned` has the sizes of x, too.
static void launchRows(FunctionPlanner &planner, plan::KernelKind kind,
                       ArrayRef<NamedAttribute> config, const View &x,
                       std::optional<View> aligned, ValueRange operands,
                       const View &out) {
  View from = x, to = out, beside = aligned.value_or(View());
  SmallVector<Layout *> layouts{&from.layout, &to.layout};
  if (aligned)
    layouts.push_back(&beside.layout);
  mergeLeading(layouts, /*keep=*/1);
  SmallVector<Value> all{planner.materialize(from)};
  if (aligned)
    all.push_back(planner.materialize(beside));
  llvm::append_range(all, operands);
  all.push_back(planner.materialize(to));
  planner.launch(kind, plan::stringifyKernelKind(kind), config, all);
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

/// A norm with its optional weight and bias.
static void planNorm(FunctionPlanner &planner, plan::KernelKind kind,
                     FloatAttr eps, Value x, Value weight, Value bias,
                     Value result) {
  SmallVector<NamedAttribute> config{number(planner, "eps", eps)};
  SmallVector<Value> operands;
  auto add = [&](StringRef name, Value tensor) {
    if (!tensor)
      return;
    config.push_back(unit(planner, name));
    operands.push_back(planner.materialize(planner.view(tensor)));
  };
  add("weight", weight);
  add("bias", bias);
  launchRows(planner, kind, config, planner.view(x), std::nullopt, operands,
             planner.resultView(result));
}

LogicalResult bridge::planOp(FunctionPlanner &planner, LayerNormOp op) {
  planNorm(planner, plan::KernelKind::LayerNorm, op.getEpsAttr(), op.getX(),
           op.getWeight(), op.getBias(), op.getResult());
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, RmsNormOp op) {
  planNorm(planner, plan::KernelKind::RmsNorm, op.getEpsAttr(), op.getX(),
           op.getWeight(), Value(), op.getResult());
  return success();
}

/// Where the sum may be written over one of its operands.
static std::optional<View> findReusable(FunctionPlanner &planner, const View &x,
                                        const View &residual, Type element) {
  for (const View &view : {residual, x}) {
    const View &other = view == x ? residual : x;
    if (view.elementType == element && isInjective(view.layout) &&
        planner.diesHere(view) &&
        (other.storage != view.storage || other == view))
      return view;
  }
  return std::nullopt;
}

LogicalResult bridge::planOp(FunctionPlanner &planner, ResidualNormOp op) {
  bool isRms = op.getKind() == NormKind::Rms;
  SmallVector<NamedAttribute> config{number(planner, "eps", op.getEpsAttr()),
                                     unit(planner, "residual")};
  SmallVector<Value> vectors;
  auto add = [&](StringRef name, Value tensor) {
    if (!tensor)
      return;
    config.push_back(unit(planner, name));
    vectors.push_back(planner.materialize(planner.view(tensor)));
  };
  add("weight", op.getWeight());
  add("bias", op.getBias());
  View x = planner.view(op.getX()), residual = planner.view(op.getResidual());
  Type element = planner.storageType(op.getSum());
  View sum = planner.resultView(
      op.getSum(), paddedLayout(getDims(op.getSum()), elementBytes(element)),
      findReusable(planner, x, residual, element));
  View out = planner.resultView(op.getResult());
  SmallVector<Layout *> layouts{&x.layout, &residual.layout, &sum.layout,
                                &out.layout};
  mergeLeading(layouts, /*keep=*/1);
  SmallVector<Value> operands{planner.materialize(x),
                              planner.materialize(residual)};
  llvm::append_range(operands, vectors);
  operands.append({planner.materialize(sum), planner.materialize(out)});
  planner.launch(
      isRms ? plan::KernelKind::RmsNorm : plan::KernelKind::LayerNorm,
      isRms ? "residual_rms_norm" : "residual_layer_norm", config, operands);
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, L2NormalizeOp op) {
  planNorm(planner, plan::KernelKind::L2Normalize, op.getEpsAttr(), op.getX(),
           Value(), Value(), op.getResult());
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, SoftmaxOp op) {
  std::optional<View> seen;
  SmallVector<NamedAttribute> config;
  if (!op.getMask().empty()) {
    int64_t batchAxes = op.getBatchAxes();
    seen = planSeen(planner, {op.getMask(), op.getCaptures(), batchAxes,
                              batchAxes, getDims(op.getX())});
    config.push_back(unit(planner, "seen"));
    config.push_back(
        Builder(planner.context()).getNamedAttr("empty", op.getEmptyAttr()));
  }
  launchRows(planner, plan::KernelKind::Softmax, config,
             planner.view(op.getX()), seen, {},
             planner.resultView(op.getResult()));
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

namespace {
/// x[kept…, reduced…] and out[kept…].
struct Reduction {
  View x, out;
  int64_t reduced;
};
} // namespace

/// Moves the reduced axes last and merges axes on either side.
static Reduction alignReduction(const View &x, ArrayRef<int64_t> axes,
                                const View &out) {
  SmallVector<int64_t> order;
  for (int64_t axis = 0; axis < x.layout.rank(); ++axis)
    if (!llvm::is_contained(axes, axis))
      order.push_back(axis);
  llvm::append_range(order, axes);
  View from = x.with(permute(x.layout, order));

  // The result, repeated along the reduced axes, has the axes of x.
  View to = out;
  Layout &input = from.layout;
  int64_t reduced = axes.size();
  for (const Dim &size : ArrayRef(input.sizes).take_back(reduced)) {
    to.layout.sizes.push_back(size);
    to.layout.strides.push_back(Dim(0));
  }
  SmallVector<Layout *> layouts{&input, &to.layout};
  for (int64_t axis = input.rank() - 2; axis >= input.rank() - reduced; --axis)
    if (mergeAxes(layouts, axis))
      --reduced;
  mergeLeading(layouts, reduced);
  to.layout.sizes.pop_back_n(reduced);
  to.layout.strides.pop_back_n(reduced);
  // There is at least one axis that stays.
  if (to.layout.rank() == 0) {
    padRank(input, input.rank() + 1);
    to.layout.sizes.push_back(Dim(1));
    to.layout.strides.push_back(Dim(elementBytes(to.elementType)));
  }
  return {from, to, reduced};
}

static void launchReduce(FunctionPlanner &planner, Reduction reduction,
                         ReduceKind kind) {
  Builder builder(planner.context());
  planner.launch(
      plan::KernelKind::Reduce, ("reduce_" + stringifyReduceKind(kind)).str(),
      {builder.getNamedAttr("reduce",
                            ReduceKindAttr::get(planner.context(), kind)),
       builder.getNamedAttr("axes",
                            builder.getI64IntegerAttr(reduction.reduced))},
      {planner.materialize(reduction.x), planner.materialize(reduction.out)});
}

LogicalResult bridge::planOp(FunctionPlanner &planner, ReduceOp op) {
  View x = planner.view(op.getX());
  launchReduce(
      planner,
      alignReduction(x, op.getAxes(), planner.resultView(op.getResult())),
      op.getKind());
  return success();
}

void bridge::sumInto(FunctionPlanner &planner, const View &x, const View &out) {
  auto axes = llvm::to_vector(llvm::seq<int64_t>(x.layout.rank()));
  launchReduce(planner, alignReduction(x, axes, out), ReduceKind::Sum);
}

LogicalResult bridge::planOp(FunctionPlanner &planner, ArgExtremeOp op) {
  View x = planner.view(op.getX());
  Reduction reduction = alignReduction(x, static_cast<int64_t>(op.getAxis()),
                                       planner.resultView(op.getResult()));
  planner.launch(
      plan::KernelKind::ArgExtreme,
      ("arg_" + stringifyExtremeKind(op.getKind())).str(),
      Builder(planner.context()).getNamedAttr("extreme", op.getKindAttr()),
      {planner.materialize(reduction.x), planner.materialize(reduction.out)});
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, CumsumOp op) {
  View x = planner.view(op.getX()), out = planner.resultView(op.getResult());
  SmallVector<int64_t> order;
  int64_t axis = op.getAxis();
  for (int64_t other = 0; other < x.layout.rank(); ++other)
    if (other != axis)
      order.push_back(other);
  order.push_back(axis);
  View from = x.with(permute(x.layout, order));
  View to = out.with(permute(out.layout, order));
  SmallVector<Layout *> layouts{&from.layout, &to.layout};
  mergeLeading(layouts, /*keep=*/1);
  planner.launch(plan::KernelKind::Cumsum, "cumsum", {},
                 {planner.materialize(from), planner.materialize(to)});
  return success();
}

//===----------------------------------------------------------------------===//
// Rotary positions
//===----------------------------------------------------------------------===//

/// x[b, h, t, d], angles[b, t, d/2] → out[b, h, t, d].
static void launchRotary(FunctionPlanner &planner, const View &x,
                         const View &angles, const View &out) {
  const SmallVector<Dim> &tail = angles.layout.sizes;
  SmallVector<Dim> sizes{x.layout.sizes[0], tail.end()[-2], tail.back()};
  View turns = angles.with(broadcastTo(angles.layout, sizes));
  planner.launch(plan::KernelKind::Rotary, "rotary", {},
                 {planner.materialize(x), planner.materialize(turns),
                  planner.materialize(out)});
}

/// Whether the axes before the last two fit into the two of the kernel.
static bool mergeHeads(View &x, View &out) {
  SmallVector<Layout *> layouts{&x.layout, &out.layout};
  if (x.layout.rank() != 4)
    mergeLeading(layouts, /*keep=*/2);
  if (x.layout.rank() > 4)
    return false;
  for (Layout *layout : layouts)
    padRank(*layout, 4);
  return true;
}

LogicalResult bridge::planOp(FunctionPlanner &planner, RotaryOp op) {
  View x = planner.view(op.getX()), angles = planner.view(op.getAngles());
  View out = planner.resultView(
      op.getResult(),
      layoutLike(x.layout, elementBytes(planner.storageType(op.getResult()))));
  View from = x, to = out;
  if (mergeHeads(from, to)) {
    launchRotary(planner, from, angles, to);
    return success();
  }
  // Buffers of the standard layout always fit.
  from = copyToBuffer(planner, x);
  int64_t bytes = elementBytes(out.elementType);
  View rows =
      planner.allocate(out.elementType, paddedLayout(from.layout.sizes, bytes));
  to = rows;
  mergeHeads(from, to);
  launchRotary(planner, from, angles, to);
  copy(planner, rows, out);
  return success();
}
