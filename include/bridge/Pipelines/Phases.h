//===- Phases.h - The phases of compilation ---------------------*- C++ -*-===//
#ifndef BRIDGE_PIPELINES_PHASES_H
#define BRIDGE_PIPELINES_PHASES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace bridge {

/// What a spec has become: `bridgec --stop-after`, tests, reproducers and the
/// explorer name phases alike.
enum class Phase {
  Ast,     ///< the syntax tree of the spec
  Bridge,  ///< the bridge dialect, as the frontend emits it
  Fused,   ///< the bridge dialect after inlining and the fusions of the plan
  Planned, ///< the plan dialect: layouts, buffers, launches
  Kernels, ///< kernels and host code of one level, in scf, vector and llvm
  Llvm,    ///< the llvm dialect
  Object   ///< machine code
};

llvm::StringRef stringify(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);
/// The names of all phases, in order.
llvm::ArrayRef<llvm::StringLiteral> phaseNames();

/// What the pipelines depend on.
struct PipelineOptions {
  /// In order, on the bridge dialect and on the plan; see FusionPlan.
  llvm::SmallVector<std::string> fusionPasses, planPasses;
  std::string precision = "f32";   ///< how tensors are stored: f32 or bf16
  std::string level = "x86-64-v4"; ///< of the instruction set
  bool forGpu = false;             ///< kernels for a GPU, whatever the level
};

/// The textual pass pipeline that leads from the phase before to `phase`, as
/// `bridge-opt --pass-pipeline` reads it. `phase` is one of Fused, Planned,
/// Kernels and Llvm.
std::string pipelineTo(Phase phase, const PipelineOptions &options);

} // namespace bridge

#endif // BRIDGE_PIPELINES_PHASES_H
