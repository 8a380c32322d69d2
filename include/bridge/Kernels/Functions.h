//===- Functions.h - Elementary functions as arithmetic ---------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_FUNCTIONS_H
#define BRIDGE_KERNELS_FUNCTIONS_H

#include "bridge/Kernels/Emitter.h"

namespace bridge {

/// Arithmetic on values of one type: f32 or a vector of f32, and the integers
/// and doubles of the same shape.
class Functions {
public:
  Functions(Emitter &emitter, mlir::Type type) : emitter(emitter), type(type) {}

  mlir::Value exp2(mlir::Value x);
  mlir::Value exp(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value log1p(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  mlir::Value sin(mlir::Value x);
  mlir::Value cos(mlir::Value x);
  mlir::Value pow(mlir::Value x, mlir::Value y);

  /// 2ˣ as factor · 2^exponent for a finite x: the exponent a whole number, the
  /// factor between √½ and √2.
  struct Power {
    mlir::Value factor, exponent;
  };
  Power splitPower(mlir::Value x);
  /// x · 2ⁿ for a whole number n ≤ 0; 0 where 2ⁿ is no normal number.
  mlir::Value scaleDown(mlir::Value x, mlir::Value n);

private:
  /// The shape of `type` with other elements.
  mlir::Type shaped(mlir::Type element);
  mlir::Type i32Type() { return shaped(emitter.builder().getI32Type()); }
  mlir::Type i64Type() { return shaped(emitter.builder().getI64Type()); }
  mlir::Type f64Type() { return shaped(emitter.builder().getF64Type()); }
  mlir::Value constant(double value);
  mlir::Value constant64(double value);
  mlir::Value integer(int32_t value);
  mlir::Value integer64(int64_t value);
  mlir::Value bits(mlir::Value value, mlir::Type as);
  mlir::Value absolute(mlir::Value x);
  mlir::Value roundEven(mlir::Value x);
  mlir::Value shiftLeft(mlir::Value value, int32_t by);
  /// Keeps the sign.
  mlir::Value shiftRight(mlir::Value value, int32_t by);
  /// Σ coefficients[i] · xⁱ.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<float> coefficients);
  mlir::Value polynomial64(mlir::Value x, llvm::ArrayRef<double> coefficients);
  /// Whether vectors of `type` can be scaled by vscalefps.
  bool hasScale();
  /// x · 2ⁿ for a whole number n; where there is no vscalefps, −252 ≤ n ≤ 254.
  mlir::Value scale(mlir::Value x, mlir::Value n);
  /// sin(x + quarterTurns · π/2).
  mlir::Value sine(mlir::Value x, int quarterTurns);
  mlir::Value log2Wide(mlir::Value x);
  mlir::Value exp2Wide(mlir::Value x);
  /// `x` between `low` and `high`; NaN stays.
  mlir::Value clamp(mlir::Value x, double low, double high);

  Emitter &emitter;
  mlir::Type type;
};

} // namespace bridge

#endif // BRIDGE_KERNELS_FUNCTIONS_H
