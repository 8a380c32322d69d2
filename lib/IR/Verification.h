//===- Verification.h - What the verifiers share ----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_IR_VERIFICATION_H
#define BRIDGE_LIB_IR_VERIFICATION_H

#include "bridge/IR/ShapeRules.h"

namespace bridge {

/// The type of an operand; null for one that is not there.
inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return value ? llvm::cast<mlir::RankedTensorType>(value.getType()) : nullptr;
}
inline llvm::SmallVector<mlir::RankedTensorType>
typesOf(mlir::ValueRange values) {
  return llvm::SmallVector<mlir::RankedTensorType>(
      llvm::map_range(values, typeOf));
}

/// Reports the violated constraint, or that `found` is not the inferred type.
mlir::LogicalResult verifyResult(mlir::Operation *op, const Inferred &inferred,
                                 mlir::Type found);

/// Verifies that the one block of a region of scalar code has arguments of
/// `types`, holds pure operations that give numbers, and yields `yielded`.
/// `ids` are the constraints for arguments, operations and yield.
mlir::LogicalResult verifyScalarRegion(mlir::Operation *op,
                                       mlir::Region &region,
                                       mlir::TypeRange types,
                                       mlir::Type yielded,
                                       llvm::ArrayRef<llvm::StringRef> ids);

/// Whether `text` is the canonical text of a polynomial.
bool isCanonicalDim(llvm::StringRef text);

} // namespace bridge

#endif // BRIDGE_LIB_IR_VERIFICATION_H
