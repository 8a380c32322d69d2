//===- TensorFunctions.cpp - Memory barriers and bulk copies
//------------------===//
#include "Block.h"
#include "Runtime.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>

using namespace bridge::emulator;

static void createBarrier(Thread &thread, char *address, uint32_t count,
                          Site site) {
  thread.block->memoryBarriers.create(thread, address, count, site);
}

static void invalidateBarrier(Thread &thread, char *address, Site site) {
  thread.block->memoryBarriers.invalidate(thread, address, site);
}

static uint64_t arriveAt(Thread &thread, char *address, uint32_t count,
                         uint32_t bytes, Site site) {
  return thread.block->memoryBarriers.arrive(thread, address, count, bytes,
                                             site);
}

static void expectBytes(Thread &thread, char *address, uint32_t bytes,
                        Site site) {
  thread.block->memoryBarriers.expect(thread, address, bytes, site);
}

static void completeBytes(Thread &thread, char *address, uint32_t bytes,
                          Site site) {
  thread.block->memoryBarriers.expect(thread, address, -int64_t(bytes), site);
}

/// Waits for a phase; gives 1, as what waits is told that it need not try
/// again.
static uint32_t waitForPhase(Thread &thread, char *address, uint64_t phase,
                             Site site) {
  thread.block->memoryBarriers.wait(thread, address, phase & 1, site);
  return 1;
}

static void fenceProxy(Thread &thread) { thread.fenced = thread.time++; }

/// The copy that a thread describes: coordinates are in its exchange.
static BoxCopy boxOf(Thread &thread, const char *map, char *shared,
                     uint32_t rank, Site site) {
  Block &block = *thread.block;
  block.access(thread, map, kTensorMapBytes, AccessKind::Read, 64, site);
  BoxCopy copy;
  std::memcpy(&copy.map, map, sizeof(copy.map));
  if (copy.map.mark != TensorMap::kMark)
    block.fail(thread, site, "there is no tensor map at this address");
  if (copy.map.rank != rank)
    block.fail(thread, site,
               llvm::formatv("the tensor map has {0} dimensions, the copy {1}",
                             copy.map.rank, rank));
  std::memcpy(copy.coordinates, thread.exchange, rank * sizeof(int32_t));
  copy.shared = shared;
  copy.site = site;
  // Rows of a swizzle repeat after so many bytes; the first has to be at their
  // beginning.
  uint32_t alignment = copy.map.swizzle == Swizzle::None
                           ? 128
                           : 128u << unsigned(copy.map.swizzle);
  if (uintptr_t(shared) & (alignment - 1))
    block.fail(thread, site,
               llvm::formatv("a box at byte {0} of the shared memory, which is "
                             "not a multiple of {1}: misaligned",
                             shared - block.shared.begin(), alignment));
  // All of the tensor has to be there.
  uint64_t extent = copy.map.dims[0] * copy.map.elementBytes;
  for (uint32_t axis = 1; axis < rank; ++axis)
    extent += (copy.map.dims[axis] - 1) * copy.map.strides[axis - 1];
  block.access(thread, copy.map.global, 1, AccessKind::Read, 1, site);
  block.access(thread, copy.map.global + extent - 1, 1, AccessKind::Read, 1,
               site);
  return copy;
}

static void loadBox(Thread &thread, char *shared, const char *map,
                    char *barrier, uint32_t rank, Site site) {
  Block &block = *thread.block;
  BoxCopy copy = boxOf(thread, map, shared, rank, site);
  uint32_t bytes = copy.map.boxBytes();
  block.report(thread,
               block.shared.startCopy(shared, bytes, thread.accessor(site)),
               AccessKind::Write, bytes, site);
  block.memoryBarriers.load(thread, copy, barrier, site);
}

static void storeBox(Thread &thread, const char *map, char *shared,
                     uint32_t rank, Site site) {
  Block &block = *thread.block;
  BoxCopy copy = boxOf(thread, map, shared, rank, site);
  block.readByEngine(thread, shared, copy.map.boxBytes(), site);
  thread.stores.push_back(copy);
}

/// Waits until at most `pending` of the committed groups of stores are under
/// way.
static void waitForStores(Thread &thread, uint32_t pending) {
  auto &groups = thread.storeGroups;
  while (groups.size() > pending) {
    for (uint32_t i = 0; i < groups.front(); ++i) {
      const BoxCopy &copy = thread.stores[i];
      thread.block->readByEngine(thread, copy.shared, copy.map.boxBytes(),
                                 copy.site);
      copy.store();
    }
    thread.stores.erase(thread.stores.begin(),
                        thread.stores.begin() + groups.front());
    groups.erase(groups.begin());
  }
}

static void commitStores(Thread &thread) {
  uint32_t committed = 0;
  for (uint32_t count : thread.storeGroups)
    committed += count;
  thread.storeGroups.push_back(thread.stores.size() - committed);
}

void bridge::emulator::addTensorFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_create_barrier", createBarrier),
      describe("bridge_emulator_invalidate_barrier", invalidateBarrier),
      describe("bridge_emulator_arrive_at", arriveAt),
      describe("bridge_emulator_expect_bytes", expectBytes),
      describe("bridge_emulator_complete_bytes", completeBytes),
      describe("bridge_emulator_wait_for_phase", waitForPhase),
      describe("bridge_emulator_fence_proxy", fenceProxy),
      describe("bridge_emulator_load_box", loadBox),
      describe("bridge_emulator_store_box", storeBox),
      describe("bridge_emulator_commit_stores", commitStores),
      describe("bridge_emulator_wait_for_stores", waitForStores),
  });
}
