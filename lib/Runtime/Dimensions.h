//===- Dimensions.h - Binding named dimensions on entry ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_DIMENSIONS_H
#define BRIDGE_LIB_RUNTIME_DIMENSIONS_H

#include "Manifest.h"

namespace bridge::runtime {

/// Compares the inputs' count, ranks, dtypes and sizes with the entry's
/// declaration, finds the value of every name in manifest.dims that the entry
/// uses (0 for the others) and evaluates the entry's checks.
bridge_status bindDimensions(const bridge_manifest &manifest, int64_t entry,
                             const bridge_tensor *inputs, int64_t inputCount,
                             int64_t *values, Message &message);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_DIMENSIONS_H
