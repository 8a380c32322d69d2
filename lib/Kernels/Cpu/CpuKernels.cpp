//===- CpuKernels.cpp - Kernels of the plan for the CPU -------------------===//
#include "bridge/Kernels/CpuKernels.h"
#include "CpuKernel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace bridge;

static std::unique_ptr<CpuKernel> makeKernel(plan::KernelOp kernel) {
  switch (kernel.getKind()) {
  case plan::KernelKind::Gemm:
    return makeGemmKernel(kernel);
  case plan::KernelKind::Pack:
    return makePackKernel(kernel);
  case plan::KernelKind::Attention:
    return makeAttentionKernel(kernel);
  case plan::KernelKind::Map:
    return makeMapKernel(kernel);
  case plan::KernelKind::LayerNorm:
  case plan::KernelKind::RmsNorm:
  case plan::KernelKind::L2Normalize:
    return makeNormKernel(kernel);
  case plan::KernelKind::Softmax:
    return makeSoftmaxKernel(kernel);
  case plan::KernelKind::Reduce:
    return makeReduceKernel(kernel);
  case plan::KernelKind::ArgExtreme:
    return makeArgExtremeKernel(kernel);
  case plan::KernelKind::Cumsum:
    return makeCumsumKernel(kernel);
  case plan::KernelKind::Rotary:
    return makeRotaryKernel(kernel);
  case plan::KernelKind::Gather:
    return makeGatherKernel(kernel);
  case plan::KernelKind::CrossEntropy:
    return makeCrossEntropyKernel(kernel);
  case plan::KernelKind::Splice:
    return makeSpliceKernel(kernel);
  case plan::KernelKind::InverseNorm:
    return makeInverseNormKernel(kernel);
  case plan::KernelKind::SoftmaxSweep:
    return makeSoftmaxSweepKernel(kernel);
  case plan::KernelKind::SoftmaxMerge:
    return makeSoftmaxMergeKernel(kernel);
  case plan::KernelKind::SigmoidSweep:
    return makeSigmoidSweepKernel(kernel);
  default:
    kernel.emitError("no kernel for the CPU computes '")
        << plan::stringifyKernelKind(kernel.getKind()) << "'";
    return nullptr;
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
  std::unique_ptr<CpuKernel> code = makeKernel(kernel);
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
