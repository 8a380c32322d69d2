//===- Program.h - The descriptor of a generated program --------*- C++ -*-===//
#ifndef BRIDGE_TARGET_PROGRAM_H
#define BRIDGE_TARGET_PROGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"
#include <memory>
#include <string>

namespace bridge {

/// The code of a program for one level of the instruction set.
struct ProgramLevel {
  std::string name;          ///< "x86-64-v4"
  int64_t panelWidth;        ///< columns of a panel of packed weights
  std::string entriesSymbol; ///< the table of the entries' addresses
};

/// Symbols that linkProgram defines where weights are embedded: their first
/// byte, and an absolute symbol whose address is their number of bytes.
inline constexpr llvm::StringLiteral kEmbeddedWeights =
    "bridge_embedded_weights";
inline constexpr llvm::StringLiteral kEmbeddedBytes = "bridge_embedded_bytes";

/// A module that defines `symbol`, the `bridge_program` of
/// bridge/Runtime/Abi.h, its manifest compressed, and, for an executable,
/// `main`.
std::unique_ptr<llvm::Module>
makeProgramModule(llvm::LLVMContext &context, llvm::StringRef symbol,
                  llvm::StringRef manifest, llvm::ArrayRef<ProgramLevel> levels,
                  bool embedsWeights, bool hasMain);

} // namespace bridge

#endif // BRIDGE_TARGET_PROGRAM_H
