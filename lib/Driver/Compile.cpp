//===- Compile.cpp - From a spec to a file --------------------------------===//
#include "CodeGeneration.h"
#include "EmbeddedWeights.h"
#include "Header.h"
#include "Input.h"
#include "NativeLevel.h"
#include "Output.h"
#include "Remarks.h"
#include "bridge/Analysis/FusionPlan.h"
#include "bridge/Conversion/Manifest.h"
#include "bridge/Conversion/Passes.h"
#include "bridge/Driver/Driver.h"
#include "bridge/Driver/Passes.h"
#include "bridge/Driver/Preprocessor.h"
#include "bridge/Kernels/CpuLevel.h"
#include "bridge/Kernels/GpuLevel.h"
#include "bridge/Runtime/Abi.h"
#include "bridge/Target/Linker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <chrono>

using namespace mlir;
using namespace bridge;

namespace {

/// One compilation, phase by phase.
class Compilation {
public:
  /// With `kernels` for the emulator.
  Compilation(MLIRContext &context, const CompileOptions &options,
              OwningOpRef<ModuleOp> *kernels = nullptr)
      : context(context), options(options), kernels(kernels) {}

  llvm::Error run();

private:
  llvm::Error decideOutput();
  llvm::Error checkOutput() const;
  llvm::Error decideLevels();
  llvm::Error decideGpuLevel();
  llvm::Error printPtx(ModuleOp module);
  llvm::Error lower(ModuleOp module, Phase phase, const CpuLevel *level);
  bool stopsAt(Phase phase) const;
  /// Whether machine code is the result, and not text.
  bool writesProgram() const;
  llvm::Error printSyntaxTree();
  llvm::Error compileModule();
  /// What the fusions said, which is all there is once a program is planned.
  llvm::Error writeRemarks();
  llvm::Error print(ModuleOp module);
  llvm::Error printLlvm(ModuleOp module, const CpuLevel &level);
  llvm::Error link(ModuleOp planned);
  StringRef libraryStem() const;
  llvm::Error writeHeader(ModuleOp planned, StringRef program);
  /// Runs `step` and, where asked to, says how long it took.
  llvm::Error timed(StringRef phase, llvm::function_ref<llvm::Error()> step);

  MLIRContext &context;
  const CompileOptions &options;
  OwningOpRef<ModuleOp> *kernels;
  OutputKind kind = OutputKind::Executable;
  SmallVector<const CpuLevel *> levels;
  const GpuLevel *gpu = nullptr; ///< where the target is a GPU
  PipelineOptions pipeline;
  std::optional<llvm::json::Value> preprocessor; ///< of a checkpoint folder
  std::optional<Remarks> remarks;
  std::string lastPipeline; ///< led to the present phase from the one before
};

} // namespace

std::optional<OutputKind> bridge::parseOutputKind(StringRef name) {
  return llvm::StringSwitch<std::optional<OutputKind>>(name)
      .Cases({"", "exe"}, OutputKind::Executable)
      .Case("so", OutputKind::SharedLibrary)
      .Case("o", OutputKind::Relocatable)
      .Case("mlir", OutputKind::Mlir)
      .Case("ll", OutputKind::LlvmIr)
      .Case("s", OutputKind::Assembly)
      .Case("ptx", OutputKind::Ptx)
      .Default(std::nullopt);
}

std::optional<TargetKind> bridge::parseTargetKind(StringRef name) {
  return llvm::StringSwitch<std::optional<TargetKind>>(name)
      .Case("cpu", TargetKind::Cpu)
      .Case("cuda", TargetKind::Cuda)
      .Default(std::nullopt);
}

/// Whether the output can be made for the target.
llvm::Error Compilation::checkOutput() const {
  if (kernels)
    return llvm::Error::success();
  bool isPtx = kind == OutputKind::Ptx;
  if (options.target == TargetKind::Cpu && isPtx)
    return llvm::createStringError(
        "expected --target=cuda with PTX, found --target=cpu");
  if (options.target == TargetKind::Cuda && !isPtx && !options.stopAfter &&
      kind != OutputKind::Mlir)
    return llvm::createStringError(
        "expected -o FILE.ptx or --emit=ptx with --target=cuda, found `" +
        options.output +
        "`; GPU kernels are made as PTX only, there are no programs that run "
        "them yet");
  return llvm::Error::success();
}

