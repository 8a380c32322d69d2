//===- ExpandMath.cpp - Elementary functions of f32 as arithmetic ---------===//
#include "bridge/Kernels/Functions.h"
#include "bridge/Kernels/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace bridge {
#define GEN_PASS_DEF_BRIDGEEXPANDMATH
#include "bridge/Kernels/Passes.h.inc"
} // namespace bridge

using namespace mlir;
using namespace bridge;

/// The value of `op` where it is one of the functions, else null.
static Value expand(Operation *op, Functions &functions) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](math::Exp2Op op) { return functions.exp2(op.getOperand()); })
      .Case([&](math::ExpOp op) { return functions.exp(op.getOperand()); })
      .Case([&](math::LogOp op) { return functions.log(op.getOperand()); })
      .Case([&](math::Log1pOp op) { return functions.log1p(op.getOperand()); })
      .Case([&](math::TanhOp op) { return functions.tanh(op.getOperand()); })
      .Case([&](math::ErfOp op) { return functions.erf(op.getOperand()); })
      .Case([&](math::SinOp op) { return functions.sin(op.getOperand()); })
      .Case([&](math::CosOp op) { return functions.cos(op.getOperand()); })
      .Case([&](math::PowFOp op) {
        return functions.pow(op.getLhs(), op.getRhs());
      })
      .Default([](Operation *) { return Value(); });
}

namespace {
struct ExpandMath : public bridge::impl::BridgeExpandMathBase<ExpandMath> {
  using BridgeExpandMathBase::BridgeExpandMathBase;

  void runOnOperation() override {
    // A GPU is asked for nothing that a plain processor does not have.
    const CpuLevel *cpuLevel =
        level == "gpu" ? &cpuLevels().back() : lookupCpuLevel(level);
    if (!cpuLevel) {
      getOperation()->emitError("unknown level of the instruction set '")
          << level << "'";
      return signalPassFailure();
    }
    getOperation()->walk([&](Operation *op) {
      if (op->getNumResults() != 1 || !isa<math::MathDialect>(op->getDialect()))
        return;
      Type type = op->getResult(0).getType();
      if (!getElementTypeOrSelf(type).isF32())
        return;
      OpBuilder builder(op);
      Emitter emitter(builder, op->getLoc(), *cpuLevel);
      Functions functions(emitter, type);
      if (Value value = expand(op, functions)) {
        op->replaceAllUsesWith(ValueRange{value});
        op->erase();
      }
    });
  }
};
} // namespace
