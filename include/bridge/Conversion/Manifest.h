//===- Manifest.h - What a program says about itself ------------*- C++ -*-===//
#ifndef BRIDGE_CONVERSION_MANIFEST_H
#define BRIDGE_CONVERSION_MANIFEST_H

#include "bridge/Conversion/PlanLayout.h"
#include "llvm/Support/JSON.h"

namespace bridge {

/// The manifest of a planned module, in the format that
/// bridge/Runtime/Abi.h describes.
llvm::json::Object makeManifest(mlir::ModuleOp module,
                                const PlanLayout &layout);

} // namespace bridge

#endif // BRIDGE_CONVERSION_MANIFEST_H
