//===- HostCode.cpp - Functions of a plan as host functions ---------------===//
#include "bridge/Conversion/HostCode.h"
#include "CallRuns.h"
#include "bridge/Kernels/Arguments.h"
#include "bridge/Runtime/Abi.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cstddef>

using namespace mlir;
using namespace bridge;

namespace {

/// Emits the host function of one function of the plan. Every view becomes the
/// address of its first element, every frame the address of its memory.
class HostFunction {
public:
  HostFunction(ModuleOp module, const PlanLayout &layout, Frame frame,
               unsigned frameNumber, GroupKernel groupKernel)
      : module(module), layout(layout), function(frame.function),
        frameNumber(frameNumber), groupKernel(groupKernel),
        builder(module.getContext()), loc(function.getLoc()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        i64(builder.getI64Type()) {
    for (plan::BufferOp buffer : frame.buffers)
      frameIndices.try_emplace(buffer, frameIndices.size());
    for (plan::FrameOp called : frame.calls)
      frameIndices.try_emplace(called, frameIndices.size());
  }

  LogicalResult emit();

  static std::string nameOf(StringRef function) {
    return (function + ".host").str();
  }

private:
  bool isEntry() { return function->hasAttr(plan::kEntryAttr); }
  LLVM::LLVMFuncOp declare();
  void bindArguments(LLVM::LLVMFuncOp host);
  LogicalResult emitOp(Operation &op);
  /// What the run time is asked to do.
  struct Work {
    Value kernel, block, jobs, scratch;
  };
  Work prepare(plan::LaunchOp op, Value block);
  void run(const Work &work);
  void emitGroup(plan::GroupOp op);
  void emitCall(plan::CallOp op, ArrayRef<Value> operands);
  void emitRun(const CallRun &run);
  void emitConstant(plan::ConstantOp op);
  void emitStopOnFault();
  void storeView(Value view, Value block, unsigned &slot);

  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, i64,
                                    builder.getI64IntegerAttr(value));
  }
  Value offset(Value base, Value bytes) {
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{bytes});
  }
  Value offset(Value base, int64_t bytes) {
    return LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
  }
  Value load(Type type, Value address) {
    return LLVM::LoadOp::create(builder, loc, type, address, 8);
  }
  /// A field of the bridge_call.
  Value callField(Type type, size_t byteOffset) {
    return load(type, offset(call, byteOffset));
  }
  /// The address that a view or frame stands for.
  Value addressOf(Value memory);
  /// The place of a weight, buffer or frame in the run time's table of them.
  unsigned numberOf(Value memory);
  /// The address of the weight, buffer or frame that is like `memory`, but at
  /// the place `byte` of the table.
  Value addressLike(Value memory, Value byte);
  /// A constant of the module and its address.
  Value emitGlobal(DenseElementsAttr flat, StringRef name, unsigned alignment);
  Value evaluate(const Dim &dim);
  void store(Value value, Value block, unsigned slot) {
    LLVM::StoreOp::create(builder, loc, value, offset(block, 8 * slot), 8);
  }

  ModuleOp module;
  const PlanLayout &layout;
  func::FuncOp function;
  unsigned frameNumber;
  GroupKernel groupKernel;
  OpBuilder builder;
  Location loc;
  Type pointer, i64;

  Value call;         ///< the bridge_call
  Value frameBase;    ///< this function's memory
  Value frameOffsets; ///< bytes from frameBase of each buffer and call
  Value dims;         ///< the values of the dimensions
  Value block;        ///< the argument blocks of the next launches
  Value parallel;     ///< the run time's function
  Value weights;      ///< the addresses of the weights, by slot
  DenseMap<Value, Value> addresses;
  DenseMap<Operation *, unsigned> frameIndices; ///< of buffers and calls
  std::map<std::string, Value> symbols;
};

} // namespace

LLVM::LLVMFuncOp HostFunction::declare() {
  // An entry has the bridge_call alone; others take their frame and operands.
  SmallVector<Type> arguments{pointer};
  if (!isEntry())
    arguments.append(1 + function.getNumArguments(), pointer);
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()), arguments);
  builder.setInsertionPointToEnd(module.getBody());
  return LLVM::LLVMFuncOp::create(builder, loc, nameOf(function.getSymName()),
                                  type, LLVM::Linkage::Internal);
}

