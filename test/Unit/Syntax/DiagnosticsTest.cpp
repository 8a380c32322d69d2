//===- DiagnosticsTest.cpp - Rendering and suggestions --------------------===//
#include "Parse.h"

using namespace bridge;
using namespace bridge::test;

static void testRendering() {
  SourceFile layers("std/layers.bridge", "# ä\n\tdef f(x) = é + wörd\n");
  Diagnostics diagnostics;
  CHECK(diagnostics.empty());
  diagnostics.error({&layers, 22, 5}, "unknown name `wörd`")
      .note("declared here", {&layers, 12, 1})
      .note("without a place", {})
      .withHint("did you mean `word`?");
  CHECK_EQ(print(diagnostics),
           "std/layers.bridge:2:17: error: unknown name `wörd`\n"
           "  \tdef f(x) = é + wörd\n"
           "  \t               ^~~~\n"
           "std/layers.bridge:2:8: note: declared here\n"
           "  \tdef f(x) = é + wörd\n"
           "  \t      ^\n"
           "note: without a place\n"
           "  hint: did you mean `word`?\n");
}

static void testPlaces() {
  SourceFile file("x", "one\r\ntwo");
  CHECK(file.place(0) == std::make_pair(1u, 1u));
  CHECK(file.place(6) == std::make_pair(2u, 2u));
  CHECK(file.place(1000) == std::make_pair(2u, 4u));
  CHECK_EQ(file.line(1).str(), "one");
  CHECK_EQ(file.line(2).str(), "two");
  CHECK_EQ(file.line(3).str(), "");
}

/// What cannot be shown in a line: more lines, long lines, control characters.
static void testExcerpts() {
  SourceFile lines("x", "a = (1 +\n2)");
  Diagnostics ofLines;
  ofLines.error({&lines, 4, 7}, "here");
  CHECK_EQ(print(ofLines), "x:1:5: error: here\n"
                           "  a = (1 +\n"
                           "      ^~~~\n");

  SourceFile longLine("x", std::string(100000, 'a') + "b" +
                               std::string(100000, 'c'));
  Diagnostics ofLongLine;
  ofLongLine.error({&longLine, 100000, 1}, "here");
  std::string text = print(ofLongLine);
  CHECK(text.size() < 600);
  CHECK(text.find("aab") != std::string::npos);

  SourceFile control("x", "a\x1b[1m\xff");
  Diagnostics ofControl;
  ofControl.error({&control, 1, 1}, "here");
  CHECK_EQ(print(ofControl), "x:1:2: error: here\n"
                             "  a\uFFFD[1m\uFFFD\n"
                             "   ^\n");
}

static void testSuggestions() {
  std::vector<std::string> known{"width", "heads", "head_dim", "patches"};
  Diagnostic diagnostic;
  diagnostic.suggest("nonsense", known);
  CHECK_EQ(diagnostic.hint, "");
  diagnostic.suggest("patchs", known).suggest("widht", known);
  CHECK_EQ(diagnostic.hint, "did you mean `patches`?");
}

void test::testDiagnostics() {
  testRendering();
  testPlaces();
  testExcerpts();
  testSuggestions();
}
