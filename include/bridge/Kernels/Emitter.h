//===- Emitter.h - Builds the code of kernels -------------------*- C++ -*-===//
//
// Kernels are written in scf, arith, math and vector for the arithmetic and in
// llvm.load, llvm.store and llvm.getelementptr with byte offsets for memory.
//
// A kernel of rows works on "vectors" of lanes(). On the CPU these are values
// of a vector type; on the GPU (WarpEmitter.h) scalars, one in each thread of a
// warp. What differs between the two is virtual.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_KERNELS_EMITTER_H
#define BRIDGE_KERNELS_EMITTER_H

#include "bridge/IR/Plan.h"
#include "bridge/Kernels/CpuLevel.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace bridge {

/// How the lanes of a vector are made one.
enum class LaneReduction {
  Add,       ///< f32 (in some fixed order) or i32
  Or,        ///< i1 or i32
  MaxNumber, ///< f32, none of them NaN
  Maximum,   ///< f32; NaN where one is
  Minimum,   ///< f32; NaN where one is
  MaxSigned, ///< i32 or i64
  MinSigned  ///< i32 or i64
};

/// Builds operations at the builder's insertion point. Numbers are i64 unless
/// said otherwise; "a vector" has `lanes()` elements.
class Emitter {
public:
  Emitter(mlir::OpBuilder &builder, mlir::Location loc, const CpuLevel &level);
  virtual ~Emitter() = default;

  mlir::OpBuilder &builder() { return build; }
  mlir::Location loc() const { return location; }
  /// The level that code is for; null where it is not for the CPU.
  const CpuLevel *cpuLevel() const { return target; }
  const CpuLevel &level() const {
    assert(target && "only kernels of the CPU ask for its level");
    return *target;
  }
  int64_t lanes() const { return laneCount; }
  /// Elements that one job of a kernel of rows works on, where rows are not
  /// longer.
  int64_t elementsPerJob() const { return jobElements; }

  mlir::Type pointerType();
  mlir::Type i64Type() { return build.getI64Type(); }
  mlir::Type f32Type() { return build.getF32Type(); }
  virtual mlir::Type vectorType(mlir::Type element);
  /// Whether the lanes of a value may differ.
  virtual bool isVector(mlir::Value value);

  /// A number of type i64.
  mlir::Value number(int64_t value);
  /// A scalar of type i32.
  mlir::Value number32(int32_t value);
  /// A scalar of type f32.
  mlir::Value scalar(double value);
  /// A vector of f32 with `value` in every lane.
  virtual mlir::Value splat(double value);
  /// A vector of i32 with `value` in every lane.
  virtual mlir::Value splat32(int32_t value);
  /// The vector of i32 0, 1, 2, …
  virtual mlir::Value laneNumbers();
  /// A vector with the scalar `value` in every lane; vectors as they are.
  virtual mlir::Value broadcast(mlir::Value value);
  /// The lanes of a vector made one scalar.
  virtual mlir::Value reduce(LaneReduction how, mlir::Value vector);
  /// The first lane of a vector, as a scalar.
  virtual mlir::Value firstLane(mlir::Value vector);