void HostFunction::bindArguments(LLVM::LLVMFuncOp host) {
  Block *entry = host.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  call = entry->getArgument(0);
  dims = callField(pointer, offsetof(bridge_call, dims));
  parallel = callField(pointer, offsetof(bridge_call, parallel));
  weights = callField(pointer, offsetof(bridge_call, weights));
  Value tables = callField(pointer, offsetof(bridge_call, offsets));
  frameOffsets = load(pointer, offset(tables, 8 * frameNumber));
  if (isEntry()) {
    frameBase = callField(pointer, offsetof(bridge_call, arena));
    Value tensors = callField(pointer, offsetof(bridge_call, tensors));
    for (auto [index, argument] : llvm::enumerate(function.getArguments()))
      addresses[argument] = load(pointer, offset(tensors, 8 * index));
  } else {
    frameBase = entry->getArgument(1);
    for (auto [index, argument] : llvm::enumerate(function.getArguments()))
      addresses[argument] = entry->getArgument(2 + index);
  }
}

static ArgumentSlots slotsOf(plan::LaunchOp op) {
  return argumentSlots(SymbolTable::lookupNearestSymbolFrom<plan::KernelOp>(
      op, op.getKernelAttr()));
}

/// The slots of a group: the blocks of its launches, then that of all.
static int64_t slotsOf(plan::GroupOp op) {
  int64_t count = 0;
  for (auto launch : op.getLaunches().getOps<plan::LaunchOp>())
    count += slotsOf(launch).count + kGroupedLaunchSlots;
  return count;
}

LogicalResult HostFunction::emit() {
  LLVM::LLVMFuncOp host = declare();
  bindArguments(host);

  // One piece of memory for all launches: the run time is done with it when it
  // returns.
  int64_t slots = 1;
  function.walk([&](plan::LaunchOp launch) {
    slots = std::max(slots, slotsOf(launch).count);
  });
  function.walk(
      [&](plan::GroupOp group) { slots = std::max(slots, slotsOf(group)); });
  block =
      LLVM::AllocaOp::create(builder, loc, pointer, i64, constant(slots), 8);

  DenseSet<Operation *> inRun;
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (inRun.contains(&op))
      continue;
    loc = op.getLoc();
    if (auto first = dyn_cast<plan::CallOp>(op)) {
      CallRun run = findCallRun(first);
      inRun.insert(run.calls.begin(), run.calls.end());
      emitRun(run);
    } else if (failed(emitOp(op))) {
      return failure();
    }
  }
  LLVM::ReturnOp::create(builder, loc, ValueRange{});
  return success();
}

LogicalResult HostFunction::emitOp(Operation &op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      // Their addresses are loaded where they are used: hundreds of weights
      // cannot stay in registers.
      .Case<plan::BufferOp, plan::FrameOp, plan::WeightOp>(
          [&](auto) { return success(); })
      .Case([&](plan::SubviewOp subview) {
        addresses[subview.getResult()] =
            offset(addressOf(subview.getSource()),
                   evaluate(*Dim::parse(subview.getOffset())));
        return success();
      })
      .Case([&](plan::ConstantOp constant) {
        emitConstant(constant);
        return success();
      })
      .Case([&](plan::LaunchOp launch) {
        run(prepare(launch, block));
        return success();
      })
      .Case([&](plan::GroupOp group) {
        emitGroup(group);
        return success();
      })
      .Case([&](plan::StopOnFaultOp) {
        emitStopOnFault();
        return success();
      })
      // Checks are the run time's business.
      .Case([&](CheckOp) { return success(); })
      .Default([](Operation *op) {
        return op->emitOpError("has no meaning in a plan's function");
      });
}

Value HostFunction::addressOf(Value memory) {
  if (Value address = addresses.lookup(memory))
    return address;
  return addressLike(memory, constant(8 * numberOf(memory)));
}

unsigned HostFunction::numberOf(Value memory) {
  Operation *op = memory.getDefiningOp();
  if (auto weight = dyn_cast<plan::WeightOp>(op))
    return layout.slotIndex(weight);
  return frameIndices.at(op);
}

Value HostFunction::addressLike(Value memory, Value byte) {
  if (memory.getDefiningOp<plan::WeightOp>())
    return load(pointer, offset(weights, byte));
  return offset(frameBase, load(i64, offset(frameOffsets, byte)));
}

