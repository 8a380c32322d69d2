//===- Limits.h - Bounds that compiler and run time share -------*- C++ -*-===//
#ifndef BRIDGE_SUPPORT_LIMITS_H
#define BRIDGE_SUPPORT_LIMITS_H

namespace bridge {

/// Axes that an input, an output or a weight may have: those that a
/// bridge_tensor can describe. Tensors in between may have more.
inline constexpr unsigned kMaxInterfaceRank = 8;

} // namespace bridge

#endif // BRIDGE_SUPPORT_LIMITS_H
