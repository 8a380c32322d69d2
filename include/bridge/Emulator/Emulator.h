//===- Emulator.h - Runs GPU kernels on the CPU ---------------------*- C++
//-*-===//
//
// The same kernels that become PTX, functions of the llvm dialect with nvvm
// operations, run on the CPU: a fiber for each thread, collectives by
// rendezvous, every access to memory checked. docs/gpu.md tells what this sees
// and what it cannot.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace bridge::emulator {

/// One launch, as cuLaunchKernel takes it.
struct Launch {
  /// The name of the kernel.
  llvm::StringRef kernel;
  /// Blocks of the grid, threads of a block.
  std::array<uint32_t, 3> grid, block;
  /// Bytes of the shared memory whose size is known at launch: the external
  /// global of zero elements in address space 3.
  uint32_t dynamicSharedBytes = 0;
  /// The addresses of the values of the kernel's arguments, in their order.
  llvm::ArrayRef<void *> arguments;
};

/// A device with one module of kernels. Not to be used by two threads at once;
/// itself it runs the blocks of a launch on all processors.
class Device {
public:
  virtual ~Device() = default;

  /// Takes a module whose functions of the llvm dialect with `nvvm.kernel` are
  /// kernels; it is not changed and not needed afterwards. Errors name the
  /// operations that cannot be emulated.
  static llvm::Expected<std::unique_ptr<Device>> load(mlir::ModuleOp kernels);

  /// Makes the bytes from `begin` accessible to kernels, as global memory that
  /// messages call `name`. What is shared may not overlap.
  virtual void share(void *begin, size_t bytes, llvm::StringRef name) = 0;
  /// Takes back what `share` gave.
  virtual void release(void *begin) = 0;

  /// Runs one launch to its end. Errors: a launch that the kernel does not
  /// permit, an access out of bounds, a misaligned one, one to shared memory
  /// that nobody wrote, a race in shared memory, a deadlock; each with the
  /// kernel, its position, block and thread.
  virtual llvm::Error launch(const Launch &launch) = 0;
};

} // namespace bridge::emulator
