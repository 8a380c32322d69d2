//===- WarpFunctions.cpp - Values that lanes exchange
//-----------------------===//
#include "Block.h"
#include "Runtime.h"
#include <cmath>
#include <cstring>

using namespace bridge::emulator;

/// A word of what a lane gives or gets.
static uint32_t &word(Thread &thread, uint32_t index) {
  return reinterpret_cast<uint32_t *>(thread.exchange)[index];
}

namespace {
/// The lane that `lane` reads, by the PTX description of shfl.sync: `clamp` has
/// the last lane of a segment in its low bits, and the bits that stay within
/// one from bit 8.
enum class Shuffle : uint32_t { Butterfly, Up, Down, Index };

struct Source {
  uint32_t lane;
  bool valid;
};
} // namespace

static Source shuffleSource(Shuffle kind, uint32_t lane, uint32_t offset,
                            uint32_t clamp) {
  uint32_t segment = clamp >> 8 & 31, limit = clamp & 31;
  offset &= 31;
  int32_t last = (lane & segment) | (limit & ~segment);
  int32_t first = lane & segment;
  int32_t source = 0;
  bool valid = false;
  switch (kind) {
  case Shuffle::Up:
    source = int32_t(lane) - int32_t(offset);
    valid = source >= last;
    break;
  case Shuffle::Down:
    source = lane + offset;
    valid = source <= last;
    break;
  case Shuffle::Butterfly:
    source = lane ^ offset;
    valid = source <= last;
    break;
  case Shuffle::Index:
    source = first | (offset & ~segment);
    valid = source <= last;
    break;
  }
  return {valid ? uint32_t(source) : lane, valid};
}

/// Gives the value, and in the exchange whether its lane was valid.
static uint32_t shuffle(Thread &thread, uint32_t mask, uint32_t value,
                        uint32_t offset, uint32_t clamp, Shuffle kind,
                        Site site) {
  word(thread, 0) = value;
  word(thread, 1) = offset;
  word(thread, 2) = clamp;
  Block &block = *thread.block;
  Thread *lanes = block.warpOf(thread);
  block.barriers.meet(thread, mask, site, [&] {
    uint32_t values[32];
    uint32_t size = block.warpSize(thread);
    for (uint32_t lane = 0; lane < size; ++lane)
      values[lane] = word(lanes[lane], 0);
    for (uint32_t lane = 0; lane < size; ++lane) {
      if (!(mask >> lane & 1))
        continue;
      Source source =
          shuffleSource(kind, lane, word(lanes[lane], 1), word(lanes[lane], 2));
      if (source.lane >= size || !(mask >> source.lane & 1))
        block.fail(thread, site,
                   "lane " + llvm::Twine(lane) + " reads from lane " +
                       llvm::Twine(source.lane) +
                       ", which does not take part in this");
      word(lanes[lane], 0) = values[source.lane];
      word(lanes[lane], 1) = source.valid;
    }
  });
  return word(thread, 0);
}

/// Meets the lanes of `mask`; `combine` makes the result from their values.
template <typename Combine>
static uint32_t reduce(Thread &thread, uint32_t mask, uint32_t value, Site site,
                       Combine combine) {
  word(thread, 0) = value;
  Block &block = *thread.block;
  Thread *lanes = block.warpOf(thread);
  block.barriers.meet(thread, mask, site, [&] {
    uint32_t size = block.warpSize(thread);
    uint32_t values[32], count = 0;
    for (uint32_t lane = 0; lane < size; ++lane)
      if (mask >> lane & 1)
        values[count++] = word(lanes[lane], 0);
    uint32_t result = combine(values, count);
    for (uint32_t lane = 0; lane < size; ++lane)
      if (mask >> lane & 1)
        word(lanes[lane], 0) = result;
  });
  return word(thread, 0);
}

static uint32_t ballot(Thread &thread, uint32_t mask, uint32_t holds,
                       Site site) {
  uint32_t bit = holds ? 1u << thread.lane : 0;
  return reduce(thread, mask, bit, site, [](uint32_t *values, uint32_t count) {
    uint32_t result = 0;
    for (uint32_t i = 0; i < count; ++i)
      result |= values[i];
    return result;
  });
}

