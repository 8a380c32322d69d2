//===- Driver.h - From a spec to a file -------------------------*- C++ -*-===//
#ifndef BRIDGE_DRIVER_DRIVER_H
#define BRIDGE_DRIVER_DRIVER_H

#include "bridge/Driver/SpecError.h"
#include "bridge/Frontend/Frontend.h"
#include "bridge/Pipelines/Phases.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace bridge {

/// What kind of file compilation makes.
enum class OutputKind {
  Executable,    ///< no extension
  SharedLibrary, ///< .so, with a C header beside it
  Relocatable,   ///< .o, with a C header beside it
  Mlir,          ///< .mlir
  LlvmIr,        ///< .ll
  Assembly,      ///< .s
  Ptx            ///< .ptx: the kernels of --target=cuda
};
std::optional<OutputKind> parseOutputKind(llvm::StringRef name);

/// What code is made for.
enum class TargetKind {
  Cpu, ///< x86-64
  Cuda ///< NVIDIA GPUs; so far their kernels alone, as PTX
};
std::optional<TargetKind> parseTargetKind(llvm::StringRef name);

/// The options of `bridgec`, as data.
struct CompileOptions {
  std::string input;              ///< .bridge, .mlir or a checkpoint folder
  std::string output;             ///< a path; empty: none, or standard output
  std::optional<OutputKind> emit; ///< overrides the output's extension
  std::string variant;            ///< a published model of the spec
  std::vector<std::string> definitions; ///< name=value
  std::vector<std::string> searchPaths; ///< folders of specs and modules
  std::vector<std::string> entries;     ///< the entries wanted; empty: all
  TargetKind target = TargetKind::Cpu;
  std::vector<std::string> levels;    ///< of the instruction set, or native;
                                      ///< empty: native. Of GPUs: sm_80 …
  std::string precision = "f32";      ///< of storage: f32 or bf16
  std::string fuse = "all";           ///< the fusion plan
  std::optional<Phase> stopAfter;     ///< print the IR of this phase
  std::string embedWeights;           ///< a .safetensors file
  std::optional<std::string> remarks; ///< a file, or empty for standard error
  bool timePhases = false;            ///< print how long each phase took
};

/// An error where no precision is called `name`.
llvm::Error checkPrecision(llvm::StringRef name);

/// Compiles as `options` say. Whatever a user can cause is an error with a
/// message that says so.
llvm::Error compile(const CompileOptions &options);

/// The kernels of a program for the GPU, in the llvm dialect with nvvm.
struct DeviceKernels {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Compiles for NVIDIA GPUs what is to run in the emulator: writes the host
/// code as a .so, whose entries launch kernels by bridge_call.parallel (see
/// bridge_device_kernel in bridge/Runtime/Abi.h), and gives the kernels.
llvm::Expected<DeviceKernels> compileForEmulator(const CompileOptions &options);

/// The module of `options.input` in the bridge dialect. `description`, where
/// given, tells of the model (not for .mlir files).
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadModule(mlir::MLIRContext &context, const CompileOptions &options,
           ModelDescription *description = nullptr);

/// A context with every dialect and pass that compilation uses.
std::unique_ptr<mlir::MLIRContext> makeContext();

} // namespace bridge

#endif // BRIDGE_DRIVER_DRIVER_H
