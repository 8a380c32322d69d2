//===- Instrument.cpp - From GPU code to checked CPU code
//-------------------===//
#include "Instrument.h"
#include "Rewriter.h"
#include "ThreadState.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace bridge::emulator;
namespace LLVM = mlir::LLVM;

static constexpr unsigned kSharedSpace = 3;

static unsigned spaceOf(mlir::Value pointer) {
  return llvm::cast<LLVM::LLVMPointerType>(pointer.getType()).getAddressSpace();
}

//===----------------------------------------------------------------------===//
// Sites
//===----------------------------------------------------------------------===//

/// The file and line of a location, or nothing.
static std::string fileAndLine(mlir::Location location) {
  std::string text;
  location->walk([&](mlir::Location part) {
    if (auto file = llvm::dyn_cast<mlir::FileLineColLoc>(part)) {
      text = (file.getFilename().getValue() + ":" + llvm::Twine(file.getLine()))
                 .str();
      return mlir::WalkResult::interrupt();
    }
    return mlir::WalkResult::advance();
  });
  return text;
}

void Rewriter::nameSites(LLVM::LLVMFuncOp function) {
  constexpr size_t kMaxText = 120;
  mlir::OpPrintingFlags flags;
  flags.skipRegions();
  mlir::AsmState state(function, flags);
  function.walk([&](mlir::Operation *op) {
    bool pure =
        op->getDialect() == builder.getContext()->getLoadedDialect("llvm")
            ? !llvm::isa<LLVM::LoadOp, LLVM::StoreOp, LLVM::AtomicRMWOp,
                         LLVM::AtomicCmpXchgOp, LLVM::InlineAsmOp,
                         LLVM::MemcpyOp, LLVM::MemsetOp>(op)
            : false;
    if (pure || op == function)
      return;
    std::string text = "at " + fileAndLine(op->getLoc());
    if (text == "at ") {
      text = "at `";
      llvm::raw_string_ostream stream(text);
      op->print(stream, state);
      if (text.size() > kMaxText)
        text = text.substr(0, kMaxText) + "…";
      text += "`";
    } else {
      text += (" (" + op->getName().getStringRef() + ")").str();
    }
    sites[op] = info.sites.size();
    info.sites.push_back(text);
  });
}

//===----------------------------------------------------------------------===//
// Calls of the run time
//===----------------------------------------------------------------------===//

mlir::Type Rewriter::typeOf(ValueKind kind) {
  switch (kind) {
  case ValueKind::Void:
    return LLVM::LLVMVoidType::get(builder.getContext());
  case ValueKind::I32:
    return builder.getI32Type();
  case ValueKind::I64:
    return builder.getI64Type();
  case ValueKind::F32:
    return builder.getF32Type();
  case ValueKind::Pointer:
    return LLVM::LLVMPointerType::get(builder.getContext());
  }
  llvm_unreachable("covered switch");
}

mlir::Value Rewriter::number(ValueKind kind, uint64_t value) {
  mlir::Type type = typeOf(kind);
  return LLVM::ConstantOp::create(
      builder, current->getLoc(), type,
      builder.getIntegerAttr(type, static_cast<int64_t>(value)));
}

mlir::Value Rewriter::adapt(mlir::Value value, mlir::Type type) {
  mlir::Type given = value.getType();
  mlir::Location loc = current->getLoc();
  if (given == type)
    return value;
  if (llvm::isa<LLVM::LLVMPointerType>(given))
    return LLVM::AddrSpaceCastOp::create(builder, loc, type, value);
  if (given.isInteger() && type.isInteger()) {
    if (given.getIntOrFloatBitWidth() < type.getIntOrFloatBitWidth())
      return LLVM::ZExtOp::create(builder, loc, type, value);
    return LLVM::TruncOp::create(builder, loc, type, value);
  }
  return LLVM::BitcastOp::create(builder, loc, type, value);
}

