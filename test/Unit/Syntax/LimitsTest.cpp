//===- LimitsTest.cpp - Specs that are deep, long or cut off --------------===//
#include "Parse.h"

using namespace bridge::test;

static std::string times(size_t count, const std::string &text) {
  std::string result;
  for (size_t i = 0; i < count; ++i)
    result += text;
  return result;
}

static bool isTooDeep(const std::string &text) {
  std::string result = treeOf(text);
  return result.find("error: nested more than 200 levels deep") !=
         std::string::npos;
}

static void testDepth() {
  constexpr size_t some = 60, many = 100000;
  for (size_t count : {some, many}) {
    bool isDeep = count == many;
    auto repeated = [&](const std::string &text) { return times(count, text); };
    CHECK_EQ(isTooDeep("x = " + repeated("(") + "a" + repeated(")")), isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("[") + "a" + repeated("]")), isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("-") + "a"), isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("~(") + "a" + repeated(")")), isDeep);
    CHECK_EQ(isTooDeep("x = a" + repeated(" ** a")), isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("f(a, ") + "a" + repeated(")")),
             isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("a[") + "a" + repeated("]")), isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("a if b else ") + "c"), isDeep);
    CHECK_EQ(isTooDeep("x = " + repeated("mask q, k: ") + "c"), isDeep);
    CHECK_EQ(isTooDeep("def f() " + repeated("{ if a ") + "{}" + repeated("}")),
             isDeep);
    CHECK_EQ(isTooDeep("def f() { if a {}" + repeated(" else if b {}") + " }"),
             isDeep);
    // Chains nest to the left.
    CHECK_EQ(isTooDeep("x = a" + repeated(" + a")), isDeep);
    CHECK_EQ(isTooDeep("x = a" + repeated(" & a")), isDeep);
    CHECK_EQ(isTooDeep("x = a" + repeated(" @ a")), isDeep);
    CHECK_EQ(isTooDeep("x = a" + repeated(".a")), isDeep);
    CHECK_EQ(isTooDeep("x = a" + repeated("(b)")), isDeep);
    CHECK_EQ(isTooDeep("x = a" + repeated("[b]")), isDeep);
  }
  CHECK(treeOf("x = a" + times(200, " + a"))
            .find("hint: each operator of a chain is a level; name a part of "
                  "it\n") != std::string::npos);
}

/// What is only long is no problem.
static void testLength() {
  constexpr size_t many = 20000;
  CHECK(!isTooDeep(times(many, "x = a\n")));
  CHECK(!isTooDeep("x = [" + times(many, "a, ") + "]"));
  CHECK(!isTooDeep(times(many, "a, ") + "b = c"));
  CHECK(!isTooDeep(std::string(many, 'a') + "." + std::string(many, 'b') +
                   " = 1"));
  CHECK(!isTooDeep(std::string(many, '\n')));
}

/// Every prefix of a spec, and it without any one byte, is parsed without harm.
static void testPieces() {
  const std::string text =
      "use a.b\nconfig { ignore a }\nbridge A(x=1, y[..., 3]: list of f32) {\n"
      "  input x[n]: f32; weight w.x[1] = 0 if x\n  frozen encoder e = [f for "
      "i "
      "in g if h]\n  def f(x) { for i in x { if ~x { return x } else if y {} } "
      "}\n  z = mask q, k: rearrange(x, a (b c) -> ..., n=2)[:, -1:].T ** "
      "\"ä\"\n"
      "  entry a -> b: c if d else e # end\n"
      "  config \"m\" { a = b | 3; require c == d }\n"
      "  weights { a[i] | \"b\".T; ignore \"c\" if d }\n}\n";
  for (size_t i = 0; i < text.size(); ++i) {
    for (std::string piece : {text.substr(0, i), text.substr(i),
                              text.substr(0, i) + text.substr(i + 1)}) {
      treeOf(piece);
      std::string once = formatted(piece);
      if (once.find(": error: ") == std::string::npos)
        CHECK_EQ(formatted(once), once);
    }
  }
}

void bridge::test::testLimits() {
  testDepth();
  testLength();
  testPieces();
}
