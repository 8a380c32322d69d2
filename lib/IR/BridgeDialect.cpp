//===- BridgeDialect.cpp - The bridge dialect, its attributes and types ---===//
#include "bridge/IR/Bridge.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace bridge;

#include "bridge/IR/BridgeDialect.cpp.inc"
#include "bridge/IR/BridgeEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "bridge/IR/BridgeAttributes.cpp.inc"

void BridgeDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "bridge/IR/BridgeAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "bridge/IR/BridgeOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Dimensions
//===----------------------------------------------------------------------===//

DimsAttr DimsAttr::get(MLIRContext *context, ArrayRef<Dim> dims) {
  SmallVector<StringAttr> exprs;
  for (const Dim &dim : dims)
    exprs.push_back(StringAttr::get(context, dim.str()));
  return get(context, exprs);
}

SmallVector<Dim> DimsAttr::getDims() const {
  SmallVector<Dim> dims;
  for (StringAttr expr : getExprs())
    dims.push_back(*Dim::parse(expr.getValue()));
  return dims;
}

LogicalResult DimsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<StringAttr> exprs) {
  for (StringAttr expr : exprs) {
    std::optional<Dim> dim = Dim::parse(expr.getValue());
    if (!dim)
      return emitError()
             << "expected a polynomial such as \"2 * batch + 1\", found "
             << expr;
    if (dim->str() != expr.getValue())
      return emitError() << "expected the canonical form \"" << dim->str()
                         << "\", found " << expr;
  }
  return success();
}

LogicalResult
DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                         function_ref<InFlightDiagnostic()> emitError) const {
  size_t dynamic = llvm::count_if(shape, ShapedType::isDynamic);
  if (getExprs().size() != dynamic)
    return emitError() << "C0: " << dynamic << " dynamic dimensions, but "
                       << getExprs().size() << " polynomials";
  for (const Dim &dim : getDims())
    if (dim.isStatic())
      return emitError() << "C0: a dynamic dimension is no number, found \""
                         << dim.str() << "\"";
  return success();
}

RankedTensorType bridge::getTensorType(ArrayRef<Dim> dims, Type elementType) {
  SmallVector<int64_t> shape;
  SmallVector<Dim> symbolic;
  for (const Dim &dim : dims) {
    shape.push_back(dim.constant().value_or(ShapedType::kDynamic));
    if (!dim.isStatic())
      symbolic.push_back(dim);
  }
  Attribute encoding;
  if (!symbolic.empty())
    encoding = DimsAttr::get(elementType.getContext(), symbolic);
  return RankedTensorType::get(shape, elementType, encoding);
}

SmallVector<Dim> bridge::getDims(RankedTensorType type) {
  SmallVector<Dim> symbolic;
  if (auto encoding = dyn_cast_if_present<DimsAttr>(type.getEncoding()))
    symbolic = encoding.getDims();
  SmallVector<Dim> dims;
  auto next = symbolic.begin();
  for (int64_t size : type.getShape()) {
    if (!ShapedType::isDynamic(size)) {
      dims.push_back(Dim(size));
      continue;
    }
    assert(next != symbolic.end() &&
           "each `?` has a dimension; see the verifiers");
    dims.push_back(*next++);
  }
  return dims;
}
