//===- Dim.cpp - Symbolic dimensions --------------------------------------===//
#include "bridge/Support/Dim.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <set>

using namespace bridge;

static int64_t saturatingAdd(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum))
    return a < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

static int64_t saturatingMultiply(int64_t a, int64_t b) {
  int64_t product;
  if (__builtin_mul_overflow(a, b, &product))
    return (a < 0) != (b < 0) ? INT64_MIN : INT64_MAX;
  return product;
}

Dim::Dim(int64_t constant) {
  if (constant != 0)
    monomials[{}] = constant;
}

Dim Dim::symbol(llvm::StringRef name) {
  Dim dim;
  dim.monomials[{name.str()}] = 1;
  return dim;
}

std::optional<Dim> Dim::parse(llvm::StringRef text) {
  Dim sum;
  bool negative = text.ltrim().consume_front("-");
  if (negative)
    text = text.ltrim().drop_front();
  while (true) {
    size_t end = text.find_first_of("+-");
    Dim product(negative ? -1 : 1);
    llvm::SmallVector<llvm::StringRef> factors;
    text.substr(0, end).split(factors, '*');
    for (llvm::StringRef factor : factors) {
      factor = factor.trim();
      int64_t number;
      if (factor.empty())
        return std::nullopt;
      if (llvm::isDigit(factor.front())) {
        if (factor.getAsInteger(10, number))
          return std::nullopt;
        product = product * Dim(number);
      } else {
        if (!llvm::all_of(factor,
                          [](char c) { return llvm::isAlnum(c) || c == '_'; }))
          return std::nullopt;
        product = product * Dim::symbol(factor);
      }
    }
    sum = sum + product;
    if (end == llvm::StringRef::npos)
      return sum;
    negative = text[end] == '-';
    text = text.drop_front(end + 1);
  }
}

std::string Dim::str() const {
  if (monomials.empty())
    return "0";
  std::string text;
  // The constant sorts first and is written last.
  for (auto it = monomials.rbegin(); it != monomials.rend(); ++it) {
    const auto &[monomial, coefficient] = *it;
    uint64_t magnitude = coefficient;
    if (coefficient < 0)
      magnitude = -magnitude;
    if (!text.empty())
      text += coefficient < 0 ? " - " : " + ";
    else if (coefficient < 0)
      text = "-";
    bool written = false;
    // A leading minus is a factor's: `-1 * t`.
    if (magnitude != 1 || monomial.empty() || text == "-") {
      text += std::to_string(magnitude);
      written = true;
    }
    for (const std::string &name : monomial) {
      text += written ? " * " + name : name;
      written = true;
    }
  }
  return text;
}

bool Dim::isStatic() const {
  return monomials.empty() ||
         (monomials.size() == 1 && monomials.begin()->first.empty());
}

std::optional<int64_t> Dim::constant() const {
  if (!isStatic())
    return std::nullopt;
  return monomials.empty() ? 0 : monomials.begin()->second;
}

std::optional<std::string> Dim::symbolName() const {
  if (monomials.size() != 1 || monomials.begin()->second != 1 ||
      monomials.begin()->first.size() != 1)
    return std::nullopt;
  return monomials.begin()->first.front();
}

std::vector<std::string> Dim::symbols() const {
  std::set<std::string> names;
  for (const auto &term : monomials)
    names.insert(term.first.begin(), term.first.end());
  return {names.begin(), names.end()};
}

bool Dim::fits() const {
  return llvm::none_of(monomials, [](const auto &term) {
    return term.second == INT64_MAX || term.second == INT64_MIN;
  });
}

static void accumulate(std::map<Dim::Monomial, int64_t> &terms,
                       const Dim::Monomial &monomial, int64_t coefficient) {
  int64_t &value = terms[monomial];
  value = saturatingAdd(value, coefficient);
  if (value == 0)
    terms.erase(monomial);
}

Dim Dim::operator+(const Dim &other) const {
  Dim sum = *this;
  for (const auto &[monomial, coefficient] : other.monomials)
    accumulate(sum.monomials, monomial, coefficient);
  return sum;
}

Dim Dim::operator-(const Dim &other) const { return *this + other * Dim(-1); }

Dim Dim::operator*(const Dim &other) const {
  Dim product;
  for (const auto &[left, a] : monomials)
    for (const auto &[right, b] : other.monomials) {
      Monomial joined;
      std::merge(left.begin(), left.end(), right.begin(), right.end(),
                 std::back_inserter(joined));
      accumulate(product.monomials, joined, saturatingMultiply(a, b));
    }
  return product;
}

std::optional<Dim> Dim::divide(const Dim &divisor) const {
  if (*this == divisor && !divisor.monomials.empty())
    return Dim(1);
  if (divisor.monomials.size() != 1)
    return std::nullopt;
  const auto &[factors, factor] = *divisor.monomials.begin();
  if (factor == -1)
    return (*this * Dim(-1)).divide(divisor * Dim(-1));
  Dim quotient;
  for (const auto &[monomial, coefficient] : monomials) {
    if (coefficient % factor != 0 ||
        !std::includes(monomial.begin(), monomial.end(), factors.begin(),
                       factors.end()))
      return std::nullopt;
    Monomial rest;
    std::set_difference(monomial.begin(), monomial.end(), factors.begin(),
                        factors.end(), std::back_inserter(rest));
    quotient.monomials[rest] = coefficient / factor;
  }
  return quotient;
}

Dim Dim::substitute(llvm::StringRef name, const Dim &value) const {
  Dim result;
  for (const auto &[monomial, coefficient] : monomials) {
    Dim term(coefficient);
    for (const std::string &factor : monomial)
      term = term * (factor == name ? value : Dim::symbol(factor));
    result = result + term;
  }
  return result;
}

int64_t
Dim::evaluate(llvm::function_ref<int64_t(llvm::StringRef)> value) const {
  int64_t sum = 0;
  for (const auto &[monomial, coefficient] : monomials) {
    int64_t term = coefficient;
    for (const std::string &factor : monomial)
      term = saturatingMultiply(term, value(factor));
    sum = saturatingAdd(sum, term);
  }
  return sum;
}
