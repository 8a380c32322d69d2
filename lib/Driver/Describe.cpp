//===- Describe.cpp - What a model consists of ----------------------------===//
#include "bridge/Analysis/PartCost.h"
#include "bridge/Driver/Catalogue.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Support/Numbers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace bridge;

/// `f32 [images, 3, 224, 224]`
static std::string shapeText(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  std::string text = element.isF32()         ? "f32 ["
                     : element.isInteger(32) ? "i32 ["
                                             : "bool [";
  llvm::ListSeparator comma;
  for (const Dim &dim : getDims(tensor)) {
    text += StringRef(comma);
    text += dim.str();
  }
  return text + "]";
}

/// One line of the tree.
struct Row {
  std::string name, parameters, flops, shapes;
};

/// Each type once, with how many values have it.
static std::string typesText(ArrayRef<Type> types) {
  llvm::MapVector<Type, unsigned> counts;
  for (Type type : types)
    ++counts[type];
  std::string text;
  llvm::ListSeparator comma;
  for (auto [type, count] : counts) {
    text += StringRef(comma).str() + shapeText(type);
    if (count > 1)
      text += " \u00d7" + std::to_string(count);
  }
  return text;
}

static std::string flowText(const PartCost &part) {
  if (part.inputs.empty() && part.outputs.empty())
    return "";
  return typesText(part.inputs) + " -> " + typesText(part.outputs);
}

static void addRows(const PartCost &part, unsigned depth,
                    std::vector<Row> &rows) {
  std::string name(2 * depth, ' ');
  if (part.frozen)
    name += "frozen ";
  if (!part.role.empty())
    name += part.role + " ";
  name += part.name;
  if (part.count > 1)
    name += " \u00d7" + std::to_string(part.count);
  rows.push_back({std::move(name), groupedText(part.parameters),
                  scaledText(part.flops), flowText(part)});
  for (const PartCost &child : part.children)
    addRows(child, depth + 1, rows);
}

/// Columns as wide as they have to be.
static void printRows(ArrayRef<Row> rows, llvm::raw_ostream &os) {
  auto width = [](StringRef text) {
    return llvm::count_if(text, [](char c) { return (c & 0xc0) != 0x80; });
  };
  int64_t name = 0, parameters = 0, flops = 0;
  for (const Row &row : rows) {
    name = std::max<int64_t>(name, width(row.name));
    parameters = std::max<int64_t>(parameters, width(row.parameters));
    flops = std::max<int64_t>(flops, width(row.flops));
  }
  for (const Row &row : rows) {
    os << row.name;
    os.indent(name - width(row.name) + 2 + parameters - width(row.parameters));
    os << row.parameters;
    os.indent(2 + flops - width(row.flops)) << row.flops;
    if (!row.shapes.empty())
      os << "  " << row.shapes;
    os << "\n";
  }
}

/// All parts, each as the entry runs it that does most with it.
static PartCost wholeModel(ModuleOp module, ArrayRef<func::FuncOp> entries) {
  PartCost model;
  for (func::FuncOp entry : entries)
    for (PartCost &part : analyzeParts(module, entry).children) {
      auto known = llvm::find_if(model.children, [&](const PartCost &other) {
        return other.name == part.name;
      });
      if (known == model.children.end())
        model.children.push_back(std::move(part));
      else if (known->operations < part.operations)
        *known = std::move(part);
    }
  return collapseLayers(model);
}

static void describeEntry(ModuleOp module, func::FuncOp function,
                          llvm::raw_ostream &os) {
  os << "entry " << function.getSymName() << ": "
     << analyzeParts(module, function).flops.str() << " FLOPs\n";
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    os << "  input  "
       << function.getArgAttrOfType<StringAttr>(i, kNameAttr).getValue() << ": "
       << shapeText(function.getArgumentTypes()[i]) << "\n";
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    os << "  output "
       << function.getResultAttrOfType<StringAttr>(i, kNameAttr).getValue()
       << ": " << shapeText(function.getResultTypes()[i]) << "\n";
}

llvm::Error bridge::describeModel(const CompileOptions &options,
                                  llvm::raw_ostream &os) {
  std::unique_ptr<MLIRContext> context = makeContext();
  ModelDescription model;
  auto module = loadModule(*context, options, &model);
  if (!module)
    return module.takeError();
  os << model.name << ": " << groupedText(model.weights) << " parameters\n";
  for (const ModelDescription::Parameter &parameter : model.parameters)
    os << "  " << parameter.name << " = " << parameter.value << "\n";
  for (const ModelDescription::Part &part : model.parts) {
    os << (part.frozen ? "frozen " : "") << part.role << " " << part.path
       << " = " << part.module << ": " << groupedText(part.weights)
       << " parameters\n";
    for (const ModelDescription::Parameter &parameter : part.parameters)
      os << "  " << parameter.name << " = " << parameter.value << "\n";
  }
  SmallVector<func::FuncOp> entries;
  for (auto function : (*module)->getOps<func::FuncOp>())
    if (function->hasAttr(kEntryAttr))
      entries.push_back(function);
  std::vector<Row> rows = {
      {"part", "parameters", "FLOPs", "inputs -> outputs"}};
  for (const PartCost &part : wholeModel(**module, entries).children)
    addRows(part, 0, rows);
  if (rows.size() > 1)
    printRows(rows, os);
  for (func::FuncOp entry : entries)
    describeEntry(**module, entry, os);
  return llvm::Error::success();
}
