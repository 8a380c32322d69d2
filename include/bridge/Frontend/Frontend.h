//===- Frontend.h - From a spec or a config to the bridge dialect -*- C++ -*-=//
#ifndef BRIDGE_FRONTEND_FRONTEND_H
#define BRIDGE_FRONTEND_FRONTEND_H

#include "bridge/Frontend/Diagnostics.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace bridge {

/// Which bridge, with which parameters.
struct SpecOptions {
  /// Folders whose specs may be used and chosen; the first that has a file of
  /// a name wins. One of them has `std`.
  std::vector<std::string> searchPaths;
  /// A spec file, which may lie anywhere; its bridge is used.
  std::string specPath;
  /// A config.json. Without a spec its `model_type` chooses the bridge.
  std::optional<llvm::json::Value> config;
  /// How messages call the config.
  std::string configName = "config.json";
  /// The `variant` whose parameters are used and whose checks must hold.
  std::string variant;
  /// `-D name=value`: parameters anew, `text.depth` those of a part.
  std::vector<std::pair<std::string, std::string>> overrides;
  /// The entries that are wanted; all where there is none.
  std::vector<std::string> entries;
};

/// What tools tell of a model.
struct ModelDescription {
  struct Parameter {
    std::string name, value;
  };
  struct Part {
    std::string path, role, module;
    bool frozen = false;
    int64_t weights = 0; ///< how many numbers lie below its path
    std::vector<Parameter> parameters;
  };
  std::string name;
  std::vector<Parameter> parameters;
  std::vector<Part> parts; ///< those that the bridge binds with a role
  int64_t weights = 0;     ///< of the whole model
};

/// A bridge that a folder of specs has.
struct BridgeSummary {
  std::string name, file, modelType;
  std::vector<std::string> variants;
};

/// Evaluates a spec to a module of the bridge dialect, verified. `description`,
/// where given, tells of the model. Fails with errors in `diagnostics`.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
loadSpec(mlir::MLIRContext &context, const SpecOptions &options,
         Diagnostics &diagnostics, ModelDescription *description = nullptr);

/// The bridges of all specs in these folders; broken specs are left out.
mlir::FailureOr<std::vector<BridgeSummary>>
listBridges(const std::vector<std::string> &searchPaths,
            Diagnostics &diagnostics);

} // namespace bridge

#endif // BRIDGE_FRONTEND_FRONTEND_H
