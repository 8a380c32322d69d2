//===- DimensionsTest.cpp - Manifests and the binding of dimensions -------===//
#include "Dimensions.h"
#include "Support.h"

using namespace bridge::runtime;
using namespace bridge::test;

namespace {

/// A manifest around some parts of it.
struct Parts {
  std::string inputs = "[]", checks = "[]",
              frames = "[{\"buffers\": [], "
                       "\"calls\": []}]";
  std::string weights = "[]", slots = "[]", frame = "0";
  std::string text() const {
    return "{\"model\": \"M\", \"dims\": [\"a\", \"b\", \"c\"], \"entries\": "
           "[{\"name\": \"e\", \"inputs\": " +
           inputs + ", \"outputs\": [], \"checks\": " + checks +
           ", \"frame\": " + frame + "}], \"frames\": " + frames +
           ", \"weights\": " + weights +
           ", \"ignore\": [], \"slots\": " + slots + ", \"sites\": []}";
  }
};

std::string opened(const std::string &text) {
  bridge_program program = {};
  program.abi_version = BRIDGE_ABI_VERSION;
  program.manifest = text.data();
  program.manifest_bytes = static_cast<int64_t>(text.size());
  bridge_manifest *manifest = nullptr;
  bridge_message why;
  if (bridge_manifest_open(&program, &manifest, &why))
    return why.text;
  bridge_manifest_close(manifest);
  return "opened";
}

/// Binds f32 inputs "x", "y", … declared by `declared` to `found` and gives
/// "a b c", or why not.
std::string bound(std::vector<std::string> declared,
                  std::vector<std::vector<int64_t>> found,
                  const std::string &checks = "[]") {
  Parts parts;
  parts.checks = checks;
  parts.inputs = "[";
  float data = 0;
  std::vector<bridge_tensor> tensors;
  for (size_t i = 0; i < declared.size(); ++i) {
    parts.inputs += std::string(i ? ", " : "") + "{\"name\": \"" +
                    char('x' + i) +
                    "\", \"dtype\": \"f32\", \"shape\": " + declared[i] + "}";
    tensors.push_back(bridge_tensor_make(BRIDGE_F32, int32_t(found[i].size()),
                                         found[i].data(), &data));
  }
  parts.inputs += "]";
  std::string text = parts.text();
  bridge_program program = {};
  program.abi_version = BRIDGE_ABI_VERSION;
  program.manifest = text.data();
  program.manifest_bytes = static_cast<int64_t>(text.size());
  bridge_manifest *manifest = nullptr;
  bridge_message why;
  if (bridge_manifest_open(&program, &manifest, &why))
    return why.text;
  int64_t values[3];
  Message message(&why);
  std::string result;
  if (bindDimensions(*manifest, 0, tensors.data(), int64_t(tensors.size()),
                     values, message))
    result = why.text;
  else
    for (int64_t value : values)
      result += (result.empty() ? "" : " ") + std::to_string(value);
  bridge_manifest_close(manifest);
  return result;
}

} // namespace

static void testSolving() {
  CHECK_EQ(bound({"[\"a\", \"3\"]", "[\"b\"]"}, {{2, 3}, {5}}), "2 5 0");
  CHECK_EQ(bound({"[\"4 * a + 1\"]"}, {{13}}), "3 0 0");
  CHECK_EQ(bound({"[\"2 * a * b\", \"a\"]"}, {{24, 3}}), "3 4 0");
  CHECK_EQ(bound({"[\"a + a * b\"]", "[\"b\"]"}, {{12}, {3}}), "3 3 0");
  CHECK_EQ(bound({"[\"10 - a\"]"}, {{4}}), "6 0 0");
  CHECK_EQ(bound({"[\"a\", \"a * a\"]"}, {{4, 16}}), "4 0 0");
  CHECK_CONTAINS(
      bound({"[\"4 * a + 1\"]"}, {{15}}),
      "dimension 0 is 15, and no whole number `a` from 1 makes 4 * a "
      "+ 1 that");
  CHECK_CONTAINS(bound({"[\"4 * a + 1\"]"}, {{1}}), "no whole number `a`");
  CHECK_CONTAINS(bound({"[\"a * b\"]"}, {{4}}),
                 "no input decides the dimension a * b");
  CHECK_CONTAINS(bound({"[\"a * a\"]"}, {{4}}), "no input decides");
}

