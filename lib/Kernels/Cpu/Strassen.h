//===- Strassen.h - Large products of seven eighths -------------*- C++ -*-===//
//
// One level of Strassen's scheme in Winograd's form (S. Winograd, On
// multiplication of 2 × 2 matrices, 1971): of a product of 2 × 2 blocks, 7
// products of blocks instead of 8,
//
//   S₁ = A₂₁ + A₂₂   T₁ = B₁₂ − B₁₁   P₁ = A₁₁ B₁₁   P₅ = S₁ T₁
//   S₂ = S₁ − A₁₁    T₂ = B₂₂ − T₁    P₂ = A₁₂ B₂₁   P₆ = S₂ T₂
//   S₃ = A₁₁ − A₂₁   T₃ = B₂₂ − B₁₂   P₃ = S₄ B₂₂    P₇ = S₃ T₃
//   S₄ = A₁₂ − S₂    T₄ = B₂₁ − T₂    P₄ = A₂₂ T₄
//
//   C₁₁ = P₁ + P₂         C₁₂ = P₁ + P₆ + P₅ + P₃
//   C₂₁ = P₁ + P₆ + P₇ + P₄   C₂₂ = P₁ + P₆ + P₇ + P₅
//
// on tiles that fit the caches. The blocks are: of a job's rows, the upper and
// the lower half; of a pair of panels, one and the other; of k, the halves of
// each stretch of at most kDepthBlock. The sums S and T are made once for a
// stretch, each of use to many products, and C gathers in tiles of scratch.
//
// A row meets its partner in sums, and so do the columns of two panels: a
// number that is not finite, or a row far greater than its partner, would cost
// the partner's result its accuracy. Where a row or column and its partner
// differ by more than a factor of about 64, or are not finite, the tile is
// made of the 8 products instead; so errors stay within a small factor of
// those of the plain product.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_CPU_STRASSEN_H
#define BRIDGE_LIB_KERNELS_CPU_STRASSEN_H

#include "GemmTiles.h"

namespace bridge {

/// Whether a product of f32 reaches `least` rows, columns and depth, and its
/// depth is even; i1, known when the kernel runs.
mlir::Value isStrassen(Emitter &emitter, GemmTiles &tiles,
                       llvm::ArrayRef<int64_t> least);
GemmPartition strassenPartition(Emitter &emitter, GemmTiles &tiles);
mlir::Value strassenScratchBytes(Emitter &emitter, GemmTiles &tiles);
void emitStrassenJob(Emitter &emitter, GemmTiles &tiles, mlir::Value job,
                     mlir::Value scratch);

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_CPU_STRASSEN_H
