//===- Model.h - A model that is explored -----------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_MODEL_H
#define BRIDGE_LIB_EXPLORER_MODEL_H

#include "Sweep.h"
#include "bridge/Runtime/bridge.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <map>

namespace bridge {

using Dimensions = llvm::StringMap<int64_t>;

/// What fusions make of a model.
struct LoweredModel {
  mlir::OwningOpRef<mlir::ModuleOp> fused, planned;
  std::string manifest; ///< of the plan

  /// The inputs of an entry by name, with shapes but without data.
  std::vector<std::pair<std::string, bridge_tensor>>
  inputs(llvm::StringRef entry, const Dimensions &dims) const;
  /// The memory for intermediates of a run of an entry.
  llvm::Expected<int64_t> arenaBytes(llvm::StringRef entry,
                                     const Dimensions &dims) const;
};

/// A spec with some parameters, in the bridge dialect and as fusion plans lower
/// it.
class ExploredModel {
public:
  static llvm::Expected<std::unique_ptr<ExploredModel>>
  load(const CompileOptions &options);

  /// The names of the entries, or of the one that is wanted.
  llvm::Expected<std::vector<std::string>> entries(llvm::StringRef wanted);
  mlir::func::FuncOp entry(llvm::StringRef name) const;
  mlir::ModuleOp module() const { return *bridge; }
  const CompileOptions &options() const { return compileOptions; }

  /// The names of the dimensions of an entry's inputs.
  std::vector<std::string> dimensions(llvm::StringRef entry) const;

  /// Lowered by a fusion plan, once for each.
  llvm::Expected<const LoweredModel *> lower(const std::string &fuse);

  /// The part with a role that `path` lies in, without the number of a layer;
  /// empty where it is in none.
  std::string partOf(llvm::StringRef path) const;

private:
  explicit ExploredModel(const CompileOptions &options);

  CompileOptions compileOptions;
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> bridge;
  std::map<std::string, LoweredModel> lowered;
  std::vector<std::string> parts; ///< the paths of parts with roles
};

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_MODEL_H