Value HostFunction::evaluate(const Dim &dim) {
  Value sum;
  for (const auto &[factors, coefficient] : dim.terms()) {
    Value term = constant(coefficient);
    for (const std::string &name : factors) {
      Value &symbol = symbols[name];
      if (!symbol) {
        // Loaded at the top, so that it is there for all that follows.
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointAfterValue(dims);
        symbol = load(i64, offset(dims, 8 * layout.dimIndex(name)));
      }
      term = LLVM::MulOp::create(builder, loc, term, symbol);
    }
    sum = sum ? LLVM::AddOp::create(builder, loc, sum, term) : term;
  }
  return sum ? sum : constant(0);
}

void HostFunction::storeView(Value view, Value block, unsigned &slot) {
  store(addressOf(view), block, slot++);
  auto storeAll = [&](DimsAttr list) {
    for (const Dim &dim : list.getDims())
      store(evaluate(dim), block, slot++);
  };
  if (auto type = dyn_cast<plan::ViewType>(view.getType())) {
    storeAll(type.getSizes());
    storeAll(type.getStrides());
  } else {
    storeAll(cast<plan::PanelsType>(view.getType()).getSizes());
  }
}

/// Fills the argument block of a launch.
HostFunction::Work HostFunction::prepare(plan::LaunchOp op, Value block) {
  store(call, block, 0);
  unsigned slot = 1;
  for (Value view : op.getViews())
    storeView(view, block, slot);
  for (StringRef expr : slotsOf(op).dims)
    store(evaluate(*Dim::parse(expr)), block, slot++);

  StringRef name = op.getKernel();
  auto query = [&](StringRef suffix) -> Value {
    return LLVM::CallOp::create(builder, loc, TypeRange{i64},
                                builder.getStringAttr(name + suffix),
                                ValueRange{block})
        .getResult();
  };
  return {LLVM::AddressOfOp::create(builder, loc, pointer, name), block,
          query(".jobs"), query(".scratch")};
}

void HostFunction::run(const Work &work) {
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()),
                                  {pointer, pointer, pointer, i64, i64});
  LLVM::CallOp::create(builder, loc, type,
                       ValueRange{parallel, call, work.kernel, work.block,
                                  work.jobs, work.scratch});
}

void HostFunction::emitGroup(plan::GroupOp op) {
  if (!groupKernel) {
    for (auto launch : op.getLaunches().getOps<plan::LaunchOp>())
      run(prepare(launch, block));
    return;
  }
  SmallVector<Work> works;
  int64_t slot = 0;
  for (auto launch : op.getLaunches().getOps<plan::LaunchOp>()) {
    works.push_back(prepare(launch, offset(block, 8 * slot)));
    slot += slotsOf(launch).count;
  }
  Value table = offset(block, 8 * slot), jobs = constant(0),
        scratch = constant(0);
  unsigned field = 0;
  for (const Work &work : works) {
    jobs = LLVM::AddOp::create(builder, loc, jobs, work.jobs);
    scratch = LLVM::SMaxOp::create(builder, loc, scratch, work.scratch);
    for (Value value : {jobs, work.kernel, work.block})
      store(value, table, field++);
  }
  run({LLVM::AddressOfOp::create(builder, loc, pointer, groupKernel()), table,
       jobs, scratch});
}

void HostFunction::emitCall(plan::CallOp op, ArrayRef<Value> operands) {
  SmallVector<Value> arguments{call};
  llvm::append_range(arguments, operands);
  LLVM::CallOp::create(builder, loc, TypeRange{},
                       builder.getStringAttr(nameOf(op.getCallee())),
                       arguments);
}

