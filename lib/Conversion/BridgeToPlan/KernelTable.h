//===- KernelTable.h - The distinct kernels of a plan -----------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_KERNELTABLE_H
#define BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_KERNELTABLE_H

#include "bridge/IR/Plan.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace bridge {

/// The kernels of a module, each distinct one once, and the messages of
/// run-time errors that they report.
class KernelTable {
public:
  explicit KernelTable(mlir::ModuleOp module);

  /// The kernel that computes the same as `wanted`: one that is there already,
  /// or `wanted` itself, put into the module. Its name is taken as a stem.
  plan::KernelOp intern(mlir::OwningOpRef<plan::KernelOp> wanted);

  /// The number of a place that may report the run-time error `message`, which
  /// names the numbers {a} and {b}; `loc` is where it stands in the spec.
  int64_t addSite(mlir::Location loc, llvm::StringRef message);

  /// Writes `plan.sites`.
  void finish();

private:
  mlir::ModuleOp module;
  mlir::Operation *lastKernel = nullptr;
  llvm::StringMap<plan::KernelOp> kernels; ///< by what they compute
  llvm::StringSet<> names;                 ///< symbols that are taken
  llvm::StringMap<int64_t> siteNumbers;
  llvm::SmallVector<mlir::Attribute> sites;
};

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_KERNELTABLE_H
