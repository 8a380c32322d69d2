//===- Barriers.h - Where the threads of a block meet ------------*- C++
//-*-===//
#pragma once
#include "Clock.h"
#include "Sites.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace bridge::emulator {

class Block;
struct Thread;

/// The sixteen barriers of a block, and the meetings of its warps.
class BlockBarriers {
public:
  static constexpr uint32_t kCount = 16;

  /// What all threads that meet at a barrier say about a condition.
  struct Votes {
    uint32_t holds = 0, arrived = 0;
  };

  void clear();

  /// Meets `expected` threads at barrier `id`; all of the block for 0. Gives
  /// their votes.
  Votes sync(Thread &thread, uint32_t id, uint32_t expected, bool vote,
             Site site);
  /// Is counted at a barrier and goes on.
  void arrive(Thread &thread, uint32_t id, uint32_t expected, Site site);

  /// Meets the lanes of `mask` in the thread's warp. The last to come does what
  /// is to be done `together`.
  void meet(Thread &thread, uint32_t mask, Site site,
            llvm::function_ref<void()> together);

  /// Meets the four warps of the thread's group, who know of each other's
  /// accesses then, as `meet`.
  void meetGroup(Thread &thread, Site site,
                 llvm::function_ref<void()> together);

  /// Meets as `meet`; afterwards the lanes know of each other's accesses.
  void syncWarp(Thread &thread, uint32_t mask, Site site);

private:
  struct Barrier {
    uint32_t expected = 0, arrived = 0, holds = 0;
    Votes result; ///< of the last time that all came
    ClockSum known;
    llvm::SmallVector<Thread *, 0> waiting;
  };
  struct Meeting {
    uint32_t mask, arrived;
    Site site;
  };

  /// Whether `thread` was the last to come.
  bool count(Thread &thread, uint32_t id, uint32_t expected, bool vote,
             Site site);

  /// Lets all go who wait; gives what they know now.
  static ClockRef open(Block &block, Barrier &barrier);

  struct Group {
    uint32_t arrived = 0;
    Site site;
    ClockSum known;
  };

  Barrier barriers[kCount];
  Group groups[8];                            ///< of four warps
  llvm::SmallVector<Meeting, 2> meetings[32]; ///< for each warp
};

} // namespace bridge::emulator
