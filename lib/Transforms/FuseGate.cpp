//===- FuseGate.cpp - Gated branches and their residuals ------------------===//
#include "Epilogue.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSEGATE
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("gate").category("bridge-fuse-gate");
}

/// Whether a tensor is one number of f32 that is not known on compiling.
static bool isGate(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return type.getElementType().isF32() && !getSplat(tensor) &&
         llvm::all_of(getDims(tensor),
                      [](const Dim &size) { return size == Dim(1); });
}

static BinaryOp asBinary(Operation *op, BinaryKind kind) {
  auto binary = dyn_cast_if_present<BinaryOp>(op);
  return binary && binary.getKind() == kind ? binary : BinaryOp();
}

static Value otherOperand(BinaryOp op, Value operand) {
  return op.getLhs() == operand ? op.getRhs() : op.getLhs();
}

/// The gate that multiplies `branch`; null where `op` is something else.
static Value findGate(Operation *op, Value branch) {
  BinaryOp product = asBinary(op, BinaryKind::Mul);
  if (!product)
    return {};
  Value gate = otherOperand(product, branch);
  return gate != branch && isGate(gate) ? gate : Value();
}

static bool addsResidual(Operation *op, Value gated) {
  BinaryOp sum = asBinary(op, BinaryKind::Add);
  if (!sum)
    return false;
  Value residual = otherOperand(sum, gated);
  return residual != gated && residual.getType() == gated.getType();
}

/// The operations that make a number of other numbers, in order.
static void findFunction(Value number, llvm::SetVector<Operation *> &ops) {
  Operation *op = number.getDefiningOp();
  auto isNumber = [](Value operand) {
    return isGate(operand) || getSplat(operand);
  };
  if (!op || ops.contains(op) || !isElementwise(op) || !isGate(number) ||
      !llvm::all_of(op->getOperands(), isNumber))
    return;
  for (Value operand : op->getOperands())
    findFunction(operand, ops);
  ops.insert(op);
}

/// The gate on the way of a linear's result, where the sum with a residual
/// comes next.
static Value findGate(LinearOp linear, ArrayRef<Operation *> chain) {
  Value branch = linear.getResult();
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    Value result = chain[i]->getResult(0);
    if (Value gate = findGate(chain[i], branch);
        gate && addsResidual(chain[i + 1], result))
      return gate;
    branch = result;
  }
  return {};
}

static void fuse(LinearOp linear) {
  SmallVector<Operation *> chain = findEpilogue(linear).chain;
  Value gate = findGate(linear, chain);
  if (!gate)
    return;
  llvm::SetVector<Operation *> ops;
  findFunction(gate, ops);
  StringRef name = ops.empty() ? "a number" : elementwiseName(ops.back());
  ops.insert(chain.begin(), chain.end());
  FusedLinearOp fused = fuseEpilogue(linear, ops.getArrayRef());
  remark::passed(fused.getLoc(), remarkNamed()) << remark::add(
      "{0} as gate and a residual fused into their linear", name);
}

/// Says why a gated branch with its residual was left as it was.
static void explain(BinaryOp product) {
  for (Value branch : product.getOperands()) {
    if (isGate(branch) || !findGate(product, branch))
      continue;
    Value gated = product.getResult();
    if (llvm::none_of(gated.getUsers(), [&](Operation *user) {
          return addsResidual(user, gated);
        }))
      return;
    StringRef why = !gated.hasOneUse() ? "the gated branch has several uses"
                    : !branch.hasOneUse()
                        ? "the branch has several uses"
                        : "the branch does not come from a linear by "
                          "element-wise operations alone";
    remark::missed(product.getLoc(), remarkNamed())
        << remark::reason("{0}", why);
    return;
  }
}

namespace {
struct FuseGate : public bridge::impl::FuseGateBase<FuseGate> {
  void runOnOperation() override {
    SmallVector<LinearOp> linears;
    getOperation().walk([&](LinearOp op) { linears.push_back(op); });
    for (LinearOp linear : linears)
      fuse(linear);
    getOperation().walk([](BinaryOp op) { explain(op); });
  }
};
} // namespace
