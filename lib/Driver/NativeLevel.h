//===- NativeLevel.h - The best level of this processor ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_NATIVELEVEL_H
#define BRIDGE_LIB_DRIVER_NATIVELEVEL_H

#include "bridge/Kernels/CpuLevel.h"

namespace bridge {

/// The best level that this processor has, or null where it has none.
const CpuLevel *nativeCpuLevel();

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_NATIVELEVEL_H
