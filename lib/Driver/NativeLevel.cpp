//===- NativeLevel.cpp - The best level of this processor -----------------===//
#include "NativeLevel.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace bridge;

const CpuLevel *bridge::nativeCpuLevel() {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  for (const CpuLevel &level : cpuLevels()) {
    llvm::SmallVector<llvm::StringRef> needed;
    llvm::X86::getFeaturesForCPU(level.cpu, needed);
    llvm::SmallVector<llvm::StringRef> extra;
    level.features.split(extra, ',', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef feature : extra)
      needed.push_back(feature.ltrim('+'));
    // LLVM's list of a level has names, such as `64bit`, that no host lists.
    if (llvm::all_of(needed, [&](llvm::StringRef feature) {
          auto found = host.find(feature);
          return found == host.end() || found->second;
        }))
      return &level;
  }
  return nullptr;
}
