//===- EmbeddedWeights.h - Weights inside a binary --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_EMBEDDEDWEIGHTS_H
#define BRIDGE_LIB_DRIVER_EMBEDDEDWEIGHTS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace bridge {

/// Fails where `path` is no .safetensors file or lacks a weight of `module`, so
/// that a binary that could never run is not made. Shapes and bytes are checked
/// by the run time, as those of any other weights.
llvm::Error checkEmbeddable(mlir::ModuleOp module, llvm::StringRef path);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_EMBEDDEDWEIGHTS_H
