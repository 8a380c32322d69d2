//===- WarpEmitter.h - Builds the code of GPU kernels -----------*- C++ -*-===//
//
// A "vector" is a scalar in each of the 32 threads of a warp, lane by lane;
// "scalars" have the same value in all of them. Kernels of rows, written for
// vectors, so become kernels whose jobs warps take. The threads of a warp need
// not be at the same place: what one thread stores, another one sees after
// syncWarp or barrier only.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_KERNELS_GPU_WARPEMITTER_H
#define BRIDGE_LIB_KERNELS_GPU_WARPEMITTER_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

inline constexpr int64_t kWarpThreads = 32;

class WarpEmitter final : public Emitter {
public:
  WarpEmitter(mlir::OpBuilder &builder, mlir::Location loc);

  mlir::Type vectorType(mlir::Type element) override { return element; }
  bool isVector(mlir::Value) override { return true; }
  mlir::Value splat(double value) override { return scalar(value); }
  mlir::Value splat32(int32_t value) override { return number32(value); }
  mlir::Value laneNumbers() override;
  mlir::Value broadcast(mlir::Value value) override { return value; }
  mlir::Value reduce(LaneReduction how, mlir::Value vector) override;
  mlir::Value firstLane(mlir::Value vector) override;
  mlir::Value loadElements(mlir::Type element, mlir::Value pointer,
                           mlir::Value mask) override;
  void storeElements(mlir::Type element, mlir::Value value, mlir::Value pointer,
                     mlir::Value mask) override;
  mlir::Value loadStrided(mlir::Type element, mlir::Value pointer,
                          mlir::Value stride, mlir::Value count) override;
  void storeStrided(mlir::Type element, mlir::Value value, mlir::Value pointer,
                    mlir::Value stride, mlir::Value count) override;
  mlir::Value loadRow(mlir::Type element, mlir::Value start, mlir::Value stride,
                      mlir::Value position, mlir::Value last) override;
  mlir::Value gather(mlir::Type element, mlir::Value base,
                     mlir::Value offsets) override;
  void once(llvm::function_ref<void()> body) override;

  /// @name Places, i64
  /// @{
  mlir::Value thread(); ///< of the block
  mlir::Value warp();   ///< of the block
  mlir::Value block();  ///< of the grid
  /// @}

  /// @name Threads of a warp
  /// @{
  void syncWarp();
  /// The value of the thread whose lane differs in the bits of `mask`: f32, or
  /// an integer of up to 64 bits.
  mlir::Value exchange(mlir::Value value, int32_t mask);
  /// A value made one over the lanes that differ in the bits below `lanes`, a
  /// power of two; the same in all of them.
  mlir::Value
  combine(mlir::Value value, int32_t lanes,
          llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> join);
  /// @}

  /// @name Threads of a block
  /// @{
  void barrier();
  /// Memory of the block, aligned to 16 bytes, with nothing in it.
  mlir::Value shared(int64_t bytes);
  /// Starts a copy of `size` (4 or 16) bytes to shared memory, of which the
  /// first `valid` (i32) are read and the others zero.
  void copyAsync(mlir::Value target, mlir::Value source, int32_t size,
                 mlir::Value valid);
  /// Ends a group of the copies started so far.
  void commitCopies();
  /// Waits until at most `pending` of this thread's groups are under way.
  void waitCopies(int32_t pending);
  /// @}

private:
  mlir::Value shuffle(mlir::Value value, bool byIndex, int32_t argument);
};

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_GPU_WARPEMITTER_H
