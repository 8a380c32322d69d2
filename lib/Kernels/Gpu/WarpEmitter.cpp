//===- WarpEmitter.cpp - Builds the code of GPU kernels -------------------===//
#include "WarpEmitter.h"
#include "bridge/Kernels/Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace bridge;

/// Elements of a job of rows: as many as keep a warp busy for a while, and few
/// enough for many warps.
static constexpr int64_t kElementsOfWarp = 1024;
/// Address spaces of NVPTX.
static constexpr unsigned kGlobalSpace = 1, kSharedSpace = 3;

WarpEmitter::WarpEmitter(OpBuilder &builder, Location loc)
    : Emitter(builder, loc, kWarpThreads, kElementsOfWarp) {}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

Value WarpEmitter::laneNumbers() {
  return NVVM::LaneIdOp::create(builder(), loc(), builder().getI32Type());
}

static Value zeroExtended(WarpEmitter &emitter, Value value) {
  return arith::ExtUIOp::create(emitter.builder(), emitter.loc(),
                                emitter.i64Type(), value);
}

Value WarpEmitter::thread() {
  return zeroExtended(*this, NVVM::ThreadIdXOp::create(builder(), loc(),
                                                       builder().getI32Type()));
}

Value WarpEmitter::warp() { return div(thread(), kWarpThreads); }

Value WarpEmitter::block() {
  return zeroExtended(*this, NVVM::BlockIdXOp::create(builder(), loc(),
                                                      builder().getI32Type()));
}

//===----------------------------------------------------------------------===//
// Threads of a warp
//===----------------------------------------------------------------------===//

void WarpEmitter::syncWarp() {
  NVVM::SyncWarpOp::create(builder(), loc(), number32(-1));
}

/// `value` of the thread in the lane `argument`, or of that whose lane differs
/// in its bits.
Value WarpEmitter::shuffle(Value value, bool byIndex, int32_t argument) {
  Type type = value.getType();
  Type word = builder().getI32Type();
  if (type.isInteger(64)) {
    Value low = arith::TruncIOp::create(builder(), loc(), word, value);
    Value high = arith::TruncIOp::create(
        builder(), loc(), word,
        arith::ShRUIOp::create(builder(), loc(), value, number(32)));
    Value wideLow = zeroExtended(*this, shuffle(low, byIndex, argument));
    Value wideHigh = zeroExtended(*this, shuffle(high, byIndex, argument));
    return arith::OrIOp::create(
        builder(), loc(), wideLow,
        arith::ShLIOp::create(builder(), loc(), wideHigh, number(32)));
  }
  bool isNarrow = type.isInteger() && type.getIntOrFloatBitWidth() < 32;
  if (isNarrow)
    value = arith::ExtUIOp::create(builder(), loc(), word, value);
  Value result = NVVM::ShflOp::create(
      builder(), loc(), value.getType(), number32(-1), value,
      number32(argument), number32(kWarpThreads - 1),
      byIndex ? NVVM::ShflKind::idx : NVVM::ShflKind::bfly, UnitAttr());
  if (isNarrow)
    result = arith::TruncIOp::create(builder(), loc(), type, result);
  return result;
}

Value WarpEmitter::exchange(Value value, int32_t mask) {
  return shuffle(value, /*byIndex=*/false, mask);
}

Value WarpEmitter::firstLane(Value vector) {
  return shuffle(vector, /*byIndex=*/true, 0);
}

Value WarpEmitter::combine(Value value, int32_t lanes,
                           function_ref<Value(Value, Value)> join) {
  // Both sides of a pair join the same two values: lanes stay bitwise equal.
  for (int32_t mask = lanes / 2; mask > 0; mask /= 2)
    value = join(value, exchange(value, mask));
  return value;
}

Value WarpEmitter::reduce(LaneReduction how, Value vector) {
  auto join = [&](Value a, Value b) -> Value {
    switch (how) {
    case LaneReduction::Add:
      return isa<FloatType>(a.getType()) ? addf(a, b) : add(a, b);
    case LaneReduction::Or:
      return arith::OrIOp::create(builder(), loc(), a, b);
    case LaneReduction::MaxNumber:
      return maxf(a, b);
    case LaneReduction::Maximum:
      return arith::MaximumFOp::create(builder(), loc(), a, b);
    case LaneReduction::Minimum:
      return arith::MinimumFOp::create(builder(), loc(), a, b);
    case LaneReduction::MaxSigned:
      return max(a, b);
    case LaneReduction::MinSigned:
      return min(a, b);
    }
    llvm_unreachable("all reductions are covered");
  };
  return combine(vector, kWarpThreads, join);
}

