//===- SoftmaxSums.h - How sums of exponentials are passed on ---*- C++ -*-===//
#ifndef BRIDGE_KERNELS_SOFTMAXSUMS_H
#define BRIDGE_KERNELS_SOFTMAXSUMS_H

namespace bridge {

/// Logits times log₂ e are held between this and its negative, which stand for
/// the infinite ones. Differences of two such are finite.
inline constexpr double kGreatestPower = 0x1p126;

} // namespace bridge

#endif // BRIDGE_KERNELS_SOFTMAXSUMS_H
