//===- Instrument.h - From GPU code to checked CPU code ----------*- C++
//-*-===//
#pragma once
#include "SharedMemory.h"
#include "Sites.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace bridge::emulator {

/// The name of the function that loads a kernel's arguments and calls it, with
/// the type of `Grid::entry`.
inline constexpr llvm::StringLiteral kEntryName = "bridge_emulator_entry";

/// A global array that is not in shared memory.
struct GlobalArray {
  std::string name;
  uint64_t bytes;
};

/// What launches of a kernel need to know.
struct KernelInfo {
  std::string name;
  SiteTable sites;
  std::vector<StaticArray> arrays;
  std::vector<GlobalArray> globals;
  uint32_t argumentCount = 0;
  uint32_t staticBytes = 0; ///< of shared memory
  uint32_t maxThreads = 1024;
  /// For each argument the bytes of one passed by value in memory, or 0.
  std::vector<uint64_t> argumentBytes;
};

/// A module for the CPU with `kernel`, what it calls and its globals:
///
///     nvvm.barrier0                 llvm.call @bridge_emulator_sync(%thread,
///     …) %x = llvm.load %p       ==>   llvm.call
///     @bridge_emulator_access(%thread, …)
///                                   %x = llvm.load %p
///
/// Errors name operations that cannot be emulated.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
instrument(mlir::LLVM::LLVMFuncOp kernel, KernelInfo &info);

} // namespace bridge::emulator
