//===- Fuzz.cpp - What the mutation fuzzers share -------------------------===//
#include "Fuzz.h"
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

using namespace bridge;

/// LLVM's allocators mark their memory for the sanitizer only where they were
/// instrumented, and MLIR's library is not.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0:detect_leaks=0";
}

namespace {
/// Removed when the fuzzer ends.
struct Folder {
  Folder() {
    char pattern[] = "/dev/shm/bridge-fuzz-XXXXXX";
    if (!mkdtemp(pattern))
      fuzz::report("cannot make a folder in /dev/shm");
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::string path;
};
} // namespace

const std::string &fuzz::scratchFolder() {
  static const Folder folder;
  return folder.path;
}

std::string fuzz::writeScratch(const char *name, const void *data,
                               size_t size) {
  std::string path = scratchFolder() + "/" + name;
  std::FILE *file = std::fopen(path.c_str(), "wb");
  if (!file || std::fwrite(data, 1, size, file) != size ||
      std::fclose(file) != 0)
    report("cannot write " + path);
  return path;
}

void fuzz::report(const std::string &finding) {
  std::fprintf(stderr, "%s\n", finding.c_str());
  std::abort();
}
