//===- Attention.cpp - Attention and mask regions -------------------------===//
#include "Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;
using namespace bridge;

//===----------------------------------------------------------------------===//
// Scalar regions
//===----------------------------------------------------------------------===//

/// Clones one operation; what it uses from outside its region are numbers known
/// when compiling, which move in.
static void cloneScalar(OpBuilder &builder, Operation *op, IRMapping &mapping) {
  for (Value operand : op->getOperands())
    if (Operation *outer = operand.getDefiningOp();
        outer && !mapping.contains(operand))
      cloneScalar(builder, outer, mapping);
  Location loc = op->getLoc();
  TypeSwitch<Operation *>(op)
      .Case([&](ElementOp element) {
        SmallVector<Value> indices;
        for (Value index : element.getIndices())
          indices.push_back(mapping.lookup(index));
        mapping.map(
            element.getResult(),
            plan::LoadOp::create(builder, loc, element.getResult().getType(),
                                 mapping.lookup(element.getTensor()), indices)
                .getResult());
      })
      .Case([&](bridge::DimOp dim) {
        mapping.map(dim.getResult(),
                    plan::DimOp::create(builder, loc, builder.getI32Type(),
                                        dim.getExpr())
                        .getResult());
      })
      .Default([&](Operation *op) { builder.clone(*op, mapping); });
}

Value bridge::cloneScalars(OpBuilder &builder, Region &region,
                           IRMapping &mapping) {
  Block &block = region.front();
  for (Operation &op : block.without_terminator())
    cloneScalar(builder, &op, mapping);
  Value result = block.getTerminator()->getOperand(0);
  if (!mapping.contains(result))
    cloneScalar(builder, result.getDefiningOp(), mapping);
  return mapping.lookup(result);
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Evaluates a mask at [batch…, query, key], or keys by queries, over the first
/// `batchAxes` axes of the scores; `finish` makes the stored number of the
/// truth value. Viewed with the sizes of the scores.
static View planMask(FunctionPlanner &planner, const MaskRegion &mask,
                     StringRef name, Type elementType, bool keysByQueries,
                     function_ref<Value(OpBuilder &, Value)> finish) {
  SmallVector<Dim> scores = mask.scores;
  int64_t rank = scores.size();
  if (keysByQueries)
    std::swap(scores[rank - 2], scores[rank - 1]);
  SmallVector<Dim> sizes(scores.begin(), scores.begin() + mask.storedAxes);
  sizes.append(scores.end() - 2, scores.end());
  MapRequest request;
  request.name = name.str();
  for (Value capture : mask.captures)
    request.captures.push_back(planner.view(capture));
  request.out = planner.allocate(
      elementType, paddedLayout(sizes, elementBytes(elementType)));
  request.usesPositions = true;
  launchMap(
      planner, request, [&](OpBuilder &builder, const MapArguments &arguments) {
        IRMapping mapping;
        Block &block = mask.region.front();
        ValueRange wanted = block.getArguments();
        mapping.map(wanted.take_front(mask.captures.size()),
                    arguments.captures);
        ValueRange places = wanted.drop_front(mask.captures.size());
        for (int64_t axis = 0; axis < mask.batchAxes; ++axis)
          mapping.map(places[axis], arguments.positions[axis]);
        Value query = arguments.positions.drop_back().back();
        Value key = arguments.positions.back();
        if (keysByQueries)
          std::swap(query, key);
        mapping.map(places.drop_back().back(), query);
        mapping.map(places.back(), key);
        return finish(builder, cloneScalars(builder, mask.region, mapping));
      });
  // The axes between the batch and the queries share the mask.
  Layout &stored = request.out.layout;
  Layout shared{stored.offset, scores, SmallVector<Dim>(rank)};
  for (int64_t axis = 0; axis < mask.storedAxes; ++axis)
    shared.strides[axis] = stored.strides[axis];
  for (int64_t last = 1; last <= 2; ++last)
    shared.strides[rank - last] = stored.strides[stored.rank() - last];
  return request.out.with(shared);
}

View bridge::planSeen(FunctionPlanner &planner, const MaskRegion &mask) {
  Type truth = IntegerType::get(planner.context(), 1);
  return planMask(planner, mask, "mask_seen", truth, /*keysByQueries=*/false,
                  [](OpBuilder &, Value seen) { return seen; });
}

View bridge::planMaskBias(FunctionPlanner &planner, const MaskRegion &mask) {
  Type type = Float32Type::get(planner.context());
  return planMask(
      planner, mask, "mask_bias", type, /*keysByQueries=*/true,
      [&](OpBuilder &builder, Value seen) -> Value {
        auto number = [&](float value) -> Value {
          return arith::ConstantOp::create(builder, seen.getLoc(),
                                           builder.getF32FloatAttr(value));
        };
        constexpr float hidden = -std::numeric_limits<float>::infinity();
        return arith::SelectOp::create(builder, seen.getLoc(), seen, number(0),
                                       number(hidden));
      });
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

namespace {
/// q[b…, h, t, d], k[b…, g, s, d], v[b…, g, s, e], bias[b…, h, s, t]? and
/// out[b…, h, t, e].
struct Attention {
  View q, k, v, out;
  std::optional<View> bias;

  /// Whether the axes before the heads fit into the one of the kernel.
  bool mergeBatch() {
    SmallVector<Layout *> layouts{&q.layout, &k.layout, &v.layout, &out.layout};
    if (bias)
      layouts.push_back(&bias->layout);
    mergeLeading(layouts, /*keep=*/3);
    if (q.layout.rank() > 4)
      return false;
    for (Layout *layout : layouts)
      padRank(*layout, 4);
    return true;
  }
};
} // namespace

static void launchAttention(FunctionPlanner &planner, AttentionOp op,
                            const Attention &attention) {
  Builder builder(planner.context());
  SmallVector<NamedAttribute> config{
      builder.getNamedAttr("scale", op.getScaleAttr())};
  SmallVector<Value> operands{planner.materialize(attention.q),
                              planner.materialize(attention.k),
                              planner.materialize(attention.v)};
  if (attention.bias) {
    config.push_back(builder.getNamedAttr("bias", builder.getUnitAttr()));
    config.push_back(builder.getNamedAttr("empty", op.getEmptyAttr()));
    operands.push_back(planner.materialize(*attention.bias));
  }
  operands.push_back(planner.materialize(attention.out));
  planner.launch(plan::KernelKind::Attention, "attention", config, operands);
}

/// Row-major as [b…, t, h, e], with the heads of one query as a row, so that
/// merging heads costs nothing.
static Layout headsInRows(ArrayRef<Dim> sizes) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(sizes.size()));
  std::swap(order[order.size() - 3], order[order.size() - 2]);
  return paddedLayout(sizes, 4, order, /*rowAxes=*/2);
}

