//===- Harness.cpp - Compiles and runs kernels of the plan ----------------===//
#include "Harness.h"
#include "bridge/IR/Plan.h"
#include "bridge/Kernels/CpuKernels.h"
#include "bridge/Kernels/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include <sys/mman.h>
#include <time.h>

using namespace mlir;
using namespace bridge;
using namespace bridge::test;

[[noreturn]] static void fail(const Twine &message) {
  llvm::errs() << message << "\n";
  std::exit(1);
}

//===----------------------------------------------------------------------===//
// Levels
//===----------------------------------------------------------------------===//

SmallVector<StringRef> bridge::test::runnableLevels(bool withBf16) {
  static const llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  auto has = [](std::initializer_list<StringRef> features) {
    return llvm::all_of(features,
                        [](StringRef name) { return host.lookup(name); });
  };
  SmallVector<StringRef> levels;
  bool hasAvx512 = has({"avx512f", "avx512bw", "avx512dq", "avx512vl"});
  if (withBf16 && hasAvx512 && has({"avx512bf16"}))
    levels.push_back("x86-64-v4-bf16");
  if (hasAvx512)
    levels.push_back("x86-64-v4");
  if (has({"avx2", "fma"}))
    levels.push_back("x86-64-v3");
  return levels;
}

int64_t bridge::test::panelWidth(StringRef level) {
  return lookupCpuLevel(level)->panelWidth();
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

void Operand::allocate(int64_t wanted) {
  constexpr int64_t page = 4096;
  bytes = wanted;
  int64_t usable = llvm::alignTo(std::max<int64_t>(bytes, 1), page);
  char *base =
      static_cast<char *>(mmap(nullptr, usable + page, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (base == MAP_FAILED)
    fail("out of memory");
  mprotect(base + usable, page, PROT_NONE);
  memory = std::shared_ptr<char>(
      base, [usable](char *base) { munmap(base, usable + page); });
  data = base + usable - bytes;
}

Operand Operand::strided(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
                         int64_t elementBytes) {
  Operand operand;
  operand.sizes.assign(sizes.begin(), sizes.end());
  operand.strides.assign(strides.begin(), strides.end());
  operand.elementBytes = elementBytes;
  int64_t last = 0;
  for (auto [size, stride] : llvm::zip_equal(sizes, strides))
    last += (size - 1) * stride;
  operand.allocate(llvm::is_contained(sizes, 0) ? 0 : last + elementBytes);
  return operand;
}

Operand Operand::rows(ArrayRef<int64_t> sizes, int64_t elementBytes,
                      int64_t padding) {
  SmallVector<int64_t> strides(sizes.size());
  int64_t stride = elementBytes;
  for (size_t axis = sizes.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= sizes[axis];
    if (axis + 1 == sizes.size())
      stride += padding * elementBytes;
  }
  return strided(sizes, strides, elementBytes);
}

Operand Operand::panels(ArrayRef<int64_t> sizes, int64_t width,
                        int64_t elementBytes) {
  Operand operand;
  operand.sizes.assign(sizes.begin(), sizes.end());
  operand.width = width;
  int64_t n = llvm::alignTo(sizes[2], width);
  operand.elementBytes = elementBytes;
  int64_t k = llvm::alignTo(sizes[3], 4 / elementBytes);
  operand.allocate(sizes[0] * sizes[1] * n * k * elementBytes);
  operand.fill(0.0f);
  return operand;
}

Operand Operand::viewed(ArrayRef<int64_t> sizes,
                        ArrayRef<int64_t> strides) const {
  Operand operand = *this;
  operand.sizes.assign(sizes.begin(), sizes.end());
  operand.strides.assign(strides.begin(), strides.end());
  return operand;
}

float &Operand::packed(int64_t batch0, int64_t batch1, int64_t n,
                       int64_t k) const {
  int64_t matrix = batch0 * sizes[1] + batch1;
  int64_t panel = matrix * llvm::divideCeil(sizes[2], width) + n / width;
  return reinterpret_cast<float *>(
      data)[(panel * sizes[3] + k) * width + n % width];
}

void Operand::fill(std::mt19937 &random, float deviation) const {
  std::normal_distribution<float> normal(0, deviation);
  for (int64_t i = 0; i < bytes / 4; ++i)
    reinterpret_cast<float *>(data)[i] = normal(random);
}

void Operand::fill(float value) const {
  std::fill_n(reinterpret_cast<float *>(data), bytes / 4, value);
}

bool Operand::gapsHold(float value) const {
  std::vector<bool> isElement(bytes);
  SmallVector<int64_t> index(sizes.size());
  std::function<void(size_t, int64_t)> mark = [&](size_t axis, int64_t offset) {
    if (axis == sizes.size()) {
      std::fill_n(isElement.begin() + offset, elementBytes, true);
      return;
    }
    for (int64_t i = 0; i < sizes[axis]; ++i)
      mark(axis + 1, offset + i * strides[axis]);
  };
  mark(0, 0);
  const char *expected = reinterpret_cast<const char *>(&value);
  for (int64_t i = 0; i < bytes; ++i)
    if (!isElement[i] && data[i] != expected[i % 4])
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

static std::unique_ptr<MLIRContext> makeContext() {
  DialectRegistry registry;
  registry.insert<plan::PlanDialect, BridgeDialect, arith::ArithDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                  scf::SCFDialect, vector::VectorDialect>();
  registerAllExtensions(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

/// What the compiler does after kernels are emitted.
static LogicalResult lower(ModuleOp module, StringRef level) {
  PassManager passes(module.getContext());
  std::string pipeline = ("cse,bridge-expand-math{level=" + level +
                          "},convert-scf-to-cf,convert-vector-to-llvm,"
                          "convert-to-llvm")
                             .str();
  if (failed(parsePassPipeline(pipeline, passes)))
    return failure();
  return passes.run(module);
}

template <typename T> static T orFail(llvm::Expected<T> value) {
  if (!value)
    fail(llvm::toString(value.takeError()));
  return std::move(*value);
}

/// Replaces kernels by functions of their names that can be looked up.
static void emitKernels(ModuleOp module, const CpuLevel &level) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  for (auto kernel :
       llvm::make_early_inc_range(module.getOps<plan::KernelOp>())) {
    std::string name = kernel.getSymName().str();
    builder.setInsertionPoint(kernel);
    kernel.setSymName(name + ".kernel");
    if (failed(emitCpuKernel(builder, kernel, level, name)))
      fail("no code for the kernel");
    kernel.erase();
    for (StringRef suffix : {"", ".jobs", ".scratch"})
      module.lookupSymbol<LLVM::LLVMFuncOp>(name + suffix.str())
          .setLinkage(LLVM::Linkage::External);
  }
}

static std::unique_ptr<llvm::orc::LLJIT> makeJit(const CpuLevel &level) {
  auto machine = orFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  machine.setCPU(level.cpu.str());
  machine.getFeatures() = llvm::SubtargetFeatures(level.features);
  machine.setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  return orFail(
      llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(machine).create());
}

struct CompiledModule::Code {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

CompiledModule::CompiledModule(StringRef text, StringRef levelName)
    : code(std::make_unique<Code>()) {
  static bool registered = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    registerAllPasses();
    registerBridgeKernelsPasses();
    return true;
  }();
  (void)registered;
  const CpuLevel &level = *lookupCpuLevel(levelName);
  std::unique_ptr<MLIRContext> context = makeContext();
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(text, context.get());
  if (!module)
    fail("cannot parse: " + text);
  emitKernels(*module, level);
  if (failed(verify(*module)) || failed(lower(*module, levelName)))
    fail("cannot lower: " + text);
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> translated =
      translateModuleToLLVMIR(*module, *llvmContext);
  code->jit = makeJit(level);
  if (llvm::Error error = code->jit->addIRModule(llvm::orc::ThreadSafeModule(
          std::move(translated), std::move(llvmContext))))
    fail(llvm::toString(std::move(error)));
}

CompiledModule::~CompiledModule() = default;

uint64_t CompiledModule::address(StringRef name) const {
  return orFail(code->jit->lookup(name)).getValue();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// The name of the one kernel in `text`.
static StringRef kernelName(StringRef text) {
  StringRef name = text.split('@').second;
  return name.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
}

CompiledKernel::CompiledKernel(StringRef text, StringRef level)
    : module(text, level) {
  std::string name = kernelName(text).str();
  kernel = module.find<decltype(kernel)>(name);
  jobs = module.find<decltype(jobs)>(name + ".jobs");
  scratch = module.find<decltype(scratch)>(name + ".scratch");
}

static SmallVector<int64_t> argumentBlock(ArrayRef<Operand> operands,
                                          ArrayRef<int64_t> dims,
                                          bridge_call *call) {
  SmallVector<int64_t> block{reinterpret_cast<int64_t>(call)};
  for (const Operand &operand : operands) {
    block.push_back(reinterpret_cast<int64_t>(operand.pointer()));
    llvm::append_range(block, operand.getSizes());
    llvm::append_range(block, operand.getStrides());
  }
  llvm::append_range(block, dims);
  return block;
}

void CompiledKernel::run(ArrayRef<Operand> operands, ArrayRef<int64_t> dims,
                         bridge_call *call) const {
  SmallVector<int64_t> block = argumentBlock(operands, dims, call);
  std::unique_ptr<char, decltype(&std::free)> memory(
      static_cast<char *>(std::aligned_alloc(
          64, llvm::alignTo(scratch(block.data()), 64) + 64)),
      &std::free);
  for (int64_t job = 0, count = jobs(block.data()); job < count; ++job)
    kernel(block.data(), job, memory.get());
}

/// Seconds that this thread has run.
static double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

double CompiledKernel::time(ArrayRef<Operand> operands) const {
  double best = 1e9;
  double start = threadSeconds();
  for (int runs = 0; runs < 5 || threadSeconds() - start < 0.3; ++runs) {
    double before = threadSeconds();
    run(operands);
    best = std::min(best, threadSeconds() - before);
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

std::string bridge::test::viewType(unsigned rank, int64_t lastStride,
                                   StringRef element) {
  std::string sizes, strides;
  for (unsigned axis = 0; axis < rank; ++axis) {
    const char *comma = axis ? ", " : "";
    sizes += comma + std::string("\"s") + std::to_string(axis) + "\"";
    strides += comma;
    strides += axis + 1 == rank && lastStride >= 0
                   ? std::to_string(lastStride)
                   : "\"b" + std::to_string(axis) + "\"";
  }
  return ("!plan.view<" + element + ", [" + sizes + "], [" + strides + "]>")
      .str();
}

std::string bridge::test::panelsType(StringRef element) {
  return ("!plan.panels<" + element + R"(, ["p", "q", "n", "k"]>)").str();
}
