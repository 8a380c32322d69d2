//===- ThreadPoolTest.cpp - Threads that share jobs -----------------------===//
#include "ThreadPool.h"
#include "Support.h"
#include <atomic>
#include <sched.h>
#include <thread>

using namespace bridge::runtime;

namespace {

struct Work {
  std::atomic<int32_t> *counts;
  int64_t yieldEvery;
  int64_t scratchBytes;
  std::atomic<bool> misaligned;
};

void countJob(const void *args, int64_t job, void *scratch) {
  auto *work = static_cast<Work *>(const_cast<void *>(args));
  if (work->yieldEvery && job % work->yieldEvery == 0)
    sched_yield();
  if (work->scratchBytes) {
    if (reinterpret_cast<uintptr_t>(scratch) % 64)
      work->misaligned = true;
    std::memset(scratch, static_cast<int>(job), work->scratchBytes);
  }
  work->counts[job].fetch_add(1, std::memory_order_relaxed);
}

} // namespace

/// Every job once, in tasks of many sizes, on more threads than cores.
static void testContention(int32_t threads, int tasks) {
  bridge_message why;
  Message message(&why);
  ThreadPool *pool = create<ThreadPool>();
  CHECK_EQ(pool->start(threads, message), BRIDGE_OK);
  std::vector<std::atomic<int32_t>> counts(300);
  for (int task = 0; task < tasks; ++task) {
    int64_t jobs = task % 300;
    for (std::atomic<int32_t> &count : counts)
      count.store(0, std::memory_order_relaxed);
    Work work{counts.data(), task % 5, task % 7 * 100, false};
    pool->run(countJob, &work, jobs, work.scratchBytes);
    for (int64_t job = 0; job < 300; ++job)
      if (counts[job].load(std::memory_order_relaxed) != (job < jobs))
        CHECK_EQ(job, -1);
    CHECK(!work.misaligned);
    if (task % 100 == 0)
      std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  CHECK_EQ(pool->outOfScratch, 0);
  destroy(pool);
}

static void testScratchLimit() {
  Message message(nullptr);
  ThreadPool *pool = create<ThreadPool>();
  CHECK_EQ(pool->start(2, message), BRIDGE_OK);
  std::atomic<int32_t> count{0};
  Work work{&count, 0, 0, false};
  pool->run(countJob, &work, 1, INT64_MAX);
  CHECK_EQ(pool->outOfScratch, INT64_MAX);
  CHECK_EQ(count.load(), 0);
  destroy(pool);
}

int main() {
  CHECK(availableCores() >= 1);
  for (int32_t threads : {1, 2, 3, 8})
    testContention(threads, 3000);
  testScratchLimit();
  return bridge::test::failures != 0;
}
