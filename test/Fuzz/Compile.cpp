//===- Compile.cpp - Compiling what a fuzzer made -------------------------===//
#include "Compile.h"
#include "Fuzz.h"
#include "bridge/Analysis/FusionPlan.h"
#include "bridge/Driver/Driver.h"
#include "bridge/Driver/Passes.h"

using namespace mlir;
using namespace bridge;

static void lower(ModuleOp module, llvm::StringRef plan) {
  PipelineOptions options;
  options.fusionPasses = llvm::cantFail(FusionPlan::parse(plan)).passes();
  for (Phase phase : {Phase::Fused, Phase::Planned})
    if (llvm::Error error = runPipeline(module, pipelineTo(phase, options)))
      fuzz::report(plan.str() + ": " + llvm::toString(std::move(error)));
}

void bridge::fuzz::compileToPlan(const std::string &input) {
  std::unique_ptr<MLIRContext> context = makeContext();
  CompileOptions options;
  options.input = input;
  options.searchPaths = {BRIDGE_SPECS};
  llvm::Expected<OwningOpRef<ModuleOp>> module = loadModule(*context, options);
  if (!module) {
    // Errors are rendered too.
    if (llvm::toString(module.takeError()).empty())
      report("failed without a message");
    return;
  }
  OwningOpRef<ModuleOp> copy((*module)->clone());
  lower(**module, "all");
  lower(*copy, "none");
}
