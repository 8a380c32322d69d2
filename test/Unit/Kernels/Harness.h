//===- Harness.h - Compiles and runs kernels of the plan --------*- C++ -*-===//
#ifndef BRIDGE_TEST_UNIT_KERNELS_HARNESS_H
#define BRIDGE_TEST_UNIT_KERNELS_HARNESS_H

#include "bridge/Runtime/Abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <random>
#include <string>

namespace bridge::test {

/// The names of the levels that this machine can run; that with products of
/// bf16, which makes the same code of f32, only where asked for.
llvm::SmallVector<llvm::StringRef> runnableLevels(bool withBf16 = false);
int64_t panelWidth(llvm::StringRef level);

/// An operand of a launch in memory of its own, with strides in bytes. Its last
/// element ends where a page begins that nobody may touch.
class Operand {
public:
  Operand() = default;
  /// Row-major, with `padding` further elements after each row.
  static Operand rows(llvm::ArrayRef<int64_t> sizes, int64_t elementBytes = 4,
                      int64_t padding = 0);
  /// Any strides, in bytes.
  static Operand strided(llvm::ArrayRef<int64_t> sizes,
                         llvm::ArrayRef<int64_t> strides,
                         int64_t elementBytes = 4);
  /// Panels [batch, batch, n, k].
  static Operand panels(llvm::ArrayRef<int64_t> sizes, int64_t width,
                        int64_t elementBytes = 4);

  /// The same memory with other sizes and strides.
  Operand viewed(llvm::ArrayRef<int64_t> sizes,
                 llvm::ArrayRef<int64_t> strides) const;

  char *pointer() const { return data; }
  llvm::ArrayRef<int64_t> getSizes() const { return sizes; }
  llvm::ArrayRef<int64_t> getStrides() const { return strides; }
  int64_t size(unsigned axis) const { return sizes[axis]; }
  template <typename T = float> T &at(llvm::ArrayRef<int64_t> indices) const {
    int64_t offset = 0;
    for (auto [index, stride] : llvm::zip_equal(indices, strides))
      offset += index * stride;
    return *reinterpret_cast<T *>(data + offset);
  }
  /// The element of panels of f32 at row n and column k of a batch.
  float &packed(int64_t batch0, int64_t batch1, int64_t n, int64_t k) const;

  /// Random numbers of a normal distribution in all of the memory.
  void fill(std::mt19937 &random, float deviation = 1) const;
  /// Every float of the memory.
  void fill(float value) const;
  /// The bytes of memory that are not elements are those of `fill(value)`.
  bool gapsHold(float value) const;

private:
  void allocate(int64_t bytes);

  std::shared_ptr<char> memory;
  char *data = nullptr;
  int64_t bytes = 0, elementBytes = 4, width = 0;
  llvm::SmallVector<int64_t> sizes, strides;
};

/// Code compiled for this machine as the compiler does it.
class CompiledModule {
public:
  /// Compiles the text of a module with kernels of the plan, or what is left of
  /// them after emission; ends the program where that fails.
  CompiledModule(llvm::StringRef text, llvm::StringRef level);
  ~CompiledModule();

  template <typename Function> Function find(llvm::StringRef name) const {
    return reinterpret_cast<Function>(address(name));
  }

private:
  uint64_t address(llvm::StringRef name) const;

  struct Code;
  std::unique_ptr<Code> code;
};

/// A kernel compiled for this machine.
class CompiledKernel {
public:
  /// Compiles the one plan.kernel in `text`; ends the program where that fails.
  CompiledKernel(llvm::StringRef text, llvm::StringRef level);

  /// Runs all jobs; `dims` are the values of the region's plan.dim. Run-time
  /// errors are reported in `call`.
  void run(llvm::ArrayRef<Operand> operands, llvm::ArrayRef<int64_t> dims = {},
           bridge_call *call = nullptr) const;
  /// The least seconds of several runs, of this thread's own time.
  double time(llvm::ArrayRef<Operand> operands) const;

private:
  CompiledModule module;
  void (*kernel)(const void *args, int64_t job, void *scratch);
  int64_t (*jobs)(const void *args);
  int64_t (*scratch)(const void *args);
};

/// The text of a view type of f32 (or `element`) of rank `rank` whose last
/// stride is `lastStride`, or unknown where that is negative.
std::string viewType(unsigned rank, int64_t lastStride = 4,
                     llvm::StringRef element = "f32");
std::string panelsType(llvm::StringRef element = "f32");

} // namespace bridge::test

#endif // BRIDGE_TEST_UNIT_KERNELS_HARNESS_H
