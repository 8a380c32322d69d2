//===- FunctionPlanner.cpp - Planning one function ------------------------===//
#include "FunctionPlanner.h"
#include "Lowerings.h"
#include "bridge/IR/ScalarMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace bridge;

static plan::ViewType viewType(Type elementType, const Layout &layout) {
  return plan::ViewType::get(elementType, layout.sizes, layout.strides);
}

FunctionPlanner::FunctionPlanner(func::FuncOp source, ModulePlan &plan)
    : source(source), plan(plan), isEntry(source->hasAttr(bridge::kEntryAttr)),
      body(source.getLoc(), source.getContext()) {}

/// The first step of a buffer that no step has touched yet.
static constexpr uint64_t kUntouched = std::numeric_limits<uint64_t>::max();

LogicalResult FunctionPlanner::run() {
  addArguments();
  findInlinedOps();
  findLastUses();
  findDestinations();
  for (Operation &op : source.getBody().front()) {
    body.setLoc(op.getLoc());
    if (failed(lower(&op)))
      return failure();
    ++position;
  }
  finishSignature();
  return success();
}

//===----------------------------------------------------------------------===//
// Arguments and results
//===----------------------------------------------------------------------===//

View FunctionPlanner::interfaceView(Value tensor) const {
  auto type = cast<RankedTensorType>(tensor.getType());
  View view;
  view.elementType = isEntry ? type.getElementType() : storageType(tensor);
  int64_t bytes = elementBytes(view.elementType);
  view.layout = isEntry ? denseLayout(getDims(type), bytes)
                        : paddedLayout(getDims(type), bytes);
  return view;
}

void FunctionPlanner::addArguments() {
  OpBuilder builder(source);
  target = func::FuncOp::create(builder, source.getLoc(), source.getName(),
                                builder.getFunctionType({}, {}));
  target.setVisibility(source.getVisibility());
  if (isEntry)
    target->setAttr(plan::kEntryAttr, builder.getUnitAttr());
  Block *block = target.addEntryBlock();
  builder.setInsertionPointToStart(block);
  auto end = func::ReturnOp::create(builder, source.getLoc());
  body.setInsertionPoint(end);

  ArrayRef<bool> weights = plan.weightArguments[source.getName()];
  for (BlockArgument argument : source.getArguments()) {
    unsigned number = argument.getArgNumber();
    if (weights[number])
      continue;
    signature.tensors.push_back(number);
    View view = interfaceView(argument);
    view.storage = addStorage(block->addArgument(
        viewType(view.elementType, view.layout), argument.getLoc()));
    setView(argument, view);
  }
  for (Value result : source.getBody().front().getTerminator()->getOperands()) {
    View view = interfaceView(result);
    view.storage = addStorage(block->addArgument(
        viewType(view.elementType, view.layout), source.getLoc()));
    results.push_back(view);
  }
}

void FunctionPlanner::finishSignature() {
  Block &block = target.getBody().front();
  target.setType(
      FunctionType::get(context(), block.getArgumentTypes(), TypeRange()));
  for (auto [index, number] : llvm::enumerate(signature.tensors))
    if (Attribute name = source.getArgAttr(number, kNameAttr))
      target.setArgAttr(index, kNameAttr, name);
  unsigned firstResult = block.getNumArguments() - results.size();
  for (unsigned index = 0; index < results.size(); ++index) {
    if (Attribute name = source.getResultAttr(index, kNameAttr))
      target.setArgAttr(firstResult + index, kNameAttr, name);
    if (isEntry)
      target.setArgAttr(firstResult + index, plan::kOutputAttr,
                        UnitAttr::get(context()));
  }
  for (auto buffer : llvm::make_early_inc_range(block.getOps<plan::BufferOp>()))
    if (buffer.use_empty())
      buffer.erase();
  plan.signatures[source.getName()] = signature;
}

void FunctionPlanner::planReturn(func::ReturnOp op) {
  for (auto [tensor, place] : llvm::zip_equal(op.getOperands(), results)) {
    View from = view(tensor);
    if (from.storage != place.storage ||
        !sameElements(from.layout, place.layout))
      copy(*this, from, place);
  }
}

//===----------------------------------------------------------------------===//
// What is known before the walk
//===----------------------------------------------------------------------===//

