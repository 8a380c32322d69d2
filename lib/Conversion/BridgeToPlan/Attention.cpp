//===- Attention.cpp - Attention and mask regions -------------------------===//
#include "Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

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

View bridge::planSeenByKeys(FunctionPlanner &planner, const MaskRegion &mask) {
  Type truth = IntegerType::get(planner.context(), 1);
  return planMask(planner, mask, "mask_seen", truth, /*keysByQueries=*/true,
                  [](OpBuilder &, Value seen) { return seen; });
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

namespace {
/// q[b…, h, t, d], k[b…, g, s, d], v[b…, g, s, e], bias[b…, h, t, s]? and
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

/// What the region of the kernel sees of the mask.
struct KernelMask {
  SmallVector<View> captures;
  /// The mask for each pair of a query and a key, keys by queries, where it is
  /// no predicate of vectors or may report an error; the only capture then.
  bool isStored = false;
};

/// The positions in a kernel's region.
struct KernelPosition {
  Value batch, head, query, key;
};
} // namespace

/// Whether an element is picked by the query and the key together, so that
/// nothing can be said of blocks without looking at each pair.
static bool readsPairs(Region &mask) {
  Block &block = mask.front();
  ValueRange places = block.getArguments().take_back(2);
  llvm::SmallPtrSet<Value, 16> varies[2];
  for (auto [place, set] : llvm::zip(places, varies))
    set.insert(place);
  auto dependsOn = [](ValueRange values,
                      const llvm::SmallPtrSet<Value, 16> &set) {
    return llvm::any_of(values,
                        [&](Value value) { return set.contains(value); });
  };
  for (Operation &op : block) {
    auto element = dyn_cast<ElementOp>(op);
    if (element && dependsOn(element.getIndices(), varies[0]) &&
        dependsOn(element.getIndices(), varies[1]))
      return true;
    for (auto &set : varies)
      if (dependsOn(op.getOperands(), set))
        set.insert(op.result_begin(), op.result_end());
  }
  return false;
}

/// Whether the mask may report an error: an index that is no position of an
/// axis of the same size, or a division by what is not known.
static bool mayFail(AttentionOp op, ArrayRef<Dim> scores) {
  Block &block = op.getMask().front();
  int64_t batchAxes = op.getBatchAxes();
  SmallVector<Dim> extents(scores.take_front(batchAxes));
  extents.append(scores.end() - 2, scores.end());
  ValueRange positions = block.getArguments().take_back(extents.size());
  auto isInside = [&](Value index, const Dim &size) {
    for (auto [position, extent] : llvm::zip_equal(positions, extents))
      if (index == position)
        return extent == size;
    APInt constant;
    std::optional<int64_t> known = size.constant();
    return known && matchPattern(index, m_ConstantInt(&constant)) &&
           constant.getSExtValue() >= 0 && constant.getSExtValue() < *known;
  };
  return llvm::any_of(block, [&](Operation &inner) {
    APInt divisor;
    if (isa<arith::DivSIOp, arith::RemSIOp, arith::FloorDivSIOp>(inner))
      return !matchPattern(inner.getOperand(1), m_ConstantInt(&divisor)) ||
             divisor.isZero();
    auto element = dyn_cast<ElementOp>(inner);
    return element &&
           !llvm::all_of(llvm::zip_equal(element.getIndices(),
                                         getDims(element.getTensor())),
                         [&](auto each) {
                           return isInside(std::get<0>(each),
                                           std::get<1>(each));
                         });
  });
}

static KernelMask prepareMask(FunctionPlanner &planner, AttentionOp op) {
  KernelMask mask;
  if (op.getMask().empty())
    return mask;
  SmallVector<Dim> scores = getDims(op.getQ());
  scores.back() = getDims(op.getK()).end()[-2];
  mask.isStored = readsPairs(op.getMask()) || mayFail(op, scores);
  if (!mask.isStored) {
    for (Value capture : op.getCaptures())
      mask.captures.push_back(planner.view(capture));
    return mask;
  }
  int64_t batchAxes = op.getBatchAxes();
  mask.captures.push_back(planSeenByKeys(
      planner, {op.getMask(), op.getCaptures(), batchAxes, batchAxes, scores}));
  return mask;
}

/// The place along each axis before the queries, of the merged batch and the
/// head.
static SmallVector<Value> leadingPlaces(OpBuilder &builder, Location loc,
                                        ArrayRef<Dim> sizes,
                                        const KernelPosition &at) {
  SmallVector<Value> places{at.head};
  Value rest = at.batch;
  for (const Dim &size :
       llvm::reverse(sizes.drop_back().drop_front(sizes.size() > 1))) {
    Value count =
        size.isStatic()
            ? arith::ConstantOp::create(
                  builder, loc, builder.getI32IntegerAttr(*size.constant()))
                  .getResult()
            : plan::DimOp::create(builder, loc, builder.getI32Type(),
                                  size.str());
    Value quotient = arith::FloorDivSIOp::create(builder, loc, rest, count);
    Value whole = arith::MulIOp::create(builder, loc, quotient, count);
    places.push_back(arith::SubIOp::create(builder, loc, rest, whole));
    rest = quotient;
  }
  if (sizes.size() > 1)
    places.push_back(rest);
  std::reverse(places.begin(), places.end());
  return places;
}

/// Fills the region of the kernel: whether the query sees the key.
static void addMask(FunctionPlanner &planner, AttentionOp op,
                    const KernelMask &mask, ValueRange captures,
                    plan::KernelOp kernel) {
  OpBuilder builder(planner.context());
  Location loc = op.getLoc();
  SmallVector<Type> types(captures.getTypes());
  types.append(4, builder.getI32Type());
  Block &block = kernel.getBody().emplaceBlock();
  block.addArguments(types, SmallVector<Location>(types.size(), loc));
  builder.setInsertionPointToStart(&block);
  ValueRange arguments = block.getArguments();
  ValueRange positions = arguments.take_back(4);
  SmallVector<Dim> sizes = getDims(op.getQ());
  SmallVector<Value> places =
      leadingPlaces(builder, loc, ArrayRef(sizes).drop_back(2),
                    {positions[0], positions[1], positions[2], positions[3]});
  Value seen;
  if (mask.isStored) {
    places.append({positions[3], positions[2]});
    seen = plan::LoadOp::create(builder, loc, builder.getI1Type(),
                                arguments.front(), places);
  } else {
    IRMapping mapping;
    Block &source = op.getMask().front();
    ValueRange wanted = source.getArguments();
    mapping.map(wanted.take_front(captures.size()),
                arguments.take_front(captures.size()));
    int64_t batchAxes = op.getBatchAxes();
    mapping.map(wanted.slice(captures.size(), batchAxes),
                ValueRange(places).take_front(batchAxes));
    mapping.map(wanted.take_back(2), positions.take_back(2));
    seen = cloneScalars(builder, op.getMask(), mapping);
  }
  plan::YieldOp::create(builder, loc, seen);
  // Positions that the mask does not look at.
  for (Operation &dead :
       llvm::make_early_inc_range(llvm::drop_begin(llvm::reverse(block))))
    if (isOpTriviallyDead(&dead))
      dead.erase();
}

static void launchAttention(FunctionPlanner &planner, AttentionOp op,
                            const Attention &attention,
                            const KernelMask &mask) {
  Builder builder(planner.context());
  SmallVector<NamedAttribute> config{
      builder.getNamedAttr("scale", op.getScaleAttr())};
  SmallVector<Value> operands{planner.materialize(attention.q),
                              planner.materialize(attention.k),
                              planner.materialize(attention.v)};
  if (attention.bias) {
    config.push_back(builder.getNamedAttr("bias", builder.getUnitAttr()));
    operands.push_back(planner.materialize(*attention.bias));
  }
  SmallVector<Value> captures;
  for (const View &capture : mask.captures)
    captures.push_back(planner.materialize(capture));
  llvm::append_range(operands, captures);
  operands.push_back(planner.materialize(attention.out));
  if (!op.getMask().empty())
    config.push_back(builder.getNamedAttr("empty", op.getEmptyAttr()));
  OwningOpRef<plan::KernelOp> kernel = planner.makeKernel(
      plan::KernelKind::Attention, "attention", config, operands);
  if (!op.getMask().empty())
    addMask(planner, op, mask, captures, *kernel);
  planner.launch(std::move(kernel), operands);
}

/// Row-major as [b…, t, h, e], with the heads of one query as a row, so that
/// merging heads costs nothing.
static Layout headsInRows(ArrayRef<Dim> sizes, int64_t elementBytes) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(sizes.size()));
  std::swap(order[order.size() - 3], order[order.size() - 2]);
  return paddedLayout(sizes, elementBytes, order, /*rowAxes=*/2);
}

