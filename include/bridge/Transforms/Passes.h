//===- Passes.h - Passes on the bridge dialect ------------------*- C++ -*-===//
#ifndef BRIDGE_TRANSFORMS_PASSES_H
#define BRIDGE_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include <memory>

namespace mlir::arith {
class ArithDialect;
} // namespace mlir::arith
namespace mlir::math {
class MathDialect;
} // namespace mlir::math

namespace bridge {

#define GEN_PASS_DECL
#include "bridge/Transforms/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "bridge/Transforms/Passes.h.inc"

} // namespace bridge

#endif // BRIDGE_TRANSFORMS_PASSES_H
