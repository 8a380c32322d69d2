//===- CpuKernels.cpp - Kernels of the plan for the CPU -------------------===//
#include "bridge/Kernels/CpuKernels.h"
#include "Families.h"
#include "bridge/Kernels/RowKernels.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace bridge;

static std::unique_ptr<Kernel> makeKernel(plan::KernelOp kernel) {
  switch (kernel.getKind()) {
  case plan::KernelKind::Gemm:
    return makeGemmKernel(kernel);
  case plan::KernelKind::Pack:
    return makePackKernel(kernel);
  case plan::KernelKind::Attention:
    return makeAttentionKernel(kernel);
  case plan::KernelKind::SoftmaxSweep:
    return makeSoftmaxSweepKernel(kernel);
  case plan::KernelKind::SigmoidSweep:
    return makeSigmoidSweepKernel(kernel);
  default:
    return makeRowKernel(kernel);
  }
}

/// An internal function of the module, with the builder at its start.
static LLVM::LLVMFuncOp startFunction(OpBuilder &builder, Location loc,
                                      const Twine &name, Type result,
                                      ArrayRef<Type> arguments) {
  auto type = LLVM::LLVMFunctionType::get(result, arguments);
  auto function = LLVM::LLVMFuncOp::create(builder, loc, name.str(), type,
                                           LLVM::Linkage::Internal);
  builder.setInsertionPointToStart(function.addEntryBlock(builder));
  return function;
}

LogicalResult bridge::emitCpuKernel(OpBuilder &builder, plan::KernelOp kernel,
                                    const CpuLevel &level, StringRef name) {
  std::unique_ptr<Kernel> code = makeKernel(kernel);
  if (!code)
    return failure();
  Location loc = kernel.getLoc();
  Emitter emitter(builder, loc, level);
  Type pointer = emitter.pointerType();
  Type number = emitter.i64Type();

  {
    OpBuilder::InsertionGuard guard(builder);
    LLVM::LLVMFuncOp function = startFunction(
        builder, loc, name, LLVM::LLVMVoidType::get(builder.getContext()),
        {pointer, number, pointer});
    Arguments arguments(emitter, kernel, function.getArgument(0));
    if (failed(code->body(emitter, arguments, function.getArgument(1),
                          function.getArgument(2))))
      return failure();
    LLVM::ReturnOp::create(builder, loc, ValueRange{});
  }

  auto emitNumber = [&](const Twine &name,
                        function_ref<Value(Arguments &)> compute) {
    OpBuilder::InsertionGuard guard(builder);
    LLVM::LLVMFuncOp function =
        startFunction(builder, loc, name, number, {pointer});
    Arguments arguments(emitter, kernel, function.getArgument(0));
    LLVM::ReturnOp::create(builder, loc, compute(arguments));
  };
  emitNumber(name + ".jobs", [&](Arguments &arguments) {
    return code->jobs(emitter, arguments);
  });
  emitNumber(name + ".scratch", [&](Arguments &arguments) {
    return code->scratchBytes(emitter, arguments);
  });
  return success();
}
