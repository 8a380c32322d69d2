//===- Bridge.h - The bridge dialect ----------------------------*- C++ -*-===//
#ifndef BRIDGE_IR_BRIDGE_H
#define BRIDGE_IR_BRIDGE_H

#include "bridge/Support/Dim.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace bridge {
namespace detail {
mlir::LogicalResult verifyNamedDims(mlir::Operation *op);
} // namespace detail

/// Each `?` of the tensors that an operation mentions is named by the type's
/// encoding.
template <typename Op>
struct NamedDims : mlir::OpTrait::TraitBase<Op, NamedDims> {
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return detail::verifyNamedDims(op);
  }
};
} // namespace bridge

#include "bridge/IR/BridgeDialect.h.inc"
#include "bridge/IR/BridgeEnums.h.inc"
#include "bridge/IR/BridgeInterfaces.h.inc"
#define GET_ATTRDEF_CLASSES
#include "bridge/IR/BridgeAttributes.h.inc"
#define GET_OP_CLASSES
#include "bridge/IR/BridgeOps.h.inc"

namespace bridge {

/// The type of a tensor with these dimensions: static where they are, `?` with
/// a #bridge.dims encoding elsewhere.
mlir::RankedTensorType getTensorType(llvm::ArrayRef<Dim> dims,
                                     mlir::Type elementType);

/// The dimension of each axis of a tensor type of the dialect.
llvm::SmallVector<Dim> getDims(mlir::RankedTensorType type);
inline llvm::SmallVector<Dim> getDims(mlir::Value tensor) {
  return getDims(llvm::cast<mlir::RankedTensorType>(tensor.getType()));
}

/// Names of attributes on functions and their arguments and results.
inline constexpr llvm::StringLiteral kEntryAttr =
    "bridge.entry"; ///< on functions that the caller can ask for
inline constexpr llvm::StringLiteral kNameAttr =
    "bridge.name"; ///< of an input, a result or a weight argument
inline constexpr llvm::StringLiteral kIgnoreAttr =
    "bridge.ignore"; ///< on the module: globs of tensors that no weight claims
inline constexpr llvm::StringLiteral kEpilogueNameAttr =
    "bridge.epilogue"; ///< on a fused linear: what its region does, as a name
inline constexpr llvm::StringLiteral kModelAttr =
    "bridge.model"; ///< on the module: the bridge's name

} // namespace bridge

#endif // BRIDGE_IR_BRIDGE_H
