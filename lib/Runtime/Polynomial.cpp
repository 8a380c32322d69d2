//===- Polynomial.cpp - Dimensions that depend on the inputs --------------===//
#include "Polynomial.h"

using namespace bridge::runtime;

bool Polynomial::evaluate(const int64_t *values, int64_t &result) const {
  int64_t sum = 0;
  for (const Term &term : terms) {
    int64_t product = term.coefficient;
    for (int32_t symbol : term.symbols)
      if (!multiply(product, values[symbol], product))
        return false;
    if (!add(sum, product, sum))
      return false;
  }
  result = sum;
  return true;
}

bool Polynomial::hasUnknown(const int64_t *values) const {
  for (const Term &term : terms)
    for (int32_t symbol : term.symbols)
      if (values[symbol] < 0)
        return true;
  return false;
}

bool Polynomial::solvable(const int64_t *values, Linear &linear) const {
  linear = {-1, 0, 0};
  for (const Term &term : terms) {
    int32_t unknown = -1;
    int64_t product = term.coefficient;
    for (int32_t symbol : term.symbols) {
      if (values[symbol] >= 0) {
        if (!multiply(product, values[symbol], product))
          return false;
        continue;
      }
      if (unknown >= 0)
        return false;
      unknown = symbol;
    }
    if (unknown < 0) {
      if (!add(linear.rest, product, linear.rest))
        return false;
      continue;
    }
    if (linear.symbol >= 0 && linear.symbol != unknown)
      return false;
    linear.symbol = unknown;
    if (!add(linear.factor, product, linear.factor))
      return false;
  }
  return linear.symbol >= 0 && linear.factor != 0;
}

void Polynomial::describe(const int64_t *values, Span<const char *> names,
                          Builder &out) const {
  for (int64_t symbol = 0; symbol < names.size; ++symbol) {
    bool used = false;
    for (const Term &term : terms)
      for (int32_t other : term.symbols)
        used = used || other == symbol;
    if (used)
      out.addf("%s%s = %lld", out.text().size ? ", " : "", names[symbol],
               static_cast<long long>(values[symbol]));
  }
}

namespace {

struct PolynomialParser {
  Text rest;
  Span<const char *> names;
  Region &region;

  void skipSpace() {
    while (rest.size && *rest.data == ' ')
      rest = rest.dropFront(1);
  }
  bool consume(char c) {
    skipSpace();
    if (!rest.size || *rest.data != c)
      return false;
    rest = rest.dropFront(1);
    return true;
  }

  bool parseFactor(int64_t &coefficient, Array<int32_t> &symbols) {
    skipSpace();
    size_t length = 0;
    while (length < rest.size && rest.data[length] != ' ' &&
           rest.data[length] != '*' && rest.data[length] != '+' &&
           rest.data[length] != '-')
      ++length;
    Text word(rest.data, length);
    rest = rest.dropFront(length);
    if (!length)
      return false;
    if (word.data[0] < '0' || word.data[0] > '9') {
      for (int64_t i = 0; i < names.size; ++i)
        if (word == names[i]) {
          symbols.push(static_cast<int32_t>(i));
          return true;
        }
      return false;
    }
    int64_t number = 0;
    for (char c : word)
      if (c < '0' || c > '9' || !multiply(number, 10, number) ||
          !add(number, c - '0', number))
        return false;
    return multiply(coefficient, number, coefficient);
  }

  bool parse(Polynomial &result) {
    Array<Polynomial::Term> terms;
    bool negative = consume('-');
    while (true) {
      int64_t coefficient = negative ? -1 : 1;
      Array<int32_t> symbols;
      do {
        if (!parseFactor(coefficient, symbols))
          return false;
      } while (consume('*'));
      Polynomial::Term term{coefficient, region.span<int32_t>(symbols.size())};
      for (int64_t i = 0; i < symbols.size(); ++i)
        term.symbols[i] = symbols[i];
      terms.push(term);
      if (!consume('+')) {
        if (!consume('-'))
          break;
        negative = true;
      } else {
        negative = false;
      }
    }
    result.terms = region.span<Polynomial::Term>(terms.size());
    for (int64_t i = 0; i < terms.size(); ++i)
      result.terms[i] = terms[i];
    skipSpace();
    return !rest.size;
  }
};

} // namespace

bool bridge::runtime::parsePolynomial(Text text, Span<const char *> names,
                                      Region &region, Polynomial &result) {
  result.text = region.copy(text);
  return PolynomialParser{text, names, region}.parse(result);
}