  /// @name Integers, scalars or vectors; a constant right-hand side folds away
  /// where it changes nothing. Division and comparison are signed.
  /// @{
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value add(mlir::Value lhs, int64_t rhs);
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, int64_t rhs);
  /// Rounds down; operands are not negative.
  mlir::Value div(mlir::Value lhs, mlir::Value rhs);
  mlir::Value div(mlir::Value lhs, int64_t rhs);
  mlir::Value rem(mlir::Value lhs, mlir::Value rhs);
  mlir::Value rem(mlir::Value lhs, int64_t rhs);
  /// Rounds up; operands are not negative.
  mlir::Value ceilDiv(mlir::Value lhs, mlir::Value rhs);
  mlir::Value ceilDiv(mlir::Value lhs, int64_t rhs);
  /// `lhs` up to the next multiple of `rhs`.
  mlir::Value roundUp(mlir::Value lhs, int64_t rhs);
  mlir::Value min(mlir::Value lhs, mlir::Value rhs);
  mlir::Value max(mlir::Value lhs, mlir::Value rhs);
  mlir::Value less(mlir::Value lhs, mlir::Value rhs);
  mlir::Value equal(mlir::Value lhs, mlir::Value rhs);
  /// i64 to i32.
  mlir::Value narrow(mlir::Value value);
  /// i32 to i64, with its sign.
  mlir::Value widen(mlir::Value value);
  /// @}

  /// @name f32, scalars or vectors
  /// @{
  mlir::Value addf(mlir::Value lhs, mlir::Value rhs);
  mlir::Value subf(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mulf(mlir::Value lhs, mlir::Value rhs);
  mlir::Value divf(mlir::Value lhs, mlir::Value rhs);
  /// lhs · rhs + acc, rounded once.
  mlir::Value fma(mlir::Value lhs, mlir::Value rhs, mlir::Value acc);
  /// The greater one; `acc` where `value` is NaN.
  mlir::Value maxf(mlir::Value value, mlir::Value acc);
  /// The lesser one; `acc` where `value` is NaN.
  mlir::Value minf(mlir::Value value, mlir::Value acc);
  /// Ordered comparisons: false where one is NaN.
  mlir::Value lessf(mlir::Value lhs, mlir::Value rhs);
  mlir::Value equalf(mlir::Value lhs, mlir::Value rhs);
  /// @}

  mlir::Value select(mlir::Value condition, mlir::Value yes, mlir::Value no);

  /// @name Memory; offsets in bytes. Loads and stores of vectors assume the
  /// alignment of an element unless told otherwise.
  /// @{
  mlir::Value offset(mlir::Value pointer, mlir::Value bytes);
  mlir::Value offset(mlir::Value pointer, int64_t bytes);
  /// `type` in memory; 0 for the alignment of an element.
  mlir::Value load(mlir::Type type, mlir::Value pointer, int64_t alignment = 0);
  void store(mlir::Value value, mlir::Value pointer, int64_t alignment = 0);
  /// One element of a view, as a scalar: i32, i1 from its byte, f32 or f32 from
  /// a bf16.
  mlir::Value loadElement(mlir::Type element, mlir::Value pointer);
  void storeElement(mlir::Type element, mlir::Value value, mlir::Value pointer);
  /// A vector of elements of a view that lie one after the other; with a mask,
  /// those with a set bit (zero elsewhere), without touching the others.
  virtual mlir::Value loadElements(mlir::Type element, mlir::Value pointer,
                                   mlir::Value mask = {});
  virtual void storeElements(mlir::Type element, mlir::Value value,
                             mlir::Value pointer, mlir::Value mask = {});
  /// A vector of elements `stride` bytes apart, of which the first `count` are
  /// read, at most a vector (zero beyond). For strides that are rare.
  virtual mlir::Value loadStrided(mlir::Type element, mlir::Value pointer,
                                  mlir::Value stride, mlir::Value count);
  /// Stores the first `count` lanes, `stride` bytes apart.
  virtual void storeStrided(mlir::Type element, mlir::Value value,
                            mlir::Value pointer, mlir::Value stride,
                            mlir::Value count);
  /// The elements that a row of `element`, `stride` bytes apart from `start`
  /// on, has from `position` on; those beyond `last`, where given, repeat it.
  virtual mlir::Value loadRow(mlir::Type element, mlir::Value start,
                              mlir::Value stride, mlir::Value position,
                              mlir::Value last);
  /// The elements `offsets`, a vector of i64, away from `base`.
  virtual mlir::Value gather(mlir::Type element, mlir::Value base,
                             mlir::Value offsets);
  /// A vector of i1 with the first `count` lanes set.
  mlir::Value firstLanes(mlir::Value count);
  /// Brings a cache line near: `locality` 3 is the first level, 2 the second.
  void prefetch(mlir::Value pointer, int32_t locality, bool forWriting = false);
  /// Memory on the stack, aligned to 64 bytes, at the start of the function.
  mlir::Value stack(int64_t bytes);
  /// @}

  /// @name Control flow; loops run from `from` to before `to`.
  /// @{
  using Values = llvm::SmallVector<mlir::Value>;
  void loop(mlir::Value from, mlir::Value to, mlir::Value step,
            llvm::function_ref<void(mlir::Value)> body);
  /// From 0 to before `to` in steps of `step`.
  void loop(mlir::Value to, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  /// A loop that carries values; `body` takes the counter and the values, and
  /// gives the next ones.
  Values loop(mlir::Value from, mlir::Value to, mlir::Value step,
              mlir::ValueRange initial,
              llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> then);
  void ifElse(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);
  /// Runs what reads one lane's results for the next alone; what it stores,
  /// what follows may read.
  virtual void once(llvm::function_ref<void()> body) { body(); }
  /// A branch with results of `types`.
  Values ifElse(mlir::Value condition, mlir::TypeRange types,
                llvm::function_ref<Values()> then,
                llvm::function_ref<Values()> otherwise);
  /// @}

protected:
  /// For a target that is not the CPU.
  Emitter(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes,
          int64_t elementsPerJob);

private:
  mlir::OpBuilder &build;
  mlir::Location location;
  const CpuLevel *target;
  int64_t laneCount, jobElements;
};

} // namespace bridge

#endif // BRIDGE_KERNELS_EMITTER_H
