//===- PlanDialect.cpp - The plan dialect and its types -------------------===//
#include "bridge/IR/Plan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace bridge;
using namespace bridge::plan;

/// Reads `["images", 50, 768]`.
static ParseResult parseDimList(AsmParser &parser, DimsAttr &dims) {
  SmallVector<Dim> parsed;
  auto element = [&]() -> ParseResult {
    std::string text;
    int64_t number;
    OptionalParseResult integer = parser.parseOptionalInteger(number);
    if (integer.has_value()) {
      parsed.push_back(Dim(number));
      return *integer;
    }
    SMLoc at = parser.getCurrentLocation();
    if (parser.parseString(&text))
      return failure();
    std::optional<Dim> dim = Dim::parse(text);
    if (!dim)
      return parser.emitError(
          at, "expected a polynomial such as \"2 * batch + 1\"");
    parsed.push_back(*dim);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, element))
    return failure();
  dims = DimsAttr::get(parser.getContext(), parsed);
  return success();
}

static void printDimList(AsmPrinter &printer, DimsAttr dims) {
  printer << "[";
  llvm::interleaveComma(dims.getDims(), printer.getStream(),
                        [&](const Dim &dim) {
                          if (dim.isStatic())
                            printer << *dim.constant();
                          else
                            printer << '"' << dim.str() << '"';
                        });
  printer << "]";
}

#include "bridge/IR/PlanDialect.cpp.inc"
#include "bridge/IR/PlanEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "bridge/IR/PlanAttributes.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "bridge/IR/PlanTypes.cpp.inc"

void PlanDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "bridge/IR/PlanAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "bridge/IR/PlanTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "bridge/IR/PlanOps.cpp.inc"
      >();
}

ViewType ViewType::get(Type elementType, ArrayRef<Dim> sizes,
                       ArrayRef<Dim> strides) {
  MLIRContext *context = elementType.getContext();
  return get(context, elementType, DimsAttr::get(context, sizes),
             DimsAttr::get(context, strides));
}

PanelsType PanelsType::get(Type elementType, ArrayRef<Dim> sizes) {
  MLIRContext *context = elementType.getContext();
  return get(context, elementType, DimsAttr::get(context, sizes));
}

int64_t bridge::elementBytes(Type element) {
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

Type bridge::loadedType(Type element) {
  return element.isBF16() ? Float32Type::get(element.getContext()) : element;
}
