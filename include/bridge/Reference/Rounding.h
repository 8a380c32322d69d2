//===- Rounding.h - What f32 arithmetic does to values ----------*- C++ -*-===//
#ifndef BRIDGE_REFERENCE_ROUNDING_H
#define BRIDGE_REFERENCE_ROUNDING_H

#include "bridge/Reference/Array.h"

namespace bridge {

/// Moves floats by a half unit of f32's last place up or down, at random.
class Rounding {
public:
  explicit Rounding(uint64_t seed) : state(seed) {}

  /// Moves all floats.
  void disturb(Array &array);
  /// Moves those that f32 does not hold as they are, so that what is exact in
  /// f32 stays exact.
  void disturbInexact(Array &array);

private:
  double disturbed(double value);

  uint64_t state;
};

} // namespace bridge

#endif // BRIDGE_REFERENCE_ROUNDING_H