LogicalResult bridge::planOp(FunctionPlanner &planner, AttentionOp op) {
  if (op.getLogSumExp())
    return op.emitOpError("has no kernel that gives the log-sum-exp");
  Attention attention;
  attention.q = withDenseRows(planner, planner.view(op.getQ()));
  attention.k = withDenseRows(planner, planner.view(op.getK()));
  attention.v = withDenseRows(planner, planner.view(op.getV()));
  int64_t batchAxes = op.getBatchAxes();
  if (!op.getMask().empty()) {
    SmallVector<Dim> scores = getDims(op.getQ());
    scores.back() = getDims(op.getK()).end()[-2];
    // A mask with batch axes is stored for all of them, to be one axis.
    int64_t leading = scores.size() - 3;
    int64_t stored = batchAxes == 0 ? 0 : std::max(batchAxes, leading);
    attention.bias = planMaskBias(
        planner, {op.getMask(), op.getCaptures(), batchAxes, stored, scores});
  }
  SmallVector<Dim> sizes = getDims(op.getResult());
  Layout preferred = headsInRows(sizes);
  View out = planner.resultView(op.getResult(), preferred);
  if (std::optional<Layout> rows = denseRows(out.layout, 4)) {
    Attention merged = attention;
    merged.out = out.with(*rows);
    if (merged.mergeBatch()) {
      launchAttention(planner, op, merged);
      return success();
    }
  }
  attention.q = copyToBuffer(planner, attention.q);
  attention.k = copyToBuffer(planner, attention.k);
  attention.v = copyToBuffer(planner, attention.v);
  attention.out = planner.allocate(out.elementType, preferred);
  View rows = attention.out;
  attention.mergeBatch();
  launchAttention(planner, op, attention);
  copy(planner, rows, out);
  return success();
}