mlir::Value Rewriter::call(llvm::StringRef name,
                           llvm::ArrayRef<Operand> operands) {
  const RuntimeFunction *function =
      llvm::find_if(runtimeFunctions(), [&](const RuntimeFunction &known) {
        return known.name == name;
      });
  assert(function != runtimeFunctions().end() && "a function of the run time");
  llvm::SmallVector<mlir::Type> types;
  for (ValueKind kind : function->operands)
    types.push_back(typeOf(kind));
  mlir::Type result = typeOf(function->result);
  if (!module.lookupSymbol(name)) {
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    LLVM::LLVMFuncOp::create(builder, module.getLoc(), name,
                             LLVM::LLVMFunctionType::get(result, types));
  }
  llvm::SmallVector<mlir::Value> values;
  if (types.size() == operands.size() + 1)
    values.push_back(thread);
  for (const Operand &operand : operands) {
    ValueKind kind = function->operands[values.size()];
    values.push_back(operand.value ? adapt(operand.value, typeOf(kind))
                                   : number(kind, operand.number));
  }
  mlir::TypeRange results = function->result == ValueKind::Void
                                ? mlir::TypeRange()
                                : mlir::TypeRange(result);
  auto op =
      LLVM::CallOp::create(builder, current->getLoc(), results, name, values);
  return op.getNumResults() ? op.getResult() : mlir::Value();
}

mlir::Value Rewriter::field(size_t offset) {
  return LLVM::GEPOp::create(builder, current->getLoc(),
                             typeOf(ValueKind::Pointer), builder.getI8Type(),
                             thread,
                             llvm::ArrayRef<LLVM::GEPArg>{int32_t(offset)});
}

mlir::Value Rewriter::load(mlir::Type type, size_t offset) {
  return LLVM::LoadOp::create(builder, current->getLoc(), type, field(offset),
                              /*alignment=*/4);
}

void Rewriter::toExchange(mlir::Value value, size_t offset) {
  LLVM::StoreOp::create(builder, current->getLoc(), value,
                        field(offsetof(ThreadState, exchange) + offset),
                        /*alignment=*/4);
}

mlir::Value Rewriter::fromExchange(mlir::Type type) {
  return load(type, offsetof(ThreadState, exchange));
}

void Rewriter::replace(mlir::Operation *op, mlir::Value value) {
  if (value && op->getNumResults())
    op->getResult(0).replaceAllUsesWith(
        adapt(value, op->getResult(0).getType()));
  op->erase();
}

