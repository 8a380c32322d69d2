//===- GlobalMemory.cpp - What kernels may access
//---------------------------===//
#include "GlobalMemory.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge::emulator;

static bool startsBehind(uintptr_t address, const Region &region) {
  return address < region.begin;
}

void GlobalMemory::share(void *begin, size_t bytes, llvm::StringRef name) {
  uintptr_t address = reinterpret_cast<uintptr_t>(begin);
  regions.insert(llvm::upper_bound(regions, address, startsBehind),
                 Region{address, bytes, name.str()});
}

void GlobalMemory::release(void *begin) {
  auto *address = reinterpret_cast<void *>(begin);
  auto found = llvm::find_if(regions, [&](const Region &region) {
    return region.begin == reinterpret_cast<uintptr_t>(address);
  });
  if (found != regions.end())
    regions.erase(found);
}

const Region *GlobalMemory::find(uintptr_t address, size_t bytes) const {
  auto next = llvm::upper_bound(regions, address, startsBehind);
  if (next == regions.begin() || !std::prev(next)->contains(address, bytes))
    return nullptr;
  return &*std::prev(next);
}

std::string GlobalMemory::describe(uintptr_t address) const {
  // Mistakes in indices end near what they index.
  constexpr uintptr_t near = 1 << 24;
  auto next = llvm::upper_bound(regions, address, startsBehind);
  if (next != regions.begin()) {
    const Region &region = *std::prev(next);
    if (address - region.begin < region.bytes + near)
      return llvm::formatv("at byte {0} of `{1}`, which has {2}",
                           address - region.begin, region.name, region.bytes)
          .str();
  }
  if (next != regions.end() && next->begin - address < near)
    return llvm::formatv("{0} bytes in front of `{1}`", next->begin - address,
                         next->name)
        .str();
  return llvm::formatv("at {0:x}, where nothing is shared with the kernel",
                       address)
      .str();
}
