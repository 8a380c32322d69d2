//===- Numbers.h - Numbers for people ---------------------------*- C++ -*-===//
#ifndef BRIDGE_SUPPORT_NUMBERS_H
#define BRIDGE_SUPPORT_NUMBERS_H

#include "bridge/Support/Dim.h"
#include <cstdint>
#include <string>

namespace bridge {

/// 151277313 as 151,277,313.
std::string groupedText(int64_t number);

/// 8817623040 as 8.818 G, with four digits: k, M, G, T and P are powers of
/// 1000.
std::string scaledText(double number);

/// A polynomial with scaled coefficients: `8.818 G * images`.
std::string scaledText(const Dim &dim);

} // namespace bridge

#endif // BRIDGE_SUPPORT_NUMBERS_H
