//===- GpuKernels.cpp - Kernels of the plan for NVIDIA GPUs ---------------===//
#include "bridge/Kernels/GpuKernels.h"
#include "GpuKernel.h"
#include "bridge/IR/DeviceKernels.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace bridge;

static std::unique_ptr<GpuKernel> makeKernel(plan::KernelOp kernel) {
  switch (kernel.getKind()) {
  case plan::KernelKind::Gemm:
    return makeGpuGemm(kernel);
  case plan::KernelKind::Pack:
    return makeGpuPack(kernel);
  case plan::KernelKind::Attention:
    return makeGpuAttention(kernel);
  case plan::KernelKind::SoftmaxSweep:
    return makeGpuSoftmaxSweep(kernel);
  case plan::KernelKind::SigmoidSweep:
    return makeGpuSigmoidSweep(kernel);
  default:
    return makeGpuRows(kernel);
  }
}

/// The kernel proper.
static LogicalResult emitDeviceCode(ModuleOp kernels, plan::KernelOp kernel,
                                    GpuKernel &code) {
  OpBuilder builder = OpBuilder::atBlockEnd(kernels.getBody());
  Location loc = kernel.getLoc();
  WarpEmitter emitter(builder, loc);
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(builder.getContext()), {emitter.pointerType()});
  auto function = LLVM::LLVMFuncOp::create(builder, loc, kernel.getSymName(),
                                           type, LLVM::Linkage::External);
  auto block =
      LLVM::LLVMArrayType::get(emitter.i64Type(), argumentSlots(kernel).count);
  function.setArgAttr(0, LLVM::LLVMDialect::getByValAttrName(),
                      TypeAttr::get(block));
  function.setArgAttr(0, LLVM::LLVMDialect::getAlignAttrName(),
                      builder.getI64IntegerAttr(8));
  function.setArgAttr(0, NVVM::NVVMDialect::getGridConstantAttrName(),
                      builder.getUnitAttr());
  function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function->setAttr(
      NVVM::NVVMDialect::getReqntidAttrName(),
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(code.threads())}));
  function->setAttr(kSignatureAttr, kernel.getSignatureAttr());
  builder.setInsertionPointToStart(function.addEntryBlock(builder));
  Arguments arguments(emitter, kernel, function.getArgument(0));
  if (failed(code.body(emitter, arguments)))
    return failure();
  LLVM::ReturnOp::create(builder, loc, ValueRange{});
  return success();
}

/// A function of the argument block.
static void emitNumber(OpBuilder &builder, plan::KernelOp kernel,
                       const Twine &name,
                       function_ref<Value(WarpEmitter &, Arguments &)> number) {
  OpBuilder::InsertionGuard guard(builder);
  Location loc = kernel.getLoc();
  WarpEmitter emitter(builder, loc);
  auto type =
      LLVM::LLVMFunctionType::get(emitter.i64Type(), {emitter.pointerType()});
  auto function = LLVM::LLVMFuncOp::create(builder, loc, name.str(), type,
                                           LLVM::Linkage::Internal);
  builder.setInsertionPointToStart(function.addEntryBlock(builder));
  Arguments arguments(emitter, kernel, function.getArgument(0));
  LLVM::ReturnOp::create(builder, loc, number(emitter, arguments));
}

/// The bridge_device_kernel.
static void emitDescriptor(OpBuilder &builder, plan::KernelOp kernel,
                           const GpuKernel &code) {
  Location loc = kernel.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Type i64 = builder.getI64Type();
  std::string name = kernel.getSymName().str();
  std::string terminated = name + '\0';
  std::string nameSymbol = name + ".name";
  LLVM::GlobalOp::create(
      builder, loc,
      LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, nameSymbol,
      builder.getStringAttr(terminated));
  auto type = LLVM::LLVMStructType::getLiteral(builder.getContext(),
                                               {pointer, i64, i64, i64});
  auto global = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                                       LLVM::Linkage::Internal, name,
                                       Attribute(), /*alignment=*/8);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  Value record = LLVM::UndefOp::create(builder, loc, type);
  int64_t next = 0;
  auto append = [&](Value field) {
    record = LLVM::InsertValueOp::create(builder, loc, record, field,
                                         ArrayRef<int64_t>{next++});
  };
  append(LLVM::AddressOfOp::create(builder, loc, pointer, nameSymbol));
  for (int64_t number :
       {8 * argumentSlots(kernel).count, code.threads(), code.jobsPerBlock()})
    append(LLVM::ConstantOp::create(builder, loc, i64,
                                    builder.getI64IntegerAttr(number)));
  LLVM::ReturnOp::create(builder, loc, record);
}

LogicalResult bridge::emitGpuKernel(ModuleOp host, ModuleOp kernels,
                                    plan::KernelOp kernel) {
  std::unique_ptr<GpuKernel> code = makeKernel(kernel);
  if (!code || failed(emitDeviceCode(kernels, kernel, *code)))
    return failure();
  OpBuilder builder = OpBuilder::atBlockEnd(host.getBody());
  StringRef name = kernel.getSymName();
  emitNumber(builder, kernel, name + ".jobs",
             [&](WarpEmitter &emitter, Arguments &arguments) {
               return code->jobs(emitter, arguments);
             });
  emitNumber(
      builder, kernel, name + ".scratch",
      [](WarpEmitter &emitter, Arguments &) { return emitter.number(0); });
  emitDescriptor(builder, kernel, *code);
  return success();
}
