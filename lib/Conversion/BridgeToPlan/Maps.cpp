//===- Maps.cpp - Element-wise operations, copies and generators ----------===//
#include "Lowerings.h"
#include "bridge/IR/ScalarMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace bridge;

/// Walks the output in its physical order, with as few axes as possible.
static void simplifyAxes(MapRequest &request) {
  SmallVector<int64_t> order = physicalOrder(request.out.layout);
  SmallVector<Layout *> layouts;
  for (View &input : request.inputs)
    layouts.push_back(&input.layout);
  layouts.push_back(&request.out.layout);
  for (Layout *layout : layouts)
    *layout = permute(*layout, order);
  mergeLeading(layouts, /*keep=*/0);
}

void bridge::launchMap(FunctionPlanner &planner, const MapRequest &original,
                       EmitMap emit) {
  MapRequest request = original;
  if (!request.usesPositions)
    simplifyAxes(request);
  // A row kernel wants a row.
  if (request.out.layout.rank() == 0) {
    auto addAxis = [](View &view) {
      view.layout.sizes.push_back(Dim(1));
      view.layout.strides.push_back(Dim(elementBytes(view.elementType)));
    };
    llvm::for_each(request.inputs, addAxis);
    addAxis(request.out);
  }
  SmallVector<Value> operands;
  SmallVector<Type> types;
  for (const View &input : request.inputs) {
    operands.push_back(planner.materialize(input));
    types.push_back(loadedType(input.elementType));
  }
  for (const View &capture : request.captures) {
    operands.push_back(planner.materialize(capture));
    types.push_back(operands.back().getType());
  }
  operands.push_back(planner.materialize(request.out));
  types.append(request.out.layout.rank(), planner.builder().getI32Type());

  OpBuilder builder(planner.context());
  auto inputs = builder.getNamedAttr(
      "inputs", builder.getI64IntegerAttr(request.inputs.size()));
  OwningOpRef<plan::KernelOp> kernel =
      planner.makeKernel(plan::KernelKind::Map, request.name, inputs, operands);
  Location loc = planner.builder().getLoc();
  Block &block = kernel->getBody().emplaceBlock();
  block.addArguments(types, SmallVector<Location>(types.size(), loc));
  builder.setInsertionPointToStart(&block);
  ValueRange arguments = block.getArguments();
  size_t inputCount = request.inputs.size();
  size_t captureCount = request.captures.size();
  Value element =
      emit(builder, {arguments.take_front(inputCount),
                     arguments.slice(inputCount, captureCount),
                     arguments.drop_front(inputCount + captureCount)});
  plan::YieldOp::create(builder, loc, element);
  addSites(planner, block, arguments.drop_front(inputCount + captureCount),
           request.out.layout.sizes);
  planner.launch(std::move(kernel), operands);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void bridge::copy(FunctionPlanner &planner, const View &from, const View &to) {
  launchMap(planner, {"copy", {from}, {}, to, false},
            [](OpBuilder &, const MapArguments &arguments) {
              return arguments.inputs.front();
            });
}

View bridge::copyToBuffer(FunctionPlanner &planner, const View &view,
                          Type element) {
  if (!element)
    element = view.elementType;
  View to = planner.allocate(
      element, paddedLayout(view.layout.sizes, elementBytes(element)));
  copy(planner, view, to);
  return to;
}

View bridge::withDenseRows(FunctionPlanner &planner, const View &view) {
  if (auto rows = denseRows(view.layout, elementBytes(view.elementType)))
    return view.with(*rows);
  return copyToBuffer(planner, view);
}

View bridge::productOperand(FunctionPlanner &planner, const View &view) {
  if (view.elementType == planner.productType())
    return withDenseRows(planner, view);
  return copyToBuffer(planner, view, planner.productType());
}

View bridge::reshapeOrCopy(FunctionPlanner &planner, const View &view,
                           ArrayRef<Dim> sizes) {
  if (std::optional<Layout> layout = reshapeTo(view.layout, sizes))
    return view.with(*layout);
  // The copy is dense, so that any shape is a view of it.
  int64_t bytes = elementBytes(view.elementType);
  View dense =
      planner.allocate(view.elementType, denseLayout(view.layout.sizes, bytes));
  copy(planner, view, dense);
  return dense.with(denseLayout(sizes, bytes));
}

void bridge::writeRows(FunctionPlanner &planner, const View &out,
                       function_ref<void(const View &)> launch) {
  int64_t bytes = elementBytes(out.elementType);
  if (std::optional<Layout> rows = denseRows(out.layout, bytes))
    return launch(out.with(*rows));
  View rows =
      planner.allocate(out.elementType, paddedLayout(out.layout.sizes, bytes));
  launch(rows);
  copy(planner, rows, out);
}

//===----------------------------------------------------------------------===//
// Element-wise operations
//===----------------------------------------------------------------------===//

namespace {
/// A tree of element-wise operations that one map computes.
struct ElementwiseTree {
  FunctionPlanner &planner;
  Operation *root;
  /// The tensors that are read, each with the number of its input.
  llvm::MapVector<Value, unsigned> leaves;
  /// The operations, operands first.
  SmallVector<Operation *> operations;
  bool usesPositions = false;

  ElementwiseTree(FunctionPlanner &planner, Operation *root)
      : planner(planner), root(root) {
    add(root);
  }

  bool isInner(Value tensor) const {
    Operation *op = tensor.getDefiningOp();
    return op && op != root && planner.rootOf(op) == root;
  }

  void add(Operation *op) {
    for (Value operand : op->getOperands()) {
      if (isInner(operand))
        add(operand.getDefiningOp());
      else if (operand.getDefiningOp<IotaOp>())
        usesPositions = true;
      else if (!getSplat(operand) && !operand.getDefiningOp<bridge::DimOp>())
        leaves.try_emplace(operand, leaves.size());
    }
    operations.push_back(op);
  }

  std::string name() const {
    constexpr size_t longest = 4;
    std::string text = "map";
    for (Operation *op : ArrayRef(operations).take_front(longest))
      text += ("_" + elementwiseName(op)).str();
    return text;
  }

  Value emitLeaf(OpBuilder &builder, Value tensor,
                 const MapArguments &arguments) const {
    Location loc = tensor.getLoc();
    if (TypedAttr splat = getSplat(tensor))
      return arith::ConstantOp::create(builder, loc, splat);
    if (auto dim = tensor.getDefiningOp<bridge::DimOp>())
      return plan::DimOp::create(builder, loc, builder.getI32Type(),
                                 dim.getExpr());
    if (auto iota = tensor.getDefiningOp<IotaOp>()) {
      if (getDims(iota.getResult()).front() == Dim(1))
        return arith::ConstantOp::create(builder, loc,
                                         builder.getI32IntegerAttr(0));
      return arguments.positions.back();
    }
    return arguments.inputs[leaves.lookup(tensor)];
  }

  Value emit(OpBuilder &builder, const MapArguments &arguments) const {
    DenseMap<Value, Value> elements;
    for (Operation *op : operations) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(isInner(operand)
                               ? elements.lookup(operand)
                               : emitLeaf(builder, operand, arguments));
      elements[op->getResult(0)] = emitScalar(builder, op, operands);
    }
    return elements.lookup(root->getResult(0));
  }
};
} // namespace

