//===- InlineFunctions.cpp - Inlining functions of layers -----------------===//
#include "bridge/Analysis/PartPath.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_INLINEFUNCTIONS
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

namespace {
struct InlineFunctions
    : public bridge::impl::InlineFunctionsBase<InlineFunctions> {
  void runOnOperation() override;
};

} // namespace

static void visit(func::FuncOp function, SymbolTable &symbols,
                  llvm::SetVector<func::FuncOp> &started,
                  SmallVectorImpl<func::FuncOp> &order) {
  if (!started.insert(function))
    return;
  function.walk([&](bridge::CallOp call) {
    visit(symbols.lookup<func::FuncOp>(call.getCallee()), symbols, started,
          order);
  });
  order.push_back(function);
}

/// Functions after those that they call.
static SmallVector<func::FuncOp> calleesFirst(ModuleOp module) {
  SymbolTable symbols(module);
  llvm::SetVector<func::FuncOp> started;
  SmallVector<func::FuncOp> order;
  for (auto function : module.getOps<func::FuncOp>())
    visit(function, symbols, started, order);
  return order;
}

static SmallVector<bridge::CallOp> callsOf(ModuleOp module,
                                           func::FuncOp function) {
  SmallVector<bridge::CallOp> calls;
  module.walk([&](bridge::CallOp call) {
    if (call.getCallee() == function.getName())
      calls.push_back(call);
  });
  return calls;
}

/// Whether a function has so few operations that compute something that calls
/// of it only hide them from the passes to come.
static bool isTiny(func::FuncOp function) {
  constexpr int64_t limit = 4;
  int64_t computing = llvm::count_if(
      function.getBody().front().without_terminator(), [](Operation &op) {
        return !isa<TransposeOp, ReshapeOp, BroadcastOp, SliceOp, ReadWeightOp,
                    bridge::ConstantOp, bridge::DimOp>(op) &&
               !op.hasTrait<OpTrait::ConstantLike>();
      });
  return computing < limit;
}

static void inlineCall(bridge::CallOp call, func::FuncOp callee) {
  OpBuilder builder(call);
  IRMapping mapping;
  Block &body = callee.getBody().front();
  mapping.map(body.getArguments(), call.getInputs());
  // What was inlined is told by the path of the layer called.
  CallContext context{partPath(callee.getLoc()), partPath(call.getLoc()).str()};
  auto located = [&](Location location) -> Location {
    StringRef path = partPath(location);
    std::string resolved = context.resolve(path);
    if (resolved != path)
      location = withPartPath(location, builder.getStringAttr(resolved));
    return CallSiteLoc::get(location, call.getLoc());
  };
  for (Operation &op : body.without_terminator()) {
    Operation *clone = builder.clone(op, mapping);
    clone->walk(
        [&](Operation *inner) { inner->setLoc(located(inner->getLoc())); });
  }
  for (auto [result, returned] :
       llvm::zip_equal(call.getResults(), body.getTerminator()->getOperands()))
    result.replaceAllUsesWith(mapping.lookupOrDefault(returned));
  call.erase();
}

static void dropUnusedArguments(func::FuncOp function,
                                ArrayRef<bridge::CallOp> calls) {
  llvm::BitVector unused(function.getNumArguments());
  for (BlockArgument argument : function.getArguments())
    if (argument.use_empty())
      unused.set(argument.getArgNumber());
  if (unused.none())
    return;
  (void)function.eraseArguments(unused);
  for (bridge::CallOp call : calls)
    call->eraseOperands(unused);
}

void InlineFunctions::runOnOperation() {
  ModuleOp module = getOperation();
  for (func::FuncOp function : calleesFirst(module)) {
    if (!function.isPrivate() || function.isExternal())
      continue;
    SmallVector<bridge::CallOp> calls;
    for (bridge::CallOp call : callsOf(module, function)) {
      if (isOpTriviallyDead(call))
        call.erase();
      else
        calls.push_back(call);
    }
    bool callsItself = llvm::any_of(calls, [&](bridge::CallOp call) {
      return call->getParentOfType<func::FuncOp>() == function;
    });
    if (callsItself)
      continue;
    if (calls.size() > 1 && !isTiny(function)) {
      dropUnusedArguments(function, calls);
      continue;
    }
    for (bridge::CallOp call : calls)
      inlineCall(call, function);
    function.erase();
  }
}
