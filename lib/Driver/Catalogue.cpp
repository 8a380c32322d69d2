//===- Catalogue.cpp - Looking at specs without compiling them ------------===//
#include "bridge/Driver/Catalogue.h"
#include "Input.h"
#include "Output.h"
#include "bridge/Frontend/Formatter.h"
#include "bridge/Frontend/Parser.h"
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace bridge;

/// 151277313 as 151,277,313.
static std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t at = int64_t(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(at, ",");
  return digits;
}

llvm::Error bridge::listSpecs(ArrayRef<std::string> searchPaths,
                              llvm::raw_ostream &os) {
  Diagnostics diagnostics;
  auto bridges = listBridges(specSearchPaths(searchPaths), diagnostics);
  if (failed(bridges))
    return specError(diagnostics);
  for (const BridgeSummary &summary : *bridges) {
    os << summary.name << "  " << summary.file;
    if (!summary.modelType.empty())
      os << "  (model_type \"" << summary.modelType << "\")";
    os << "\n";
    for (const std::string &variant : summary.variants)
      os << "  --variant \"" << variant << "\"\n";
  }
  return llvm::Error::success();
}

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

/// The FLOPs of everything in a function, calls counted as often as they stand.
static Dim countFlops(func::FuncOp function) {
  Dim flops;
  function.walk([&](Operation *op) {
    if (auto cost = dyn_cast<CostOpInterface>(op))
      flops = flops + cost.flops();
    else if (auto call = dyn_cast<CallOp>(op))
      flops =
          flops + countFlops(SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
                      op, call.getCalleeAttr()));
  });
  return flops;
}

static void describeEntry(func::FuncOp function, llvm::raw_ostream &os) {
  os << "entry " << function.getSymName() << ": " << countFlops(function).str()
     << " FLOPs\n";
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
  os << model.name << ": " << grouped(model.weights) << " parameters\n";
  for (const ModelDescription::Parameter &parameter : model.parameters)
    os << "  " << parameter.name << " = " << parameter.value << "\n";
  for (const ModelDescription::Part &part : model.parts) {
    os << (part.frozen ? "frozen " : "") << part.role << " " << part.path
       << " = " << part.module << ": " << grouped(part.weights)
       << " parameters\n";
    for (const ModelDescription::Parameter &parameter : part.parameters)
      os << "  " << parameter.name << " = " << parameter.value << "\n";
  }
  for (auto function : (*module)->getOps<func::FuncOp>())
    if (function->hasAttr(kEntryAttr))
      describeEntry(function, os);
  return llvm::Error::success();
}

llvm::Error bridge::formatFiles(ArrayRef<std::string> files, bool checkOnly) {
  if (files.empty())
    return llvm::createStringError("expected files to format, found none");
  std::string unformatted;
  for (const std::string &name : files) {
    Diagnostics diagnostics;
    FailureOr<std::string> text = readSpecFile(name, diagnostics);
    FailureOr<std::string> formatted = failure();
    if (succeeded(text))
      formatted = formatSpec(name, *text, diagnostics);
    if (failed(formatted))
      return specError(diagnostics);
    if (*formatted == *text)
      continue;
    if (checkOnly) {
      unformatted += " " + name;
      continue;
    }
    if (llvm::Error error =
            writeOutput(name, [&](llvm::raw_ostream &os) { os << *formatted; }))
      return error;
  }
  if (!unformatted.empty())
    return llvm::createStringError("not in the one style:" + unformatted +
                                   "; `bridgec --format` brings them into it");
  return llvm::Error::success();
}
