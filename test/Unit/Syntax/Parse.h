//===- Parse.h - Parsing in tests -------------------------------*- C++ -*-===//
#ifndef BRIDGE_TEST_UNIT_SYNTAX_PARSE_H
#define BRIDGE_TEST_UNIT_SYNTAX_PARSE_H

#include "Check.h"
#include "bridge/Frontend/Diagnostics.h"
#include "llvm/ADT/Twine.h"

namespace bridge::test {

std::string print(const Diagnostics &diagnostics);
/// The printed tree of a spec called `x.bridge`, or its errors.
std::string treeOf(const std::string &text);
/// The text as it is formatted, or its errors.
std::string formatted(const std::string &text);
/// The contents of a file, which must be there.
std::string contentsOf(llvm::StringRef path);

void testDiagnostics();
/// The cases in the files of the folder `inputs`.
void testCases(llvm::StringRef inputs);
void testRanges();
void testLimits();
void testSpecFile();
/// Specs and documentation of the repository at `root`.
void testRepository(llvm::StringRef root);

} // namespace bridge::test

#endif // BRIDGE_TEST_UNIT_SYNTAX_PARSE_H
