//===- EntryInfo.cpp - Entries as they are declared -----------------------===//
#include "EntryInfo.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Interpreter.h"
#include <set>

using namespace mlir;
using namespace bridge;

static ValueInfo describeValue(Type type, Attribute name) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  ValueInfo info;
  info.name = name ? cast<StringAttr>(name).str() : "";
  info.dtype = isa<FloatType>(element) ? BRIDGE_F32
               : element.isInteger(1)  ? BRIDGE_BOOL
                                       : BRIDGE_I32;
  for (const Dim &dim : getDims(tensor))
    info.dims.push_back(dim.str());
  return info;
}

EntryInfo EntryInfo::describe(func::FuncOp function) {
  EntryInfo info;
  info.name = function.getName().str();
  std::set<std::string> names;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    info.inputs.push_back(
        describeValue(type, function.getArgAttr(i, kNameAttr)));
    for (const Dim &dim : getDims(cast<RankedTensorType>(type)))
      for (const std::string &name : dim.symbols())
        if (names.insert(name).second)
          info.dimensions.push_back(name);
  }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    info.outputs.push_back(
        describeValue(type, function.getResultAttr(i, kNameAttr)));
  for (auto check : function.getOps<CheckOp>())
    info.checks.push_back(check.getText().str());
  return info;
}

std::vector<EntryInfo> bridge::describeEntries(ModuleOp module) {
  std::vector<EntryInfo> entries;
  for (func::FuncOp function : getEntries(module))
    entries.push_back(EntryInfo::describe(function));
  return entries;
}

std::string bridge::modelName(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(kModelAttr);
  return name ? name.str() : "";
}
