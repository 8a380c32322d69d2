//===- Block.cpp - One block of threads
//--------------------------------------===//
#include "Block.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge::emulator;

/// The block that this thread of the host runs.
static thread_local Block *running;

void Block::enter() {
  Thread &thread = *running->current;
  running->grid->entry(&thread, running->grid->arguments);
  if (!thread.stores.empty())
    running->fail(thread, thread.stores.front().site,
                  "the thread returns without a wait for this store");
  thread.finished = true;
  running->leave(thread);
}

Thread *Block::next(const Thread *after) {
  uint32_t warps = (threadCount + 31) / 32;
  uint32_t first = after ? after->warp : 0;
  for (uint32_t i = 0; i < warps; ++i) {
    uint32_t warp = first + i < warps ? first + i : first + i - warps;
    if (uint32_t lanes = ready[warp]) {
      uint32_t lane = llvm::countr_zero(lanes);
      ready[warp] &= lanes - 1;
      return &threads[warp * 32 + lane];
    }
  }
  return nullptr;
}

void Block::leave(Thread &thread) {
  current = next(&thread);
  bridge_emulator_switch(&thread.stackPointer,
                         current ? current->stackPointer : scheduler);
}

void Block::wait(Thread &thread, Site site) {
  thread.site = site;
  leave(thread);
}

void Block::wake(Thread &thread) { ready[thread.warp] |= 1u << thread.lane; }

std::string Block::placeOf(Site site) const { return (*grid->sites)[site]; }

std::string Block::who(const Thread &thread) const {
  return llvm::formatv("thread ({0}, {1}, {2})", thread.threadId[0],
                       thread.threadId[1], thread.threadId[2])
      .str();
}

std::string Block::describe(const Thread &thread, Site site,
                            const llvm::Twine &what) const {
  return llvm::formatv("kernel `{0}`, block ({1}, {2}, {3}), {4}, {5}: {6}",
                       grid->kernel, thread.blockId[0], thread.blockId[1],
                       thread.blockId[2], who(thread), placeOf(site),
                       what.str())
      .str();
}

void Block::fail(Thread &thread, Site site, const llvm::Twine &what) {
  failure = describe(thread, site, what);
  current = nullptr;
  bridge_emulator_switch(&thread.stackPointer, scheduler);
  llvm_unreachable("nobody continues a block that failed");
}

std::string Block::deadlock() const {
  llvm::MapVector<Site, uint32_t> waiting;
  uint32_t finished = 0;
  const Thread *first = nullptr;
  for (uint32_t i = 0; i < threadCount; ++i) {
    const Thread &thread = threads[i];
    if (thread.finished) {
      ++finished;
      continue;
    }
    first = first ? first : &thread;
    ++waiting[thread.site];
  }
  std::string text = "deadlock:";
  llvm::ListSeparator separator(",");
  for (auto [site, count] : waiting)
    text += llvm::formatv("{0} {1} of {2} threads wait {3}",
                          llvm::StringRef(separator), count, threadCount,
                          placeOf(site));
  if (finished)
    text += llvm::formatv(", {0} have returned", finished);
  return describe(*first, first->site, text);
}

llvm::Error Block::begin(const Grid &launched) {
  grid = &launched;
  lastRegion.assign(grid->sites->size(), nullptr);
  threadCount = grid->threads[0] * grid->threads[1] * grid->threads[2];
  if (threadCount > threadCapacity) {
    threads = std::make_unique<Thread[]>(threadCount);
    threadCapacity = threadCount;
  }
  if (!stacks.reserve(threadCount) || !shared.map())
    return llvm::createStringError("out of memory: cannot make stacks for " +
                                   llvm::Twine(threadCount) +
                                   " emulated threads");
  return llvm::Error::success();
}

void Block::prepare(std::array<uint32_t, 3> position) {
  shared.start(grid->dynamicSharedBytes, grid->arrays, lastTime);
  barriers.clear();
  memoryBarriers.clear();
  engineTime = lastTime;
  // One more than there are threads, for the tensor engine.
  start = llvm::makeIntrusiveRefCnt<ClockVector>(
      std::vector<uint32_t>(threadCount + 1, lastTime));
  auto [width, height, depth] = grid->threads;
  for (uint32_t i = 0; i < threadCount; ++i) {
    Thread &thread = threads[i];
    uint32_t place[3] = {i % width, i / width % height, i / width / height};
    for (int axis = 0; axis < 3; ++axis) {
      thread.threadId[axis] = place[axis];
      thread.blockDim[axis] = grid->threads[axis];
      thread.blockId[axis] = position[axis];
      thread.gridDim[axis] = grid->blocks[axis];
    }
    thread.lane = i % 32;
    thread.warp = i / 32;
    thread.warps = (threadCount + 31) / 32;
    thread.shared = shared.begin();
    thread.block = this;
    thread.index = i;
    thread.finished = false;
    thread.time = lastTime + 1;
    thread.seen = start;
    thread.copies.clear();
    thread.fenced = lastTime;
    thread.stores.clear();
    thread.storeGroups.clear();
    thread.products.clear();
    thread.productGroups.clear();
    thread.stackPointer = prepareFiber(stacks.end(i), enter);
    wake(thread);
  }
}

llvm::Error Block::run(std::array<uint32_t, 3> position) {
  prepare(position);
  failure.clear();
  running = this;
  do
    while (failure.empty() && (current = next(nullptr)))
      bridge_emulator_switch(&scheduler, current->stackPointer);
  while (failure.empty() && memoryBarriers.makeCopies(*this));
  std::fill(std::begin(ready), std::end(ready), 0);
  bool finished = true;
  for (uint32_t i = 0; i < threadCount; ++i) {
    finished &= threads[i].finished;
    lastTime = std::max(lastTime, threads[i].time);
  }
  lastTime = std::max(lastTime, engineTime);
  if (failure.empty() && !finished)
    failure = deadlock();
  if (!failure.empty())
    return llvm::createStringError(failure);
  return llvm::Error::success();
}