/// An input whose memory may be written over, element by element.
static std::optional<View> findReusable(FunctionPlanner &planner,
                                        ArrayRef<View> inputs,
                                        Type elementType) {
  for (const View &input : inputs) {
    bool othersAgree = llvm::all_of(inputs, [&](const View &other) {
      return other.storage != input.storage || other == input;
    });
    if (input.elementType == elementType && isInjective(input.layout) &&
        othersAgree && planner.diesHere(input))
      return input;
  }
  return std::nullopt;
}

LogicalResult bridge::planElementwise(FunctionPlanner &planner, Operation *op) {
  ElementwiseTree tree(planner, op);
  Value result = op->getResult(0);
  auto type = cast<RankedTensorType>(result.getType());
  SmallVector<Dim> sizes = getDims(type);
  Type element = planner.storageType(result);
  int64_t bytes = elementBytes(element);

  MapRequest request{tree.name(), {}, {}, {}, tree.usesPositions};
  Layout preferred = paddedLayout(sizes, bytes);
  bool found = false;
  for (auto [tensor, number] : tree.leaves) {
    View view = planner.view(tensor);
    bool isWhole = view.layout.sizes == sizes && isInjective(view.layout);
    if (isWhole && !found)
      preferred = layoutLike(view.layout, bytes);
    found |= isWhole;
    request.inputs.push_back(view.with(broadcastTo(view.layout, sizes)));
  }
  request.out = planner.resultView(
      result, preferred, findReusable(planner, request.inputs, element));
  launchMap(planner, request,
            [&](OpBuilder &builder, const MapArguments &arguments) {
              return tree.emit(builder, arguments);
            });
  return success();
}

View bridge::planGenerator(FunctionPlanner &planner, Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Type element = type.getElementType();
  View out = planner.allocate(
      element, paddedLayout(getDims(type), elementBytes(element)));
  auto dim = dyn_cast<bridge::DimOp>(op);
  launchMap(planner, {dim ? "dim" : "iota", {}, {}, out, !dim},
            [&](OpBuilder &builder, const MapArguments &arguments) -> Value {
              if (!dim)
                return arguments.positions.back();
              return plan::DimOp::create(builder, op->getLoc(),
                                         builder.getI32Type(), dim.getExpr());
            });
  return out;
}
