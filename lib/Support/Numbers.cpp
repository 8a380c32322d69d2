//===- Numbers.cpp - Numbers for people -----------------------------------===//
#include "bridge/Support/Numbers.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <cstdio>

using namespace bridge;

std::string bridge::groupedText(int64_t number) {
  std::string digits = std::to_string(number);
  int64_t first = number < 0;
  for (int64_t at = int64_t(digits.size()) - 3; at > first; at -= 3)
    digits.insert(at, ",");
  return digits;
}

std::string bridge::scaledText(double number) {
  static constexpr const char *units[] = {"", " k", " M", " G", " T", " P"};
  unsigned unit = 0;
  // What would be rounded to 1000 is 1 of the next unit.
  while (std::abs(number) >= 999.95 && unit + 1 < std::size(units)) {
    number /= 1000;
    ++unit;
  }
  char text[32];
  snprintf(text, sizeof(text), "%.4g%s", number, units[unit]);
  return text;
}

std::string bridge::scaledText(const Dim &dim) {
  std::string text;
  for (const auto &[symbols, coefficient] : dim.terms()) {
    text += text.empty() ? "" : " + ";
    text += scaledText(double(coefficient));
    for (const std::string &symbol : symbols)
      text += " * " + symbol;
  }
  return text.empty() ? "0" : text;
}
