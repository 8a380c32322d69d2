//===- Jit.cpp - Kernels as machine code
//--------------------------------------===//
#include "Jit.h"
#include "Numbers.h"
#include "Runtime.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include <emmintrin.h>
#include <mutex>

using namespace bridge::emulator;

// What generated code calls and no library of the process exports.
// Their result is in the low bits of a vector register.
static __m128i roundToBf16(float value) {
  return _mm_cvtsi32_si128(floatToBf16(value));
}

/// Little optimisation: most time goes into fibers and checks, and kernels are
/// launched a few times only.
static void optimise(llvm::Module &module) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  llvm::ModulePassManager whole;
  whole.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(passes)));
  whole.run(module, modules);
}

llvm::Expected<std::unique_ptr<Jit>> Jit::create() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  // The same code on every machine, without what rounds bf16 otherwise.
  llvm::orc::JITTargetMachineBuilder machine{
      llvm::Triple("x86_64-pc-linux-gnu")};
  machine.setCPU("x86-64-v3");
  machine.setCodeGenOptLevel(llvm::CodeGenOptLevel::Less);
  auto created = llvm::orc::LLJITBuilder()
                     .setJITTargetMachineBuilder(std::move(machine))
                     .create();
  if (!created)
    return created.takeError();
  auto result = std::make_unique<Jit>();
  result->jit = std::move(*created);
  result->jit->getIRTransformLayer().setTransform(
      [](llvm::orc::ThreadSafeModule module,
         const llvm::orc::MaterializationResponsibility &) {
        module.withModuleDo(optimise);
        return llvm::Expected<llvm::orc::ThreadSafeModule>(std::move(module));
      });
  llvm::orc::SymbolMap symbols;
  for (const RuntimeFunction &function : runtimeFunctions())
    symbols[result->jit->mangleAndIntern(function.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function.address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  symbols[result->jit->mangleAndIntern("__truncsfbf2")] = {
      llvm::orc::ExecutorAddr::fromPtr(&roundToBf16),
      llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  llvm::orc::JITDylib &main = result->jit->getMainJITDylib();
  if (llvm::Error error =
          main.define(llvm::orc::absoluteSymbols(std::move(symbols))))
    return error;
  // Mathematics and memory functions of the C library.
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      result->jit->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  main.addGenerator(std::move(*process));
  return result;
}

llvm::Error Jit::add(mlir::ModuleOp module, const KernelInfo &info) {
  mlir::registerBuiltinDialectTranslation(*module.getContext());
  mlir::registerLLVMDialectTranslation(*module.getContext());
  auto context = std::make_unique<llvm::LLVMContext>();
  auto translated = mlir::translateModuleToLLVMIR(module, *context);
  if (!translated)
    return llvm::createStringError("kernel `" + info.name +
                                   "` cannot be translated to LLVM IR");
  translated->setTargetTriple(jit->getTargetTriple());
  translated->setDataLayout(jit->getDataLayout());
  auto library = jit->createJITDylib(info.name);
  if (!library)
    return library.takeError();
  library->addToLinkOrder(jit->getMainJITDylib());
  return jit->addIRModule(
      *library,
      llvm::orc::ThreadSafeModule(std::move(translated), std::move(context)));
}

llvm::Expected<void *> Jit::find(llvm::StringRef kernel, llvm::StringRef name) {
  auto address = jit->lookup(*jit->getJITDylibByName(kernel), name);
  if (!address)
    return address.takeError();
  return address->toPtr<void *>();
}

llvm::Expected<Jit::Entry> Jit::entry(llvm::StringRef kernel) {
  auto address = find(kernel, kEntryName);
  if (!address)
    return address.takeError();
  return reinterpret_cast<Entry>(*address);
}

llvm::Expected<void *> Jit::global(llvm::StringRef kernel,
                                   llvm::StringRef name) {
  return find(kernel, name);
}
