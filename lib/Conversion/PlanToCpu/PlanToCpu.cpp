//===- PlanToCpu.cpp - Kernels and host code for one level of x86-64 ------===//
#include "GroupKernel.h"
#include "bridge/Conversion/Passes.h"
#include "bridge/Kernels/CpuKernels.h"
#include "bridge/Kernels/CpuLevel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace bridge {
#define GEN_PASS_DEF_CONVERTPLANTOCPU
#include "bridge/Conversion/Passes.h.inc"
} // namespace bridge

using namespace mlir;
using namespace bridge;

std::string bridge::entriesSymbol(StringRef level) {
  std::string name = "bridge_entries_" + level.str();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

namespace {
struct ConvertPlanToCpu : bridge::impl::ConvertPlanToCpuBase<ConvertPlanToCpu> {
  using ConvertPlanToCpuBase::ConvertPlanToCpuBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    const CpuLevel *cpu = lookupCpuLevel(level);
    if (!cpu) {
      module.emitError("unknown level \"") << level << "\"";
      return signalPassFailure();
    }
    PlanLayout layout(module);
    OpBuilder builder(module.getContext());
    auto kernels = llvm::to_vector(module.getOps<plan::KernelOp>());
    builder.setInsertionPointToEnd(module.getBody());
    for (plan::KernelOp kernel : kernels)
      if (failed(emitCpuKernel(builder, kernel, *cpu, kernel.getSymName())))
        return signalPassFailure();
    if (failed(emitHostCode(module, layout, entriesSymbol(level),
                            [&] { return getGroupKernel(module); })))
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