llvm::Error Rewriter::cannot(mlir::Operation *op, const llvm::Twine &why) {
  std::string place = info.sites.empty() || !sites.count(op)
                          ? "at " + fileAndLine(op->getLoc())
                          : info.sites[sites.lookup(op)];
  return llvm::createStringError("kernel `" + info.name + "`, " + place +
                                 ": the emulator does not know `" +
                                 op->getName().getStringRef() + "`" + why);
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

uint64_t bridge::emulator::bytesOf(mlir::Type type) {
  if (llvm::isa<LLVM::LLVMPointerType>(type))
    return 8;
  if (auto vector = llvm::dyn_cast<mlir::VectorType>(type))
    return (vector.getNumElements() *
                vector.getElementType().getIntOrFloatBitWidth() +
            7) /
           8;
  if (auto array = llvm::dyn_cast<LLVM::LLVMArrayType>(type))
    return array.getNumElements() * bytesOf(array.getElementType());
  if (auto record = llvm::dyn_cast<LLVM::LLVMStructType>(type)) {
    uint64_t bytes = 0, alignment = 1;
    for (mlir::Type part : record.getBody()) {
      uint64_t needed = record.isPacked() ? 1 : alignmentOf(part);
      bytes = llvm::alignTo(bytes, needed) + bytesOf(part);
      alignment = std::max(alignment, needed);
    }
    return llvm::alignTo(bytes, alignment);
  }
  return (type.getIntOrFloatBitWidth() + 7) / 8;
}

uint64_t bridge::emulator::alignmentOf(mlir::Type type) {
  if (auto array = llvm::dyn_cast<LLVM::LLVMArrayType>(type))
    return alignmentOf(array.getElementType());
  if (auto record = llvm::dyn_cast<LLVM::LLVMStructType>(type)) {
    uint64_t alignment = 1;
    if (!record.isPacked())
      for (mlir::Type part : record.getBody())
        alignment = std::max(alignment, alignmentOf(part));
    return alignment;
  }
  return llvm::PowerOf2Ceil(bytesOf(type));
}

/// Whether `pointer` points to what its function allocated.
static bool isLocal(mlir::Value pointer) {
  while (mlir::Operation *op = pointer.getDefiningOp()) {
    if (llvm::isa<LLVM::AllocaOp>(op))
      return true;
    if (!llvm::isa<LLVM::GEPOp, LLVM::AddrSpaceCastOp>(op))
      return false;
    pointer = op->getOperand(0);
  }
  return false;
}

void Rewriter::checkAccess(mlir::Value pointer, Operand bytes, AccessKind kind,
                           uint64_t alignment) {
  if (isLocal(pointer))
    return;
  call(spaceOf(pointer) == kSharedSpace ? "bridge_emulator_access_shared"
                                        : "bridge_emulator_access",
       {pointer, bytes, uint64_t(kind), alignment, site()});
}

void Rewriter::checkAccess(mlir::Value pointer, mlir::Type type,
                           AccessKind kind, std::optional<uint64_t> alignment) {
  checkAccess(pointer, Operand(bytesOf(type)), kind,
              alignment ? *alignment : alignmentOf(type));
}

//===----------------------------------------------------------------------===//
// The llvm dialect
//===----------------------------------------------------------------------===//

void Rewriter::rewriteAddressOf(LLVM::AddressOfOp op) {
  auto found = sharedOffsets.find(op.getGlobalName());
  if (found == sharedOffsets.end())
    return;
  mlir::Value base =
      load(typeOf(ValueKind::Pointer), offsetof(ThreadState, shared));
  mlir::Value address = LLVM::GEPOp::create(
      builder, op.getLoc(), base.getType(), builder.getI8Type(), base,
      llvm::ArrayRef<LLVM::GEPArg>{int32_t(found->second)});
  replace(op, address);
}

llvm::Error Rewriter::rewriteCall(LLVM::CallOp op) {
  std::optional<llvm::StringRef> callee = op.getCallee();
  auto function =
      callee ? module.lookupSymbol<LLVM::LLVMFuncOp>(*callee) : nullptr;
  if (!function || function.isExternal())
    return cannot(op, callee ? " of `" + *callee + "`, which is not there"
                             : llvm::Twine(" of a function by its address"));
  llvm::SmallVector<mlir::Value> operands(op.getCalleeOperands());
  operands.push_back(thread);
  auto call = LLVM::CallOp::create(builder, op.getLoc(), op.getResultTypes(),
                                   *callee, operands);
  op->replaceAllUsesWith(call->getResults());
  op->erase();
  return llvm::Error::success();
}

llvm::Error Rewriter::rewriteLlvm(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, llvm::Error>(op)
      .Case([&](LLVM::LoadOp load) {
        checkAccess(load.getAddr(), load.getType(), AccessKind::Read,
                    load.getAlignment());
        return llvm::Error::success();
      })
      .Case([&](LLVM::StoreOp store) {
        checkAccess(store.getAddr(), store.getValue().getType(),
                    AccessKind::Write, store.getAlignment());
        return llvm::Error::success();
      })
      .Case([&](LLVM::AtomicRMWOp atomic) {
        checkAccess(atomic.getPtr(), atomic.getVal().getType(),
                    AccessKind::Atomic, std::nullopt);
        return llvm::Error::success();
      })
      .Case([&](LLVM::AtomicCmpXchgOp atomic) {
        checkAccess(atomic.getPtr(), atomic.getVal().getType(),
                    AccessKind::Atomic, std::nullopt);
        return llvm::Error::success();
      })
      .Case([&](LLVM::MemcpyOp copy) {
        checkAccess(copy.getSrc(), Operand(copy.getLen()), AccessKind::Read, 1);
        checkAccess(copy.getDst(), Operand(copy.getLen()), AccessKind::Write,
                    1);
        return llvm::Error::success();
      })
      .Case([&](LLVM::MemsetOp fill) {
        checkAccess(fill.getDst(), Operand(fill.getLen()), AccessKind::Write,
                    1);
        return llvm::Error::success();
      })
      .Case([&](LLVM::AddressOfOp address) {
        rewriteAddressOf(address);
        return llvm::Error::success();
      })
      .Case([&](LLVM::CallOp call) { return rewriteCall(call); })
      .Case([&](LLVM::CallIntrinsicOp call) { return rewriteIntrinsic(call); })
      .Case([&](LLVM::InlineAsmOp assembly) {
        return rewriteAssembly(op, assembly.getAsmString(),
                               assembly.getOperands());
      })
      .Default([](mlir::Operation *) { return llvm::Error::success(); });
}

//===----------------------------------------------------------------------===//
// Functions and modules
//===----------------------------------------------------------------------===//

void Rewriter::placeGlobals() {
  uint32_t offset = kStaticSharedOffset;
  // What lies between two arrays belongs to neither.
  constexpr uint32_t kGap = 256;
  for (auto global :
       llvm::make_early_inc_range(module.getOps<LLVM::GlobalOp>())) {
    uint64_t bytes = bytesOf(global.getGlobalType());
    if (global.getAddrSpace() != kSharedSpace) {
      global.setLinkage(LLVM::Linkage::External);
      info.globals.push_back({global.getSymName().str(), bytes});
      continue;
    }
    if (bytes == 0) {
      sharedOffsets[global.getSymName()] = 0;
    } else {
      uint64_t alignment =
          std::max<uint64_t>(global.getAlignment().value_or(0), kGap);
      offset = llvm::alignTo(offset, alignment);
      sharedOffsets[global.getSymName()] = offset;
      info.arrays.push_back(
          {global.getSymName().str(), offset, uint32_t(bytes)});
      info.staticBytes += bytes;
      offset += bytes + kGap;
    }
    global.erase();
  }
}

void Rewriter::addThreadArgument(LLVM::LLVMFuncOp function) {
  auto type = function.getFunctionType();
  llvm::SmallVector<mlir::Type> inputs(type.getParams());
  inputs.push_back(typeOf(ValueKind::Pointer));
  // What the attributes say is for GPUs: calling conventions, launch bounds,
  // arguments by value.
  for (mlir::NamedAttribute attribute :
       llvm::to_vector(function->getDiscardableAttrs()))
    function->removeDiscardableAttr(attribute.getName());
  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();
  function.setCConv(LLVM::CConv::C);
  function.setFunctionType(
      LLVM::LLVMFunctionType::get(type.getReturnType(), inputs));
  function.getBody().front().addArgument(inputs.back(), function.getLoc());
}

llvm::Error Rewriter::rewriteFunction(LLVM::LLVMFuncOp function) {
  nameSites(function);
  addThreadArgument(function);
  thread = function.getBody().front().getArguments().back();
  llvm::SmallVector<mlir::Operation *> operations;
  function.walk([&](mlir::Operation *op) {
    if (op != function)
      operations.push_back(op);
  });
  for (mlir::Operation *op : operations) {
    current = op;
    builder.setInsertionPoint(op);
    llvm::Error error = llvm::Error::success();
    if (llvm::isa<LLVM::LLVMDialect>(op->getDialect()))
      error = rewriteLlvm(op);
    else if (llvm::isa<mlir::NVVM::NVVMDialect>(op->getDialect()))
      error = rewriteNvvm(op);
    else
      error = cannot(op);
    if (error)
      return error;
  }
  return llvm::Error::success();
}

void Rewriter::addEntry(LLVM::LLVMFuncOp kernel) {
  builder.setInsertionPointToEnd(module.getBody());
  mlir::Location loc = kernel.getLoc();
  mlir::Type pointer = typeOf(ValueKind::Pointer);
  auto entry = LLVM::LLVMFuncOp::create(
      builder, loc, kEntryName,
      LLVM::LLVMFunctionType::get(typeOf(ValueKind::Void), {pointer, pointer}));
  mlir::Block *body = entry.addEntryBlock(builder);
  builder.setInsertionPointToStart(body);
  llvm::SmallVector<mlir::Value> operands;
  mlir::ValueRange arguments = kernel.getBody().front().getArguments();
  for (auto [index, argument] : llvm::enumerate(arguments.drop_back())) {
    mlir::Value place = LLVM::GEPOp::create(
        builder, loc, pointer, pointer, body->getArgument(1),
        llvm::ArrayRef<LLVM::GEPArg>{int32_t(index)});
    mlir::Value address = LLVM::LoadOp::create(builder, loc, pointer, place);
    // One by value in memory is where the launch has it.
    operands.push_back(info.argumentBytes[index]
                           ? address
                           : LLVM::LoadOp::create(builder, loc,
                                                  argument.getType(), address,
                                                  /*alignment=*/1)
                                 .getResult());
  }
  operands.push_back(body->getArgument(0));
  LLVM::CallOp::create(builder, loc, mlir::TypeRange(), kernel.getSymName(),
                       operands);
  LLVM::ReturnOp::create(builder, loc, mlir::ValueRange());
}

llvm::Error Rewriter::run(llvm::StringRef kernelName) {
  placeGlobals();
  for (auto function : llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>())) {
    if (function.isExternal())
      continue;
    if (llvm::Error error = rewriteFunction(function))
      return error;
  }
  addEntry(module.lookupSymbol<LLVM::LLVMFuncOp>(kernelName));
  return llvm::Error::success();
}

