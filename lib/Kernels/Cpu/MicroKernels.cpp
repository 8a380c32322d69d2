//===- MicroKernels.cpp - The innermost products --------------------------===//
#include "MicroKernels.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

/// How far ahead of the running panel the next lines are asked for.
static constexpr int64_t kPrefetchBytes = 4096;
static constexpr int64_t kCacheLine = 64;

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

/// accumulators[row][vector] + A[row] · b[vector], each. Elements of A are
/// loaded right before their products: loaded all at once, they would not fit
/// into the registers.
static Values multiplyAdd(Emitter &emitter, int64_t rows,
                          function_ref<Value(int64_t row)> addressOfA,
                          ArrayRef<Value> b, ValueRange accumulators) {
  Values next;
  for (int64_t row : llvm::seq(rows)) {
    Value element =
        emitter.broadcast(emitter.load(emitter.f32Type(), addressOfA(row)));
    for (auto [vector, right] : llvm::enumerate(b))
      next.push_back(
          emitter.fma(element, right, accumulators[row * b.size() + vector]));
  }
  return next;
}

static Values loadVectors(Emitter &emitter, Value pointer, int64_t vectors,
                          int64_t alignment = 0) {
  Type type = emitter.vectorType(emitter.f32Type());
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

static void emitRowProduct(Emitter &emitter, Block &entry, int64_t rows,
                           int64_t vectors) {
  auto argument = [&](unsigned index) -> Value {
    return entry.getArgument(index);
  };
  RowProduct p{argument(0), argument(1), argument(2), argument(3),
               argument(4), argument(5), argument(6), argument(7)};
  int64_t vectorBytes = emitter.lanes() * 4;

  Values accumulators;
  for (Value row : rowPointers(emitter, p.start, p.startStride, rows))
    llvm::append_range(accumulators, loadVectors(emitter, row, vectors));
  // Rows of A in groups of three, which an address mode can tell apart.
  Value doubleStride = emitter.mul(p.aStride, 2);
  Values groups = rowPointers(emitter, p.a, emitter.mul(p.aStride, 3),
                              llvm::divideCeil(rows, 3));

  accumulators = emitter.loop(
      emitter.number(0), p.depth, emitter.number(1), accumulators,
      [&](Value k, ValueRange carried) {
        Value panel =
            emitter.offset(p.b, emitter.mul(k, vectors * vectorBytes));
        if (rows >= emitter.level().prefetchRows)
          for (int64_t line = 0; line < vectors * vectorBytes;
               line += kCacheLine)
            emitter.prefetch(emitter.offset(panel, kPrefetchBytes + line), 2);
        Values b = loadVectors(emitter, panel, vectors, vectorBytes);
        Value bytes = emitter.mul(k, 4);
        auto addressOfA = [&](int64_t row) {
          Value address = emitter.offset(groups[row / 3], bytes);
          if (row % 3 == 0)
            return address;
          return emitter.offset(address,
                                row % 3 == 1 ? p.aStride : doubleStride);
        };
        return multiplyAdd(emitter, rows, addressOfA, b, carried);
      });

  for (auto [row, pointer] :
       llvm::enumerate(rowPointers(emitter, p.c, p.cStride, rows)))
    storeVectors(emitter, ArrayRef(accumulators).slice(row * vectors, vectors),
                 pointer);
}

static void emitColumnProduct(Emitter &emitter, Block &entry, int64_t rows,
                              int64_t vectors) {
  auto argument = [&](unsigned index) -> Value {
    return entry.getArgument(index);
  };
  ColumnProduct p{argument(0), argument(1), argument(2), argument(3),
                  argument(4)};
  int64_t rowBytes = emitter.level().panelWidth() * 4;

  Values accumulators(rows * vectors, emitter.splat(0));
  accumulators = emitter.loop(
      emitter.number(0), p.depth, emitter.number(1), accumulators,
      [&](Value k, ValueRange carried) {
        Values b = loadVectors(
            emitter, emitter.offset(p.b, emitter.mul(k, p.bStride)), vectors);
        Value a = emitter.offset(p.a, emitter.mul(k, rowBytes));
        auto addressOfA = [&](int64_t row) {
          return emitter.offset(a, 4 * row);
        };
        return multiplyAdd(emitter, rows, addressOfA, b, carried);
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
  void (*body)(Emitter &, Block &, int64_t rows, int64_t vectors);
};
} // namespace

static Family rowFamily(Emitter &emitter) {
  Type pointer = emitter.pointerType(), number = emitter.i64Type();
  return {"rows",
          {pointer, number, pointer, number, pointer, number, pointer, number},
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
                                     StringRef name, int64_t rows,
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
  family.body(emitter, entry, rows, vectors);
  LLVM::ReturnOp::create(builder, emitter.loc(), ValueRange{});
  return function;
}

static LLVM::GlobalOp emitTable(Emitter &emitter, const Family &family,
                                StringRef name, int64_t vectors) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  int64_t microRows = emitter.level().microRows;
  SmallVector<LLVM::LLVMFuncOp> functions;
  for (int64_t rows = 1; rows <= microRows; ++rows)
    functions.push_back(emitFunction(
        emitter, family, (name + "." + Twine(rows)).str(), rows, vectors));

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

static Value tableAddress(Emitter &emitter, const Family &family,
                          int64_t vectors) {
  OpBuilder &builder = emitter.builder();
  auto module =
      builder.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  std::string name = ("bridge.product." + family.name + "." + Twine(vectors) +
                      "." + emitter.level().name)
                         .str();
  auto table = module.lookupSymbol<LLVM::GlobalOp>(name);
  if (!table) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    Emitter shared(builder, builder.getUnknownLoc(), emitter.level());
    table = emitTable(shared, family, name, vectors);
  }
  return LLVM::AddressOfOp::create(builder, emitter.loc(), table);
}

Value bridge::rowProductTable(Emitter &emitter, int64_t vectors) {
  return tableAddress(emitter, rowFamily(emitter), vectors);
}

Value bridge::columnProductTable(Emitter &emitter, int64_t vectors) {
  return tableAddress(emitter, columnFamily(emitter), vectors);
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
  call(emitter, rowFamily(emitter), table, rows,
       {p.a, p.aStride, p.b, p.depth, p.start, p.startStride, p.c, p.cStride});
}

void bridge::callProduct(Emitter &emitter, Value table, Value rows,
                         const ColumnProduct &p) {
  call(emitter, columnFamily(emitter), table, rows,
       {p.a, p.b, p.bStride, p.depth, p.c});
}

Value bridge::evenRows(Emitter &emitter, Value rows) {
  Value calls = emitter.max(emitter.ceilDiv(rows, emitter.level().microRows),
                            emitter.number(1));
  return emitter.ceilDiv(rows, calls);
}
