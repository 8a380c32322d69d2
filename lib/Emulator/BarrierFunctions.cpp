//===- BarrierFunctions.cpp - Where the threads of a block meet
//-------------===//
#include "Block.h"
#include "Runtime.h"

using namespace bridge::emulator;

static void syncBlock(Thread &thread, uint32_t id, uint32_t expected,
                      Site site) {
  thread.block->barriers.sync(thread, id, expected, false, site);
}

static uint32_t syncCount(Thread &thread, uint32_t id, uint32_t expected,
                          uint32_t holds, Site site) {
  return thread.block->barriers.sync(thread, id, expected, holds != 0, site)
      .holds;
}

static uint32_t syncAll(Thread &thread, uint32_t id, uint32_t expected,
                        uint32_t holds, Site site) {
  auto votes =
      thread.block->barriers.sync(thread, id, expected, holds != 0, site);
  return votes.holds == votes.arrived;
}

static uint32_t syncAny(Thread &thread, uint32_t id, uint32_t expected,
                        uint32_t holds, Site site) {
  return thread.block->barriers.sync(thread, id, expected, holds != 0, site)
             .holds != 0;
}

static void arrive(Thread &thread, uint32_t id, uint32_t expected, Site site) {
  thread.block->barriers.arrive(thread, id, expected, site);
}

static void syncWarp(Thread &thread, uint32_t mask, Site site) {
  thread.block->barriers.syncWarp(thread, mask, site);
}

void bridge::emulator::addBarrierFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_sync", syncBlock),
      describe("bridge_emulator_sync_popc", syncCount),
      describe("bridge_emulator_sync_and", syncAll),
      describe("bridge_emulator_sync_or", syncAny),
      describe("bridge_emulator_arrive", arrive),
      describe("bridge_emulator_sync_warp", syncWarp),
  });
}
