//===- Support.h - What the run time's tests share --------------*- C++ -*-===//
#ifndef BRIDGE_TEST_UNIT_RUNTIME_SUPPORT_H
#define BRIDGE_TEST_UNIT_RUNTIME_SUPPORT_H

#include "Check.h"
#include "bridge/Runtime/bridge.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" const struct bridge_program fake_program;

namespace bridge::test {

/// That `text` contains `part`.
inline void checkContains(const std::string &text, const std::string &part,
                          const char *file, int line) {
  check(text.find(part) != std::string::npos, file, line,
        "`" + part + "` is not in `" + text + "`");
}
#define CHECK_CONTAINS(text, part)                                             \
  ::bridge::test::checkContains(text, part, __FILE__, __LINE__)

/// That a call fails with `status` and a message that contains `part`.
#define CHECK_FAILS(call, status, part)                                        \
  do {                                                                         \
    why.text[0] = 0;                                                           \
    CHECK_EQ(call, status);                                                    \
    CHECK_CONTAINS(why.text, part);                                            \
  } while (false)

/// A folder of its own, removed at the end.
class TemporaryFolder {
public:
  TemporaryFolder() {
    char pattern[] = "/tmp/bridge-test-XXXXXX";
    path = mkdtemp(pattern);
  }
  ~TemporaryFolder() {
    std::string command = "rm -rf '" + path + "'";
    if (std::system(command.c_str()) != 0)
      std::fprintf(stderr, "cannot remove %s\n", path.c_str());
  }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(path + "/" + name, std::ios::binary) << bytes;
    return path + "/" + name;
  }

  std::string path;
};

/// A .safetensors file: the header's size, the header, the data.
inline std::string tensorFile(const std::string &header,
                              const std::string &data = "") {
  uint64_t size = header.size();
  return std::string(reinterpret_cast<char *>(&size), 8) + header + data;
}

inline bridge_named_tensor named(const char *name, bridge_dtype dtype,
                                 std::vector<int64_t> shape, const void *data) {
  return {name, bridge_tensor_make(dtype, static_cast<int32_t>(shape.size()),
                                   shape.data(), data)};
}

} // namespace bridge::test

#endif // BRIDGE_TEST_UNIT_RUNTIME_SUPPORT_H