llvm::Error Compilation::decideOutput() {
  if (options.emit) {
    kind = *options.emit;
    return llvm::Error::success();
  }
  StringRef extension = llvm::sys::path::extension(options.output);
  std::optional<OutputKind> known = parseOutputKind(extension.ltrim('.'));
  if (!known)
    return llvm::createStringError(
        "expected an output without extension or one of .so, .o, .mlir, .ll, "
        ".s, .ptx, found `" +
        options.output +
        "`; --emit=exe, so, o, mlir, ll, s or ptx overrides it");
  kind = *known;
  return llvm::Error::success();
}

static llvm::Expected<const CpuLevel *> findLevel(StringRef name) {
  bool isNative = name == "native";
  if (const CpuLevel *level =
          isNative ? nativeCpuLevel() : lookupCpuLevel(name))
    return level;
  if (isNative)
    return llvm::createStringError(
        "this processor has no AVX2 and FMA, which the lowest level "
        "(x86-64-v3) needs; name another processor's with --arch");
  return llvm::createStringError(
      "expected --arch to be native, x86-64-v3, x86-64-v4 or x86-64-v4-bf16, "
      "found `" +
      name + "`");
}

llvm::Error bridge::checkPrecision(StringRef name) {
  if (name == "f32" || name == "bf16")
    return llvm::Error::success();
  return llvm::createStringError(
      "expected --precision to be f32 or bf16, found `" + name + "`");
}

llvm::Error Compilation::decideGpuLevel() {
  if (options.levels.size() > 1)
    return llvm::createStringError(
        "expected one --arch with --target=cuda, found " +
        std::to_string(options.levels.size()));
  StringRef name = options.levels.empty() ? StringRef(gpuLevels().front().name)
                                          : StringRef(options.levels.front());
  gpu = lookupGpuLevel(name);
  if (!gpu)
    return llvm::createStringError("expected --arch to be sm_80, sm_90a or "
                                   "sm_100 with --target=cuda, found `" +
                                   name + "`");
  pipeline.forGpu = true;
  return llvm::Error::success();
}

llvm::Error Compilation::decideLevels() {
  if (options.target == TargetKind::Cuda && !kernels)
    return decideGpuLevel();
  pipeline.forGpu = kernels;
  SmallVector<StringRef> names(options.levels.begin(), options.levels.end());
  if (names.empty())
    names.push_back("native");
  for (StringRef name : names) {
    llvm::Expected<const CpuLevel *> level = findLevel(name);
    if (!level)
      return level.takeError();
    levels.push_back(*level);
  }
  llvm::sort(levels); // The table of levels is in order, the best first.
  levels.erase(llvm::unique(levels), levels.end());
  pipeline.level = levels.front()->name.str();
  return llvm::Error::success();
}

bool Compilation::stopsAt(Phase phase) const {
  if (options.stopAfter)
    return *options.stopAfter == phase;
  // As .mlir a program is what the plan says; .ll and .s come from its kernels.
  return kind == OutputKind::Mlir && phase == Phase::Bridge;
}

bool Compilation::writesProgram() const {
  return !options.stopAfter && kind != OutputKind::Mlir &&
         kind != OutputKind::LlvmIr && kind != OutputKind::Assembly &&
         kind != OutputKind::Ptx;
}

llvm::Error Compilation::timed(StringRef phase,
                               llvm::function_ref<llvm::Error()> step) {
  auto begin = std::chrono::steady_clock::now();
  llvm::Error error = step();
  if (options.timePhases)
    llvm::errs() << llvm::formatv("{0,10}: {1,8:f1} ms\n", phase,
                                  std::chrono::duration<double, std::milli>(
                                      std::chrono::steady_clock::now() - begin)
                                      .count());
  return error;
}

