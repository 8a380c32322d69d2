//===- CodeGeneration.h - From the plan to machine code ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_CODEGENERATION_H
#define BRIDGE_LIB_DRIVER_CODEGENERATION_H

#include "bridge/Target/Cpu.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace bridge {

struct CpuLevel;
struct GpuLevel;

/// The LLVM module of a module in the llvm dialect, with the level's
/// attributes.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLlvm(mlir::ModuleOp module, llvm::LLVMContext &context,
                const CpuLevel &level);

/// Machine code of a module in the llvm dialect.
llvm::Expected<llvm::SmallVector<char, 0>>
generateLevel(mlir::ModuleOp module, const CpuLevel &level, CodeFormat format);

/// The PTX of the kernels in a module in the llvm dialect.
llvm::Expected<llvm::SmallVector<char, 0>>
generateKernels(mlir::ModuleOp module, const GpuLevel &level);

/// The object that describes the program, and starts it where it is an
/// executable.
llvm::Expected<llvm::SmallVector<char, 0>>
generateProgram(llvm::StringRef symbol, llvm::StringRef manifest,
                llvm::ArrayRef<const CpuLevel *> levels, bool embedsWeights,
                bool hasMain, bool forGpu);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_CODEGENERATION_H