LogicalResult bridge::planOp(FunctionPlanner &planner, AttentionOp op) {
  if (op.getLogSumExp())
    return op.emitOpError("has no kernel that gives the log-sum-exp");
  Attention attention;
  attention.q = productOperand(planner, planner.view(op.getQ()));
  attention.k = productOperand(planner, planner.view(op.getK()));
  attention.v = productOperand(planner, planner.view(op.getV()));
  if (op.getBias()) {
    SmallVector<Dim> scores = getDims(op.getQ());
    scores.back() = getDims(op.getK()).end()[-2];
    View bias = withDenseRows(planner, planner.view(op.getBias()));
    attention.bias = bias.with(broadcastTo(bias.layout, scores));
  }
  KernelMask mask = prepareMask(planner, op);
  SmallVector<Dim> sizes = getDims(op.getResult());
  View out = planner.resultView(
      op.getResult(),
      headsInRows(sizes, elementBytes(planner.storageType(op.getResult()))));
  int64_t bytes = elementBytes(out.elementType);
  if (std::optional<Layout> rows = denseRows(out.layout, bytes)) {
    Attention merged = attention;
    merged.out = out.with(*rows);
    if (merged.mergeBatch()) {
      launchAttention(planner, op, merged, mask);
      return success();
    }
  }
  attention.q = copyToBuffer(planner, attention.q);
  attention.k = copyToBuffer(planner, attention.k);
  attention.v = copyToBuffer(planner, attention.v);
  if (attention.bias)
    attention.bias = copyToBuffer(planner, *attention.bias);
  attention.out = planner.allocate(out.elementType, headsInRows(sizes, bytes));
  View rows = attention.out;
  attention.mergeBatch();
  launchAttention(planner, op, attention, mask);
  copy(planner, rows, out);
  return success();
}