llvm::Error Compilation::lower(ModuleOp module, Phase phase,
                               const CpuLevel *level) {
  PipelineOptions adapted = pipeline;
  if (level)
    adapted.level = level->name.str();
  lastPipeline = pipelineTo(phase, adapted);
  return timed(stringify(phase),
               [&] { return runPipeline(module, lastPipeline); });
}

llvm::Error Compilation::print(ModuleOp module) {
  return writeOutput(options.output, [&](llvm::raw_ostream &os) {
    if (!lastPipeline.empty())
      os << "// bridge-opt --pass-pipeline='" << lastPipeline << "'\n";
    module.print(os);
    os << "\n";
  });
}

llvm::Error Compilation::printLlvm(ModuleOp module, const CpuLevel &level) {
  if (kind == OutputKind::LlvmIr) {
    llvm::LLVMContext llvmContext;
    auto translated = translateToLlvm(module, llvmContext, level);
    if (!translated)
      return translated.takeError();
    return writeOutput(options.output, [&](llvm::raw_ostream &os) {
      (*translated)->print(os, nullptr);
    });
  }
  auto code = generateLevel(module, level, CodeFormat::Assembly);
  if (!code)
    return code.takeError();
  return writeOutput(options.output, [&](llvm::raw_ostream &os) {
    os << StringRef(code->data(), code->size());
  });
}

llvm::Error Compilation::printPtx(ModuleOp module) {
  return timed("ptx", [&]() -> llvm::Error {
    auto code = generateKernels(module, *gpu);
    if (!code)
      return code.takeError();
    return writeOutput(options.output, [&](llvm::raw_ostream &os) {
      os << StringRef(code->data(), code->size());
    });
  });
}

/// libclip.so is called `clip` and described by clip.h.
StringRef Compilation::libraryStem() const {
  StringRef stem = llvm::sys::path::stem(options.output);
  stem.consume_front("lib");
  return stem;
}

llvm::Error Compilation::writeHeader(ModuleOp planned, StringRef program) {
  SmallString<128> path(llvm::sys::path::parent_path(options.output));
  llvm::sys::path::append(path, libraryStem() + ".h");
  return writeOutput(path, [&](llvm::raw_ostream &os) {
    os << makeHeader(modelName(planned), describeEntries(PlanLayout(planned)),
                     libraryPrefix(options.output), program);
  });
}

llvm::Error Compilation::link(ModuleOp planned) {
  std::string prefix = libraryPrefix(options.output);
  if (kind != OutputKind::Executable &&
      StringRef(prefix).starts_with("bridge_"))
    return llvm::createStringError(
        "expected the name of a library not to begin with bridge_, as the C "
        "API's names do, found " +
        options.output);
  if (kind == OutputKind::SharedLibrary && libraryStem().empty())
    return llvm::createStringError(
        "expected a name before the extension of a library, found " +
        options.output);
  std::string manifest = makeManifest(planned, PlanLayout(planned),
                                      preprocessor ? &*preprocessor : nullptr);
  if (!options.embedWeights.empty())
    if (llvm::Error error = checkEmbeddable(manifest, options.embedWeights))
      return error;

  SmallVector<llvm::SmallVector<char, 0>> objects;
  for (const CpuLevel *level : levels) {
    OwningOpRef<ModuleOp> module(planned.clone());
    if (llvm::Error error = lower(*module, Phase::Kernels, level))
      return error;
    if (llvm::Error error = lower(*module, Phase::Llvm, level))
      return error;
    if (kernels) {
      auto device = module->lookupSymbol<ModuleOp>(kKernelsSymbol);
      device->remove();
      *kernels = device;
    }
    if (llvm::Error error = timed("object", [&]() -> llvm::Error {
          auto object = generateLevel(*module, *level, CodeFormat::Object);
          if (!object)
            return object.takeError();
          objects.push_back(std::move(*object));
          return llvm::Error::success();
        }))
      return error;
  }
  std::string symbol = prefix + BRIDGE_PROGRAM_SUFFIX;
  auto program =
      generateProgram(symbol, manifest, levels, !options.embedWeights.empty(),
                      /*hasMain=*/kind == OutputKind::Executable,
                      /*forGpu=*/kernels);
  if (!program)
    return program.takeError();
  objects.push_back(std::move(*program));

  LinkKind linkKind = kind == OutputKind::Executable ? LinkKind::Executable
                      : kind == OutputKind::SharedLibrary
                          ? LinkKind::SharedLibrary
                          : LinkKind::Relocatable;
  SmallVector<ArrayRef<char>> views(objects.begin(), objects.end());
  if (llvm::Error error = timed("link", [&] {
        return linkProgram(views, symbol, options.embedWeights, linkKind,
                           options.output);
      }))
    return error;
  if (kind == OutputKind::Executable)
    return llvm::Error::success();
  llvm::Error error = writeHeader(planned, symbol);
  if (error)
    llvm::sys::fs::remove(options.output);
  return error;
}

