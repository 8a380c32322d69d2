//===- Polynomial.h - Dimensions that depend on the inputs ------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_POLYNOMIAL_H
#define BRIDGE_LIB_RUNTIME_POLYNOMIAL_H

#include "Base.h"

namespace bridge::runtime {

/// A sum of products of integers and names: `4 * batch * media + 1`.
struct Polynomial {
  struct Term {
    int64_t coefficient;
    Span<int32_t> symbols; ///< indices of names
  };
  Span<Term> terms;
  const char *text;

  /// The value, `values` by index of name; false on overflow.
  bool evaluate(const int64_t *values, int64_t &result) const;
  /// Where exactly one name has no value yet (−1) and stands alone in its term:
  /// that name, its factor and the value of the other terms.
  struct Linear {
    int32_t symbol;
    int64_t factor, rest;
  };
  bool solvable(const int64_t *values, Linear &linear) const;
  /// Whether a name has no value yet.
  bool hasUnknown(const int64_t *values) const;
  /// The names in it, as `tokens = 5, batch = 2`.
  void describe(const int64_t *values, Span<const char *> names,
                Builder &out) const;
};

/// False where `text` is not a polynomial in `names`.
bool parsePolynomial(Text text, Span<const char *> names, Region &region,
                     Polynomial &result);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_POLYNOMIAL_H
