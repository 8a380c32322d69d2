//===- StorageTypes.h - What tensors are stored as --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_STORAGETYPES_H
#define BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_STORAGETYPES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace bridge {

enum class Precision { F32, Bf16 };
std::optional<Precision> parsePrecision(llvm::StringRef name);

/// Decides for every tensor of a module which element type it has in memory.
/// Whatever computes with it computes in f32.
///
/// With Precision::Bf16, operands of products are bf16, and so is every float
/// tensor of two and more axes, but for those where a rounding costs more than
/// its own size:
///  - running sums: a sum of two activations, which is what a residual stream
///    is, and what sums and means leave;
///  - what softmax and cross-entropy read, whose exponentials turn relative
///    errors into absolute ones;
///  - angles and the positions that they come from.
/// All tensors that share memory without a copy (views, arguments and results
/// of functions) agree.
class StorageTypes {
public:
  StorageTypes(mlir::ModuleOp module, Precision precision);

  /// The element type of a tensor in memory.
  mlir::Type of(mlir::Value tensor) const;
  /// The element type of the operands of products.
  mlir::Type ofProducts() const { return products; }

private:
  /// Why a tensor stays f32. What an exact one is computed from, but by
  /// products, stays f32, too.
  enum class Reason { Sum, Exact };

  void look(mlir::Operation *op, mlir::ModuleOp module);
  void share(mlir::Value a, mlir::Value b);
  void keep(mlir::Value tensor, Reason reason);
  void spread();

  Precision precision;
  mlir::Type products;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value, 2>> sharing;
  llvm::DenseMap<mlir::Value, Reason> kept;
  llvm::SmallVector<mlir::Value> worklist;
};

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_STORAGETYPES_H
