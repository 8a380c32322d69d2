//===- ThreadPool.h - Threads that share the jobs of a kernel ---*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_THREADPOOL_H
#define BRIDGE_LIB_RUNTIME_THREADPOOL_H

#include "Base.h"
#include <pthread.h>

namespace bridge::runtime {

/// One caller and its workers. Jobs are taken one by one from a counter; the
/// caller waits until all jobs are done, not for workers: a worker without a
/// core holds nobody up unless it has begun a job. All zero bytes before start.
class ThreadPool {
public:
  ~ThreadPool() { stop(); }

  /// `threads` includes the caller.
  bridge_status start(int32_t threads, Message &message);
  void stop();

  /// Runs jobs 0 to `jobs` − 1 of `kernel` and returns when all are done. When
  /// scratch memory is not to be had, nothing runs and `outOfScratch` says so.
  void run(bridge_kernel kernel, const void *args, int64_t jobs,
           int64_t scratchBytes);

  int32_t size() const { return threads; }
  /// The bytes of scratch memory per thread that were not to be had, or 0.
  int64_t outOfScratch;

private:
  struct Worker {
    ThreadPool *pool;
    pthread_t thread;
    void *scratch;
    int64_t scratchBytes;
  };

  static void *work(void *worker);
  void publish(bridge_kernel kernel, const void *args, int64_t first,
               uint32_t jobs);
  bool hasJob() const;
  bool runOneJob(Worker &worker);
  void sleepUntilWoken();
  void waitForJobs(uint32_t jobs);
  bool growScratch(Worker &worker, int64_t bytes);

  int32_t threads;
  int32_t started;
  Worker *workers; ///< [threads]; the first is the caller

  /// The number of the task, and below it (32 bits) the next job. A job is
  /// taken by compare-exchange, so that what was read of a task belongs to it.
  alignas(64) uint64_t state;
  // The task; written only while `state` offers no job.
  bridge_kernel kernel;
  const void *args;
  int64_t firstJob;
  uint32_t jobs;
  alignas(64) uint32_t done; ///< jobs that are done
  uint32_t callerWaits;
  alignas(64) uint32_t wake; ///< changes with each task
  uint32_t sleepers;
  uint32_t stopping;
};

/// The cores that the process may use.
int32_t availableCores();

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_THREADPOOL_H
