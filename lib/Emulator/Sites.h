//===- Sites.h - Places of a kernel that messages name -----------*- C++
//-*-===//
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace bridge::emulator {

/// The number of an operation that accesses memory or meets other threads.
using Site = uint32_t;

/// For each site of a kernel where it was written, or what it is.
using SiteTable = std::vector<std::string>;

} // namespace bridge::emulator
