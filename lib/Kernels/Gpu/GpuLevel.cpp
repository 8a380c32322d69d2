//===- GpuLevel.cpp - Generations of NVIDIA's GPUs ------------------------===//
#include "bridge/Kernels/GpuLevel.h"
#include "llvm/ADT/STLExtras.h"

using namespace bridge;

static constexpr GpuLevel kLevels[] = {
    {"sm_80", "+ptx80", /*registers=*/65536, /*sharedBytes=*/48 << 10},
    {"sm_90a", "+ptx80", /*registers=*/65536, /*sharedBytes=*/48 << 10},
    {"sm_100", "+ptx86", /*registers=*/65536, /*sharedBytes=*/48 << 10},
};

llvm::ArrayRef<GpuLevel> bridge::gpuLevels() { return kLevels; }

const GpuLevel *bridge::lookupGpuLevel(llvm::StringRef name) {
  const GpuLevel *level = llvm::find_if(
      kLevels, [&](const GpuLevel &level) { return level.name == name; });
  return level == std::end(kLevels) ? nullptr : level;
}
