//===- Rewriter.h - Replaces operations by calls -----------------*- C++
//-*-===//
#pragma once
#include "Instrument.h"
#include "Runtime.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace bridge::emulator {

/// An argument of a call: a value, or a number that is known.
struct Operand {
  Operand(mlir::Value value) : value(value) {}
  Operand(uint64_t number) : number(number) {}
  mlir::Value value;
  uint64_t number = 0;
};

/// Rewrites the functions of one module for the CPU.
class Rewriter {
public:
  Rewriter(mlir::ModuleOp module, KernelInfo &info)
      : module(module), info(info), builder(module.getContext()) {}

  /// Rewrites everything; errors name what cannot be emulated.
  llvm::Error run(llvm::StringRef kernel);

private:
  // Instrument.cpp
  void placeGlobals();
  void addThreadArgument(mlir::LLVM::LLVMFuncOp function);
  void nameSites(mlir::LLVM::LLVMFuncOp function);
  llvm::Error rewriteFunction(mlir::LLVM::LLVMFuncOp function);
  llvm::Error rewriteLlvm(mlir::Operation *op);
  llvm::Error rewriteCall(mlir::LLVM::CallOp op);
  llvm::Error rewriteAtomic(mlir::Operation *op);
  void rewriteAddressOf(mlir::LLVM::AddressOfOp op);
  void addEntry(mlir::LLVM::LLVMFuncOp kernel);
  void checkAccess(mlir::Value pointer, Operand bytes, AccessKind kind,
                   uint64_t alignment);
  void checkAccess(mlir::Value pointer, mlir::Type type, AccessKind kind,
                   std::optional<uint64_t> alignment);

  // RewriteNvvm.cpp
  llvm::Error rewriteNvvm(mlir::Operation *op);
  bool rewriteRegister(mlir::Operation *op);
  bool rewriteBarrier(mlir::Operation *op);
  bool rewriteWarp(mlir::Operation *op);
  llvm::Error rewriteMatrix(mlir::Operation *op);
  bool rewriteCopy(mlir::Operation *op);

  // RewriteHopper.cpp
  bool rewriteMemoryBarrier(mlir::Operation *op);
  bool rewriteBox(mlir::Operation *op);
  bool rewriteWarpGroup(mlir::Operation *op);

  // RewriteText.cpp
  llvm::Error rewriteAssembly(mlir::Operation *op, llvm::StringRef text,
                              mlir::ValueRange operands);
  llvm::Error rewriteIntrinsic(mlir::LLVM::CallIntrinsicOp op);

  /// Calls a function of the run time in front of the current operation; the
  /// thread is passed where it takes one. Numbers get the types that it wants.
  mlir::Value call(llvm::StringRef name, llvm::ArrayRef<Operand> operands);
  mlir::Value number(ValueKind kind, uint64_t value);
  mlir::Value adapt(mlir::Value value, mlir::Type type);
  mlir::Type typeOf(ValueKind kind);
  mlir::Value field(size_t offset);
  mlir::Value load(mlir::Type type, size_t offset);
  void toExchange(mlir::Value value, size_t offset);
  mlir::Value fromExchange(mlir::Type type);
  /// Replaces the results of `op` and removes it.
  void replace(mlir::Operation *op, mlir::Value value = nullptr);
  llvm::Error cannot(mlir::Operation *op, const llvm::Twine &why = "");
  Operand site() { return Operand(uint64_t(sites.lookup(current))); }

  mlir::ModuleOp module;
  KernelInfo &info;
  mlir::OpBuilder builder;
  mlir::Value thread; ///< of the current function
  mlir::Operation *current = nullptr;
  llvm::DenseMap<mlir::Operation *, Site> sites;
  llvm::StringMap<uint32_t> sharedOffsets;
  bool hasDynamicShared = false;
};

/// The bytes of a value of the llvm dialect in memory.
uint64_t bytesOf(mlir::Type type);

/// The alignment of a value, where none is given.
uint64_t alignmentOf(mlir::Type type);

} // namespace bridge::emulator
