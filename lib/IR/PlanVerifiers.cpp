//===- PlanVerifiers.cpp - What types and launches of a plan require ------===//
#include "bridge/IR/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace bridge;
using namespace bridge::plan;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

LogicalResult ViewType::verify(function_ref<InFlightDiagnostic()> emitError,
                               Type elementType, DimsAttr sizes,
                               DimsAttr strides) {
  if (sizes.getExprs().size() != strides.getExprs().size())
    return emitError() << "a view has a stride for each size, found "
                       << sizes.getExprs().size() << " sizes and "
                       << strides.getExprs().size() << " strides";
  return success();
}

LogicalResult PanelsType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 Type elementType, DimsAttr sizes) {
  if (sizes.getExprs().size() != 4)
    return emitError() << "panels have the sizes batch, batch, n and k, found "
                       << sizes.getExprs().size();
  return success();
}

Type plan::getKernelOperandType(Type type) {
  if (auto panels = dyn_cast<PanelsType>(type))
    return PanelsType::get(panels.getElementType(), SmallVector<Dim>(4));
  auto view = dyn_cast<ViewType>(type);
  if (!view)
    return type;
  SmallVector<Dim> sizes(view.getRank()), strides(view.getRank());
  if (view.getRank() > 0) {
    Dim last = view.getStrides().getDims().back();
    strides.back() = last.isStatic() ? last : Dim::symbol("any");
  }
  return ViewType::get(view.getElementType(), sizes, strides);
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel =
      symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError() << "C1: there is no kernel " << getKernelAttr();
  auto report = [&](const Twine &problem) -> LogicalResult {
    InFlightDiagnostic error = emitOpError() << problem;
    error.attachNote(kernel.getLoc()) << "the kernel is here";
    return error;
  };
  auto signature =
      llvm::to_vector(kernel.getSignature().getAsValueRange<TypeAttr>());
  if (signature.size() != getViews().size())
    return report("C2: expected " + Twine(signature.size()) +
                  " operands, found " + Twine(getViews().size()));
  for (auto [number, wanted, view] : llvm::enumerate(signature, getViews()))
    if (getKernelOperandType(wanted) != getKernelOperandType(view.getType()))
      return report("C3: operand " + Twine(number) +
                    " differs from the signature in kind, element type, number "
                    "of axes or last stride");
  return success();
}

Value GroupOp::rootOf(Value view) {
  while (auto subview = view.getDefiningOp<SubviewOp>())
    view = subview.getSource();
  return view;
}

LogicalResult GroupOp::verify() {
  SmallVector<LaunchOp> launches(getLaunches().getOps<LaunchOp>());
  if (launches.size() < 2 ||
      launches.size() != getLaunches().front().getOperations().size())
    return emitOpError("C1: expected two launches at least and nothing else");
  for (LaunchOp launch : launches) {
    Value written = rootOf(launch.getViews().back());
    auto touchesIt = [&](LaunchOp other) {
      return other != launch &&
             llvm::is_contained(llvm::map_range(other.getViews(), rootOf),
                                written);
    };
    if (!written.getDefiningOp<BufferOp>() || llvm::any_of(launches, touchesIt))
      return launch.emitOpError("C2: what it writes is no buffer of its own");
  }
  return success();
}

LogicalResult StopOnFaultOp::verify() {
  if (!(*this)->getParentOp()->hasAttr(plan::kEntryAttr))
    return emitOpError() << "C1: it stands in an entry";
  return success();
}

LogicalResult FrameOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (!symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getCalleeAttr()))
    return emitOpError() << "C1: there is no function " << getCalleeAttr();
  return success();
}

LogicalResult plan::CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getCalleeAttr());
  if (!callee)
    return emitOpError() << "C1: there is no function " << getCalleeAttr();
  if (getViews().getTypes() != callee.getArgumentTypes()) {
    InFlightDiagnostic error = emitOpError()
                               << "C2: expected the operands ("
                               << callee.getArgumentTypes() << "), found ("
                               << getViews().getTypes() << ")";
    error.attachNote(callee.getLoc()) << "declared here";
    return error;
  }
  auto frame = getFrame().getDefiningOp<FrameOp>();
  if (!frame || frame.getCalleeAttr() != getCalleeAttr())
    return emitOpError() << "C3: the frame is not one of " << getCalleeAttr();
  return success();
}

LogicalResult plan::WeightOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (!symbols.lookupNearestSymbolFrom<bridge::WeightOp>(*this,
                                                         getWeightAttr()))
    return emitOpError() << "C1: there is no weight " << getWeightAttr();
  return success();
}
