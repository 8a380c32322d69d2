//===- ClosestNameTest.cpp - What a misspelt name may mean ----------------===//
#include "bridge/Support/ClosestName.h"
#include "Check.h"
#include <string>

using namespace bridge;

int main() {
  llvm::StringRef known[] = {"width", "heads", "head_dim", "patches"};
  CHECK_EQ(closestName("widht", known).str(), "width");
  CHECK_EQ(closestName("patchs", known).str(), "patches");
  CHECK_EQ(closestName("Width", known).str(), "width");
  CHECK_EQ(closestName("head", known).str(), "heads");
  CHECK_EQ(closestName("depth", known).str(), "");
  CHECK_EQ(closestName("x", {"y"}).str(), "");
  CHECK_EQ(closestName("width", {"width"}).str(), "");
  std::string a(100000, 'a'), b(100000, 'b');
  CHECK_EQ(closestName(a, {b}).str(), "");
  return bridge::test::failures != 0;
}
