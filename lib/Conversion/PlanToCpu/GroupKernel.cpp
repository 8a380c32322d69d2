//===- GroupKernel.cpp - The kernel that runs a group's jobs --------------===//
#include "GroupKernel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

static constexpr llvm::StringLiteral kName = "bridge_group";

/// for (launch = args, begin = 0;; begin = launch->end, ++launch)
///   if (job < launch->end)
///     return launch->kernel(launch->block, job - begin, scratch);
static void emitGroupKernel(ModuleOp module) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = module.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  Type i64 = builder.getI64Type();
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()), {pointer, i64, pointer});
  auto function = LLVM::LLVMFuncOp::create(builder, loc, kName, type,
                                           LLVM::Linkage::Internal);
  Block *entry = function.addEntryBlock(builder);
  Value args = entry->getArgument(0), job = entry->getArgument(1),
        scratch = entry->getArgument(2);
  Region &body = function.getBody();
  Block *look =
      builder.createBlock(&body, body.end(), {pointer, i64}, {loc, loc});
  Block *found = builder.createBlock(&body, body.end());

  builder.setInsertionPointToEnd(entry);
  Value zero =
      LLVM::ConstantOp::create(builder, loc, i64, builder.getI64IntegerAttr(0));
  LLVM::BrOp::create(builder, loc, ValueRange{args, zero}, look);

  builder.setInsertionPointToEnd(look);
  Value launch = look->getArgument(0), begin = look->getArgument(1);
  auto field = [&](int32_t index) -> Value {
    return LLVM::GEPOp::create(builder, loc, pointer, i64, launch,
                               ArrayRef<LLVM::GEPArg>{index});
  };
  Value end = LLVM::LoadOp::create(builder, loc, i64, launch, 8);
  Value isIts =
      LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::slt, job, end);
  LLVM::CondBrOp::create(builder, loc, isIts, found, ValueRange{}, look,
                         ValueRange{field(bridge::kGroupedLaunchSlots), end});

  builder.setInsertionPointToEnd(found);
  Value kernel = LLVM::LoadOp::create(builder, loc, pointer, field(1), 8);
  Value block = LLVM::LoadOp::create(builder, loc, pointer, field(2), 8);
  Value own = LLVM::SubOp::create(builder, loc, job, begin);
  LLVM::CallOp::create(builder, loc, type,
                       ValueRange{kernel, block, own, scratch});
  LLVM::ReturnOp::create(builder, loc, ValueRange{});
}

StringRef bridge::getGroupKernel(ModuleOp module) {
  if (!module.lookupSymbol(kName))
    emitGroupKernel(module);
  return kName;
}
