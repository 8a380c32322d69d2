//===- Intervals.h - What a scalar region can be over a block ---*- C++ -*-===//
#ifndef BRIDGE_KERNELS_INTERVALS_H
#define BRIDGE_KERNELS_INTERVALS_H

#include "bridge/Kernels/Emitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/DenseMap.h"

namespace bridge {

/// Bounds of a value. Of an i32: the least and the greatest, i64. Of a truth
/// value: whether it is true everywhere, and whether it may be anywhere, i1.
/// Nothing is known of numbers with a point: no values.
struct Interval {
  mlir::Value low, high;
};

/// Emits the interval of each value of a scalar region for intervals of its
/// arguments. Sound for every operation; what is not known is the whole range
/// of the type.
class Intervals {
public:
  /// The interval of a load, given those of its indices.
  using Load =
      llvm::function_ref<Interval(plan::LoadOp, llvm::ArrayRef<Interval>)>;

  explicit Intervals(Emitter &emitter) : emitter(emitter) {}

  /// Exactly `value`, an i64 or i1.
  static Interval point(mlir::Value value) { return {value, value}; }
  /// Anything of an element type.
  Interval whole(mlir::Type type);

  void set(mlir::Value value, Interval interval) { known[value] = interval; }
  Interval lookup(mlir::Value value);
  /// Emits the interval of the result of an operation.
  void evaluate(mlir::Operation &op, Load load);

private:
  Interval compute(mlir::Operation &op, Load load);
  Interval compare(mlir::arith::CmpIOp op);
  Interval choose(mlir::arith::SelectOp op);
  Interval product(Interval a, Interval b);
  Interval floorDivide(mlir::Operation &op);
  /// The interval of an i32; the whole range where the sum or product may have
  /// wrapped around.
  Interval wrapped(Interval interval);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value negate(mlir::Value truth);
  mlir::Value truth(bool value);

  Emitter &emitter;
  llvm::DenseMap<mlir::Value, Interval> known;
};

} // namespace bridge

#endif // BRIDGE_KERNELS_INTERVALS_H