static void testConflicts() {
  CHECK_EQ(bound({"[\"a\"]", "[\"a\"]"}, {{576}, {577}}),
           "dimension `a` is 576 from `x` and 577 from `y`");
  CHECK_EQ(bound({"[\"4 * a\"]", "[\"a\"]"}, {{8}, {3}}),
           "input `x` has shape [8]: dimension 0 is 8, expected 4 * a = 12 "
           "where a = 3");
  CHECK_EQ(bound({"[\"a\", \"b\"]", "[\"a * b + 1\"]"}, {{2, 3}, {6}}),
           "input `y` has shape [6]: dimension 0 is 6, expected a * b + 1 = 7 "
           "where a = 2, b = 3");
  CHECK_EQ(bound({"[\"a\", 7]"}, {{2, 8}}),
           "input `x` has shape [2, 8]: dimension 1 is 8, expected 7");
}

static void testChecks() {
  auto check = [](const char *left, const char *op, const char *right) {
    return std::string("[{\"lhs\": \"") + left + "\", \"op\": \"" + op +
           "\", \"rhs\": \"" + right +
           "\", \"text\": \"the text\", \"where\": \"m.bridge:1:2\"}]";
  };
  struct Case {
    const char *op;
    bool below, same, above;
  } cases[] = {{"eq", false, true, false}, {"ne", true, false, true},
               {"lt", true, false, false}, {"le", true, true, false},
               {"gt", false, false, true}, {"ge", false, true, true}};
  for (const Case &test : cases) {
    std::string text = check("2 * a", test.op, "10");
    CHECK_EQ(bound({"[\"a\"]"}, {{4}}, text) == "4 0 0", test.below);
    CHECK_EQ(bound({"[\"a\"]"}, {{5}}, text) == "5 0 0", test.same);
    CHECK_EQ(bound({"[\"a\"]"}, {{6}}, text) == "6 0 0", test.above);
  }
  CHECK_EQ(bound({"[\"a\"]"}, {{6}}, check("2 * a", "le", "10")),
           "m.bridge:1:2: `the text` does not hold: 12 <= 10");
  CHECK_CONTAINS(
      bound({"[\"a\"]"}, {{1000000}}, check("a * a * a * a", "le", "10")),
      "the numbers are too large");
  CHECK_CONTAINS(bound({"[\"a\"]"}, {{1}}, check("a", "is", "1")),
                 "broken at `op`");
}

static void testBrokenManifests() {
  CHECK_EQ(opened(Parts().text()), "opened");
  CHECK_CONTAINS(opened("{}"), "broken at `model`");
  CHECK_CONTAINS(opened("[]"), "broken at `model`");
  CHECK_CONTAINS(opened(""), "the program's manifest: line 1");
  auto with = [](std::string Parts::*part, const char *text) {
    Parts parts;
    parts.*part = text;
    return opened(parts.text());
  };
  CHECK_CONTAINS(with(&Parts::frame, "1"), "broken at `frame`");
  CHECK_CONTAINS(with(&Parts::frame, "-1"), "broken at `frame`");
  const char *call = "[{\"buffers\": [], \"calls\": [{\"frame\": 5, \"at\": 0}]"
                     "}]";
  CHECK_CONTAINS(with(&Parts::frames, call), "broken at `calls`");
  const char *circle = "[{\"buffers\": [], \"calls\": [{\"frame\": 0, \"at\": "
                       "0}]}]";
  CHECK_CONTAINS(with(&Parts::frames, circle), "broken at `calls`");
  const char *buffer = "[{\"buffers\": [{\"bytes\": \"4 * d\", \"first\": 0, "
                       "\"last\": 0}], \"calls\": []}]";
  CHECK_CONTAINS(with(&Parts::frames, buffer), "broken at `bytes`");
  const char *slot = "[{\"weight\": 0, \"view\": \"\", \"dtype\": \"f32\", "
                     "\"layout\": \"rows\"}]";
  CHECK_CONTAINS(with(&Parts::slots, slot), "broken at `slots`");
  const char *weight = "[{\"name\": \"w\", \"dtype\": \"f32\", \"shape\": "
                       "[\"a\"], \"sources\": []}]";
  CHECK_CONTAINS(with(&Parts::weights, weight), "broken at `shape`");
  for (const char *dim :
       {"4 *", "* a", "a b", "a + ", "", "3x", "a / 2", "99999999999999999999"})
    CHECK_CONTAINS(bound({std::string("[\"") + dim + "\"]"}, {{1}}),
                   "broken at `shape`");
}

int main() {
  testSolving();
  testConflicts();
  testChecks();
  testBrokenManifests();
  return failures != 0;
}
