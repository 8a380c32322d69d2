//===- Rows.h - What tests of row kernels share -----------------*- C++ -*-===//
#ifndef BRIDGE_TEST_UNIT_KERNELS_ROWS_H
#define BRIDGE_TEST_UNIT_KERNELS_ROWS_H

#include "Check.h"
#include "Harness.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <map>

namespace bridge::test {

using Index = llvm::ArrayRef<int64_t>;

/// What no kernel writes, in the gaps between elements.
inline constexpr float kGap = -77;

/// Calls `visit` for every index of a box, in row-major order.
inline void forEach(Index sizes, llvm::function_ref<void(Index)> visit) {
  if (llvm::is_contained(sizes, 0))
    return;
  llvm::SmallVector<int64_t> index(sizes.size());
  while (true) {
    visit(index);
    size_t axis = sizes.size();
    while (axis > 0 && ++index[axis - 1] == sizes[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}

inline int64_t bytesOf(llvm::StringRef element) {
  return element == "i1" ? 1 : element == "bf16" ? 2 : 4;
}

inline uint16_t toBf16(float value) {
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return 0x7fff;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

inline float fromBf16(uint16_t bits) {
  return llvm::bit_cast<float>(uint32_t(bits) << 16);
}

/// How the elements of an operand lie.
enum class Lies {
  InRows,   ///< row-major, a gap after each row
  Repeated, ///< one element for each row
  Apart,    ///< three elements from one to the next
  Turned    ///< the last axis is the outermost one
};
inline constexpr Lies kAllWays[] = {Lies::InRows, Lies::Repeated, Lies::Apart,
                                    Lies::Turned};

/// An operand with a type.
struct View {
  Operand memory;
  std::string element;
  std::string type;

  /// Memory that is seen as rows of floats.
  explicit View(Operand memory)
      : memory(memory), element("f32"),
        type(viewType(memory.getSizes().size())) {}
  View(std::initializer_list<int64_t> sizes, Lies lies = Lies::InRows,
       llvm::StringRef element = "f32")
      : View(Index(sizes), lies, element) {}
  View(Index sizes, Lies lies = Lies::InRows, llvm::StringRef element = "f32")
      : element(element) {
    int64_t bytes = bytesOf(element);
    unsigned rank = sizes.size();
    llvm::SmallVector<int64_t> strides(rank);
    int64_t next = lies == Lies::Apart ? 3 * bytes : bytes;
    if (lies == Lies::Turned && rank > 0)
      next = bytes;
    for (unsigned axis = rank; axis-- > 0;) {
      if (axis + 1 == rank && lies == Lies::Repeated)
        continue;
      if (axis + 1 == rank && lies == Lies::Turned)
        continue;
      strides[axis] = next;
      next *= sizes[axis];
      if (axis + 1 == rank)
        next += 4;
    }
    if (lies == Lies::Turned && rank > 0)
      strides[rank - 1] = next + bytes;
    memory = Operand::strided(sizes, strides, bytes);
    int64_t last = rank == 0 || lies == Lies::Turned ? -1 : strides.back();
    type = viewType(rank, last, element);
  }

  Index sizes() const { return memory.getSizes(); }
  double get(Index index) const {
    if (element == "f32")
      return memory.at<float>(index);
    if (element == "bf16")
      return fromBf16(memory.at<uint16_t>(index));
    if (element == "i32")
      return memory.at<int32_t>(index);
    return memory.at<uint8_t>(index);
  }
  void set(Index index, double value) const {
    if (element == "f32")
      memory.at<float>(index) = value;
    else if (element == "bf16")
      memory.at<uint16_t>(index) = toBf16(value);
    else if (element == "i32")
      memory.at<int32_t>(index) = value;
    else
      memory.at<uint8_t>(index) = value;
  }
  /// Random numbers: of a normal distribution, or whole ones below `bound`.
  void fill(std::mt19937 &random, int bound = 2) const {
    std::normal_distribution<float> normal(0, 1);
    forEach(sizes(), [&](Index index) {
      bool isFloat = element == "f32" || element == "bf16";
      set(index,
          isFloat ? normal(random) : random() % (element == "i1" ? 2 : bound));
    });
  }
  void clear() const { memory.fill(kGap); }
};

/// Compares all elements of an output and checks that nothing else was written.
inline void compare(const std::string &what, const View &out,
                    llvm::function_ref<double(Index)> expected,
                    double tolerance = 0) {
  int wrong = 0;
  forEach(out.sizes(), [&](Index index) {
    double want = expected(index), have = out.get(index);
    if (std::isnan(want) && std::isnan(have))
      return;
    if (want == have ||
        std::abs(want - have) <= tolerance * std::max(1.0, std::abs(want)))
      return;
    if (wrong++)
      return;
    std::string place;
    for (int64_t i : index)
      place += " " + std::to_string(i);
    check(false, __FILE__, __LINE__,
          what + " at" + place + " is " + std::to_string(have) + "; expected " +
              std::to_string(want));
  });
  check(out.memory.gapsHold(kGap), __FILE__, __LINE__,
        what + ": wrote between the elements");
}

/// The text of a kernel.
inline std::string kernelText(llvm::StringRef kind,
                              llvm::ArrayRef<const View *> operands,
                              llvm::StringRef config = "{}",
                              llvm::StringRef region = "") {
  std::string types;
  for (const View *operand : operands)
    types += (types.empty() ? "" : ", ") + operand->type;
  return ("plan.kernel " + kind + " @kernel [").str() + types + "] " +
         config.str() + " " + region.str();
}

inline llvm::SmallVector<Operand> memoryOf(llvm::ArrayRef<const View *> views) {
  return llvm::map_to_vector(views, [](const View *v) { return v->memory; });
}

/// Kernels by their text, so that each is compiled once.
class Kernels {
public:
  explicit Kernels(llvm::StringRef level) : level(level) {}

  const CompiledKernel &get(const std::string &text) {
    auto &kernel = compiled[text];
    if (!kernel)
      kernel = std::make_unique<CompiledKernel>(text, level);
    return *kernel;
  }
  llvm::StringRef getLevel() const { return level; }
  int64_t lanes() const { return level == "x86-64-v3" ? 8 : 16; }

private:
  llvm::StringRef level;
  std::map<std::string, std::unique_ptr<CompiledKernel>> compiled;
};

/// Sizes of rows at which something may go wrong.
inline llvm::SmallVector<int64_t> rowSizes(int64_t lanes) {
  return {1, lanes - 1, lanes, lanes + 1, 4 * lanes, 67, 8 * lanes + 3, 1021};
}

inline std::string text(const Kernels &kernels, llvm::StringRef what,
                        Index sizes) {
  std::string result = kernels.getLevel().str() + " " + what.str();
  for (int64_t size : sizes)
    result += " " + std::to_string(size);
  return result;
}

} // namespace bridge::test

#endif // BRIDGE_TEST_UNIT_KERNELS_ROWS_H