void FunctionPlanner::findInlinedOps() {
  // Backwards, so that a chain finds the operation at its end.
  for (Operation &op : llvm::reverse(source.getBody().front())) {
    if (auto norm = dyn_cast<L2NormalizeOp>(op); norm && isFoldedIntoLoss(norm))
      roots[&op] = *op.getUsers().begin();
    if (!isElementwise(&op) || !op.hasOneUse())
      continue;
    Operation *user = *op.getUsers().begin();
    if (user->getBlock() == op.getBlock() && isElementwise(user) &&
        getDims(op.getResult(0)) == getDims(user->getResult(0)))
      roots[&op] = rootOf(user);
  }
}

Operation *FunctionPlanner::rootOf(Operation *op) {
  auto it = roots.find(op);
  return it == roots.end() ? op : it->second;
}

void FunctionPlanner::findLastUses() {
  DenseMap<Operation *, int64_t> positions;
  Block &block = source.getBody().front();
  for (auto [index, op] : llvm::enumerate(block))
    positions[&op] = index;
  for (Operation &op : block) {
    bool isReturn = op.hasTrait<OpTrait::IsTerminator>();
    int64_t use =
        isReturn ? std::numeric_limits<int64_t>::max() : positions[rootOf(&op)];
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        auto [it, isNew] = lastUses.try_emplace(operand, use);
        it->second = std::max(it->second, use);
      }
    });
  }
}

void FunctionPlanner::findDestinations() {
  auto returned = cast<func::ReturnOp>(source.getBody().front().back());
  for (auto [tensor, place] : llvm::zip_equal(returned.getOperands(), results))
    assignDestination(tensor, place);
  for (Operation &op : llvm::reverse(source.getBody().front())) {
    auto concat = dyn_cast<ConcatOp>(op);
    if (!concat || isOpTriviallyDead(concat))
      continue;
    body.setLoc(concat.getLoc());
    View whole = resultView(concat.getResult());
    for (auto [part, box] :
         llvm::zip_equal(concat.getParts(), concatBoxes(concat, whole.layout)))
      if (part.hasOneUse())
        assignDestination(part, whole.with(box));
  }
}

void FunctionPlanner::assignDestination(Value tensor, const View &place) {
  Operation *op = tensor.getDefiningOp();
  if (!op || destinations.contains(tensor) || views.contains(tensor))
    return;
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    Value x = reshape.getX();
    if (std::optional<Layout> inner = reshapeTo(place.layout, getDims(x)))
      assignDestination(x, place.with(*inner));
    return;
  }
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    SmallVector<int64_t> inverse(transpose.getPermutation().size());
    for (auto [axis, from] : llvm::enumerate(transpose.getPermutation()))
      inverse[from] = axis;
    assignDestination(transpose.getX(),
                      place.with(permute(place.layout, inverse)));
    return;
  }
  if (!isa<SliceOp, BroadcastOp, ReadWeightOp, ConstantOp, IotaOp, DimOp>(op))
    destinations[tensor] = place;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

Storage *FunctionPlanner::addStorage(Value memory) {
  Storage &storage = storages.emplace_back();
  storage.memory = memory;
  storage.buffer = memory.getDefiningOp<plan::BufferOp>();
  storageOf[memory] = &storage;
  return &storage;
}

void FunctionPlanner::setView(Value tensor, const View &view) {
  views[tensor] = view;
  view.storage->tensors.push_back(tensor);
}

View FunctionPlanner::view(Value tensor) {
  if (auto it = views.find(tensor); it != views.end())
    return it->second;
  Operation *op = tensor.getDefiningOp();
  if (auto number = dyn_cast_if_present<bridge::ConstantOp>(op)) {
    setView(tensor, constant(number.getRounded()));
  } else if (isa_and_present<IotaOp, bridge::DimOp>(op)) {
    setView(tensor, planGenerator(*this, op));
  } else if (!op || isa<ReadWeightOp>(op)) {
    Type element = storageType(tensor);
    Layout rows = denseLayout(getDims(tensor), elementBytes(element));
    Value memory = weightMemory({tensor, ""}, viewType(element, rows));
    setView(tensor, {storageOf.lookup(memory), element, rows});
  } else {
    planViewOp(op);
  }
  return views.at(tensor);
}

void FunctionPlanner::planViewOp(Operation *op) {
  Value result = op->getResult(0), x = op->getOperand(0);
  View from = view(x);
  SmallVector<Dim> sizes = getDims(result);
  TypeSwitch<Operation *>(op)
      .Case([&](TransposeOp op) {
        setView(result, from.with(permute(from.layout, op.getPermutation())));
      })
      .Case([&](SliceOp op) {
        setView(result, from.with(slice(from.layout, op.getOffsets().getDims(),
                                        sizes)));
      })
      .Case([&](BroadcastOp) {
        setView(result, from.with(broadcastTo(from.layout, sizes)));
      })
      .Case([&](ReshapeOp) {
        setView(result, reshapeOrCopy(*this, from, sizes));
      });
}

