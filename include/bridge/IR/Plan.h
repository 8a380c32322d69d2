//===- Plan.h - The plan dialect --------------------------------*- C++ -*-===//
#ifndef BRIDGE_IR_PLAN_H
#define BRIDGE_IR_PLAN_H

#include "bridge/IR/Bridge.h"

#include "bridge/IR/PlanDialect.h.inc"
#include "bridge/IR/PlanEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "bridge/IR/PlanAttributes.h.inc"
#define GET_TYPEDEF_CLASSES
#include "bridge/IR/PlanTypes.h.inc"
#define GET_OP_CLASSES
#include "bridge/IR/PlanOps.h.inc"

namespace bridge {

/// The bytes of an element in memory: 1 for i1, which is a byte of 0 or 1.
int64_t elementBytes(mlir::Type element);

/// What an element is once it is loaded: f32 for bf16, else the same.
mlir::Type loadedType(mlir::Type element);

} // namespace bridge

namespace bridge::plan {

/// The type with all that a kernel takes from its launch left out: sizes and
/// strides, but for a last stride that is known. Kernels whose operands have
/// the same types so are the same kernel; other types are returned as they are.
mlir::Type getKernelOperandType(mlir::Type type);

/// Names of attributes of the plan.
inline constexpr llvm::StringLiteral kSignatureAttr =
    "plan.signature"; ///< on kernels in code for a device: the types of their
                      ///< operands
inline constexpr llvm::StringLiteral kEntryAttr =
    "plan.entry"; ///< on functions that the caller can ask for
inline constexpr llvm::StringLiteral kOutputAttr =
    "plan.output"; ///< on arguments of entries that are results
inline constexpr llvm::StringLiteral kSiteAttr =
    "site"; ///< on operations in the region of a map: the number of the place
            ///< that reports that it failed
inline constexpr llvm::StringLiteral kSitesAttr =
    "plan.sites"; ///< on the module: messages of run-time errors, an array of
                  ///< strings

} // namespace bridge::plan

#endif // BRIDGE_IR_PLAN_H
