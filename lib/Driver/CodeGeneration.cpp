//===- CodeGeneration.cpp - From the plan to machine code -----------------===//
#include "CodeGeneration.h"
#include "bridge/Conversion/Passes.h"
#include "bridge/Driver/Passes.h"
#include "bridge/Kernels/CpuLevel.h"
#include "bridge/Kernels/GpuLevel.h"
#include "bridge/Target/Nvptx.h"
#include "bridge/Target/Program.h"
#include "mlir/Target/LLVMIR/Export.h"

using namespace bridge;

static CpuMachine machineOf(const CpuLevel &level) {
  return {level.cpu.str(), level.features.str()};
}

llvm::Expected<std::unique_ptr<llvm::Module>>
bridge::translateToLlvm(mlir::ModuleOp module, llvm::LLVMContext &context,
                        const CpuLevel &level) {
  std::unique_ptr<llvm::Module> translated =
      mlir::translateModuleToLLVMIR(module, context);
  if (!translated)
    return llvm::make_error<InternalError>(
        "the llvm dialect does not translate to LLVM IR");
  if (llvm::Error error = prepareForCpu(*translated, machineOf(level)))
    return error;
  return translated;
}

llvm::Expected<llvm::SmallVector<char, 0>>
bridge::generateLevel(mlir::ModuleOp module, const CpuLevel &level,
                      CodeFormat format) {
  llvm::LLVMContext context;
  auto translated = translateToLlvm(module, context, level);
  if (!translated)
    return translated.takeError();
  return generateCode(**translated, machineOf(level), format);
}

llvm::Expected<llvm::SmallVector<char, 0>>
bridge::generateKernels(mlir::ModuleOp module, const GpuLevel &level) {
  auto kernels = module.lookupSymbol<mlir::ModuleOp>(kKernelsSymbol);
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> translated =
      mlir::translateModuleToLLVMIR(kernels, context);
  if (!translated)
    return llvm::make_error<InternalError>(
        "the llvm dialect of the kernels does not translate to LLVM IR");
  return generatePtx(*translated, {level.name.str(), level.features.str()});
}

llvm::Expected<llvm::SmallVector<char, 0>>
bridge::generateProgram(llvm::StringRef symbol, llvm::StringRef manifest,
                        llvm::ArrayRef<const CpuLevel *> levels,
                        bool embedsWeights, bool hasMain, bool forGpu) {
  llvm::SmallVector<ProgramLevel> described;
  for (const CpuLevel *level : levels)
    described.push_back({level->name.str(),
                         forGpu ? kGpuPanelWidth : level->panelWidth(),
                         entriesSymbol(forGpu ? "gpu" : level->name)});
  llvm::LLVMContext context;
  auto program = makeProgramModule(context, symbol, manifest, described,
                                   embedsWeights, hasMain);
  // The descriptor and main have to run on every x86-64.
  CpuMachine baseline{"x86-64", ""};
  if (llvm::Error error = prepareForCpu(*program, baseline))
    return error;
  return generateCode(*program, baseline, CodeFormat::Object);
}
