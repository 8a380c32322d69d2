//===- WeightNames.h - Where a checkpoint may hold a weight -----*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_WEIGHTNAMES_H
#define BRIDGE_LIB_FRONTEND_WEIGHTNAMES_H

#include "Model.h"

namespace bridge::frontend {

/// A stored tensor and the view of it that is a weight, as #bridge.source has
/// them.
struct StoredName {
  std::string name;
  std::string view;
};

/// The names under which a checkpoint may hold what lies at `path` below
/// `part`: its own, then those of the weights sections on its way.
llvm::FailureOr<std::vector<StoredName>> storedNames(Model &model,
                                                     Evaluator &evaluator,
                                                     Instance &part,
                                                     llvm::StringRef path);

/// The globs of all tensors that belong to no weight and are to be ignored.
llvm::FailureOr<std::vector<std::string>> ignoredNames(Model &model,
                                                       Evaluator &evaluator);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_WEIGHTNAMES_H
