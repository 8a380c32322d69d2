//===- ThreadPool.cpp - Threads that share the jobs of a kernel -----------===//
#include "ThreadPool.h"
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace bridge::runtime;

/// Turns of waiting before a thread sleeps: some tens of microseconds.
static constexpr int spins = 1000;
/// What `state` holds in place of a job while a task is being written.
static constexpr uint64_t noJob = UINT32_MAX;
/// Jobs of one task; more become several tasks.
static constexpr int64_t maxJobs = int64_t(1) << 31;

template <typename T> static T load(const T &value) {
  return __atomic_load_n(&value, __ATOMIC_SEQ_CST);
}
template <typename T> static void store(T &place, T value) {
  __atomic_store_n(&place, value, __ATOMIC_SEQ_CST);
}

static void sleepWhile(const uint32_t &word, uint32_t value) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}
static void wakeSleepers(const uint32_t &word, int count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

int32_t bridge::runtime::availableCores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) == 0)
    return CPU_COUNT(&cores);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<int32_t>(online) : 1;
}

bridge_status ThreadPool::start(int32_t count, Message &message) {
  threads = count;
  workers = static_cast<Worker *>(allocateSmall(count * sizeof(Worker)));
  memset(workers, 0, count * sizeof(Worker));
  state = noJob;
  for (started = 1; started < count; ++started) {
    workers[started].pool = this;
    int error = pthread_create(&workers[started].thread, nullptr, work,
                               &workers[started]);
    if (error)
      return message.fail(BRIDGE_OUT_OF_MEMORY,
                          "cannot start thread %d of %d: %s", started + 1,
                          count, strerror(error));
  }
  return BRIDGE_OK;
}

void ThreadPool::stop() {
  store(stopping, 1u);
  __atomic_add_fetch(&wake, 1, __ATOMIC_SEQ_CST);
  wakeSleepers(wake, INT32_MAX);
  for (int32_t i = 1; i < started; ++i)
    pthread_join(workers[i].thread, nullptr);
  for (int32_t i = 0; i < started; ++i)
    free(workers[i].scratch);
  free(workers);
  workers = nullptr;
  started = 0;
}

void ThreadPool::run(bridge_kernel kernel, const void *args, int64_t jobs,
                     int64_t scratchBytes) {
  if (jobs <= 0 || outOfScratch)
    return;
  bool alone = threads == 1 || jobs == 1;
  for (int32_t i = 0; i < (alone ? 1 : threads); ++i)
    if (!growScratch(workers[i], scratchBytes)) {
      outOfScratch = scratchBytes;
      return;
    }
  if (alone) {
    for (int64_t job = 0; job < jobs; ++job)
      kernel(args, job, workers[0].scratch);
    return;
  }
  for (int64_t first = 0; first < jobs; first += maxJobs) {
    int64_t count = jobs - first < maxJobs ? jobs - first : maxJobs;
    publish(kernel, args, first, static_cast<uint32_t>(count));
    while (runOneJob(workers[0])) {
    }
    waitForJobs(static_cast<uint32_t>(count));
  }
}

void ThreadPool::publish(bridge_kernel newKernel, const void *newArgs,
                         int64_t newFirst, uint32_t newJobs) {
  uint64_t task = (load(state) >> 32) + 1;
  store(state, task << 32 | noJob);
  store(kernel, newKernel);
  store(args, newArgs);
  store(firstJob, newFirst);
  store(jobs, newJobs);
  store(done, 0u);
  store(state, task << 32);
  __atomic_add_fetch(&wake, 1, __ATOMIC_SEQ_CST);
  if (load(sleepers))
    wakeSleepers(wake, static_cast<int>(newJobs - 1));
}

bool ThreadPool::hasJob() const { return (load(state) & noJob) < load(jobs); }

bool ThreadPool::runOneJob(Worker &worker) {
  while (true) {
    uint64_t taken = load(state);
    bridge_kernel taskKernel = load(kernel);
    const void *taskArgs = load(args);
    int64_t taskFirst = load(firstJob);
    uint32_t taskJobs = load(jobs);
    uint64_t job = taken & noJob;
    if (job >= taskJobs)
      return false;
    if (!__atomic_compare_exchange_n(&state, &taken, taken + 1, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      continue;
    taskKernel(taskArgs, taskFirst + static_cast<int64_t>(job), worker.scratch);
    if (__atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST) == taskJobs &&
        load(callerWaits))
      wakeSleepers(done, 1);
    return true;
  }
}

void ThreadPool::waitForJobs(uint32_t count) {
  for (int spin = 0; spin < spins; ++spin) {
    if (load(done) == count)
      return;
    __builtin_ia32_pause();
  }
  store(callerWaits, 1u);
  for (uint32_t now = load(done); now != count; now = load(done))
    sleepWhile(done, now);
  store(callerWaits, 0u);
}

void *ThreadPool::work(void *argument) {
  auto &worker = *static_cast<Worker *>(argument);
  ThreadPool &pool = *worker.pool;
  while (!load(pool.stopping)) {
    while (pool.runOneJob(worker)) {
    }
    for (int spin = 0; spin < spins && !pool.hasJob(); ++spin)
      __builtin_ia32_pause();
    if (!pool.hasJob())
      pool.sleepUntilWoken();
  }
  return nullptr;
}

void ThreadPool::sleepUntilWoken() {
  uint32_t before = load(wake);
  __atomic_add_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
  if (!hasJob() && !load(stopping))
    sleepWhile(wake, before);
  __atomic_sub_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
}

bool ThreadPool::growScratch(Worker &worker, int64_t bytes) {
  if (bytes <= worker.scratchBytes)
    return true;
  free(worker.scratch);
  worker.scratchBytes = 0;
  worker.scratch = nullptr;
  int64_t rounded;
  if (!roundUp(bytes, 64, rounded))
    return false;
  worker.scratch = aligned_alloc(64, rounded);
  worker.scratchBytes = worker.scratch ? rounded : 0;
  return worker.scratch != nullptr;
}
