//===- Fiber.h - Stacks and switches between them ----------------*- C++
//-*-===//
#pragma once
#include <cstddef>

namespace bridge::emulator {

/// Stacks of equal size, each with a page below that nobody may touch.
class Stacks {
public:
  static constexpr size_t kBytes = 128 * 1024;

  Stacks() = default;
  Stacks(const Stacks &) = delete;
  Stacks &operator=(const Stacks &) = delete;
  ~Stacks();

  /// Makes room for `count` stacks; false where the system has no memory.
  [[nodiscard]] bool reserve(size_t count);

  /// The first byte of a stack that may be used, and the one past its end.
  char *begin(size_t index) const;
  char *end(size_t index) const { return memory + (index + 1) * kBytes; }

private:
  char *memory = nullptr;
  size_t count = 0;
};

/// Prepares a stack that ends at `end` for a first switch to it, which calls
/// `function`; the function must not return. Gives the stack pointer.
void *prepareFiber(char *end, void (*function)());

/// Leaves this stack, whose pointer goes to `*from`, for the one at `to`.
extern "C" void bridge_emulator_switch(void **from, void *to);

} // namespace bridge::emulator
