//===- Convolution.cpp - Convolutions as patches and a product ------------===//
#include "Lowerings.h"
#include "Products.h"
#include "bridge/IR/ScalarMath.h"

using namespace mlir;
using namespace bridge;

/// x with `padding` zeros around its last two axes.
static View padPicture(FunctionPlanner &planner, const View &x,
                       int64_t padding) {
  if (padding == 0)
    return x;
  SmallVector<Dim> sizes = x.layout.sizes;
  sizes[2] = sizes[2] + Dim(2 * padding);
  sizes[3] = sizes[3] + Dim(2 * padding);
  View padded = planner.allocate(
      x.elementType, paddedLayout(sizes, elementBytes(x.elementType)));
  auto scalar = RankedTensorType::get({}, Float32Type::get(planner.context()));
  View zero = planner.constant(DenseElementsAttr::get(scalar, 0.0f));
  copy(planner, zero.with(broadcastTo(zero.layout, sizes)), padded);
  SmallVector<Dim> offsets{Dim(0), Dim(0), Dim(padding), Dim(padding)};
  copy(planner, x, padded.with(slice(padded.layout, offsets, x.layout.sizes)));
  return padded;
}

/// The windows of x[b, g·c, h, w] as [g, b, rows, columns, c, p, q].
static View windows(const View &x, ArrayRef<Dim> weight, const Dim &rows,
                    const Dim &columns, int64_t stride, int64_t groups) {
  const SmallVector<Dim> &strides = x.layout.strides;
  const Dim &channels = weight[1];
  return x.with(
      {x.layout.offset,
       {Dim(groups), x.layout.sizes[0], rows, columns, channels, weight[2],
        weight[3]},
       {strides[1] * channels, strides[0], strides[2] * Dim(stride),
        strides[3] * Dim(stride), strides[1], strides[2], strides[3]}});
}

/// The result [b, g·o, rows, columns], where its channels lie last, as
/// [b, rows · columns, o], or [g, b · rows · columns, o] of several groups.
static std::optional<Layout> asMatrices(const View &out, int64_t groups,
                                        ArrayRef<Dim> matrices) {
  Layout last = permute(out.layout, {0, 2, 3, 1});
  std::optional<Layout> split;
  if (groups == 1)
    split = reshapeTo(last, matrices);
  else
    split = reshapeTo(last, {matrices[1], matrices[0], matrices[2]});
  if (!split || !denseRows(*split, elementBytes(out.elementType)))
    return std::nullopt;
  return groups == 1 ? *split : permute(*split, {1, 0, 2});
}

LogicalResult bridge::planOp(FunctionPlanner &planner, Conv2dOp op) {
  int64_t groups = op.getGroups();
  View x = padPicture(planner, planner.view(op.getX()), op.getPadding());
  SmallVector<Dim> weight = getDims(op.getWeight());
  SmallVector<Dim> sizes = getDims(op.getResult());
  std::optional<Dim> groupWidth = sizes[1].divide(Dim(groups));
  if (!groupWidth)
    return op.emitOpError("expected the number of groups to divide the ")
           << sizes[1].str() << " channels, found " << groups;
  // The matrices that are multiplied: one for each picture or each group.
  Dim places = sizes[2] * sizes[3];
  SmallVector<Dim> matrices{sizes[0], places, sizes[1]};
  if (groups != 1)
    matrices = {Dim(groups), sizes[0] * places, *groupWidth};
  Dim patch = product(ArrayRef(weight).drop_front());

  // One row of numbers for each window.
  View all = windows(x, weight, sizes[2], sizes[3], op.getStride(), groups);
  Type element = planner.productType();
  View patches =
      planner.allocate(element, paddedLayout({matrices[0], matrices[1], patch},
                                             elementBytes(element)));
  copy(planner, all,
       patches.with(*reshapeTo(patches.layout, all.layout.sizes)));

  Product product;
  product.a = patches;
  if (groups == 1) {
    product.panels = planner.weightPanels(op.getWeight(), false);
    if (op.getBias())
      product.bias = planner.view(op.getBias());
  } else if (op.getBias()) {
    View bias = planner.view(op.getBias());
    Layout byGroup =
        *reshapeTo(bias.layout, {Dim(groups), Dim(1), *groupWidth});
    product.extras.push_back(bias.with(broadcastTo(byGroup, matrices)));
    product.epilogueName = "add";
    product.epilogue = [&](OpBuilder &builder, ValueRange scalars) {
      return emitScalarBinary(builder, op.getLoc(), BinaryKind::Add, scalars[0],
                              scalars[1]);
    };
  }
  if (!product.panels) {
    product.b = reshapeOrCopy(planner, planner.view(op.getWeight()),
                              {Dim(groups), *groupWidth, patch});
    if (groups == 1) {
      padRank(product.b.layout, 4);
      product.panels = pack(planner, product.b);
    }
  }

  auto channelsLast = [&](Type element) {
    return paddedLayout(sizes, elementBytes(element), {0, 2, 3, 1}, 1);
  };
  View out = planner.resultView(
      op.getResult(), channelsLast(planner.storageType(op.getResult())));
  if (std::optional<Layout> layout = asMatrices(out, groups, matrices)) {
    launchInto(planner, product, out.with(*layout));
    return success();
  }
  View result =
      planner.allocate(out.elementType, channelsLast(out.elementType));
  launchInto(planner, product,
             result.with(*asMatrices(result, groups, matrices)));
  copy(planner, result, out);
  return success();
}
