//===- MicroKernels.cpp - The innermost products --------------------------===//
#include "MicroKernels.h"
#include "bridge/Kernels/Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

/// How far ahead of the running panel the next lines are asked for.
static constexpr int64_t kPrefetchBytes = 4096;
static constexpr int64_t kCacheLine = 64;
/// Stands for the bytes of a step of B.
static constexpr int64_t kStepOfB = 0;
static constexpr int64_t kUnitBytes = 4;

int64_t bridge::unitElements(Type element) {
  return kUnitBytes / elementBytes(element);
}

int64_t bridge::productRows(const CpuLevel &level, Type element) {
  return element.isBF16() ? level.bf16Rows : level.microRows;
}

Value bridge::productSteps(Emitter &emitter, Type element, Value depth) {
  return emitter.ceilDiv(depth, unitElements(element));
}

//===----------------------------------------------------------------------===//
// The functions
//===----------------------------------------------------------------------===//

/// Pointers to `rows` rows.
static Values rowPointers(Emitter &emitter, Value base, Value stride,
                          int64_t rows) {
  Values pointers;
  for (int64_t row : llvm::seq(rows))
    pointers.push_back(row ? emitter.offset(base, emitter.mul(stride, row))
                           : base);
  return pointers;
}

/// accumulators[row][vector] + A[row] · b[vector], each, where `unitOfA` loads
/// a unit, an f32 or the bits of a pair, which `part` makes vectors of f32 of.
/// Units of A are loaded right before their products: loaded all at once, they
/// would not fit into the registers.
static Values multiplyAdd(Emitter &emitter, int64_t rows,
                          function_ref<Value(int64_t row)> unitOfA,
                          ArrayRef<Value> b, ValueRange accumulators,
                          function_ref<Value(Value)> part,
                          function_ref<Value(Value, Value, Value)> product) {
  Values right = llvm::map_to_vector(b, part), next;
  for (int64_t row : llvm::seq(rows)) {
    Value left = part(emitter.broadcast(unitOfA(row)));
    for (auto [vector, value] : llvm::enumerate(right))
      next.push_back(
          product(left, value, accumulators[row * b.size() + vector]));
  }
  return next;
}

/// A product of pairs, summed in f32, as one instruction.
static Value multiplyPairs(Emitter &emitter, Value a, Value b, Value sum) {
  OpBuilder &builder = emitter.builder();
  return LLVM::CallIntrinsicOp::create(
             builder, emitter.loc(), sum.getType(),
             builder.getStringAttr("llvm.x86.avx512bf16.dpbf16ps.512"),
             ValueRange{sum, a, b})
      .getResult(0);
}

/// One step of k.
static Values step(Emitter &emitter, Type element, int64_t rows,
                   function_ref<Value(int64_t row)> unitOfA, ArrayRef<Value> b,
                   ValueRange accumulators) {
  auto fma = [&](Value left, Value right, Value sum) {
    return emitter.fma(left, right, sum);
  };
  auto with = [&](ValueRange sums, function_ref<Value(Value)> part,
                  function_ref<Value(Value, Value, Value)> product) {
    return multiplyAdd(emitter, rows, unitOfA, b, sums, part, product);
  };
  if (!element.isBF16())
    return with(accumulators, [](Value unit) { return unit; }, fma);
  if (emitter.level().hasBf16) {
    auto halves = VectorType::get(2 * emitter.lanes(), element);
    return with(
        accumulators,
        [&](Value unit) -> Value {
          return LLVM::BitcastOp::create(emitter.builder(), emitter.loc(),
                                         halves, unit);
        },
        [&](Value left, Value right, Value sum) {
          return multiplyPairs(emitter, left, right, sum);
        });
  }
  Values low = with(
      accumulators, [&](Value unit) { return lowOfPairs(emitter, unit); }, fma);
  return with(low, [&](Value unit) { return highOfPairs(emitter, unit); }, fma);
}

/// The type that a unit has: f32, or i32 for the bits of a pair.
static Type unitType(Emitter &emitter, Type element) {
  return element.isBF16() ? Type(emitter.builder().getI32Type()) : element;
}

static Values loadVectors(Emitter &emitter, Type unit, Value pointer,
                          int64_t vectors, int64_t alignment = 0) {
  Type type = emitter.vectorType(unit);
  Values loaded;
  for (int64_t vector : llvm::seq(vectors))
    loaded.push_back(emitter.load(
        type, emitter.offset(pointer, vector * emitter.lanes() * 4),
        alignment));
  return loaded;
}

static void storeVectors(Emitter &emitter, ValueRange values, Value pointer) {
  for (auto [vector, value] : llvm::enumerate(values))
    emitter.store(value, emitter.offset(pointer, vector * emitter.lanes() * 4));
}

