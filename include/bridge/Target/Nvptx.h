//===- Nvptx.h - PTX for NVIDIA GPUs ----------------------------*- C++ -*-===//
#ifndef BRIDGE_TARGET_NVPTX_H
#define BRIDGE_TARGET_NVPTX_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <string>

namespace bridge {

/// What code generation may use, in LLVM's words.
struct GpuMachine {
  std::string chip;     ///< "sm_80"
  std::string features; ///< "+ptx80": the version of PTX
};

/// The kernels of `module` as PTX, which any later GPU's driver can translate
/// (of chips that end in `a`: this one's alone). An error where a kernel calls
/// what nothing defines.
llvm::Expected<llvm::SmallVector<char, 0>>
generatePtx(llvm::Module &module, const GpuMachine &machine);

} // namespace bridge

#endif // BRIDGE_TARGET_NVPTX_H
