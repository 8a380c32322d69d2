//===- Cpu.h - Machine code for x86-64 --------------------------*- C++ -*-===//
#ifndef BRIDGE_TARGET_CPU_H
#define BRIDGE_TARGET_CPU_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <string>

namespace bridge {

/// What code generation may use, in LLVM's words.
struct CpuMachine {
  std::string cpu;      ///< "x86-64-v4"
  std::string features; ///< "+avx512bf16", or empty
};

/// Gives every function of `module` the machine's attributes, and the module
/// its triple and data layout.
llvm::Error prepareForCpu(llvm::Module &module, const CpuMachine &machine);

enum class CodeFormat { Object, Assembly };

/// Generates position-independent code. Only code generation: the IR is taken
/// as the kernel emitters shaped it, which the IR optimiser would undo.
llvm::Expected<llvm::SmallVector<char, 0>>
generateCode(llvm::Module &module, const CpuMachine &machine,
             CodeFormat format);

} // namespace bridge

#endif // BRIDGE_TARGET_CPU_H
