//===- Manifest.h - What a program says about itself ------------*- C++ -*-===//
#ifndef BRIDGE_CONVERSION_MANIFEST_H
#define BRIDGE_CONVERSION_MANIFEST_H

#include "bridge/Conversion/PlanLayout.h"
#include "llvm/Support/JSON.h"

namespace bridge {

/// The name of the bridge that a module was made from.
llvm::StringRef modelName(mlir::ModuleOp module);

/// The entries of a planned module, as its manifest has them.
llvm::json::Array describeEntries(const PlanLayout &layout);

/// The manifest of a planned module: JSON in the format that
/// bridge/Runtime/Abi.h describes. `preprocessor`, where there is one, is the
/// checkpoint's preprocessor_config.json.
std::string makeManifest(mlir::ModuleOp module, const PlanLayout &layout,
                         const llvm::json::Value *preprocessor = nullptr);

} // namespace bridge

#endif // BRIDGE_CONVERSION_MANIFEST_H