void WarpEmitter::once(function_ref<void()> body) {
  ifThen(equal(laneNumbers(), number32(0)), body);
  syncWarp();
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// The thread's lane as i64.
static Value wideLane(WarpEmitter &emitter) {
  return zeroExtended(emitter, emitter.laneNumbers());
}

/// `load()` where the mask is set, else zero.
static Value loadWhere(WarpEmitter &emitter, Type element, Value mask,
                       function_ref<Value()> load) {
  Type type = loadedType(element);
  return emitter.ifElse(
      mask, type, [&]() -> WarpEmitter::Values { return {load()}; },
      [&]() -> WarpEmitter::Values {
        return {arith::ConstantOp::create(emitter.builder(), emitter.loc(),
                                          emitter.builder().getZeroAttr(type))};
      })[0];
}

Value WarpEmitter::loadElements(Type element, Value pointer, Value mask) {
  Value address = offset(pointer, mul(wideLane(*this), elementBytes(element)));
  if (!mask)
    return loadElement(element, address);
  return loadWhere(*this, element, mask,
                   [&] { return loadElement(element, address); });
}

void WarpEmitter::storeElements(Type element, Value value, Value pointer,
                                Value mask) {
  Value address = offset(pointer, mul(wideLane(*this), elementBytes(element)));
  if (!mask)
    return storeElement(element, value, address);
  ifThen(mask, [&] { storeElement(element, value, address); });
}

Value WarpEmitter::loadStrided(Type element, Value pointer, Value stride,
                               Value count) {
  Value lane = wideLane(*this);
  return loadWhere(*this, element, less(lane, count), [&] {
    return loadElement(element, offset(pointer, mul(lane, stride)));
  });
}

void WarpEmitter::storeStrided(Type element, Value value, Value pointer,
                               Value stride, Value count) {
  Value lane = wideLane(*this);
  ifThen(less(lane, count), [&] {
    storeElement(element, value, offset(pointer, mul(lane, stride)));
  });
}

Value WarpEmitter::loadRow(Type element, Value start, Value stride,
                           Value position, Value last) {
  Value at = add(position, wideLane(*this));
  if (last)
    at = min(at, last);
  return loadElement(element, offset(start, mul(at, stride)));
}

Value WarpEmitter::gather(Type element, Value base, Value offsets) {
  return loadElement(element, offset(base, offsets));
}

//===----------------------------------------------------------------------===//
// Threads of a block
//===----------------------------------------------------------------------===//

void WarpEmitter::barrier() { NVVM::Barrier0Op::create(builder(), loc()); }

Value WarpEmitter::shared(int64_t bytes) {
  auto module =
      builder().getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  unsigned counter = 0;
  SmallString<32> name = SymbolTable::generateSymbolName<32>(
      "shared", [&](StringRef name) { return module.lookupSymbol(name); },
      counter);
  auto pointer =
      LLVM::LLVMPointerType::get(builder().getContext(), kSharedSpace);
  {
    OpBuilder::InsertionGuard guard(builder());
    builder().setInsertionPointToStart(module.getBody());
    LLVM::GlobalOp::create(
        builder(), loc(),
        LLVM::LLVMArrayType::get(builder().getI8Type(), bytes),
        /*isConstant=*/false, LLVM::Linkage::Internal, name, Attribute(),
        /*alignment=*/16, kSharedSpace);
  }
  return LLVM::AddressOfOp::create(builder(), loc(), pointer, name);
}

void WarpEmitter::copyAsync(Value target, Value source, int32_t size,
                            Value valid) {
  auto global =
      LLVM::LLVMPointerType::get(builder().getContext(), kGlobalSpace);
  Value address =
      LLVM::AddrSpaceCastOp::create(builder(), loc(), global, source);
  // Only 16 bytes can pass by the first-level cache, which they fill for
  // nobody.
  auto cache = size == 16 ? NVVM::LoadCacheModifierKind::CG
                          : NVVM::LoadCacheModifierKind::CA;
  NVVM::CpAsyncOp::create(builder(), loc(), target, address, size, cache,
                          valid);
}

void WarpEmitter::commitCopies() {
  NVVM::CpAsyncCommitGroupOp::create(builder(), loc());
}

void WarpEmitter::waitCopies(int32_t pending) {
  NVVM::CpAsyncWaitGroupOp::create(builder(), loc(), pending);
}
