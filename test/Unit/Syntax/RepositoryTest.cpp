//===- RepositoryTest.cpp - Specs and snippets of the repository ----------===//
#include "Parse.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace bridge;
using namespace bridge::test;
using llvm::StringRef;

/// The text has the one style, and the style changes nothing but the look.
static void checkSpec(const std::string &name, const std::string &text) {
  std::string once = formatted(text);
  check(once == text, name.c_str(), 1,
        "is not formatted; it should be\n" + once);
  check(treeOf(once) == treeOf(text), name.c_str(), 1,
        "formatting changes the tree");
}

static unsigned testSpecs(const std::string &folder) {
  unsigned count = 0;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator file(folder, error), end;
       file != end && !error; file.increment(error)) {
    if (llvm::sys::path::extension(file->path()) != ".bridge")
      continue;
    checkSpec(file->path(), contentsOf(file->path()));
    ++count;
  }
  CHECK(!error);
  return count;
}

/// The snippets of a document that are marked as specs.
static unsigned testSnippets(const std::string &path) {
  std::string contents = contentsOf(path);
  StringRef rest = contents;
  unsigned count = 0;
  while (true) {
    auto [before, snippet] = rest.split("\n```bridge\n");
    if (snippet.empty())
      return count;
    auto [text, after] = snippet.split("\n```\n");
    checkSpec(path + ", snippet " + std::to_string(++count), text.str() + "\n");
    rest = after;
  }
}

void test::testRepository(StringRef root) {
  CHECK(testSpecs((root + "/bridges-dsl").str()) >= 22);
  CHECK(testSnippets((root + "/docs/language.md").str()) >= 9);
  CHECK(testSnippets((root + "/docs/language-reference.md").str()) >= 5);
  CHECK(testSnippets((root + "/bridges-dsl/README.md").str()) >= 1);
  CHECK(testSnippets((root + "/README.md").str()) >= 1);
}
