//===- Harness.h - Runs kernels that are written in a test --------*- C++
//-*-===//
#pragma once
#include "Check.h"
#include "bridge/Emulator/Emulator.h"
#include "mlir/IR/MLIRContext.h"
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace bridge::test {

/// A device with the kernels of `text`, and the error of what went wrong last.
class Kernels {
public:
  /// Operations of the llvm and nvvm dialects in functions and globals.
  explicit Kernels(const std::string &text);

  /// Makes a vector accessible.
  template <typename T> void share(std::vector<T> &data, const char *name) {
    device->share(data.data(), data.size() * sizeof(T), name);
  }

  /// Launches `threads` threads in `blocks` blocks with the addresses of
  /// vectors and with numbers. Empty where all went well, else the error.
  template <typename... Arguments>
  std::string run(const char *kernel, uint32_t threads, uint32_t blocks,
                  uint32_t sharedBytes, Arguments &...arguments) {
    std::vector<void *> storage, addresses;
    storage.reserve(sizeof...(arguments));
    (addresses.push_back(place(storage, arguments)), ...);
    return launch(
        {kernel, {blocks, 1, 1}, {threads, 1, 1}, sharedBytes, addresses});
  }

  std::string launch(const emulator::Launch &launch);

  std::string loadError;
  std::unique_ptr<emulator::Device> device;

private:
  template <typename T>
  static void *place(std::vector<void *> &storage, std::vector<T> &data) {
    storage.push_back(data.data());
    return &storage.back();
  }
  template <typename T>
  static void *place(std::vector<void *> &storage, T &number) {
    static_assert(std::is_trivially_copyable_v<T>);
    return &number;
  }

  mlir::MLIRContext context;
};

/// A kernel that does `body` with `arguments`.
std::string kernel(const std::string &name, const std::string &arguments,
                   const std::string &body);

/// Fails unless `message` has all `parts`.
void checkContains(const std::string &message,
                   const std::vector<std::string> &parts, const char *file,
                   int line);

} // namespace bridge::test

#define CHECK_CONTAINS(message, ...)                                           \
  ::bridge::test::checkContains(message, {__VA_ARGS__}, __FILE__, __LINE__)
