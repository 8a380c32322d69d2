//===- PlanLayout.cpp - The numbering of a plan's tables ------------------===//
#include "bridge/Conversion/PlanLayout.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace bridge;

static WeightSlot slotOf(plan::WeightOp op) {
  Type type = op.getResult().getType();
  auto panels = dyn_cast<plan::PanelsType>(type);
  Type element = panels ? panels.getElementType()
                        : cast<plan::ViewType>(type).getElementType();
  return {op.getWeightAttr().getAttr(), op.getViewAttr(), element,
          panels != nullptr};
}

PlanLayout::PlanLayout(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function->hasAttr(plan::kEntryAttr))
      entryList.push_back(function);
    frameNumbers[function.getSymName()] = frameList.size();
    Frame &frame = frameList.emplace_back();
    frame.function = function;
    for (Type type : function.getArgumentTypes())
      addDims(type);
    function.walk([&](Operation *op) {
      for (Type type : op->getResultTypes())
        addDims(type);
      if (auto buffer = dyn_cast<plan::BufferOp>(op)) {
        frame.buffers.push_back(buffer);
        addDims(buffer.getBytes());
      } else if (auto call = dyn_cast<plan::FrameOp>(op)) {
        frame.calls.push_back(call);
      } else if (auto weight = dyn_cast<plan::WeightOp>(op)) {
        WeightSlot slot = slotOf(weight);
        if (slotNumbers.try_emplace(slot, weightSlots.size()).second)
          weightSlots.push_back(slot);
      } else if (auto subview = dyn_cast<plan::SubviewOp>(op)) {
        addDims(subview.getOffset());
      } else if (auto check = dyn_cast<CheckOp>(op)) {
        addDims(check.getLhs());
        addDims(check.getRhs());
      }
    });
  }
  module.walk([&](plan::DimOp op) { addDims(op.getExpr()); });
  llvm::sort(dimNames);
  dimNames.erase(std::unique(dimNames.begin(), dimNames.end()), dimNames.end());
}

void PlanLayout::addDims(StringRef expr) {
  if (std::optional<Dim> dim = Dim::parse(expr))
    llvm::append_range(dimNames, dim->symbols());
}

void PlanLayout::addDims(Type type) {
  auto add = [&](DimsAttr dims) {
    for (StringAttr expr : dims.getExprs())
      addDims(expr.getValue());
  };
  if (auto view = dyn_cast<plan::ViewType>(type)) {
    add(view.getSizes());
    add(view.getStrides());
  } else if (auto panels = dyn_cast<plan::PanelsType>(type)) {
    add(panels.getSizes());
  }
}

unsigned PlanLayout::dimIndex(StringRef name) const {
  return llvm::lower_bound(dimNames, name) - dimNames.begin();
}

unsigned PlanLayout::slotIndex(plan::WeightOp op) const {
  return slotNumbers.at(slotOf(op));
}

unsigned PlanLayout::frameIndex(StringRef function) const {
  return frameNumbers.lookup(function);
}
