//===- Dim.h - Symbolic dimensions ------------------------------*- C++ -*-===//
//
// A dimension is a polynomial with integer coefficients in the names of the
// dimensions that are known on entry, such as `4 * batch * media + 1`.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_SUPPORT_DIM_H
#define BRIDGE_SUPPORT_DIM_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bridge {

/// A polynomial over named, non-negative integers. Equal polynomials compare
/// equal; different ones are different dimensions, whatever their values.
class Dim {
public:
  /// A product of symbols, sorted, with repetition; empty for the constant.
  using Monomial = std::vector<std::string>;

  Dim(int64_t constant = 0);
  static Dim symbol(llvm::StringRef name);

  /// Reads what `str` prints: sums of products of integers and names, and
  /// nothing else. std::nullopt where `text` is not that.
  static std::optional<Dim> parse(llvm::StringRef text);
  /// The canonical text: `4 * batch * media + 1`.
  std::string str() const;

  bool isStatic() const;
  /// The value of a static dimension.
  std::optional<int64_t> constant() const;
  /// The name, where the dimension is one symbol and nothing else.
  std::optional<std::string> symbolName() const;
  /// All symbols, sorted, each once.
  std::vector<std::string> symbols() const;
  const std::map<Monomial, int64_t> &terms() const { return monomials; }

  /// Coefficients that 64 bits cannot hold become the greatest or least
  /// integer; `fits` tells that this happened.
  bool fits() const;

  Dim operator+(const Dim &other) const;
  Dim operator-(const Dim &other) const;
  Dim operator*(const Dim &other) const;
  bool operator==(const Dim &other) const = default;
  bool operator<(const Dim &other) const { return monomials < other.monomials; }

  /// The exact quotient, where `divisor` is one term (or equal to this) and
  /// divides every term; std::nullopt otherwise.
  std::optional<Dim> divide(const Dim &divisor) const;
  /// Every occurrence of the symbol `name` replaced by `value`.
  Dim substitute(llvm::StringRef name, const Dim &value) const;
  /// The value with every symbol looked up; the greatest or least integer where
  /// 64 bits cannot hold it.
  int64_t evaluate(llvm::function_ref<int64_t(llvm::StringRef)> value) const;

private:
  /// No zero coefficients.
  std::map<Monomial, int64_t> monomials;
};

} // namespace bridge

#endif // BRIDGE_SUPPORT_DIM_H