/// `kernel` and all symbols that it names, and those that they name.
static llvm::SetVector<mlir::Operation *> neededBy(LLVM::LLVMFuncOp kernel) {
  llvm::SetVector<mlir::Operation *> needed;
  needed.insert(kernel);
  mlir::Operation *table = kernel->getParentOp();
  for (size_t i = 0; i < needed.size(); ++i)
    if (auto uses = mlir::SymbolTable::getSymbolUses(needed[i]))
      for (const mlir::SymbolTable::SymbolUse &use : *uses)
        if (mlir::Operation *used =
                mlir::SymbolTable::lookupSymbolIn(table, use.getSymbolRef()))
          needed.insert(used);
  return needed;
}

static void describeArguments(LLVM::LLVMFuncOp kernel, KernelInfo &info) {
  info.argumentCount = kernel.getNumArguments();
  for (unsigned i = 0; i < info.argumentCount; ++i) {
    auto byValue = kernel.getArgAttrOfType<mlir::TypeAttr>(
        i, LLVM::LLVMDialect::getByValAttrName());
    info.argumentBytes.push_back(byValue ? bytesOf(byValue.getValue()) : 0);
  }
  uint32_t most = 1;
  if (auto bounds =
          kernel->getAttrOfType<mlir::DenseI32ArrayAttr>("nvvm.maxntid")) {
    for (int32_t bound : bounds.asArrayRef())
      most *= bound;
    info.maxThreads = most;
  }
}

llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
bridge::emulator::instrument(LLVM::LLVMFuncOp kernel, KernelInfo &info) {
  info.name = kernel.getSymName().str();
  describeArguments(kernel, info);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(kernel.getLoc());
  for (mlir::Operation *op : neededBy(kernel))
    module->push_back(op->clone());
  if (llvm::Error error = Rewriter(*module, info).run(info.name))
    return error;
  return module;
}
