//===- ScalarRegion.h - Regions over numbers --------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_REFERENCE_SCALARREGION_H
#define BRIDGE_LIB_REFERENCE_SCALARREGION_H

#include "bridge/Reference/Evaluation.h"
#include <memory>

namespace bridge {

/// A region of arith, math, bridge.element and bridge.dim that yields one
/// number, such as a mask or an epilogue. Numbers computed outside the region,
/// as constants that were hoisted, are computed with it.
class ScalarRegion {
public:
  /// The leading arguments of the region are `captures`; the others are
  /// numbers.
  static llvm::Expected<ScalarRegion>
  build(mlir::Region &region, mlir::ValueRange captures, const Scope &scope);

  /// The yielded number for the arguments after the captures.
  double operator()(llvm::ArrayRef<double> arguments);

  /// The first error since the region was built: an index outside its axis, or
  /// a division by 0.
  llvm::Error takeError();

private:
  struct Fault {
    mlir::Operation *op = nullptr;
    std::string message;
  };
  using Compute = std::function<double(const double *slots)>;

  ScalarRegion() = default;

  llvm::Error add(mlir::Operation *op);
  llvm::Error addUses(mlir::ValueRange values);
  llvm::Expected<Compute> compile(mlir::Operation *op);
  Compute compileElement(ElementOp op);
  unsigned slot(mlir::Value value) const { return slots.find(value)->second; }

  const Scope *scope = nullptr;
  llvm::DenseMap<mlir::Value, unsigned> slots;
  llvm::DenseMap<mlir::Value, const Array *> captured;
  unsigned argumentCount = 0;
  std::vector<Compute> steps; ///< each writes the next slot
  unsigned yielded = 0;       ///< the slot of the region's value
  std::vector<double> memory; ///< arguments, then one number for each step
  std::unique_ptr<Fault> fault = std::make_unique<Fault>();
};

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_SCALARREGION_H
