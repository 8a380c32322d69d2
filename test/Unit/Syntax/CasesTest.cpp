//===- CasesTest.cpp - Trees, errors and layouts in files -----------------===//
//
// A file of cases has for each a line `### title`, the text of a spec, a line
// `--->` and what comes of it.
//
//===----------------------------------------------------------------------===//
#include "Parse.h"
#include "llvm/ADT/STLFunctionalExtras.h"

using namespace bridge::test;
using llvm::StringRef;

static void
testFile(const std::string &path,
         llvm::function_ref<std::string(const std::string &)> result) {
  std::string contents = contentsOf(path);
  StringRef rest = StringRef(contents);
  CHECK(rest.consume_front("### "));
  while (!rest.empty()) {
    auto [entry, others] = rest.split("\n### ");
    auto [title, body] = entry.split('\n');
    auto [text, expected] = body.split("\n--->\n");
    // `split` has taken the line end of all but the last case.
    std::string found = result(text.str());
    check(StringRef(found).trim('\n') == expected.trim('\n'), path.c_str(), 1,
          title.str() + ":\n" + found + "instead of\n" + expected.str());
    rest = others;
  }
}

void bridge::test::testCases(StringRef inputs) {
  testFile((inputs + "/trees.txt").str(), treeOf);
  testFile((inputs + "/errors.txt").str(), treeOf);
  testFile((inputs + "/formats.txt").str(), [](const std::string &text) {
    std::string once = formatted(text);
    CHECK_EQ(treeOf(once), treeOf(text));
    CHECK_EQ(formatted(once), once);
    return once;
  });
}
