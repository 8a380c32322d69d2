//===- Pages.h - Large blocks of memory -------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_PAGES_H
#define BRIDGE_LIB_RUNTIME_PAGES_H

#include <stdint.h>

namespace bridge::runtime {

/// Zeroed memory by pages, all of them there, or null. Huge pages, where the
/// system has them and `bytes` fill one.
void *mapMemory(int64_t bytes);
void unmapMemory(void *memory, int64_t bytes);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_PAGES_H
