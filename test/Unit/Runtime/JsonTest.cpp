//===- JsonTest.cpp - The reader of JSON ----------------------------------===//
#include "Json.h"
#include "Support.h"

using namespace bridge::runtime;

static std::string failure(const std::string &text) {
  Region region;
  bridge_message why;
  Message message(&why);
  const Json *value = nullptr;
  if (parseJson({text.data(), text.size()}, region, "text", value, message))
    return why.text;
  return "accepted";
}

static void testValues() {
  Region region;
  Message message(nullptr);
  const Json *root = nullptr;
  const char *text =
      " {\"a\": [1, -2.5e1, true, null, \"x\\n\\u00e9\\ud83d"
      "\\ude00\"], \"b\" : {\"c\": 9223372036854775807,"
      "\"d\": 9223372036854775808, \"e\": 0.00392156862745098}}\n";
  CHECK_EQ(parseJson(text, region, "text", root, message), BRIDGE_OK);
  const Json *a = root->find("a"), *b = root->find("b");
  CHECK_EQ(a->size, 5);
  CHECK_EQ(a->first->integer, 1);
  CHECK(a->first->isInteger);
  CHECK_EQ(a->first->next->number, -25.0);
  CHECK(!a->first->next->isInteger);
  CHECK(a->first->next->next->boolean);
  const Json *last = a->first->next->next->next->next;
  CHECK_EQ(std::string(last->text.data), "x\n\u00e9\U0001F600");
  CHECK_EQ(std::string(b->raw.data, 5), "{\"c\":");
  CHECK_EQ(b->find("c")->integer, INT64_MAX);
  CHECK(!b->find("d")->isInteger);
  CHECK_EQ(b->find("d")->number, 9223372036854775808.0);
  CHECK_EQ(b->find("e")->number, 0.00392156862745098);
  CHECK(!root->find("c"));
}

static void testNumbers() {
  for (const char *text :
       {"0", "-0", "1e-5", "2.659260036932778", "1.7976931348623157e308",
        "4.9e-324", "123456789012345678901234567890", "0.1",
        "0.000000000000000000000000000001", "3.141592653589793238462643383"}) {
    Region region;
    Message message(nullptr);
    const Json *value = nullptr;
    CHECK_EQ(parseJson(text, region, "text", value, message), BRIDGE_OK);
    CHECK_EQ(value->number, std::strtod(text, nullptr));
  }
}

static void testFailures() {
  struct Case {
    const char *text, *why;
  } cases[] = {
      {"", "line 1, column 1: not valid JSON: the text ends early"},
      {"{\"a\": 1,\n}", "line 2, column 1"},
      {"[1, 2", "`,` or `]`"},
      {"[1 2]", "`,` or `]`"},
      {"{\"a\" 1}", "`:` is expected"},
      {"{a: 1}", "a name in quotes"},
      {"{\"a\": 1, \"a\": 2}", "the name `a` stands twice"},
      {"[01]", "begins with 0"},
      {"[-]", "a digit"},
      {"[1.]", "a digit"},
      {"[1e]", "a digit"},
      {"nul", "a value is expected"},
      {"\"abc", "a string without end"},
      {"\"abc\\", "a string without end"},
      {"\"\\x\"", "an unknown escape"},
      {"\"\\u12\"", "an unknown escape"},
      {"\"\\ud800\"", "surrogate"},
      {"\"\\udc00\"", "surrogate"},
      {"\"\\u0000\"", "a zero character"},
      {"\"\x01\"", "a control character"},
      {"\"\xff\"", "not UTF-8"},
      {"\"\xc0\x80\"", "not UTF-8"},
      {"\"\xed\xa0\x80\"", "not UTF-8"},
      {"\"\xe2\x82\"", "not UTF-8"},
      {"1 2", "something follows"},
      {"NaN", "a value is expected"},
  };
  for (const Case &test : cases)
    CHECK_CONTAINS(failure(test.text), test.why);
  CHECK_CONTAINS(failure(std::string(100000, '[')), "nested too deeply");
  std::string many = "[0";
  for (int i = 0; i < 4000000; ++i)
    many += ",0";
  CHECK_CONTAINS(failure(many + "]"), "too many values");
}

int main() {
  testValues();
  testNumbers();
  testFailures();
  return bridge::test::failures != 0;
}
