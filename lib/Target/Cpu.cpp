//===- Cpu.cpp - Machine code for x86-64 ----------------------------------===//
#include "bridge/Target/Cpu.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Triple.h"
#include <mutex>

using namespace bridge;

static constexpr llvm::StringLiteral kTriple = "x86_64-pc-linux-gnu";

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(const CpuMachine &machine) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
  });
  llvm::Triple triple(kTriple);
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError(error);
  llvm::TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, machine.cpu, machine.features, options, llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Default));
}

llvm::Error bridge::prepareForCpu(llvm::Module &module,
                                  const CpuMachine &machine) {
  auto target = createMachine(machine);
  if (!target)
    return target.takeError();
  module.setTargetTriple((*target)->getTargetTriple());
  module.setDataLayout((*target)->createDataLayout());
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.cpu);
    if (!machine.features.empty())
      function.addFnAttr("target-features", machine.features);
    // Keep the width that the emitters chose.
    function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr("min-legal-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  return llvm::Error::success();
}

llvm::Expected<llvm::SmallVector<char, 0>>
bridge::generateCode(llvm::Module &module, const CpuMachine &machine,
                     CodeFormat format) {
  auto target = createMachine(machine);
  if (!target)
    return target.takeError();
  llvm::SmallVector<char, 0> code;
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  auto fileType = format == CodeFormat::Object
                      ? llvm::CodeGenFileType::ObjectFile
                      : llvm::CodeGenFileType::AssemblyFile;
  if ((*target)->addPassesToEmitFile(passes, stream, nullptr, fileType))
    return llvm::createStringError("the target cannot write this kind of file");
  passes.run(module);
  return code;
}
