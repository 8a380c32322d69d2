//===- BridgeStructureVerifiers.cpp - Weights, calls and checks -----------===//
#include "Verification.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace bridge;

LogicalResult
BridgeDialect::verifyOperationAttribute(Operation *op,
                                        NamedAttribute attribute) {
  if (attribute.getName() == bridge::kEntryAttr && !isa<func::FuncOp>(op))
    return op->emitOpError()
           << attribute.getName() << " stands on a func.func only";
  if (attribute.getName() == kModelAttr &&
      !isa<StringAttr>(attribute.getValue()))
    return op->emitOpError() << attribute.getName() << " is a string";
  return success();
}

LogicalResult WeightOp::verify() {
  if (!getTensorType().hasStaticShape())
    return emitOpError() << "C1: the type of a weight has no `?`, found "
                         << getTensorType();
  if (getSources().empty() || !llvm::all_of(getSources(), [](Attribute source) {
        return isa<SourceAttr>(source);
      }))
    return emitOpError() << "C2: the sources are #bridge.source, at least one";
  return success();
}

LogicalResult ReadWeightOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight =
      symbols.lookupNearestSymbolFrom<WeightOp>(*this, getWeightAttr());
  if (!weight)
    return emitOpError() << "C1: there is no weight " << getWeightAttr();
  if (weight.getTensorType() != getType()) {
    InFlightDiagnostic error = emitOpError()
                               << "C2: expected " << weight.getTensorType()
                               << ", found " << getType();
    error.attachNote(weight.getLoc()) << "declared here";
    return error;
  }
  return success();
}

/// Compares types with those that a function declares.
static LogicalResult compareTypes(bridge::CallOp call, func::FuncOp callee,
                                  StringRef constraint, StringRef what,
                                  TypeRange found, TypeRange declared) {
  if (found == declared)
    return success();
  InFlightDiagnostic error = call.emitOpError()
                             << constraint << ": expected the " << what << " ("
                             << declared << "), found (" << found << ")";
  error.attachNote(callee.getLoc()) << "declared here";
  return error;
}

LogicalResult bridge::CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getCalleeAttr());
  if (!callee)
    return emitOpError() << "C1: there is no function " << getCalleeAttr();
  if (failed(compareTypes(*this, callee, "C2", "operands", getOperandTypes(),
                          callee.getArgumentTypes())))
    return failure();
  return compareTypes(*this, callee, "C3", "results", getResultTypes(),
                      callee.getResultTypes());
}

/// C1 of both checks.
static LogicalResult verifyPolynomials(Operation *check,
                                       ArrayRef<StringRef> texts) {
  for (StringRef text : texts)
    if (!isCanonicalDim(text))
      return check->emitOpError()
             << "C1: \"" << text
             << "\" is not the canonical text of a polynomial";
  return success();
}

LogicalResult CheckOp::verify() {
  return verifyPolynomials(*this, {getLhs(), getRhs()});
}

LogicalResult CheckCountOp::verify() {
  return verifyPolynomials(*this, getCount());
}
