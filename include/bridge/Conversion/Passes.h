//===- Passes.h - Conversions between the dialects --------------*- C++ -*-===//
#ifndef BRIDGE_CONVERSION_PASSES_H
#define BRIDGE_CONVERSION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include <memory>

namespace mlir::LLVM {
class LLVMDialect;
} // namespace mlir::LLVM
namespace mlir::scf {
class SCFDialect;
} // namespace mlir::scf
namespace mlir::arith {
class ArithDialect;
} // namespace mlir::arith
namespace mlir::math {
class MathDialect;
} // namespace mlir::math
namespace mlir::vector {
class VectorDialect;
} // namespace mlir::vector

namespace mlir::NVVM {
class NVVMDialect;
} // namespace mlir::NVVM

namespace bridge {

/// The module of the device's kernels that convert-plan-to-gpu makes.
inline constexpr llvm::StringLiteral kKernelsSymbol = "bridge_kernels";

/// The global that convert-plan-to-cpu and convert-plan-to-gpu (level "gpu")
/// fill with the addresses of the entries.
std::string entriesSymbol(llvm::StringRef level);

#define GEN_PASS_DECL
#include "bridge/Conversion/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "bridge/Conversion/Passes.h.inc"

} // namespace bridge

#endif // BRIDGE_CONVERSION_PASSES_H
