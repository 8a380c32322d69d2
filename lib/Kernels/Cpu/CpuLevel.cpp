//===- CpuLevel.cpp - Levels of the instruction set -----------------------===//
#include "bridge/Kernels/CpuLevel.h"
#include "llvm/ADT/STLExtras.h"

using namespace bridge;

static constexpr CpuLevel kLevels[] = {
    {"x86-64-v4-bf16", "x86-64-v4", "+avx512bf16", /*lanes=*/16,
     /*microRows=*/13, /*bf16Rows=*/13, /*panelVectors=*/2, /*rowBlock=*/312,
     /*panelChunk=*/2,
     /*prefetchRows=*/8, /*hasAvx512=*/true, /*hasBf16=*/true},
    {"x86-64-v4", "x86-64-v4", "", /*lanes=*/16, /*microRows=*/13,
     /*bf16Rows=*/8,
     /*panelVectors=*/2, /*rowBlock=*/312, /*panelChunk=*/2,
     /*prefetchRows=*/8, /*hasAvx512=*/true, /*hasBf16=*/false},
    {"x86-64-v3", "x86-64-v3", "", /*lanes=*/8, /*microRows=*/6, /*bf16Rows=*/3,
     /*panelVectors=*/2, /*rowBlock=*/144, /*panelChunk=*/4,
     /*prefetchRows=*/4, /*hasAvx512=*/false, /*hasBf16=*/false},
};

llvm::ArrayRef<CpuLevel> bridge::cpuLevels() { return kLevels; }

const CpuLevel *bridge::lookupCpuLevel(llvm::StringRef name) {
  const CpuLevel *level = llvm::find_if(
      kLevels, [&](const CpuLevel &level) { return level.name == name; });
  return level == std::end(kLevels) ? nullptr : level;
}
