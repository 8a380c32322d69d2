//===- ElementWise.h - Functions of numbers ---------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_REFERENCE_ELEMENTWISE_H
#define BRIDGE_LIB_REFERENCE_ELEMENTWISE_H

namespace bridge {

/// The higher and the lower of two numbers; NaN if either is.
double maximum(double a, double b);
double minimum(double a, double b);

/// min(x, 0) − log1p(e^−|x|).
double logSigmoid(double x);

/// Of integers below 2³¹, rounded down; exact, as their quotients are further
/// from the next integer than float64 rounds.
double floorDivide(double a, double b);
double floorModulo(double a, double b);

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_ELEMENTWISE_H
