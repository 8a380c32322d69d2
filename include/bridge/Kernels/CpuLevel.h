//===- CpuLevel.h - Levels of the instruction set ---------------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_CPULEVEL_H
#define BRIDGE_KERNELS_CPULEVEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace bridge {

/// What kernels have to know of the processor that they are made for.
struct CpuLevel {
  llvm::StringLiteral name;     ///< "x86-64-v4-bf16", "x86-64-v4", "x86-64-v3"
  llvm::StringLiteral cpu;      ///< LLVM's name of the processor
  llvm::StringLiteral features; ///< LLVM's features beyond those of `cpu`
  int64_t lanes;                ///< f32 elements of a vector
  int64_t microRows;            ///< rows of the largest micro-kernel
  int64_t bf16Rows;             ///< the same of products of bf16
  int64_t panelVectors;         ///< vectors across a panel
  int64_t rowBlock;             ///< rows of a product that one job takes
  int64_t panelChunk;           ///< panels of a product that one job takes
  int64_t prefetchRows; ///< rows from which micro-kernels prefetch panels
  bool hasAvx512;
  bool hasBf16; ///< products of pairs of bf16

  /// Columns of a panel.
  int64_t panelWidth() const { return lanes * panelVectors; }
};

/// All levels, best first.
llvm::ArrayRef<CpuLevel> cpuLevels();

/// The level called `name`, or null.
const CpuLevel *lookupCpuLevel(llvm::StringRef name);

} // namespace bridge

#endif // BRIDGE_KERNELS_CPULEVEL_H
