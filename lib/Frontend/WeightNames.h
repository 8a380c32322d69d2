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

/// The names that the weights sections of a model give. What they say of a
/// layer is worked out once for all layers that are equal.
class WeightNames {
public:
  WeightNames(Model &model, Evaluator &evaluator)
      : model(model), evaluator(evaluator) {}

  /// The names under which a checkpoint may hold what lies at `path`: its own,
  /// then those of the weights sections on its way.
  llvm::FailureOr<std::vector<StoredName>> of(llvm::StringRef path);

  /// The globs of all tensors that belong to no weight and are to be ignored.
  llvm::FailureOr<std::vector<std::string>> ignored();

private:
  /// A path on which parts lie; places on it are counted in names.
  struct Walk {
    llvm::StringRef path;
    llvm::SmallVector<llvm::StringRef> names;

    llvm::StringRef slice(unsigned begin, unsigned end) const;
  };

  /// The names, relative to `part`, of what lies behind the place `begin`,
  /// where the part is.
  llvm::FailureOr<std::vector<StoredName>>
  inPart(const Walk &walk, Instance &part, unsigned begin);
  llvm::FailureOr<std::vector<StoredName>>
  compute(const Walk &walk, Instance &part, unsigned begin);
  /// The names of what lies behind `begin`, a place below `part`: those that
  /// the first part on the way gives it.
  llvm::FailureOr<std::vector<StoredName>>
  below(const Walk &walk, Instance &part, unsigned begin);

  Model &model;
  Evaluator &evaluator;
  /// Of layers: by their keys, by the path below them.
  llvm::StringMap<llvm::StringMap<std::vector<StoredName>>> layers;
};

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_WEIGHTNAMES_H
