//===- GlobalMemory.h - What kernels may access ------------------*- C++
//-*-===//
#pragma once
#include "llvm/ADT/StringRef.h"
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bridge::emulator {

/// Bytes that a kernel may access, and what messages call them.
struct Region {
  uintptr_t begin;
  size_t bytes;
  std::string name;

  bool contains(uintptr_t address, size_t count) const {
    return address - begin < bytes && count <= bytes - (address - begin);
  }
};

/// Regions by their addresses.
class GlobalMemory {
public:
  void share(void *begin, size_t bytes, llvm::StringRef name);
  void release(void *begin);

  /// The region with these bytes, or null.
  const Region *find(uintptr_t address, size_t bytes) const;

  /// In words where `address` is: how far past the end of a region, or in front
  /// of one, or nowhere near any.
  std::string describe(uintptr_t address) const;

private:
  std::vector<Region> regions; ///< sorted
};

} // namespace bridge::emulator
