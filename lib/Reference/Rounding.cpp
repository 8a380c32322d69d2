//===- Rounding.cpp - What f32 arithmetic does to values ------------------===//
#include "bridge/Reference/Rounding.h"

using namespace bridge;

double Rounding::disturbed(double value) {
  constexpr double kHalfUnit = 0x1p-24;
  // The linear congruential generator of Knuth's MMIX.
  state = state * 6364136223846793005 + 1442695040888963407;
  return value * (state >> 63 ? 1 + kHalfUnit : 1 - kHalfUnit);
}

void Rounding::disturb(Array &array) {
  if (array.element == Element::Float)
    for (double &value : array.values)
      value = disturbed(value);
}

void Rounding::disturbInexact(Array &array) {
  if (array.element == Element::Float)
    for (double &value : array.values)
      if (static_cast<float>(value) != value)
        value = disturbed(value);
}
