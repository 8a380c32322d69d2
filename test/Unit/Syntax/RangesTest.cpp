//===- RangesTest.cpp - Where nodes say they are --------------------------===//
#include "Parse.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/ADT/STLFunctionalExtras.h"

using namespace bridge;
using namespace bridge::test;

/// The texts that the nodes of `text` say they are, in the order of a walk.
static std::string rangesOf(const std::string &text) {
  Diagnostics diagnostics;
  auto file = parseSpec("x", text, diagnostics);
  std::string result;
  if (!file)
    return print(diagnostics);
  for (const ast::Node *item : file->items)
    ast::walk(*item, [&](const ast::Node &node) {
      CHECK(node.range.file == file->source.get());
      result += text.substr(node.range.begin, node.range.length) + "|";
    });
  return result;
}

void test::testRanges() {
  CHECK_EQ(rangesOf("a.b, c = -f(x, y=0.5).z ** \"ä\""),
           "a.b|a.b|c|-|**|z|f|f|x|0.5|\"ä\"|");
  CHECK_EQ(
      rangesOf("x = [a[1:, ...] for a, b in (c) if d]"),
      "x|x|[a[1:, ...] for a, b in (c) if d]|[1:, ...]|a|1:|1|...|a|b|c|d|");
  CHECK_EQ(rangesOf("x = mask q, k: a if b else c"),
           "x|x|mask q, k: a if b else c|q|k|a if b else c|a|b|c|");
  CHECK_EQ(rangesOf("x = rearrange(a, b (c d) -> d b c)"),
           "x|x|rearrange|rearrange|a|b (c d) -> d b c|");
  CHECK_EQ(rangesOf("use std.a, b"), "use|std.a|b|");
  CHECK_EQ(rangesOf("def f(x[b]: f32 = 1) {\n  return x\n}"),
           "f|x|x|b|1|return|x|");
  CHECK_EQ(rangesOf("module A() {\n  weight a.b[1] = 0\n  check (x) < y\n}"),
           "A|a.b|a.b|a.b|1|0|(x) < y|<|x|y|");
  CHECK_EQ(rangesOf("bridge A() {\n  input x[1]\n  entry e -> r: x\n"
                    "  variant \"v\" {}\n  config \"c\" {}\n  weights {}\n}"),
           "A|x|x|x|1|e|x|variant \"v\"|config \"c\"|weights|");
  CHECK_EQ(rangesOf("def f() {\n  if a {} else if b {}\n  for i in c {}\n}"),
           "f|if|a|if|b|for|i|c|");
}
