//===- Program.cpp - The descriptor of a generated program ----------------===//
#include "bridge/Target/Program.h"
#include "bridge/Runtime/Abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/Compression.h"

using namespace bridge;

namespace {
/// Builds constants in the layout of the C structs of Abi.h.
class ProgramBuilder {
public:
  explicit ProgramBuilder(llvm::Module &module)
      : module(module), context(module.getContext()),
        pointer(llvm::PointerType::get(context, 0)),
        i64(llvm::Type::getInt64Ty(context)) {}

  llvm::Constant *text(llvm::StringRef bytes, bool terminated) {
    auto *data = llvm::ConstantDataArray::getString(context, bytes, terminated);
    return define(data, "");
  }
  llvm::Constant *external(llvm::StringRef name) {
    auto *global = new llvm::GlobalVariable(module, pointer, true,
                                            llvm::GlobalValue::ExternalLinkage,
                                            nullptr, name);
    global->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return global;
  }
  llvm::Constant *integer(int64_t value) {
    return llvm::ConstantInt::get(i64, value);
  }
  llvm::Constant *structure(llvm::ArrayRef<llvm::Constant *> fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }
  /// A constant in memory: internal without a name, else exported.
  llvm::GlobalVariable *define(llvm::Constant *value, llvm::StringRef name) {
    auto linkage = name.empty() ? llvm::GlobalValue::InternalLinkage
                                : llvm::GlobalValue::ExternalLinkage;
    return new llvm::GlobalVariable(module, value->getType(), true, linkage,
                                    value, name);
  }
  llvm::Constant *null() { return llvm::ConstantPointerNull::get(pointer); }

  llvm::Module &module;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
  llvm::Type *i64;
};
} // namespace

/// int main(int argc, char **argv) { return bridge_main(argc, argv, &program);
/// }
static void defineMain(ProgramBuilder &b, llvm::GlobalVariable *program) {
  llvm::Type *i32 = llvm::Type::getInt32Ty(b.context);
  auto *mainType = llvm::FunctionType::get(i32, {i32, b.pointer}, false);
  auto *runType =
      llvm::FunctionType::get(i32, {i32, b.pointer, b.pointer}, false);
  auto *main = llvm::Function::Create(
      mainType, llvm::GlobalValue::ExternalLinkage, "main", b.module);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(b.context, "", main));
  llvm::FunctionCallee run =
      b.module.getOrInsertFunction("bridge_main", runType);
  ir.CreateRet(ir.CreateCall(run, {main->getArg(0), main->getArg(1), program}));
}

std::unique_ptr<llvm::Module>
bridge::makeProgramModule(llvm::LLVMContext &context, llvm::StringRef symbol,
                          llvm::StringRef manifest,
                          llvm::ArrayRef<ProgramLevel> levels,
                          bool embedsWeights, bool hasMain) {
  auto module = std::make_unique<llvm::Module>("program", context);
  ProgramBuilder b(*module);
  llvm::SmallVector<llvm::Constant *> table;
  for (const ProgramLevel &level : levels)
    table.push_back(
        b.structure({b.text(level.name, true), b.integer(level.panelWidth),
                     b.external(level.entriesSymbol)}));
  auto *tableType =
      llvm::ArrayType::get(table.front()->getType(), table.size());
  llvm::Constant *embedded = b.null(), *embeddedBytes = b.integer(0);
  if (embedsWeights) {
    embedded = b.external(kEmbeddedWeights);
    embeddedBytes =
        llvm::ConstantExpr::getPtrToInt(b.external(kEmbeddedBytes), b.i64);
  }
  llvm::SmallVector<uint8_t> packed;
  llvm::compression::zlib::compress(
      llvm::arrayRefFromStringRef(manifest), packed,
      llvm::compression::zlib::BestSpeedCompression);
  auto *program = b.define(
      b.structure({b.integer(BRIDGE_ABI_VERSION),
                   b.text(llvm::toStringRef(packed), false),
                   b.integer(manifest.size()),
                   b.define(llvm::ConstantArray::get(tableType, table), ""),
                   b.integer(levels.size()), embedded, embeddedBytes,
                   b.integer(packed.size()), b.external(BRIDGE_API_SYMBOL)}),
      symbol);
  program->setAlignment(llvm::Align(8));
  if (hasMain)
    defineMain(b, program);
  return module;
}