llvm::Error Compilation::run() {
  if (llvm::Error error = decideOutput())
    return error;
  if (llvm::Error error = checkOutput())
    return error;
  if (llvm::Error error = decideLevels())
    return error;
  auto fusions = FusionPlan::parse(options.fuse);
  if (!fusions)
    return fusions.takeError();
  if (llvm::Error error = checkPrecision(options.precision))
    return error;
  pipeline.precision = options.precision;
  pipeline.fusionPasses = fusions->passes(/*onPlan=*/false);
  pipeline.planPasses = fusions->passes(/*onPlan=*/true);
  if (writesProgram() && (options.output.empty() || options.output == "-"))
    return llvm::createStringError("expected -o OUTPUT, or --stop-after=PHASE "
                                   "to look at the program on the way");
  if (!writesProgram() && !options.embedWeights.empty())
    return llvm::createStringError(
        "expected --embed-weights with an executable, .so or .o, found an "
        "output that is text");
  if (options.stopAfter == Phase::Ast)
    return printSyntaxTree();
  if (options.remarks)
    remarks.emplace(context);
  llvm::Error error = compileModule();
  if (error && options.remarks && !options.remarks->empty())
    llvm::sys::fs::remove(*options.remarks);
  return error;
}

llvm::Error Compilation::writeRemarks() {
  return remarks ? remarks->write(*options.remarks) : llvm::Error::success();
}

llvm::Error Compilation::printSyntaxTree() {
  auto tree = dumpSyntaxTree(options);
  if (!tree)
    return tree.takeError();
  return writeOutput(options.output,
                     [&](llvm::raw_ostream &os) { os << *tree; });
}

llvm::Error Compilation::compileModule() {
  OwningOpRef<ModuleOp> module;
  if (llvm::Error error = timed("bridge", [&]() -> llvm::Error {
        auto pictures = readPreprocessor(options);
        if (!pictures)
          return pictures.takeError();
        preprocessor = std::move(*pictures);
        auto loaded = loadModule(context, options);
        if (!loaded)
          return loaded.takeError();
        module = std::move(*loaded);
        return llvm::Error::success();
      }))
    return error;
  if (stopsAt(Phase::Bridge))
    return print(*module);

  for (Phase phase : {Phase::Fused, Phase::Planned}) {
    if (llvm::Error error = lower(*module, phase, nullptr))
      return error;
    bool isLast = stopsAt(phase);
    if (isLast || phase == Phase::Planned)
      if (llvm::Error error = writeRemarks())
        return error;
    if (isLast)
      return print(*module);
  }
  if (writesProgram())
    return link(*module);
  for (Phase phase : {Phase::Kernels, Phase::Llvm}) {
    if (llvm::Error error =
            lower(*module, phase, gpu ? nullptr : levels.front()))
      return error;
    if (stopsAt(phase))
      return print(*module);
  }
  if (gpu)
    return printPtx(*module);
  return printLlvm(*module, *levels.front());
}

llvm::Expected<DeviceKernels>
bridge::compileForEmulator(const CompileOptions &options) {
  DeviceKernels kernels;
  kernels.context = makeContext();
  if (llvm::Error error =
          Compilation(*kernels.context, options, &kernels.module).run())
    return error;
  return kernels;
}

llvm::Error bridge::compile(const CompileOptions &options) {
  std::unique_ptr<MLIRContext> context = makeContext();
  return Compilation(*context, options).run();
}
