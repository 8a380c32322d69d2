//===- Barriers.cpp - Where the threads of a block meet
//---------------------===//
#include "Barriers.h"
#include "Block.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge::emulator;

void BlockBarriers::clear() {
  for (Barrier &barrier : barriers) {
    barrier.expected = barrier.arrived = barrier.holds = 0;
    barrier.known.clear();
    barrier.waiting.clear();
  }
  for (Group &group : groups) {
    group.arrived = 0;
    group.known.clear();
  }
  for (auto &warp : meetings)
    warp.clear();
}

bool BlockBarriers::count(Thread &thread, uint32_t id, uint32_t expected,
                          bool vote, Site site) {
  Block &block = *thread.block;
  if (id >= kCount)
    block.fail(thread, site,
               llvm::formatv("there are barriers 0 to 15, found {0}", id));
  if (expected == 0)
    expected = block.size();
  else if (expected % 32 != 0 || expected > block.size())
    block.fail(thread, site,
               llvm::formatv("a barrier meets whole warps of a block of {0} "
                             "threads, found {1}",
                             block.size(), expected));
  Barrier &barrier = barriers[id];
  if (barrier.arrived == 0)
    barrier.expected = expected;
  else if (barrier.expected != expected)
    block.fail(thread, site,
               llvm::formatv("others meet {0} threads at barrier {1}, this one "
                             "{2}",
                             barrier.expected, id, expected));
  barrier.known.add(thread.seen, thread.index, thread.time++);
  barrier.holds += vote;
  return ++barrier.arrived == expected;
}

ClockRef BlockBarriers::open(Block &block, Barrier &barrier) {
  ClockRef known = barrier.known.take();
  for (Thread *waiting : barrier.waiting) {
    waiting->seen = known;
    block.wake(*waiting);
  }
  barrier.waiting.clear();
  barrier.known.clear();
  barrier.result = {barrier.holds, barrier.arrived};
  barrier.arrived = barrier.holds = 0;
  return known;
}

BlockBarriers::Votes BlockBarriers::sync(Thread &thread, uint32_t id,
                                         uint32_t expected, bool vote,
                                         Site site) {
  bool last = count(thread, id, expected, vote, site);
  Barrier &barrier = barriers[id];
  if (last) {
    thread.seen = open(*thread.block, barrier);
  } else {
    barrier.waiting.push_back(&thread);
    thread.block->wait(thread, site);
  }
  return barrier.result;
}

void BlockBarriers::arrive(Thread &thread, uint32_t id, uint32_t expected,
                           Site site) {
  if (count(thread, id, expected, false, site))
    open(*thread.block, barriers[id]);
}

void BlockBarriers::meet(Thread &thread, uint32_t mask, Site site,
                         llvm::function_ref<void()> together) {
  Block &block = *thread.block;
  uint32_t lane = 1u << thread.lane, size = block.warpSize(thread);
  mask &= size == 32 ? ~0u : (1u << size) - 1;
  if (!(mask & lane))
    block.fail(thread, site,
               llvm::formatv("this lane is {0}, which the mask {1:x} of those "
                             "that meet lacks",
                             thread.lane, mask));
  auto &warp = meetings[thread.warp];
  Meeting *meeting = llvm::find_if(warp, [&](const Meeting &other) {
    return other.site == site && other.mask == mask;
  });
  if (meeting == warp.end()) {
    for (const Meeting &other : warp)
      if ((other.mask & lane) && (other.arrived & mask))
        block.fail(thread, site,
                   "its warp is apart: others wait for this thread " +
                       block.placeOf(other.site));
    warp.push_back({mask, 0, site});
    meeting = &warp.back();
  }
  meeting->arrived |= lane;
  if (meeting->arrived != mask)
    return block.wait(thread, site);
  warp.erase(meeting);
  together();
  Thread *lanes = block.warpOf(thread);
  for (uint32_t others = mask & ~lane; others; others &= others - 1)
    block.wake(lanes[llvm::countr_zero(others)]);
}

void BlockBarriers::syncWarp(Thread &thread, uint32_t mask, Site site) {
  meet(thread, mask, site, [&] {
    Thread *lanes = thread.block->warpOf(thread);
    uint32_t size = thread.block->warpSize(thread);
    ClockSum sum;
    for (uint32_t lane = 0; lane < size; ++lane)
      if (mask >> lane & 1)
        sum.add(lanes[lane].seen, lanes[lane].index, lanes[lane].time++);
    ClockRef known = sum.take();
    for (uint32_t lane = 0; lane < size; ++lane)
      if (mask >> lane & 1)
        lanes[lane].seen = known;
  });
}

void BlockBarriers::meetGroup(Thread &thread, Site site,
                              llvm::function_ref<void()> together) {
  constexpr uint32_t size = 128;
  Block &block = *thread.block;
  Group &group = groups[thread.index / size];
  if (group.arrived == 0)
    group.site = site;
  else if (group.site != site)
    block.fail(thread, site,
               "its warp group is apart: others wait for this thread " +
                   block.placeOf(group.site));
  group.known.add(thread.seen, thread.index, thread.time++);
  if (++group.arrived != size)
    return block.wait(thread, site);
  group.arrived = 0;
  ClockRef known = group.known.take();
  group.known.clear();
  Thread *threads = block.warpOf(thread) - thread.warp % 4 * 32;
  for (uint32_t i = 0; i < size; ++i)
    threads[i].seen = known;
  together();
  for (uint32_t i = 0; i < size; ++i)
    if (&threads[i] != &thread)
      block.wake(threads[i]);
}
