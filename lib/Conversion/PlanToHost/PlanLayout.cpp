//===- PlanLayout.cpp - The numbering of a plan's tables ------------------===//
#include "bridge/Conversion/PlanLayout.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

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

namespace {
/// The symbols of dimensions. Layers repeat their expressions: each is parsed
/// once.
class SymbolSet {
public:
  void add(StringRef expr) {
    if (!seen.insert(expr).second)
      return;
    if (std::optional<Dim> dim = Dim::parse(expr))
      for (const std::string &name : dim->symbols())
        names.insert(name);
  }
  void add(DimsAttr dims) {
    for (StringAttr expr : dims.getExprs())
      add(expr.getValue());
  }
  void add(Type type) {
    if (auto view = dyn_cast<plan::ViewType>(type)) {
      add(view.getSizes());
      add(view.getStrides());
    } else if (auto panels = dyn_cast<plan::PanelsType>(type)) {
      add(panels.getSizes());
    }
  }
  std::vector<std::string> sorted() const {
    return {names.begin(), names.end()};
  }

private:
  llvm::DenseSet<StringRef> seen;
  std::set<std::string> names;
};
} // namespace

PlanLayout::PlanLayout(ModuleOp module) {
  SymbolSet symbols;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function->hasAttr(plan::kEntryAttr))
      entryList.push_back(function);
    frameNumbers[function.getSymName()] = frameList.size();
    Frame &frame = frameList.emplace_back();
    frame.function = function;
    for (Type type : function.getArgumentTypes())
      symbols.add(type);
    function.walk([&](Operation *op) {
      for (Type type : op->getResultTypes())
        symbols.add(type);
      if (auto buffer = dyn_cast<plan::BufferOp>(op)) {
        frame.buffers.push_back(buffer);
        symbols.add(buffer.getBytes());
      } else if (auto call = dyn_cast<plan::FrameOp>(op)) {
        frame.calls.push_back(call);
      } else if (auto weight = dyn_cast<plan::WeightOp>(op)) {
        WeightSlot slot = slotOf(weight);
        if (slotNumbers.try_emplace(slot, weightSlots.size()).second)
          weightSlots.push_back(slot);
      } else if (auto subview = dyn_cast<plan::SubviewOp>(op)) {
        symbols.add(subview.getOffset());
      } else if (auto check = dyn_cast<CheckOp>(op)) {
        symbols.add(check.getLhs());
        symbols.add(check.getRhs());
      }
    });
  }
  module.walk([&](plan::DimOp op) { symbols.add(op.getExpr()); });
  dimNames = symbols.sorted();
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
