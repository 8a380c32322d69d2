//===- Products.h - Matrix products as gemm launches ------------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_PRODUCTS_H
#define BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_PRODUCTS_H

#include "FunctionPlanner.h"
#include <functional>

namespace bridge {

/// out[…, m, n] = epilogue(a[…, m, k] · panels + bias, extras).
struct Product {
  View a, out;
  mlir::Value panels; ///< packed already, shared by all leading axes
  View b;             ///< else: […, n, k], to be packed
  std::optional<View> bias;
  llvm::SmallVector<View> extras; ///< with the sizes of out
  std::string epilogueName;
  /// What the result is for (the accumulator, elements of the extras); none
  /// means the accumulator.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::ValueRange)> epilogue;
};

/// Packs b[b₀, b₁, n, k].
mlir::Value pack(FunctionPlanner &planner, const View &b);

/// Launches the product into `out`, or through a buffer where its rows do not
/// lie densely.
void launchInto(FunctionPlanner &planner, Product product, const View &out);

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_PRODUCTS_H
