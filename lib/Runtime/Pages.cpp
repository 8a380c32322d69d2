//===- Pages.cpp - Large blocks of memory ---------------------------------===//
#include "Pages.h"
#include <sys/mman.h>

/// A kernel that streams gigabytes of weights through 4 KiB pages misses its
/// translation buffers at each; with these it does not.
static constexpr int64_t hugePage = 2 << 20;
static constexpr int64_t page = 4096;

/// Maps more than is asked for and gives back what lies around it, so that the
/// block begins at a huge page.
static void *mapAligned(int64_t bytes) {
  if (bytes > INT64_MAX - hugePage)
    return nullptr;
  void *memory = mmap(nullptr, bytes + hugePage, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  char *begin = static_cast<char *>(memory);
  int64_t skipped = -reinterpret_cast<uintptr_t>(begin) & (hugePage - 1);
  if (skipped)
    munmap(begin, skipped);
  char *end = begin + bytes + hugePage;
  char *used = begin + skipped + (bytes + page - 1) / page * page;
  if (used < end)
    munmap(used, end - used);
  return begin + skipped;
}

void *bridge::runtime::mapMemory(int64_t bytes) {
  if (bytes < hugePage) {
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  }
  void *memory = mapAligned(bytes);
  // Both are advice: without them the pages come one by one, when first used.
  if (memory) {
    madvise(memory, bytes, MADV_HUGEPAGE);
    madvise(memory, bytes, MADV_POPULATE_WRITE);
  }
  return memory;
}

void bridge::runtime::unmapMemory(void *memory, int64_t bytes) {
  if (memory)
    munmap(memory, bytes);
}
