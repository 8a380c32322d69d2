//===- RandomWeights.cpp - Weights from a seed ----------------------------===//
#include "bridge/Runtime/RandomWeights.h"
#include "Base.h"
#include <math.h>

using namespace bridge::runtime;

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable
/// pseudorandom number generators, 2014).
static uint64_t mix(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

void bridge_random_weight(uint64_t seed, const char *name, int32_t rank,
                          const int64_t *shape, float *out) {
  uint64_t state = mix(seed + 0x9e3779b97f4a7c15u);
  for (const char *c = name; *c; ++c)
    state = mix(state ^ static_cast<unsigned char>(*c)) + 0x9e3779b97f4a7c15u;

  double inputs = 1;
  for (int32_t axis = rank > 1; axis < rank; ++axis)
    inputs *= static_cast<double>(shape[axis]);
  // The sum of four numbers from 0 to 65535 has mean 131070 and deviation
  // √(4 · (65536² − 1) / 12); all steps but the last are exact.
  constexpr double deviation = 37837.2272;
  auto scale = static_cast<float>(1 / (deviation * sqrt(inputs)));
  int64_t count = elementCount(rank, shape);
  for (int64_t i = 0; i < count; ++i) {
    uint64_t word = mix(state + static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15u);
    int32_t sum = 0;
    for (; word; word >>= 16)
      sum += word & 0xffff;
    out[i] = static_cast<float>(sum - 131070) * scale;
  }
}
