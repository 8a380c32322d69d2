//===- BridgeToPlan.cpp - From the bridge dialect to the plan -------------===//
#include "FunctionPlanner.h"
#include "bridge/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_CONVERTBRIDGETOPLAN
#include "bridge/Conversion/Passes.h.inc"
} // namespace bridge

namespace {
/// The functions of a module and who calls whom.
class CallGraph {
public:
  explicit CallGraph(ModuleOp module) : symbols(module) {
    for (auto function : module.getOps<func::FuncOp>())
      visit(function);
  }

  /// Functions after those that they call; a function of a cycle is in
  /// `cyclic`.
  SmallVector<func::FuncOp> order;
  func::FuncOp cyclic;

private:
  void visit(func::FuncOp function) {
    if (!started.insert(function)) {
      if (!llvm::is_contained(order, function))
        cyclic = function;
      return;
    }
    function.walk([&](bridge::CallOp call) {
      visit(symbols.lookup<func::FuncOp>(call.getCallee()));
    });
    order.push_back(function);
  }

  SymbolTable symbols;
  llvm::SetVector<func::FuncOp> started;
};

struct ConvertBridgeToPlan
    : public bridge::impl::ConvertBridgeToPlanBase<ConvertBridgeToPlan> {
  using ConvertBridgeToPlanBase<ConvertBridgeToPlan>::ConvertBridgeToPlanBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    CallGraph calls(module);
    if (calls.cyclic) {
      calls.cyclic.emitOpError("calls itself; a plan has no recursion");
      return signalPassFailure();
    }
    std::optional<Precision> wanted = parsePrecision(precision);
    if (!wanted) {
      module.emitError("expected the precision to be f32 or bf16, found `")
          << precision << "`";
      return signalPassFailure();
    }
    ModulePlan plan{KernelTable(module), StorageTypes(module, *wanted), {}, {}};
    findWeightArguments(calls.order, plan);
    for (func::FuncOp function : calls.order)
      if (failed(FunctionPlanner(function, plan).run()))
        return signalPassFailure();
    for (func::FuncOp function : calls.order)
      function.erase();
    plan.kernels.finish();
  }

  /// An argument is a weight where every call passes a weight, or a view of one
  /// that can be said. Callers come first.
  void findWeightArguments(ArrayRef<func::FuncOp> order, ModulePlan &plan) {
    for (func::FuncOp function : order)
      plan.weightArguments[function.getName()].assign(
          function.getNumArguments(), !function->hasAttr(bridge::kEntryAttr));
    for (func::FuncOp function : llvm::reverse(order)) {
      ArrayRef<bool> own = plan.weightArguments[function.getName()];
      auto isWeightArgument = [&](BlockArgument argument) {
        return argument.getOwner() == &function.getBody().front() &&
               own[argument.getArgNumber()];
      };
      function.walk([&](bridge::CallOp call) {
        SmallVector<bool> &callee = plan.weightArguments[call.getCallee()];
        for (auto [index, operand] : llvm::enumerate(call.getInputs())) {
          std::optional<WeightView> weight =
              traceWeight(operand, isWeightArgument);
          callee[index] = callee[index] && weight && !weight->flattened;
        }
      });
    }
  }
};
} // namespace
