//===- Weights.h - From a checkpoint to declared weights --------*- C++ -*-===//
#ifndef BRIDGE_REFERENCE_WEIGHTS_H
#define BRIDGE_REFERENCE_WEIGHTS_H

#include "bridge/Reference/Array.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <map>
#include <string>

namespace bridge {

/// What a checkpoint says about a tensor that it holds.
struct StoredTensor {
  Element element = Element::Float;
  Shape shape;
  std::string dtype; ///< as messages call it
};
/// The tensors of a checkpoint by name.
using Checkpoint = std::map<std::string, StoredTensor>;

/// Where a weight is found: a stored tensor and the view of it.
struct WeightSource {
  std::string stored;
  std::string view;
};
/// The source of each declared weight, by its path.
using WeightBinding = std::map<std::string, WeightSource>;

/// Finds each weight that the module declares: the first of its sources that
/// the checkpoint has. Errors: a weight of which there is no source, one of
/// another shape or kind, and tensors of the checkpoint that are no weight's
/// and that no glob of `bridge.ignore` covers.
llvm::Expected<WeightBinding> bindWeights(mlir::ModuleOp module,
                                          const Checkpoint &checkpoint);

/// The part of a stored tensor that a view names, in the notation of
/// #bridge.source.
llvm::Expected<Array> applyView(const Array &stored, llvm::StringRef view);

} // namespace bridge

#endif // BRIDGE_REFERENCE_WEIGHTS_H
