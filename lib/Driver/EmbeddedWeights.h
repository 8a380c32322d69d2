//===- EmbeddedWeights.h - Weights inside a binary --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_EMBEDDEDWEIGHTS_H
#define BRIDGE_LIB_DRIVER_EMBEDDEDWEIGHTS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace bridge {

/// Fails where `path` is no .safetensors file or its tensors do not fit the
/// program that `manifest` tells of, so that a binary that could never run is
/// not made. The run time decides, as it will when the binary starts.
llvm::Error checkEmbeddable(llvm::StringRef manifest, llvm::StringRef path);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_EMBEDDEDWEIGHTS_H
