//===- Evaluation.cpp - How operations are evaluated ----------------------===//
#include "Evaluations.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bridge;
using llvm::Expected;

#include "bridge/Reference/ReferenceInterfaces.cpp.inc"

llvm::Error bridge::failure(Operation *op, const llvm::Twine &message) {
  std::string place;
  op->getLoc()->walk([&](Location location) {
    auto line = dyn_cast<FileLineColLoc>(location);
    if (!line)
      return WalkResult::advance();
    place = line.getFilename().str() + ":" + llvm::utostr(line.getLine()) +
            ":" + llvm::utostr(line.getColumn()) + ": ";
    return WalkResult::interrupt();
  });
  return llvm::createStringError(place + message);
}

Element bridge::elementOf(Type elementType) {
  if (elementType.isInteger(1))
    return Element::Truth;
  return isa<FloatType>(elementType) ? Element::Float : Element::Integer;
}

llvm::Error Scope::prepare(Operation *op) {
  for (Value result : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type)
      continue;
    Expected<Shape> shape = dimensions.evaluate(getDims(type));
    if (!shape)
      return failure(op, llvm::toString(shape.takeError()));
    shapes[result] = std::move(*shape);
  }
  return llvm::Error::success();
}

void bridge::registerEvaluations(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, BridgeDialect *) {
    attachElementWise(context);
    attachFused(context);
    attachProducts(context);
    attachReductions(context);
    attachRows(context);
    attachShapes(context);
  });
}