static void emitRowProduct(Emitter &emitter, Block &entry, Type element,
                           int64_t rows, int64_t vectors) {
  auto argument = [&](unsigned index) -> Value {
    return entry.getArgument(index);
  };
  RowProduct p{argument(0), argument(1), argument(2), argument(3), argument(4),
               argument(5), argument(6), argument(7), argument(8), argument(9)};
  int64_t vectorBytes = emitter.lanes() * 4;

  Values accumulators;
  for (Value row : rowPointers(emitter, p.start, p.startStride, rows))
    llvm::append_range(accumulators,
                       loadVectors(emitter, emitter.f32Type(), row, vectors));
  // Rows of A in groups of three, which an address mode can tell apart.
  Value doubleStride = emitter.mul(p.aStride, 2);
  Values groups = rowPointers(emitter, p.a, emitter.mul(p.aStride, 3),
                              llvm::divideCeil(rows, 3));

  Value aheadStep =
      emitter.select(emitter.equal(p.aheadStep, emitter.number(kStepOfB)),
                     emitter.number(vectors * vectorBytes), p.aheadStep);

  Type unit = unitType(emitter, element);
  auto emitStep = [&](Value k, ValueRange carried,
                      function_ref<Value(Value)> loadUnit) {
    Value panel = emitter.offset(p.b, emitter.mul(k, vectors * vectorBytes));
    Value ahead = emitter.offset(p.ahead, emitter.mul(k, aheadStep));
    if (rows >= emitter.level().prefetchRows)
      for (int64_t line = 0; line < vectors * vectorBytes; line += kCacheLine)
        emitter.prefetch(emitter.offset(ahead, line), 2);
    Values b = loadVectors(emitter, unit, panel, vectors, vectorBytes);
    Value bytes = emitter.mul(k, kUnitBytes);
    auto unitOfA = [&](int64_t row) {
      Value address = emitter.offset(groups[row / 3], bytes);
      if (row % 3 != 0)
        address =
            emitter.offset(address, row % 3 == 1 ? p.aStride : doubleStride);
      return loadUnit(address);
    };
    return step(emitter, element, rows, unitOfA, b, carried);
  };
  Value whole = emitter.div(p.depth, unitElements(element));
  accumulators = emitter.loop(emitter.number(0), whole, emitter.number(1),
                              accumulators, [&](Value k, ValueRange carried) {
                                return emitStep(k, carried, [&](Value address) {
                                  return emitter.load(unit, address,
                                                      elementBytes(element));
                                });
                              });
  // The last element of an odd number: nothing is read of what follows it.
  if (unitElements(element) > 1)
    accumulators = emitter.loop(
        whole, productSteps(emitter, element, p.depth), emitter.number(1),
        accumulators, [&](Value k, ValueRange carried) {
          return emitStep(k, carried, [&](Value address) -> Value {
            return arith::ExtUIOp::create(
                emitter.builder(), emitter.loc(), unit,
                emitter.load(storedType(element), address));
          });
        });

  for (auto [row, pointer] :
       llvm::enumerate(rowPointers(emitter, p.c, p.cStride, rows)))
    storeVectors(emitter, ArrayRef(accumulators).slice(row * vectors, vectors),
                 pointer);
}

