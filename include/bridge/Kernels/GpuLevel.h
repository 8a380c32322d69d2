//===- GpuLevel.h - Generations of NVIDIA's GPUs ----------------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_GPULEVEL_H
#define BRIDGE_KERNELS_GPULEVEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace bridge {

/// Columns of a panel of packed weights.
inline constexpr int64_t kGpuPanelWidth = 32;

/// What code for a generation of GPUs has to know of it.
struct GpuLevel {
  llvm::StringLiteral name;     ///< "sm_80", as LLVM and ptxas call it
  llvm::StringLiteral features; ///< LLVM's: the version of PTX
  int64_t registers;            ///< of 32 bits, for the threads of a block
  int64_t sharedBytes;          ///< that a block may ask for without opting in
};

/// All generations, the oldest first: what is made for it runs on all of them.
llvm::ArrayRef<GpuLevel> gpuLevels();

/// The generation called `name`, or null.
const GpuLevel *lookupGpuLevel(llvm::StringRef name);

} // namespace bridge

#endif // BRIDGE_KERNELS_GPULEVEL_H
