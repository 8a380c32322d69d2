//===- Main.cpp - Tests of the syntax -------------------------------------===//
#include "Parse.h"
#include "bridge/Frontend/Formatter.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace bridge;

std::string test::print(const Diagnostics &diagnostics) {
  std::string result;
  llvm::raw_string_ostream os(result);
  diagnostics.print(os);
  return result;
}

std::string test::treeOf(const std::string &text) {
  Diagnostics diagnostics;
  auto file = parseSpec("x.bridge", text, diagnostics);
  CHECK(bool(file) == diagnostics.empty());
  if (!file)
    return print(diagnostics);
  std::string result;
  llvm::raw_string_ostream os(result);
  ast::dump(*file, os);
  return result;
}

std::string test::formatted(const std::string &text) {
  Diagnostics diagnostics;
  auto result = formatSpec("x.bridge", text, diagnostics);
  return succeeded(result) ? *result : print(diagnostics);
}

std::string test::contentsOf(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  check(bool(buffer), __FILE__, __LINE__, "cannot read " + path.str());
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// Takes the folder of cases and the repository's root.
int main(int argc, char **argv) {
  using namespace bridge::test;
  CHECK_EQ(argc, 3);
  if (argc != 3)
    return 1;
  testDiagnostics();
  testCases(argv[1]);
  testRanges();
  testLimits();
  testSpecFile();
  testRepository(argv[2]);
  return failures != 0;
}
