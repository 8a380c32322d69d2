//===- PlanToGpu.cpp - Kernels for NVIDIA GPUs, and host code -------------===//
#include "bridge/Conversion/HostCode.h"
#include "bridge/Conversion/Passes.h"
#include "bridge/Kernels/GpuKernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace bridge {
#define GEN_PASS_DEF_CONVERTPLANTOGPU
#include "bridge/Conversion/Passes.h.inc"
} // namespace bridge

using namespace mlir;
using namespace bridge;

namespace {
struct ConvertPlanToGpu : bridge::impl::ConvertPlanToGpuBase<ConvertPlanToGpu> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    PlanLayout layout(module);
    auto kernels = llvm::to_vector(module.getOps<plan::KernelOp>());
    auto builder = OpBuilder::atBlockEnd(module.getBody());
    auto device = ModuleOp::create(builder, module.getLoc(), kKernelsSymbol);
    for (plan::KernelOp kernel : kernels)
      if (failed(emitGpuKernel(module, device, kernel)))
        return signalPassFailure();
    if (failed(emitHostCode(module, layout, entriesSymbol("gpu"))))
      return signalPassFailure();
    for (plan::KernelOp kernel : kernels)
      kernel.erase();
    for (auto function :
         llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      function.erase();
    for (auto weight : llvm::make_early_inc_range(module.getOps<WeightOp>()))
      weight.erase();
  }
};
} // namespace
