//===- Block.h - One block of threads -----------------------------*- C++
//-*-===//
#pragma once
#include "AsyncCopy.h"
#include "Barriers.h"
#include "Fiber.h"
#include "GlobalMemory.h"
#include "MemoryBarriers.h"
#include "SharedMemory.h"
#include "Sites.h"
#include "ThreadState.h"
#include "bridge/Emulator/Emulator.h"
#include "llvm/ADT/Twine.h"

namespace bridge::emulator {

class Block;

/// A product of a warp group that nobody has waited for.
struct IssuedProduct {
  uint64_t a, b; ///< descriptors
  uint32_t code;
  Site site;
};

/// A thread: what generated code sees of it, and its fiber.
struct Thread : ThreadState {
  Block *block;
  void *stackPointer;
  Site site;      ///< where it waits
  uint16_t index; ///< in the block
  bool finished;
  uint32_t time; ///< grows whenever others may learn of it
  ClockRef seen;
  ThreadCopies copies;
  /// When it last made its writes visible to the engines.
  uint32_t fenced;
  /// Boxes that the tensor engine stores for it, and how many in each group.
  std::vector<BoxCopy> stores;
  std::vector<uint32_t> storeGroups;
  std::vector<IssuedProduct> products;
  std::vector<uint32_t> productGroups;

  Accessor accessor(Site at) const {
    return {index, static_cast<uint16_t>(at), time, seen.get()};
  }
};

/// What all blocks of a launch share. Nothing here changes while it runs, but
/// `failure` by whoever is first.
struct Grid {
  llvm::StringRef kernel;
  std::array<uint32_t, 3> blocks, threads;
  uint32_t dynamicSharedBytes;
  llvm::ArrayRef<StaticArray> arrays;
  const SiteTable *sites;
  const GlobalMemory *memory;
  /// The kernel, which loads its arguments from their addresses.
  void (*entry)(ThreadState *, void *const *arguments);
  void *const *arguments;
};

/// Runs blocks, one after the other: a fiber for each thread, and a thread that
/// has to wait lets others go on. Those of the same warp come first.
class Block {
public:
  /// Makes ready for the blocks of `grid`, which lives until the last of them.
  [[nodiscard]] llvm::Error begin(const Grid &grid);
  /// Runs one block to its end, or to the first error.
  [[nodiscard]] llvm::Error run(std::array<uint32_t, 3> position);

  /// The thread, which runs, waits at `site` until somebody wakes it.
  void wait(Thread &thread, Site site);
  void wake(Thread &thread);

  /// Ends the block with an error of `thread`, which runs.
  [[noreturn]] void fail(Thread &thread, Site site, const llvm::Twine &what);
  /// What a message says of a place.
  std::string placeOf(Site site) const;

  /// Threads of the block, and those in the warp of `thread`.
  uint32_t size() const { return threadCount; }
  Thread *warpOf(const Thread &thread) { return &threads[thread.index & ~31u]; }
  uint32_t warpSize(const Thread &thread) const {
    return std::min(32u, threadCount - (thread.index & ~31u));
  }

  /// Checks an access of `thread`; does not return where it is wrong.
  void access(Thread &thread, const char *address, uint32_t bytes,
              AccessKind kind, uint32_t alignment, Site site);
  /// The same for an address of shared memory.
  void accessShared(Thread &thread, const char *address, uint32_t bytes,
                    AccessKind kind, uint32_t alignment, Site site);
  /// The same where an engine reads shared memory for a thread.
  void readByEngine(Thread &thread, const char *address, uint32_t bytes,
                    Site site);
  /// The tensor engine wrote shared memory; `known` learns of it.
  void finishBulkCopy(const char *address, uint32_t bytes, Site site,
                      ClockSum &known);
  /// Ends the block where there is a conflict.
  void report(Thread &thread, const Conflict &conflict, AccessKind kind,
              uint32_t bytes, Site site);

  SharedMemory shared;
  BlockBarriers barriers;
  MemoryBarriers memoryBarriers;

private:
  static void enter();
  void prepare(std::array<uint32_t, 3> position);
  Thread *next(const Thread *after);
  void leave(Thread &thread);
  std::string who(const Thread &thread) const;
  std::string describe(const Thread &thread, Site site,
                       const llvm::Twine &what) const;
  std::string deadlock() const;
  void checkGlobal(Thread &thread, const char *address, uint32_t bytes,
                   AccessKind kind, Site site);

  const Grid *grid = nullptr;
  std::unique_ptr<Thread[]> threads;
  uint32_t threadCount = 0, threadCapacity = 0;
  Stacks stacks;
  Thread *current = nullptr;
  uint32_t ready[32] = {}; ///< for each warp the lanes that can go on
  void *scheduler = nullptr;
  std::string failure;
  uint32_t lastTime = 0; ///< of any thread of a block before
  uint32_t engineTime = 0;
  ClockRef start; ///< what all know when a block begins
  /// For each site the region that it accessed last.
  std::vector<const Region *> lastRegion;
};

} // namespace bridge::emulator