static uint32_t lanesOf(Thread &thread, uint32_t mask) {
  uint32_t size = thread.block->warpSize(thread);
  return size == 32 ? mask : mask & ((1u << size) - 1);
}

static uint32_t voteAny(Thread &thread, uint32_t mask, uint32_t holds,
                        Site site) {
  return ballot(thread, mask, holds, site) != 0;
}

static uint32_t voteAll(Thread &thread, uint32_t mask, uint32_t holds,
                        Site site) {
  return ballot(thread, mask, holds, site) == lanesOf(thread, mask);
}

static uint32_t voteUniform(Thread &thread, uint32_t mask, uint32_t holds,
                            Site site) {
  uint32_t votes = ballot(thread, mask, holds, site);
  return votes == 0 || votes == lanesOf(thread, mask);
}

/// Elects the lowest lane of `mask`.
static uint32_t elect(Thread &thread, uint32_t mask, Site site) {
  reduce(thread, mask, 0, site, [](uint32_t *, uint32_t) { return 0u; });
  return thread.lane == uint32_t(llvm::countr_zero(lanesOf(thread, mask)));
}

template <typename T, typename Combine>
static uint32_t reduceAs(Thread &thread, uint32_t mask, uint32_t value,
                         Site site, Combine combine) {
  return reduce(thread, mask, value, site,
                [&](uint32_t *values, uint32_t count) {
                  T result = llvm::bit_cast<T>(values[0]);
                  for (uint32_t i = 1; i < count; ++i)
                    result = combine(result, llvm::bit_cast<T>(values[i]));
                  return llvm::bit_cast<uint32_t>(result);
                });
}

#define BRIDGE_REDUCTION(NAME, TYPE, EXPRESSION)                               \
  static uint32_t NAME(Thread &thread, uint32_t mask, uint32_t value,          \
                       Site site) {                                            \
    return reduceAs<TYPE>(thread, mask, value, site,                           \
                          [](TYPE a, TYPE b) -> TYPE { return EXPRESSION; });  \
  }
BRIDGE_REDUCTION(reduceAdd, uint32_t, a + b)
BRIDGE_REDUCTION(reduceAnd, uint32_t, a &b)
BRIDGE_REDUCTION(reduceOr, uint32_t, a | b)
BRIDGE_REDUCTION(reduceXor, uint32_t, a ^ b)
BRIDGE_REDUCTION(reduceMin, int32_t, std::min(a, b))
BRIDGE_REDUCTION(reduceMax, int32_t, std::max(a, b))
BRIDGE_REDUCTION(reduceUmin, uint32_t, std::min(a, b))
BRIDGE_REDUCTION(reduceUmax, uint32_t, std::max(a, b))
BRIDGE_REDUCTION(reduceFmin, float, std::fmin(a, b))
BRIDGE_REDUCTION(reduceFmax, float, std::fmax(a, b))
#undef BRIDGE_REDUCTION

void bridge::emulator::addWarpFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_shuffle", shuffle),
      describe("bridge_emulator_vote_any", voteAny),
      describe("bridge_emulator_vote_all", voteAll),
      describe("bridge_emulator_vote_uni", voteUniform),
      describe("bridge_emulator_vote_ballot", ballot),
      describe("bridge_emulator_elect", elect),
      describe("bridge_emulator_redux_add", reduceAdd),
      describe("bridge_emulator_redux_and", reduceAnd),
      describe("bridge_emulator_redux_or", reduceOr),
      describe("bridge_emulator_redux_xor", reduceXor),
      describe("bridge_emulator_redux_min", reduceMin),
      describe("bridge_emulator_redux_max", reduceMax),
      describe("bridge_emulator_redux_umin", reduceUmin),
      describe("bridge_emulator_redux_umax", reduceUmax),
      describe("bridge_emulator_redux_fmin", reduceFmin),
      describe("bridge_emulator_redux_fmax", reduceFmax),
  });
}