/// A run becomes a loop over a table that has a row for each call: the places
/// of the operands that differ. So the code does not grow with depth.
void HostFunction::emitRun(const CallRun &run) {
  plan::CallOp first = run.calls.front();
  SmallVector<unsigned> varying = run.varyingOperands();
  SmallVector<Value> operands(first->getNumOperands());
  for (auto [index, value] : llvm::enumerate(first->getOperands()))
    if (!llvm::is_contained(varying, index))
      operands[index] = addressOf(value);
  if (run.calls.size() == 1)
    return emitCall(first, operands);

  SmallVector<int32_t> places;
  for (plan::CallOp call : run.calls)
    for (unsigned index : varying)
      places.push_back(8 * numberOf(call->getOperand(index)));
  auto type =
      RankedTensorType::get({int64_t(places.size())}, builder.getI32Type());
  Value table = emitGlobal(DenseElementsAttr::get(type, ArrayRef(places)),
                           "bridge_calls", /*alignment=*/4);

  Value zero = constant(0);
  Block *before = builder.getInsertionBlock();
  Region *region = before->getParent();
  Block *body = builder.createBlock(region, region->end(), {i64}, {loc});
  Block *after = builder.createBlock(region, region->end());
  builder.setInsertionPointToEnd(before);
  LLVM::BrOp::create(builder, loc, ValueRange{zero}, body);

  builder.setInsertionPointToEnd(body);
  Value turn = body->getArgument(0);
  Value row = offset(table, LLVM::MulOp::create(builder, loc, turn,
                                                constant(4 * varying.size())));
  for (auto [column, index] : llvm::enumerate(varying)) {
    Value place = LLVM::LoadOp::create(builder, loc, builder.getI32Type(),
                                       offset(row, 4 * column), 4);
    operands[index] =
        addressLike(first->getOperand(index),
                    LLVM::ZExtOp::create(builder, loc, i64, place));
  }
  emitCall(first, operands);
  Value next = LLVM::AddOp::create(builder, loc, turn, constant(1));
  Value isLeft = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ult,
                                      next, constant(run.calls.size()));
  LLVM::CondBrOp::create(builder, loc, isLeft, body, ValueRange{next}, after,
                         ValueRange{});
  builder.setInsertionPointToEnd(after);
}

void HostFunction::emitStopOnFault() {
  Value site = callField(i64, offsetof(bridge_call, fault_site));
  Value isFault = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::sge,
                                       site, constant(0));
  Block *before = builder.getInsertionBlock();
  Region *region = before->getParent();
  Block *leave = builder.createBlock(region, region->end());
  LLVM::ReturnOp::create(builder, loc, ValueRange{});
  Block *rest = builder.createBlock(region, region->end());
  builder.setInsertionPointToEnd(before);
  LLVM::CondBrOp::create(builder, loc, isFault, leave, rest);
  builder.setInsertionPointToEnd(rest);
}

Value HostFunction::emitGlobal(DenseElementsAttr flat, StringRef name,
                               unsigned alignment) {
  Type type =
      LLVM::LLVMArrayType::get(flat.getElementType(), flat.getNumElements());
  unsigned counter = 0;
  auto taken = [&](StringRef name) { return module.lookupSymbol(name); };
  SmallString<32> symbol =
      SymbolTable::generateSymbolName<32>(name, taken, counter);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                           LLVM::Linkage::Internal, symbol, flat, alignment);
  }
  return LLVM::AddressOfOp::create(builder, loc, pointer, symbol);
}

void HostFunction::emitConstant(plan::ConstantOp op) {
  auto values = cast<DenseElementsAttr>(op.getValue());
  // Truth values are bytes in memory.
  if (values.getElementType().isInteger(1))
    values = values.mapValues(builder.getI8Type(),
                              [](const APInt &value) { return value.zext(8); });
  auto flat = values.reshape(RankedTensorType::get({values.getNumElements()},
                                                   values.getElementType()));
  addresses[op.getResult()] =
      emitGlobal(flat, "bridge_constant", /*alignment=*/64);
}

/// The table that the program's descriptor points to.
static void emitEntryTable(ModuleOp module, const PlanLayout &layout,
                           StringRef name) {
  MLIRContext *context = module.getContext();
  OpBuilder builder(context);
  builder.setInsertionPointToEnd(module.getBody());
  Location loc = module.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(context);
  auto type = LLVM::LLVMArrayType::get(pointer, layout.entries().size());
  auto global =
      LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                             LLVM::Linkage::External, name, Attribute());
  global.setVisibility_(LLVM::Visibility::Hidden);
  builder.createBlock(&global.getInitializerRegion());
  Value table = LLVM::UndefOp::create(builder, loc, type);
  for (auto [index, entry] : llvm::enumerate(layout.entries())) {
    func::FuncOp function = entry;
    Value address = LLVM::AddressOfOp::create(
        builder, loc, pointer, HostFunction::nameOf(function.getSymName()));
    table = LLVM::InsertValueOp::create(builder, loc, table, address,
                                        ArrayRef<int64_t>{int64_t(index)});
  }
  LLVM::ReturnOp::create(builder, loc, table);
}

LogicalResult bridge::emitHostCode(ModuleOp module, const PlanLayout &layout,
                                   StringRef entriesName,
                                   GroupKernel groupKernel) {
  for (auto [number, frame] : llvm::enumerate(layout.frames()))
    if (failed(HostFunction(module, layout, frame, number, groupKernel).emit()))
      return failure();
  emitEntryTable(module, layout, entriesName);
  return success();
}
