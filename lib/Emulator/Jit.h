//===- Jit.h - Kernels as machine code ----------------------------*- C++
//-*-===//
#pragma once
#include "Block.h"
#include "Instrument.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace bridge::emulator {

/// Compiles instrumented kernels when they are first launched.
class Jit {
public:
  static llvm::Expected<std::unique_ptr<Jit>> create();

  /// Takes a kernel's module, translated at once; the code is made later.
  llvm::Error add(mlir::ModuleOp module, const KernelInfo &info);

  using Entry = void (*)(ThreadState *, void *const *);
  llvm::Expected<Entry> entry(llvm::StringRef kernel);
  /// The address of one of its globals.
  llvm::Expected<void *> global(llvm::StringRef kernel, llvm::StringRef name);

private:
  llvm::Expected<void *> find(llvm::StringRef kernel, llvm::StringRef name);

  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace bridge::emulator
