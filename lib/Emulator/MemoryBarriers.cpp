//===- MemoryBarriers.cpp - Barriers in shared memory
//-----------------------===//
#include "MemoryBarriers.h"
#include "Block.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cstring>

using namespace bridge::emulator;

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

// Calls `function` with the offset of each row in the box, where it is in
// global memory, and how many of its bytes, from which on, are in the tensor.
template <typename Function> void BoxCopy::forEachRow(Function function) const {
  uint32_t rowBytes = map.box[0] * map.elementBytes;
  uint32_t rows = map.boxBytes() / rowBytes;
  int64_t first = coordinates[0];
  int64_t begin = std::clamp<int64_t>(-first, 0, map.box[0]);
  int64_t end =
      std::clamp<int64_t>(int64_t(map.dims[0]) - first, begin, map.box[0]);
  for (uint32_t row = 0; row < rows; ++row) {
    int64_t offset = first * map.elementBytes;
    bool inside = true;
    for (uint32_t axis = 1, rest = row; axis < map.rank; ++axis) {
      int64_t index = coordinates[axis] + int64_t(rest % map.box[axis]);
      rest /= map.box[axis];
      inside &= index >= 0 && index < int64_t(map.dims[axis]);
      offset += index * int64_t(map.strides[axis - 1]);
    }
    function(row * rowBytes, map.global + offset,
             inside ? begin * map.elementBytes : 0,
             inside ? end * map.elementBytes : 0, rowBytes);
  }
}

/// Where the byte at `offset` of a box at `shared` is.
static char *placeOf(char *shared, uint32_t offset, Swizzle swizzle) {
  return reinterpret_cast<char *>(
      swizzled(reinterpret_cast<uintptr_t>(shared) + offset, swizzle));
}

void BoxCopy::load() const {
  forEachRow([&](uint32_t offset, const char *row, int64_t begin, int64_t end,
                 uint32_t bytes) {
    for (int64_t i = 0; i < bytes; i += map.elementBytes) {
      char *to = placeOf(shared, offset + i, map.swizzle);
      if (i >= begin && i < end)
        std::memcpy(to, row + i, map.elementBytes);
      else
        std::memset(to, 0, map.elementBytes);
    }
  });
}

void BoxCopy::store() const {
  forEachRow(
      [&](uint32_t offset, char *row, int64_t begin, int64_t end, uint32_t) {
        for (int64_t i = begin; i < end; i += map.elementBytes)
          std::memcpy(row + i, placeOf(shared, offset + i, map.swizzle),
                      map.elementBytes);
      });
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

void MemoryBarriers::create(Thread &thread, char *address, uint32_t count,
                            Site site) {
  thread.block->accessShared(thread, address, 8, AccessKind::Write, 8, site);
  if (count < 1 || count >= 1u << 20)
    thread.block->fail(
        thread, site,
        llvm::formatv("a barrier expects 1 to 1048575 arrivals, found {0}",
                      count));
  Barrier &barrier = barriers[address];
  barrier.count = count;
  barrier.pending = count;
  barrier.bytes = 0;
  barrier.phase = 0;
  barrier.known.clear();
  barrier.last = nullptr;
}

MemoryBarriers::Barrier &MemoryBarriers::find(Thread &thread, char *address,
                                              Site site) {
  // Others may use it at once, but only after it was initialised.
  thread.block->accessShared(thread, address, 8, AccessKind::Atomic, 8, site);
  auto found = barriers.find(address);
  if (found == barriers.end())
    thread.block->fail(thread, site,
                       "there is no initialised barrier " +
                           thread.block->shared.describe(
                               address - thread.block->shared.begin()));
  return found->second;
}

void MemoryBarriers::invalidate(Thread &thread, char *address, Site site) {
  find(thread, address, site);
  barriers.erase(address);
}

void MemoryBarriers::endPhase(Block &block, Barrier &barrier) {
  if (barrier.pending != 0 || barrier.bytes != 0)
    return;
  barrier.pending = barrier.count;
  ++barrier.phase;
  barrier.last = barrier.known.take();
  for (Thread *thread : barrier.waiting)
    block.wake(*thread);
  barrier.waiting.clear();
}

uint64_t MemoryBarriers::arrive(Thread &thread, char *address, uint32_t count,
                                uint32_t bytes, Site site) {
  Barrier &barrier = find(thread, address, site);
  barrier.bytes += bytes;
  barrier.known.add(thread.seen, thread.index, thread.time++);
  uint64_t phase = barrier.phase;
  if (count > barrier.pending)
    thread.block->fail(
        thread, site,
        llvm::formatv("{0} arrive at a barrier that expects {1} more of {2}",
                      count, barrier.pending, barrier.count));
  barrier.pending -= count;
  endPhase(*thread.block, barrier);
  return phase;
}

void MemoryBarriers::expect(Thread &thread, char *address, int64_t bytes,
                            Site site) {
  Barrier &barrier = find(thread, address, site);
  barrier.bytes += bytes;
  barrier.known.add(thread.seen, thread.index, thread.time++);
  endPhase(*thread.block, barrier);
}

void MemoryBarriers::wait(Thread &thread, char *address, uint32_t parity,
                          Site site) {
  Barrier *barrier = &find(thread, address, site);
  while ((barrier->phase & 1) == (parity & 1)) {
    if (barrier->pending == 0 && !barrier->copies.empty()) {
      makeCopies(*thread.block, *barrier);
      continue;
    }
    barrier->waiting.push_back(&thread);
    thread.block->wait(thread, site);
    barrier = &find(thread, address, site);
  }
  if (barrier->last)
    thread.seen = joined(thread.seen, barrier->last);
}

void MemoryBarriers::load(Thread &thread, const BoxCopy &copy, char *address,
                          Site site) {
  Barrier &barrier = find(thread, address, site);
  barrier.copies.push_back(copy);
}

void MemoryBarriers::makeCopies(Block &block, Barrier &barrier) {
  for (const BoxCopy &copy : barrier.copies) {
    copy.load();
    uint32_t bytes = copy.map.boxBytes();
    block.finishBulkCopy(copy.shared, bytes, copy.site, barrier.known);
    barrier.bytes -= bytes;
  }
  barrier.copies.clear();
  endPhase(block, barrier);
}

bool MemoryBarriers::makeCopies(Block &block) {
  for (auto &[address, barrier] : barriers)
    if (!barrier.waiting.empty() && !barrier.copies.empty()) {
      makeCopies(block, barrier);
      return true;
    }
  return false;
}
