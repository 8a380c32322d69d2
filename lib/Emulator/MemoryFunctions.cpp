//===- MemoryFunctions.cpp - Accesses and asynchronous copies
//---------------===//
#include "Block.h"
#include "Runtime.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>

using namespace bridge::emulator;

static void accessAny(Thread &thread, const char *address, uint32_t bytes,
                      AccessKind kind, uint32_t alignment, Site site) {
  thread.block->access(thread, address, bytes, kind, alignment, site);
}

static void accessShared(Thread &thread, const char *address, uint32_t bytes,
                         AccessKind kind, uint32_t alignment, Site site) {
  thread.block->accessShared(thread, address, bytes, kind, alignment, site);
}

static void startCopy(Thread &thread, char *destination, const char *source,
                      uint32_t bytes, uint32_t sourceBytes, Site site) {
  Block &block = *thread.block;
  if (sourceBytes > bytes)
    block.fail(thread, site,
               llvm::formatv("copies at most {0} bytes, found {1}", bytes,
                             sourceBytes));
  uintptr_t both = uintptr_t(destination) | uintptr_t(source);
  if (both & (bytes - 1))
    block.fail(thread, site,
               llvm::formatv("copies {0} bytes from {1:x} to byte {2} of the "
                             "shared memory: misaligned",
                             bytes, uintptr_t(source),
                             destination - block.shared.begin()));
  if (sourceBytes)
    block.access(thread, source, sourceBytes, AccessKind::Read, 1, site);
  if (!block.shared.contains(destination))
    block.accessShared(thread, destination, bytes, AccessKind::Write, 1, site);
  block.report(
      thread, block.shared.startCopy(destination, bytes, thread.accessor(site)),
      AccessKind::Write, bytes, site);
  thread.copies.started.push_back(
      {destination, source, bytes, sourceBytes, site});
  ++thread.copies.open;
}

static void commitCopies(Thread &thread) {
  thread.copies.groups.push_back(thread.copies.open);
  thread.copies.open = 0;
}

static void finishCopies(Thread &thread, uint32_t count) {
  auto &started = thread.copies.started;
  for (uint32_t i = 0; i < count; ++i) {
    const ThreadCopies::Copy &copy = started[i];
    std::memcpy(copy.destination, copy.source, copy.sourceBytes);
    std::memset(copy.destination + copy.sourceBytes, 0,
                copy.bytes - copy.sourceBytes);
    thread.block->shared.finishCopy(copy.destination, copy.bytes,
                                    thread.accessor(copy.site));
  }
  started.erase(started.begin(), started.begin() + count);
}

/// Waits until at most `pending` of the committed groups are under way.
static void waitForCopies(Thread &thread, uint32_t pending) {
  auto &groups = thread.copies.groups;
  if (groups.size() <= pending)
    return;
  auto last = groups.end() - pending;
  uint32_t count = 0;
  for (auto group = groups.begin(); group != last; ++group)
    count += *group;
  groups.erase(groups.begin(), last);
  finishCopies(thread, count);
}

/// Waits for all copies, committed or not.
static void waitForAllCopies(Thread &thread) {
  thread.copies.groups.clear();
  thread.copies.open = 0;
  finishCopies(thread, thread.copies.started.size());
}

void bridge::emulator::addMemoryFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_access", accessAny),
      describe("bridge_emulator_access_shared", accessShared),
      describe("bridge_emulator_start_copy", startCopy),
      describe("bridge_emulator_commit_copies", commitCopies),
      describe("bridge_emulator_wait_for_copies", waitForCopies),
      describe("bridge_emulator_wait_for_all_copies", waitForAllCopies),
  });
}
