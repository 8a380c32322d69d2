//===- Clock.h - What a thread knows of the others ---------------*- C++
//-*-===//
//
// Happens-before by vector clocks, with one number for a write and two for
// reads of each word: C. Flanagan, S. N. Freund, "FastTrack: Efficient and
// Precise Dynamic Race Detection", PLDI 2009. Threads that leave a barrier
// share one vector.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include <algorithm>
#include <cstdint>
#include <vector>

namespace bridge::emulator {

/// For each thread of a block, and for the copies that the tensor engine makes,
/// up to which of its clock's times everything is known. Not changed once
/// shared.
struct ClockVector : llvm::RefCountedBase<ClockVector> {
  explicit ClockVector(std::vector<uint32_t> times) : times(std::move(times)) {}
  std::vector<uint32_t> times;
};
using ClockRef = llvm::IntrusiveRefCntPtr<const ClockVector>;

/// Collects what those who arrive at a barrier know.
class ClockSum {
public:
  void clear() { sum.clear(), last = nullptr, result = nullptr; }

  /// Adds what is `seen`, and the time of `index` itself.
  void add(const ClockRef &seen, uint32_t index, uint32_t time) {
    if (sum.empty())
      sum = seen->times;
    else if (seen != last)
      for (size_t i = 0; i < sum.size(); ++i)
        sum[i] = std::max(sum[i], seen->times[i]);
    last = seen;
    sum[index] = std::max(sum[index], time);
    result = nullptr;
  }

  /// Adds the time of `index`, of which nothing else is known. Needs a clock of
  /// as many threads for the first time.
  void addTime(const ClockRef &start, uint32_t index, uint32_t time) {
    if (sum.empty())
      sum = start->times;
    sum[index] = std::max(sum[index], time);
    result = nullptr;
  }

  /// What those know who leave. Needs that somebody arrived.
  ClockRef take() {
    if (!result)
      result = llvm::makeIntrusiveRefCnt<ClockVector>(sum);
    return result;
  }

private:
  std::vector<uint32_t> sum;
  ClockRef last, result;
};

/// The union of what `a` and `b` know.
inline ClockRef joined(const ClockRef &a, const ClockRef &b) {
  if (a == b)
    return a;
  std::vector<uint32_t> times = a->times;
  for (size_t i = 0; i < times.size(); ++i)
    times[i] = std::max(times[i], b->times[i]);
  return llvm::makeIntrusiveRefCnt<ClockVector>(std::move(times));
}

} // namespace bridge::emulator