static void emitColumnProduct(Emitter &emitter, Block &entry, Type element,
                              int64_t rows, int64_t vectors) {
  auto argument = [&](unsigned index) -> Value {
    return entry.getArgument(index);
  };
  ColumnProduct p{argument(0), argument(1), argument(2), argument(3),
                  argument(4)};
  int64_t rowBytes = emitter.level().panelWidth() * 4;
  Type unit = unitType(emitter, element);

  Values accumulators(rows * vectors, emitter.splat(0));
  accumulators = emitter.loop(
      emitter.number(0), p.steps, emitter.number(1), accumulators,
      [&](Value k, ValueRange carried) {
        Values b = loadVectors(emitter, unit,
                               emitter.offset(p.b, emitter.mul(k, p.bStride)),
                               vectors);
        Value a = emitter.offset(p.a, emitter.mul(k, rowBytes));
        auto unitOfA = [&](int64_t row) {
          return emitter.load(unit, emitter.offset(a, kUnitBytes * row));
        };
        return step(emitter, element, rows, unitOfA, b, carried);
      });

  for (int64_t row : llvm::seq(rows))
    storeVectors(emitter, ArrayRef(accumulators).slice(row * vectors, vectors),
                 emitter.offset(p.c, row * rowBytes));
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

namespace {
/// One kind of product: its name, arguments and code.
struct Family {
  StringRef name;
  SmallVector<Type> arguments;
  /// Of the arguments, those that nothing else in the function points into.
  SmallVector<unsigned> noalias;
  void (*body)(Emitter &, Block &, Type element, int64_t rows, int64_t vectors);
};
} // namespace

static Family rowFamily(Emitter &emitter) {
  Type pointer = emitter.pointerType(), number = emitter.i64Type();
  return {"rows",
          {pointer, number, pointer, number, pointer, number, pointer, number,
           pointer, number},
          {0, 2},
          emitRowProduct};
}

static Family columnFamily(Emitter &emitter) {
  Type pointer = emitter.pointerType(), number = emitter.i64Type();
  return {"columns",
          {pointer, pointer, number, number, pointer},
          {0, 1},
          emitColumnProduct};
}

static LLVM::LLVMFunctionType functionType(Emitter &emitter,
                                           const Family &family) {
  auto none = LLVM::LLVMVoidType::get(emitter.builder().getContext());
  return LLVM::LLVMFunctionType::get(none, family.arguments);
}

static LLVM::LLVMFuncOp emitFunction(Emitter &emitter, const Family &family,
                                     Type element, StringRef name, int64_t rows,
                                     int64_t vectors) {
  OpBuilder &builder = emitter.builder();
  OpBuilder::InsertionGuard guard(builder);
  auto function = LLVM::LLVMFuncOp::create(builder, emitter.loc(), name,
                                           functionType(emitter, family),
                                           LLVM::Linkage::Internal);
  for (unsigned argument : family.noalias)
    function.setArgAttr(argument, LLVM::LLVMDialect::getNoAliasAttrName(),
                        builder.getUnitAttr());
  Block &entry = *function.addEntryBlock(builder);
  builder.setInsertionPointToStart(&entry);
  family.body(emitter, entry, element, rows, vectors);
  LLVM::ReturnOp::create(builder, emitter.loc(), ValueRange{});
  return function;
}

static LLVM::GlobalOp emitTable(Emitter &emitter, const Family &family,
                                Type element, StringRef name, int64_t vectors) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  int64_t microRows = productRows(emitter.level(), element);
  SmallVector<LLVM::LLVMFuncOp> functions;
  for (int64_t rows = 1; rows <= microRows; ++rows)
    functions.push_back(emitFunction(emitter, family, element,
                                     (name + "." + Twine(rows)).str(), rows,
                                     vectors));

  auto type = LLVM::LLVMArrayType::get(emitter.pointerType(), microRows + 1);
  auto table = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                                      LLVM::Linkage::Internal, name,
                                      /*value=*/Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&table.getInitializerRegion());
  Value addresses = LLVM::ZeroOp::create(builder, loc, type);
  for (auto [index, function] : llvm::enumerate(functions)) {
    Value address = LLVM::AddressOfOp::create(builder, loc, function);
    addresses = LLVM::InsertValueOp::create(builder, loc, addresses, address,
                                            int64_t(index) + 1);
  }
  LLVM::ReturnOp::create(builder, loc, addresses);
  return table;
}

static Value tableAddress(Emitter &emitter, const Family &family, Type element,
                          int64_t vectors) {
  OpBuilder &builder = emitter.builder();
  auto module =
      builder.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  std::string name = ("bridge.product." + family.name + "." +
                      (element.isBF16() ? "bf16." : "") + Twine(vectors) + "." +
                      emitter.level().name)
                         .str();
  auto table = module.lookupSymbol<LLVM::GlobalOp>(name);
  if (!table) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    Emitter shared(builder, builder.getUnknownLoc(), emitter.level());
    table = emitTable(shared, family, element, name, vectors);
  }
  return LLVM::AddressOfOp::create(builder, emitter.loc(), table);
}

Value bridge::rowProductTable(Emitter &emitter, Type element, int64_t vectors) {
  return tableAddress(emitter, rowFamily(emitter), element, vectors);
}

Value bridge::columnProductTable(Emitter &emitter, Type element,
                                 int64_t vectors) {
  return tableAddress(emitter, columnFamily(emitter), element, vectors);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

static void call(Emitter &emitter, const Family &family, Value table,
                 Value rows, ArrayRef<Value> arguments) {
  Value function = emitter.load(emitter.pointerType(),
                                emitter.offset(table, emitter.mul(rows, 8)));
  SmallVector<Value> operands{function};
  llvm::append_range(operands, arguments);
  LLVM::CallOp::create(emitter.builder(), emitter.loc(),
                       functionType(emitter, family), operands);
}

void bridge::callProduct(Emitter &emitter, Value table, Value rows,
                         const RowProduct &p) {
  Value ahead = p.ahead ? p.ahead : emitter.offset(p.b, kPrefetchBytes);
  Value aheadStep = p.ahead ? p.aheadStep : emitter.number(kStepOfB);
  call(emitter, rowFamily(emitter), table, rows,
       {p.a, p.aStride, p.b, p.depth, p.start, p.startStride, p.c, p.cStride,
        ahead, aheadStep});
}

void bridge::callProduct(Emitter &emitter, Value table, Value rows,
                         const ColumnProduct &p) {
  call(emitter, columnFamily(emitter), table, rows,
       {p.a, p.b, p.bStride, p.steps, p.c});
}

Value bridge::evenRows(Emitter &emitter, Type element, Value rows) {
  Value calls =
      emitter.max(emitter.ceilDiv(rows, productRows(emitter.level(), element)),
                  emitter.number(1));
  return emitter.ceilDiv(rows, calls);
}
