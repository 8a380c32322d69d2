//===- MemoryBarriers.h - Barriers in shared memory --------------*- C++
//-*-===//
#pragma once
#include "Clock.h"
#include "Sites.h"
#include "TensorMap.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <map>

namespace bridge::emulator {

class Block;
struct Thread;

/// A box of a tensor, in global and in shared memory.
struct BoxCopy {
  TensorMap map;
  int32_t coordinates[5];
  char *shared;
  Site site;

  void load() const;
  void store() const;

private:
  template <typename Function> void forEachRow(Function function) const;
};

/// The mbarrier objects of a block. Each has a phase, which ends when as many
/// threads arrived as it was told and all bytes that it was told to expect are
/// there. The copies that bring these are made as late as can be: when somebody
/// waits for them and all threads have arrived.
class MemoryBarriers {
public:
  void clear() { barriers.clear(); }

  void create(Thread &thread, char *address, uint32_t count, Site site);
  void invalidate(Thread &thread, char *address, Site site);
  /// Counts `count` arrivals and `bytes` to expect; gives the number of the
  /// phase.
  uint64_t arrive(Thread &thread, char *address, uint32_t count, uint32_t bytes,
                  Site site);
  /// Expects more bytes, or fewer.
  void expect(Thread &thread, char *address, int64_t bytes, Site site);
  /// Waits for the end of the last phase whose number is odd or even as
  /// `parity`.
  void wait(Thread &thread, char *address, uint32_t parity, Site site);

  /// Starts to copy a box to shared memory; its bytes are counted at a barrier.
  void load(Thread &thread, const BoxCopy &copy, char *address, Site site);

  /// Makes the copies that threads wait for. False where there are none: nobody
  /// will go on.
  bool makeCopies(Block &block);

private:
  struct Barrier {
    uint32_t count = 0;
    int64_t pending = 0, bytes = 0; ///< that are still to come
    uint64_t phase = 0;
    ClockSum known;
    ClockRef last; ///< what those know who wait for the phase before
    llvm::SmallVector<Thread *, 0> waiting;
    llvm::SmallVector<BoxCopy, 0> copies;
  };

  Barrier &find(Thread &thread, char *address, Site site);
  void endPhase(Block &block, Barrier &barrier);
  void makeCopies(Block &block, Barrier &barrier);

  std::map<char *, Barrier> barriers;
};

} // namespace bridge::emulator
