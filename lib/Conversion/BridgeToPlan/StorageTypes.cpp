//===- StorageTypes.cpp - What tensors are stored as ----------------------===//
#include "StorageTypes.h"
#include "bridge/IR/Bridge.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/IR/ShapeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace bridge;

std::optional<Precision> bridge::parsePrecision(StringRef name) {
  return llvm::StringSwitch<std::optional<Precision>>(name)
      .Case("f32", Precision::F32)
      .Case("bf16", Precision::Bf16)
      .Default(std::nullopt);
}

static bool isFloat(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type && type.getElementType().isF32();
}

StorageTypes::StorageTypes(ModuleOp module, Precision precision)
    : precision(precision) {
  Builder builder(module.getContext());
  products = builder.getF32Type();
  if (precision == Precision::F32)
    return;
  products = builder.getBF16Type();
  for (auto function : module.getOps<func::FuncOp>())
    for (Operation &op : function.getBody().front())
      look(&op, module);
  spread();
}

Type StorageTypes::of(Value tensor) const {
  auto type = cast<RankedTensorType>(tensor.getType());
  bool isNarrow = precision == Precision::Bf16 && isFloat(tensor) &&
                  type.getRank() >= 2 && !kept.contains(tensor);
  return isNarrow ? products : type.getElementType();
}

//===----------------------------------------------------------------------===//
// What stays f32
//===----------------------------------------------------------------------===//

/// Whether a tensor is as large as the result and not a repeated one.
static bool isActivation(Value operand, Value result) {
  return getDims(operand) == getDims(result) &&
         !isa_and_present<BroadcastOp, bridge::ConstantOp, ReadWeightOp>(
             operand.getDefiningOp());
}

/// Whether the epilogue ends by adding something of the result's size.
static bool addsActivation(FusedLinearOp op) {
  Value last = op.getEpilogue().front().getTerminator()->getOperand(0);
  return last.getDefiningOp<arith::AddFOp>() &&
         llvm::any_of(op.getExtras(), [&](Value extra) {
           return isFloat(extra) && isActivation(extra, op.getResult());
         });
}

void StorageTypes::share(Value a, Value b) {
  sharing[a].push_back(b);
  sharing[b].push_back(a);
}

void StorageTypes::keep(Value tensor, Reason reason) {
  if (!isFloat(tensor))
    return;
  auto [it, isNew] = kept.try_emplace(tensor, reason);
  if (!isNew && (it->second == reason || it->second == Reason::Exact))
    return;
  it->second = reason;
  worklist.push_back(tensor);
}

void StorageTypes::look(Operation *op, ModuleOp module) {
  TypeSwitch<Operation *>(op)
      .Case<TransposeOp, SliceOp, BroadcastOp, ReshapeOp>(
          [&](auto op) { share(op.getX(), op.getResult()); })
      .Case([&](bridge::CallOp call) {
        auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
        Block &body = callee.getBody().front();
        for (auto [operand, argument] :
             llvm::zip_equal(call.getInputs(), body.getArguments()))
          share(operand, argument);
        for (auto [result, returned] : llvm::zip_equal(
                 call.getResults(), body.getTerminator()->getOperands()))
          share(result, returned);
      })
      .Case([&](ResidualNormOp norm) { keep(norm.getSum(), Reason::Sum); })
      .Case([&](FusedLinearOp linear) {
        if (addsActivation(linear))
          keep(linear.getResult(), Reason::Sum);
      })
      .Case([&](BinaryOp binary) {
        auto isActive = [&](Value operand) {
          return isActivation(operand, binary.getResult());
        };
        if (binary.getKind() == BinaryKind::Add &&
            llvm::all_of(binary->getOperands(), isActive))
          keep(binary.getResult(), Reason::Sum);
      })
      .Case<ReduceOp, CumsumOp>(
          [&](auto op) { keep(op.getResult(), Reason::Sum); })
      .Case<SoftmaxOp, CrossEntropyOp>(
          [&](auto op) { keep(op.getX(), Reason::Exact); })
      .Case([&](RotaryOp rotary) { keep(rotary.getAngles(), Reason::Exact); })
      .Case([&](UnaryOp unary) {
        if (llvm::is_contained({UnaryKind::Sin, UnaryKind::Cos},
                               unary.getKind()))
          keep(unary.getX(), Reason::Exact);
      });
}

void StorageTypes::spread() {
  while (!worklist.empty()) {
    Value tensor = worklist.pop_back_val();
    Reason reason = kept.lookup(tensor);
    auto others = sharing.find(tensor);
    if (others != sharing.end())
      for (Value other : others->second)
        keep(other, reason);
    Operation *op = tensor.getDefiningOp();
    if (reason == Reason::Exact && op &&
        (isElementwise(op) || isa<ConcatOp, GatherOp>(op)))
      for (Value operand : op->getOperands())
        keep(operand, reason);
  }
}
