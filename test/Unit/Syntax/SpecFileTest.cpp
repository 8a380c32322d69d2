//===- SpecFileTest.cpp - Files that are not specs ------------------------===//
#include "Parse.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

using namespace bridge;
using namespace bridge::test;

/// What reading a file says that has these contents.
static std::string read(llvm::StringRef contents, std::string &path) {
  llvm::SmallString<128> name;
  int descriptor;
  auto error =
      llvm::sys::fs::createTemporaryFile("spec", "bridge", descriptor, name);
  CHECK(!error);
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << contents;
  path = name.str().str();
  Diagnostics diagnostics;
  auto text = readSpecFile(path, diagnostics);
  CHECK(succeeded(text) == diagnostics.empty());
  CHECK(failed(text) || *text == contents);
  llvm::sys::fs::remove(path);
  return print(diagnostics);
}

static std::string readPath(llvm::StringRef path) {
  Diagnostics diagnostics;
  CHECK(failed(readSpecFile(path, diagnostics)));
  return print(diagnostics);
}

void test::testSpecFile() {
  std::string path;
  CHECK_EQ(read("x = \"ä\"\n", path), "");
  CHECK_EQ(read("", path), "");
  constexpr size_t limit = 16 << 20;
  CHECK_EQ(read(std::string(limit, '#'), path), "");
  CHECK_EQ(read(std::string(limit + 1, '#'), path),
           "error: cannot read `" + path + "`: it is larger than 16 MiB\n");
  CHECK_EQ(read(llvm::StringRef("x = 1\ny\0z", 9), path),
           path + ":2:2: error: a spec is text, found a zero byte\n"
                  "  y\uFFFDz\n"
                  "   ^\n");
  CHECK_EQ(read("# \xE4\n", path),
           path + ":1:3: error: a spec is UTF-8 text, found another byte\n"
                  "  # \uFFFD\n"
                  "    ^\n");
  CHECK_EQ(readPath("/no/such/file"),
           "error: cannot read `/no/such/file`: No such file or directory\n");
  CHECK_EQ(readPath("/"), "error: cannot read `/`: Is a directory\n");
  CHECK_EQ(readPath("/dev/zero"),
           "error: cannot read `/dev/zero`: it is larger than 16 MiB\n");
}
