//===- InitAll.h - Registration of everything -------------------*- C++ -*-===//
#ifndef BRIDGE_INITALL_H
#define BRIDGE_INITALL_H

#include "bridge/Conversion/Passes.h"
#include "bridge/IR/Plan.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/Passes.h"

namespace bridge {

/// Our dialects and those that our passes read and write.
inline void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<BridgeDialect, plan::PlanDialect, mlir::arith::ArithDialect,
                  mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                  mlir::math::MathDialect, mlir::scf::SCFDialect,
                  mlir::vector::VectorDialect>();
}

/// Our passes and the upstream ones that our pipelines use.
inline void registerAllPasses() {
  mlir::registerTransformsPasses();
  registerBridgeTransformsPasses();
  registerConvertBridgeToPlan();
}

} // namespace bridge

#endif // BRIDGE_INITALL_H
