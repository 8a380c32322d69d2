//===- Check.h - Checks of unit tests ---------------------------*- C++ -*-===//
#ifndef BRIDGE_TEST_UNIT_CHECK_H
#define BRIDGE_TEST_UNIT_CHECK_H

#include <iostream>
#include <string>

namespace bridge::test {

/// How many checks failed; a test's exit status says whether any did.
inline int failures = 0;

inline void check(bool holds, const char *file, int line,
                  const std::string &what) {
  if (holds)
    return;
  ++failures;
  std::cerr << file << ":" << line << ": " << what << "\n";
}

template <typename A, typename B>
void checkEqual(const A &found, const B &expected, const char *file, int line,
                const char *text) {
  if (found == expected)
    return;
  ++failures;
  std::cerr << file << ":" << line << ": " << text << " is " << found
            << "; expected " << expected << "\n";
}

} // namespace bridge::test

#define CHECK(condition)                                                       \
  ::bridge::test::check(condition, __FILE__, __LINE__, "not true: " #condition)
#define CHECK_EQ(found, expected)                                              \
  ::bridge::test::checkEqual(found, expected, __FILE__, __LINE__, #found)

#endif // BRIDGE_TEST_UNIT_CHECK_H
