//===- Phases.cpp - The phases of compilation -----------------------------===//
#include "bridge/Pipelines/Phases.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;

static constexpr llvm::StringLiteral kNames[] = {
    "ast", "bridge", "fused", "planned", "kernels", "llvm", "object"};

llvm::StringRef bridge::stringify(Phase phase) {
  return kNames[static_cast<unsigned>(phase)];
}

std::optional<Phase> bridge::parsePhase(llvm::StringRef name) {
  for (auto [index, known] : llvm::enumerate(kNames))
    if (name == known)
      return static_cast<Phase>(index);
  return std::nullopt;
}

llvm::ArrayRef<llvm::StringLiteral> bridge::phaseNames() { return kNames; }

std::string bridge::pipelineTo(Phase phase, const PipelineOptions &options) {
  llvm::SmallVector<std::string> passes;
  switch (phase) {
  case Phase::Fused:
    passes = {"bridge-inline-parts", "bridge-inline-functions", "canonicalize",
              "cse", "bridge-hoist-counts"};
    llvm::append_range(passes, options.fusionPasses);
    llvm::append_values(passes, "canonicalize", "cse");
    break;
  case Phase::Planned:
    passes = {"convert-bridge-to-plan{precision=" + options.precision + "}"};
    llvm::append_range(passes, options.planPasses);
    break;
  case Phase::Kernels:
    if (options.forGpu)
      passes = {"convert-plan-to-gpu"};
    else
      passes = {"convert-plan-to-cpu{level=" + options.level + "}"};
    break;
  case Phase::Llvm:
    if (options.forGpu) {
      passes = {"loop-invariant-code-motion",    "cse",
                "bridge-expand-math{level=gpu}", "convert-scf-to-cf",
                "convert-vector-to-llvm",        "convert-to-llvm",
                "reconcile-unrealized-casts"};
      break;
    }
    // No canonicalize here: it takes the transposes of the kernels apart.
    passes = {"cse",
              "bridge-expand-math{level=" + options.level + "}",
              "convert-scf-to-cf",
              "convert-vector-to-llvm{vector-transpose-lowering=shuffle16x16}",
              "convert-to-llvm",
              "reconcile-unrealized-casts"};
    break;
  case Phase::Ast:
  case Phase::Bridge:
  case Phase::Object:
    llvm_unreachable("no passes lead to this phase");
  }
  return "builtin.module(" + llvm::join(passes, ",") + ")";
}
