//===- Places.cpp - Gathers, concatenations and splices -------------------===//
#include "Lowerings.h"

using namespace mlir;
using namespace bridge;

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

namespace {
/// out[A + J + T] = x[A + I + T] at `indices`[J], one for each axis of I.
struct Gather {
  View x;
  SmallVector<View> indices;
  int64_t axis; ///< the first of I
  View out;
};
} // namespace

static void launchGather(FunctionPlanner &planner, const Gather &gather,
                         StringRef name, StringRef message,
                         SmallVector<NamedAttribute> config) {
  Builder builder(planner.context());
  int64_t site = planner.kernels().addSite(planner.builder().getLoc(), message);
  auto add = [&](StringRef key, int64_t value) {
    config.push_back(
        builder.getNamedAttr(key, builder.getI64IntegerAttr(value)));
  };
  add("axis", gather.axis);
  add("indices", gather.indices.size());
  add("site", site);
  SmallVector<Value> operands{planner.materialize(gather.x)};
  for (const View &index : gather.indices)
    operands.push_back(planner.materialize(index));
  operands.push_back(planner.materialize(gather.out));
  planner.launch(plan::KernelKind::Gather, name, config, operands);
}

LogicalResult bridge::planOp(FunctionPlanner &planner, EmbeddingOp op) {
  launchGather(planner,
               {planner.view(op.getTable()),
                {planner.view(op.getIds())},
                0,
                planner.resultView(op.getResult())},
               "embedding", "an id is {a}; the table has {b} entries", {});
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, GatherOp op) {
  SmallVector<Dim> sizes = getDims(op.getResult());
  int64_t axis = op.getAxis();
  int64_t picked = 0;
  for (Value index : op.getIndices())
    picked = std::max<int64_t>(picked, getDims(index).size());
  Gather gather{planner.view(op.getX()), {}, axis, {}};
  for (Value index : op.getIndices()) {
    View view = planner.view(index);
    view.layout = broadcastTo(view.layout, ArrayRef(sizes).slice(axis, picked));
    gather.indices.push_back(view);
  }
  gather.out = planner.resultView(op.getResult());
  Builder builder(planner.context());
  launchGather(planner, gather, "gather",
               "an index is {a}; the axis has {b} elements",
               {builder.getNamedAttr("from_end", builder.getUnitAttr())});
  return success();
}

//===----------------------------------------------------------------------===//
// Concatenations and splices
//===----------------------------------------------------------------------===//

SmallVector<Layout> bridge::concatBoxes(ConcatOp op, const Layout &whole) {
  SmallVector<Layout> boxes;
  SmallVector<Dim> offsets(whole.rank());
  int64_t axis = op.getAxis();
  for (Value part : op.getParts()) {
    SmallVector<Dim> sizes = getDims(part);
    boxes.push_back(slice(whole, offsets, sizes));
    offsets[axis] = offsets[axis] + sizes[axis];
  }
  return boxes;
}

LogicalResult bridge::planOp(FunctionPlanner &planner, ConcatOp op) {
  View whole = planner.resultView(op.getResult());
  for (auto [part, box] :
       llvm::zip_equal(op.getParts(), concatBoxes(op, whole.layout))) {
    View from = planner.view(part);
    if (from.storage != whole.storage || !sameElements(from.layout, box))
      copy(planner, from, whole.with(box));
  }
  return success();
}

static NamedAttribute addSpliceSite(FunctionPlanner &planner, Location loc) {
  Builder builder(planner.context());
  int64_t site = planner.kernels().addSite(
      loc, "the text has {a} places, but there are {b} vectors to put there");
  return builder.getNamedAttr("site", builder.getI64IntegerAttr(site));
}

LogicalResult bridge::planOp(FunctionPlanner &planner, SpliceOp op) {
  auto asRows = [&](Value tensor) {
    SmallVector<Dim> sizes = getDims(tensor);
    Dim rows = product(ArrayRef(sizes).drop_back());
    return reshapeOrCopy(planner, planner.view(tensor), {rows, sizes.back()});
  };
  View x = asRows(op.getX()), values = asRows(op.getValues());
  View at = reshapeOrCopy(planner, planner.view(op.getAt()), x.layout.sizes[0]);
  View out = planner.resultView(op.getResult());

  NamedAttribute site = addSpliceSite(planner, op.getLoc());
  auto launch = [&](const View &rows) {
    planner.launch(plan::KernelKind::Splice, "splice", site,
                   {planner.materialize(x), planner.materialize(values),
                    planner.materialize(at), planner.materialize(rows)});
  };
  std::optional<Layout> rows = reshapeTo(out.layout, x.layout.sizes);
  if (rows) {
    launch(out.with(*rows));
    return success();
  }
  View whole = planner.allocate(
      out.elementType,
      paddedLayout(out.layout.sizes, elementBytes(out.elementType)));
  launch(whole.with(*reshapeTo(whole.layout, x.layout.sizes)));
  copy(planner, whole, out);
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, CheckCountOp op) {
  // A splice of vectors without elements counts and compares, and moves
  // nothing.
  Type element = Float32Type::get(planner.context());
  Dim places = product(getDims(op.getAt()));
  View x = planner.allocate(element, denseLayout({places, Dim(0)}, 4));
  View values = x.with(denseLayout({*Dim::parse(op.getCount()), Dim(0)}, 4));
  View at = reshapeOrCopy(planner, planner.view(op.getAt()), places);
  planner.launch(plan::KernelKind::Splice, "splice",
                 addSpliceSite(planner, op.getLoc()),
                 {planner.materialize(x), planner.materialize(values),
                  planner.materialize(at), planner.materialize(x)});
  plan::StopOnFaultOp::create(planner.builder());
  return success();
}