std::optional<View> FunctionPlanner::destination(Value tensor) {
  auto it = destinations.find(tensor);
  if (it == destinations.end())
    return std::nullopt;
  return it->second;
}

View FunctionPlanner::resultView(Value tensor, const Layout &preferred,
                                 std::optional<View> reuse) {
  if (auto it = views.find(tensor); it != views.end())
    return it->second;
  std::optional<View> place = destination(tensor);
  if (!place)
    place = reuse ? *reuse : allocate(storageType(tensor), preferred);
  setView(tensor, *place);
  return *place;
}

View FunctionPlanner::resultView(Value tensor) {
  return resultView(tensor, standardLayout(tensor));
}

Layout FunctionPlanner::standardLayout(Value tensor) const {
  return paddedLayout(getDims(tensor), elementBytes(storageType(tensor)));
}

bool FunctionPlanner::diesHere(const View &view) {
  Storage *storage = view.storage;
  if (!storage->buffer)
    return false;
  // A part of a buffer is not worth keeping the whole of it.
  Dim bytes = bufferBytes(view.layout, elementBytes(view.elementType));
  return storage->buffer.getBytes() == bytes.str() &&
         llvm::all_of(storage->tensors, [&](Value tensor) {
           auto use = lastUses.find(tensor);
           return use == lastUses.end() || use->second <= position;
         });
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value FunctionPlanner::addToPreamble(
    function_ref<Value(ImplicitLocOpBuilder &)> create) {
  ImplicitLocOpBuilder builder(body.getLoc(), context());
  if (lastPreamble)
    builder.setInsertionPointAfter(lastPreamble);
  else
    builder.setInsertionPointToStart(&target.getBody().front());
  Value memory = create(builder);
  lastPreamble = memory.getDefiningOp();
  return memory;
}

Value FunctionPlanner::buffer(Type type, const Dim &bytes) {
  Value memory = addToPreamble([&](ImplicitLocOpBuilder &builder) -> Value {
    return plan::BufferOp::create(builder, type, bytes.str(), kUntouched, 0);
  });
  addStorage(memory);
  return memory;
}

View FunctionPlanner::allocate(Type elementType, const Layout &layout) {
  Value memory = buffer(viewType(elementType, layout),
                        bufferBytes(layout, elementBytes(elementType)));
  return {storageOf.lookup(memory), elementType, layout};
}

Value FunctionPlanner::allocatePanels(ArrayRef<Dim> sizes) {
  // Rounded up to whole panels of the widest target and to whole units along k;
  // where a size is unknown, there is room for one more of these.
  constexpr int64_t width = 32, unitBytes = 4, readableTail = 256;
  auto roundUp = [](const Dim &size, int64_t step) {
    std::optional<int64_t> known = size.constant();
    return known ? Dim((*known + step - 1) / step * step)
                 : size + Dim(step - 1);
  };
  int64_t element = elementBytes(productType());
  Dim bytes = sizes[0] * sizes[1] * roundUp(sizes[2], width) *
                  roundUp(sizes[3], unitBytes / element) * Dim(element) +
              Dim(readableTail);
  return buffer(plan::PanelsType::get(productType(), sizes), bytes);
}

View FunctionPlanner::constant(ElementsAttr value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t bytes = elementBytes(type.getElementType());
  SmallVector<Dim> sizes = getDims(type);
  Layout layout = denseLayout(sizes, bytes);
  if (value.isSplat()) {
    // One number, read again and again.
    layout = broadcastTo(denseLayout({}, bytes), sizes);
    auto splat = cast<DenseElementsAttr>(value);
    value = splat.resizeSplat(RankedTensorType::get({}, type.getElementType()));
  }
  auto stored = cast<RankedTensorType>(value.getType());
  Value memory = addToPreamble([&](ImplicitLocOpBuilder &builder) -> Value {
    return plan::ConstantOp::create(
        builder,
        viewType(type.getElementType(), denseLayout(getDims(stored), bytes)),
        value);
  });
  return {addStorage(memory), type.getElementType(), layout};
}

Value FunctionPlanner::materialize(const View &view) {
  plan::ViewType type = viewType(view.elementType, view.layout);
  Value memory = view.storage->memory;
  if (memory.getType() == type && view.layout.offset == Dim(0))
    return memory;
  return plan::SubviewOp::create(body, type, memory, view.layout.offset.str());
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

void FunctionPlanner::touch(ValueRange operands) {
  for (Value operand : operands) {
    if (auto subview = operand.getDefiningOp<plan::SubviewOp>())
      operand = subview.getSource();
    auto buffer = operand.getDefiningOp<plan::BufferOp>();
    if (!buffer)
      continue;
    if (buffer.getFirst() == kUntouched)
      buffer.setFirst(step);
    buffer.setLast(step);
  }
}

void FunctionPlanner::launch(OwningOpRef<plan::KernelOp> kernel,
                             ValueRange operands) {
  touch(operands);
  plan::LaunchOp::create(body, plan.kernels.intern(std::move(kernel)).getName(),
                         operands);
  ++step;
}

void FunctionPlanner::launch(plan::KernelKind kind, StringRef name,
                             ArrayRef<NamedAttribute> config,
                             ValueRange operands) {
  launch(makeKernel(kind, name, config, operands), operands);
}

OwningOpRef<plan::KernelOp>
FunctionPlanner::makeKernel(plan::KernelKind kind, StringRef name,
                            ArrayRef<NamedAttribute> config,
                            ValueRange operands) {
  OpBuilder builder(context());
  return plan::KernelOp::create(
      builder, body.getLoc(), builder.getStringAttr(name),
      plan::KernelKindAttr::get(context(), kind),
      builder.getTypeArrayAttr(llvm::to_vector(operands.getTypes())),
      builder.getDictionaryAttr(config));
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

View FunctionPlanner::standardView(Value tensor) {
  View from = view(tensor);
  Layout standard = standardLayout(tensor);
  standard.offset = from.layout.offset;
  Type element = storageType(tensor);
  if (from.elementType == element && sameElements(from.layout, standard))
    return from.with(standard);
  View standardCopy = copyToBuffer(*this, from, element);
  setView(tensor, standardCopy);
  return standardCopy;
}

View FunctionPlanner::callResultView(Value result) {
  Layout standard = standardLayout(result);
  if (std::optional<View> place = destination(result)) {
    standard.offset = place->layout.offset;
    if (place->elementType == storageType(result) &&
        sameElements(place->layout, standard)) {
      setView(result, place->with(standard));
      return view(result);
    }
    destinations.erase(result);
    standard.offset = Dim(0);
  }
  return resultView(result, standard);
}

void FunctionPlanner::planCall(bridge::CallOp op) {
  const Signature &callee = plan.signatures[op.getCallee()];
  SmallVector<Value> operands;
  for (unsigned number : callee.tensors)
    operands.push_back(materialize(standardView(op.getInputs()[number])));
  for (const WeightDemand &demand : callee.weights)
    operands.push_back(passWeight(op.getInputs()[demand.argument], demand));
  for (Value result : op.getResults())
    operands.push_back(materialize(callResultView(result)));
  touch(operands);
  auto frame = plan::FrameOp::create(body, plan::FrameType::get(context()),
                                     op.getCallee(), step);
  plan::CallOp::create(body, op.getCallee(), frame, operands);
  ++step;
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

LogicalResult FunctionPlanner::lower(Operation *op) {
  if (isOpTriviallyDead(op) || rootOf(op) != op)
    return success();
  if (isElementwise(op))
    return planElementwise(*this, op);
  return TypeSwitch<Operation *, LogicalResult>(op)
      // Made where they are used.
      .Case<ReadWeightOp, bridge::ConstantOp, IotaOp, bridge::DimOp,
            arith::ConstantOp>([](auto) { return success(); })
      .Case<TransposeOp, SliceOp, BroadcastOp, ReshapeOp>([&](auto op) {
        if (!isWeight(op.getX()))
          planViewOp(op);
        return success();
      })
      .Case([&](CheckOp op) {
        body.clone(*op);
        return success();
      })
      .Case([&](func::ReturnOp op) {
        planReturn(op);
        return success();
      })
      .Case([&](bridge::CallOp op) {
        planCall(op);
        return success();
      })
      .Case<LinearOp, FusedLinearOp, MatmulOp, Conv2dOp, AttentionOp,
            LayerNormOp, RmsNormOp, ResidualNormOp, SoftmaxOp, L2NormalizeOp,
            ReduceOp, ArgExtremeOp, CumsumOp, RotaryOp, CrossEntropyOp,
            ContrastiveLossOp, LinearCrossEntropyOp, SigmoidLossOp, EmbeddingOp,
            GatherOp, ConcatOp, SpliceOp, CheckCountOp>(
          [&](auto op) { return planOp(*this, op); })
      .Default([](Operation *op) {
        return op->emitOpError("has no kernel; expected a pass before "
                               "convert-bridge-to-plan to have replaced it");
      });
}
