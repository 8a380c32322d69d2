//===- DimTest.cpp - Symbolic dimensions ----------------------------------===//
#include "bridge/Support/Dim.h"
#include "Check.h"
#include <random>

using namespace bridge;

static std::string canonical(llvm::StringRef text) {
  std::optional<Dim> dim = Dim::parse(text);
  return dim ? dim->str() : "nothing";
}

static std::string quotient(llvm::StringRef dim, llvm::StringRef divisor) {
  std::optional<Dim> result = Dim::parse(dim)->divide(*Dim::parse(divisor));
  return result ? result->str() : "nothing";
}

static void testText() {
  CHECK_EQ(canonical("0"), "0");
  CHECK_EQ(canonical("7"), "7");
  CHECK_EQ(canonical("-7"), "-7");
  CHECK_EQ(canonical("t"), "t");
  CHECK_EQ(canonical("-t"), "-1 * t");
  CHECK_EQ(canonical(" 1+t "), "t + 1");
  CHECK_EQ(canonical("t*4*b + 3 - 2*t*t"), "-2 * t * t + 4 * b * t + 3");
  CHECK_EQ(canonical("t - t"), "0");
  CHECK_EQ(canonical("b*t + t*b"), "2 * b * t");
  CHECK_EQ(canonical("text_len2 - 1"), "text_len2 - 1");
  for (llvm::StringRef wrong :
       {"", " ", "+", "t +", "+ t", "2 *", "* 2", "t t", "2t", "t ** 2", "--t",
        "t - - 1", "2 * -3", "t.x", "(t)", "99999999999999999999", "é"})
    CHECK_EQ(canonical(wrong), "nothing");
}

static void testQueries() {
  CHECK(Dim(0).isStatic() && Dim(5).isStatic());
  CHECK(!Dim::symbol("t").isStatic());
  CHECK(Dim(0).constant() == 0);
  CHECK(Dim(-3).constant() == -3);
  CHECK(!(Dim::symbol("t") + Dim(1)).constant());
  CHECK((Dim::symbol("t") - Dim::symbol("t")).constant() == 0);
  CHECK(Dim::symbol("t").symbolName() == "t");
  for (llvm::StringRef compound : {"2 * t", "t + 1", "b * t", "3", "0", "-t"})
    CHECK(!Dim::parse(compound)->symbolName());
  CHECK((Dim::parse("t*t*b + a")->symbols() ==
         std::vector<std::string>{"a", "b", "t"}));
}

static void testDivision() {
  CHECK_EQ(quotient("64", "8"), "8");
  CHECK_EQ(quotient("64", "7"), "nothing");
  CHECK_EQ(quotient("64", "0"), "nothing");
  CHECK_EQ(quotient("0", "0"), "nothing");
  CHECK_EQ(quotient("0", "5"), "0");
  CHECK_EQ(quotient("0", "t"), "0");
  CHECK_EQ(quotient("t", "t"), "1");
  CHECK_EQ(quotient("t", "4"), "nothing");
  CHECK_EQ(quotient("t", "b"), "nothing");
  CHECK_EQ(quotient("4*b*m", "2*m"), "2 * b");
  CHECK_EQ(quotient("4*b*m + 8*m", "4*m"), "b + 2");
  CHECK_EQ(quotient("4*b*m + 8", "4*m"), "nothing");
  CHECK_EQ(quotient("t*t", "t"), "t");
  CHECK_EQ(quotient("t", "t*t"), "nothing");
  CHECK_EQ(quotient("t + 1", "t + 1"), "1");
  CHECK_EQ(quotient("2*t + 2", "t + 1"), "nothing");
  CHECK_EQ(quotient("-4*t", "4"), "-1 * t");
  CHECK_EQ(quotient("-4*t", "-1"), "4 * t");
}

static void testSubstitution() {
  auto substituted = [](llvm::StringRef dim, llvm::StringRef name,
                        llvm::StringRef value) {
    return Dim::parse(dim)->substitute(name, *Dim::parse(value)).str();
  };
  CHECK_EQ(substituted("patches + 1", "patches", "4*q"), "4 * q + 1");
  CHECK_EQ(substituted("t*t", "t", "a + 1"), "a * a + 2 * a + 1");
  CHECK_EQ(substituted("t - b", "t", "b"), "0");
  CHECK_EQ(substituted("t + 1", "u", "5"), "t + 1");
  CHECK_EQ(substituted("t", "t", "t + 1"), "t + 1");
  CHECK_EQ(substituted("2*t*b", "t", "0"), "0");
}

static Dim random(std::mt19937 &engine) {
  Dim sum;
  for (int term = engine() % 4; term > 0; --term) {
    Dim product(int64_t(engine() % 9) - 4);
    for (int factor = engine() % 3; factor > 0; --factor)
      product = product * Dim::symbol(std::string(1, "abc"[engine() % 3]));
    sum = sum + product;
  }
  return sum;
}

/// The arithmetic agrees with that of the values, and the text with the value.
static void testRandomly() {
  std::mt19937 engine(1);
  for (int i = 0; i < 2000; ++i) {
    Dim x = random(engine), y = random(engine), z = random(engine);
    int64_t values[] = {int64_t(engine() % 7), int64_t(engine() % 7),
                        int64_t(engine() % 7)};
    auto value = [&](const Dim &dim) {
      return dim.evaluate(
          [&](llvm::StringRef name) { return values[name[0] - 'a']; });
    };
    CHECK_EQ(value(x + y), value(x) + value(y));
    CHECK_EQ(value(x - y), value(x) - value(y));
    CHECK_EQ(value(x * y), value(x) * value(y));
    CHECK((x + y) * z == x * z + y * z);
    CHECK(x - x == Dim(0));
    CHECK_EQ(canonical(x.str()), x.str());
    CHECK(Dim::parse(x.str()) == x);
    if (z.terms().size() == 1)
      CHECK((x * z).divide(z) == x);
    if (std::optional<Dim> q = x.divide(y))
      CHECK(*q * y == x);
    CHECK_EQ(value(x.substitute("a", Dim(values[0]))), value(x));
    CHECK(x.substitute("a", y) + z.substitute("a", y) ==
          (x + z).substitute("a", y));
  }
}

/// What 64 bits cannot hold stays at their ends, and tells so.
static void testOverflow() {
  Dim huge(INT64_MAX - 1), t = Dim::symbol("t");
  CHECK(huge.fits());
  CHECK((huge + t).fits());
  CHECK(!(huge + Dim(1)).fits());
  CHECK(!(huge + huge).fits());
  CHECK((huge + huge).constant() == INT64_MAX);
  CHECK((huge * Dim(-2)).constant() == INT64_MIN);
  CHECK(!(t * huge * Dim(3) + t).fits());
  CHECK_EQ((t * huge * Dim(-3)).str(), "-9223372036854775808 * t");
  auto billion = [](llvm::StringRef) { return int64_t(1'000'000'000); };
  CHECK((t * t).evaluate(billion) == 1'000'000'000'000'000'000);
  CHECK((t * t * t).evaluate(billion) == INT64_MAX);
  CHECK((t * t * t * Dim(-1) + t).evaluate(billion) ==
        INT64_MIN + 1'000'000'000);
}

int main() {
  testText();
  testQueries();
  testDivision();
  testSubstitution();
  testRandomly();
  testOverflow();
  return bridge::test::failures != 0;
}
