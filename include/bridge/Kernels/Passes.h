//===- Passes.h - Passes over the code of kernels ---------------*- C++ -*-===//
#ifndef BRIDGE_KERNELS_PASSES_H
#define BRIDGE_KERNELS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include <memory>

namespace mlir::LLVM {
class LLVMDialect;
} // namespace mlir::LLVM
namespace mlir::arith {
class ArithDialect;
} // namespace mlir::arith
namespace mlir::math {
class MathDialect;
} // namespace mlir::math

namespace bridge {

#define GEN_PASS_DECL
#include "bridge/Kernels/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "bridge/Kernels/Passes.h.inc"

} // namespace bridge

#endif // BRIDGE_KERNELS_PASSES_H
