//===- Weights.cpp - Weights in the layouts that their readers want -------===//
#include "FunctionPlanner.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace bridge;

/// The box of a slice as `[a:b, c:d]`, or nothing where a bound is unknown.
static std::optional<std::string> describeBox(SliceOp op) {
  std::string text;
  SmallVector<Dim> whole = getDims(op.getX());
  SmallVector<Dim> sizes = getDims(op.getResult());
  SmallVector<Dim> offsets = op.getOffsets().getDims();
  int64_t named = sizes.size();
  while (named > 0 && sizes[named - 1] == whole[named - 1])
    --named;
  for (int64_t axis = 0; axis < named; ++axis) {
    std::optional<int64_t> first = offsets[axis].constant();
    std::optional<int64_t> size = sizes[axis].constant();
    if (!first || !size)
      return std::nullopt;
    text += text.empty() ? "[" : ", ";
    if (sizes[axis] == whole[axis])
      text += ":";
    else
      text += llvm::formatv("{0}:{1}", *first, *first + *size);
  }
  return text.empty() ? text : text + "]";
}

static bool swapsLastTwo(ArrayRef<int64_t> permutation) {
  int64_t rank = permutation.size();
  for (auto [axis, from] : llvm::enumerate(permutation.drop_back(2)))
    if (static_cast<int64_t>(axis) != from)
      return false;
  return rank >= 2 && permutation[rank - 2] == rank - 1;
}

/// The view with the last two axes swapped.
static std::string swapped(StringRef view) {
  if (view.consume_back(".T"))
    return view.str();
  return view.str() + ".T";
}

std::optional<WeightView>
bridge::traceWeight(Value tensor,
                    function_ref<bool(BlockArgument)> isWeightArgument) {
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    if (isWeightArgument(argument))
      return WeightView{tensor, ""};
    return std::nullopt;
  }
  Operation *op = tensor.getDefiningOp();
  if (isa<ReadWeightOp>(op))
    return WeightView{tensor, ""};
  if (!isa<SliceOp, TransposeOp, ReshapeOp>(op))
    return std::nullopt;
  std::optional<WeightView> weight =
      traceWeight(op->getOperand(0), isWeightArgument);
  if (!weight || weight->flattened)
    return std::nullopt;
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    if (!swapsLastTwo(transpose.getPermutation()))
      return std::nullopt;
    weight->view = swapped(weight->view);
  } else if (auto slice = dyn_cast<SliceOp>(op)) {
    std::optional<std::string> box = describeBox(slice);
    if (!box)
      return std::nullopt;
    weight->view += *box;
  } else {
    SmallVector<Dim> sizes = getDims(tensor);
    if (sizes.size() != 2 || !(sizes[0] == getDims(op->getOperand(0))[0]))
      return std::nullopt;
    weight->flattened = true;
  }
  return weight;
}

std::optional<WeightView> FunctionPlanner::traceWeight(Value tensor) {
  ArrayRef<bool> weights = plan.weightArguments[source.getName()];
  return bridge::traceWeight(tensor, [&](BlockArgument argument) {
    return argument.getOwner() == &source.getBody().front() &&
           weights[argument.getArgNumber()];
  });
}

Value FunctionPlanner::weightMemory(const WeightView &weight, Type type) {
  if (auto read = weight.root.getDefiningOp<ReadWeightOp>()) {
    Value &memory =
        weightReads[{read.getWeightAttr().getAttr(),
                     StringAttr::get(context(), weight.view), type}];
    if (!memory) {
      memory = addToPreamble([&](ImplicitLocOpBuilder &builder) -> Value {
        return plan::WeightOp::create(builder, type, read.getWeight(),
                                      weight.view);
      });
      addStorage(memory);
    }
    return memory;
  }
  // The caller passes it, after the tensors and the weights known so far.
  WeightDemand demand{cast<BlockArgument>(weight.root).getArgNumber(),
                      weight.view, type};
  Block &block = target.getBody().front();
  unsigned first = signature.tensors.size();
  auto *known = llvm::find(signature.weights, demand);
  unsigned index = first + (known - signature.weights.begin());
  if (known != signature.weights.end())
    return block.getArgument(index);
  signature.weights.push_back(demand);
  Value memory = block.insertArgument(index, type, weight.root.getLoc());
  addStorage(memory);
  return memory;
}

Value FunctionPlanner::weightPanels(Value tensor, bool transposed) {
  std::optional<WeightView> weight = traceWeight(tensor);
  SmallVector<Dim> sizes = getDims(tensor);
  if (!weight || (transposed && (weight->flattened || sizes.size() != 2)))
    return {};
  if (transposed) {
    weight->view = swapped(weight->view);
    std::swap(sizes[0], sizes[1]);
  }
  Dim columns = product(ArrayRef(sizes).drop_front());
  return weightMemory(
      *weight, plan::PanelsType::get(productType(),
                                     {Dim(1), Dim(1), sizes[0], columns}));
}

/// A demand of the callee as seen by the caller.
static WeightView compose(const WeightView &outer, const WeightDemand &inner) {
  StringRef view = inner.view;
  WeightView weight = outer;
  if (view.starts_with(".T") && StringRef(weight.view).ends_with(".T")) {
    view = view.drop_front(2);
    weight.view = StringRef(weight.view).drop_back(2);
  }
  weight.view += view;
  return weight;
}

Value FunctionPlanner::passWeight(Value operand, const WeightDemand &demand) {
  return weightMemory(compose(*traceWeight(operand), demand), demand.type);
}
