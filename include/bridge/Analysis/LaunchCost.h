//===- LaunchCost.h - What the launches of a plan do ------------*- C++ -*-===//
#ifndef BRIDGE_ANALYSIS_LAUNCHCOST_H
#define BRIDGE_ANALYSIS_LAUNCHCOST_H

#include "bridge/IR/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace bridge {

/// The value of a dimension's name.
using DimValues = llvm::function_ref<int64_t(llvm::StringRef)>;

/// The work of one launch of a kernel.
struct LaunchCost {
  std::string part; ///< the path of the part it computes
  plan::KernelKind kind;
  bool isBf16 = false;    ///< multiplies bf16
  double flops = 0;       ///< 2 × multiply-adds of products
  double elements = 0;    ///< written
  double simple = 0;      ///< scalar operations that are one instruction
  double functions = 0;   ///< exp, tanh, erf and their like
  double weightBytes = 0; ///< of weights read
  double dataBytes = 0;   ///< of other operands, read or written

  double bytes() const { return weightBytes + dataBytes; }
};

/// The launches of an entry of a module in the plan dialect, in their order,
/// those of called functions where they are called; a group counts as one.
std::vector<LaunchCost> analyzeLaunches(mlir::ModuleOp module,
                                        mlir::func::FuncOp entry,
                                        DimValues values);

} // namespace bridge

#endif // BRIDGE_ANALYSIS_LAUNCHCOST_H
