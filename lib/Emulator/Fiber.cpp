//===- Fiber.cpp - Stacks and switches between them
//-------------------------===//
#include "Fiber.h"
#include <cstdint>
#include <sys/mman.h>

using namespace bridge::emulator;

static constexpr size_t kPageBytes = 4096;

Stacks::~Stacks() {
  if (memory)
    munmap(memory, count * kBytes);
}

bool Stacks::reserve(size_t wanted) {
  if (wanted <= count)
    return true;
  void *mapped = mmap(nullptr, wanted * kBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    return false;
  if (memory)
    munmap(memory, count * kBytes);
  memory = static_cast<char *>(mapped);
  count = wanted;
  for (size_t i = 0; i < count; ++i)
    if (mprotect(memory + i * kBytes, kPageBytes, PROT_NONE) != 0)
      return false;
  return true;
}

char *Stacks::begin(size_t index) const {
  return memory + index * kBytes + kPageBytes;
}

// The registers that the System V ABI lets a callee keep.
asm(R"(
  .text
  .globl bridge_emulator_switch
  .hidden bridge_emulator_switch
  .type bridge_emulator_switch, @function
bridge_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size bridge_emulator_switch, .-bridge_emulator_switch
)");

void *bridge::emulator::prepareFiber(char *end, void (*function)()) {
  // Below it: six registers, where to return to, and no caller.
  void **top = reinterpret_cast<void **>(uintptr_t(end) & ~uintptr_t(63));
  *--top = nullptr;
  *--top = reinterpret_cast<void *>(function);
  for (int i = 0; i < 6; ++i)
    *--top = nullptr;
  return top;
}
