//===- BridgeVerifiers.cpp - What the tensor operations require -----------===//
#include "Verification.h"

using namespace mlir;
using namespace bridge;

bool bridge::isCanonicalDim(StringRef text) {
  std::optional<Dim> dim = Dim::parse(text);
  return dim && dim->str() == text;
}

LogicalResult bridge::detail::verifyNamedDims(Operation *op) {
  auto verify = [&](Type type) -> LogicalResult {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return success();
    size_t named = 0;
    if (Attribute encoding = tensor.getEncoding()) {
      auto dims = dyn_cast<DimsAttr>(encoding);
      if (!dims)
        return op->emitOpError()
               << "C0: the encoding of " << type << " is no #bridge.dims";
      named = dims.getExprs().size();
    }
    if (named != static_cast<size_t>(tensor.getNumDynamicDims()))
      return op->emitOpError()
             << "C0: " << type << " has " << tensor.getNumDynamicDims()
             << " dynamic dimensions, of which " << named << " are named";
    return success();
  };
  for (Type type : op->getOperandTypes())
    if (failed(verify(type)))
      return failure();
  for (Type type : op->getResultTypes())
    if (failed(verify(type)))
      return failure();
  for (Region &region : op->getRegions())
    for (Type type : region.getArgumentTypes())
      if (failed(verify(type)))
        return failure();
  return success();
}

LogicalResult bridge::verifyResult(Operation *op, const Inferred &inferred,
                                   Type found) {
  if (!inferred)
    return op->emitOpError()
           << inferred.constraint() << ": " << inferred.message();
  if (inferred.type() != found)
    return op->emitOpError() << "C0: expected the result " << inferred.type()
                             << ", found " << found;
  return success();
}

template <typename Op>
static LogicalResult verifyInferred(Op op, const Inferred &inferred) {
  return verifyResult(op, inferred, op.getResult().getType());
}

//===----------------------------------------------------------------------===//
// Products and rows
//===----------------------------------------------------------------------===//

LogicalResult LinearOp::verify() {
  return verifyInferred(
      *this,
      rules::linear(typeOf(getX()), typeOf(getWeight()), typeOf(getBias())));
}
LogicalResult MatmulOp::verify() {
  return verifyInferred(*this, rules::matmul(typeOf(getA()), typeOf(getB())));
}
LogicalResult Conv2dOp::verify() {
  return verifyInferred(*this,
                        rules::conv2d(typeOf(getX()), typeOf(getWeight()),
                                      typeOf(getBias()), getStride(),
                                      getPadding(), getGroups()));
}
LogicalResult LayerNormOp::verify() {
  return verifyInferred(
      *this, rules::layerNorm(typeOf(getX()), typeOf(getWeight()),
                              typeOf(getBias()), getEps().convertToDouble()));
}
LogicalResult RmsNormOp::verify() {
  return verifyInferred(*this,
                        rules::rmsNorm(typeOf(getX()), typeOf(getWeight()),
                                       getEps().convertToDouble()));
}
LogicalResult ResidualNormOp::verify() {
  return verifyResult(
      *this,
      rules::residualNorm(getKind(), typeOf(getX()), typeOf(getWeight()),
                          typeOf(getBias()), getEps().convertToDouble()),
      getResult().getType());
}
LogicalResult L2NormalizeOp::verify() {
  return verifyInferred(
      *this, rules::l2Normalize(typeOf(getX()), getEps().convertToDouble()));
}
LogicalResult RotaryOp::verify() {
  return verifyInferred(*this,
                        rules::rotary(typeOf(getX()), typeOf(getAngles())));
}
LogicalResult CrossEntropyOp::verify() {
  return verifyInferred(*this,
                        rules::crossEntropy(typeOf(getX()), typeOf(getLabels()),
                                            getSmoothing().convertToDouble()));
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

LogicalResult UnaryOp::verify() {
  return verifyInferred(*this, rules::unary(getKind(), typeOf(getX())));
}
LogicalResult BinaryOp::verify() {
  return verifyInferred(
      *this, rules::binary(getKind(), typeOf(getLhs()), typeOf(getRhs())));
}
LogicalResult CompareOp::verify() {
  return verifyInferred(
      *this, rules::compare(getKind(), typeOf(getLhs()), typeOf(getRhs())));
}
LogicalResult SelectOp::verify() {
  return verifyInferred(*this, rules::select(typeOf(getCondition()),
                                             typeOf(getA()), typeOf(getB())));
}
LogicalResult ClipOp::verify() {
  return verifyInferred(
      *this, rules::clip(typeOf(getX()), typeOf(getLow()), typeOf(getHigh())));
}
LogicalResult CastOp::verify() {
  return verifyInferred(
      *this, rules::cast(typeOf(getX()), typeOf(getResult()).getElementType()));
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

LogicalResult ReduceOp::verify() {
  return verifyInferred(*this,
                        rules::reduce(getKind(), typeOf(getX()), getAxes()));
}
LogicalResult ArgExtremeOp::verify() {
  return verifyInferred(*this, rules::argExtreme(typeOf(getX()), getAxis()));
}
LogicalResult CumsumOp::verify() {
  return verifyInferred(*this, rules::cumsum(typeOf(getX()), getAxis()));
}

//===----------------------------------------------------------------------===//
// Shapes and places
//===----------------------------------------------------------------------===//

LogicalResult EmbeddingOp::verify() {
  return verifyInferred(*this,
                        rules::embedding(typeOf(getIds()), typeOf(getTable())));
}
LogicalResult GatherOp::verify() {
  return verifyInferred(
      *this, rules::gather(typeOf(getX()), typesOf(getIndices()), getAxis()));
}
LogicalResult ConcatOp::verify() {
  return verifyInferred(*this, rules::concat(typesOf(getParts()), getAxis()));
}
LogicalResult SliceOp::verify() {
  return verifyInferred(*this,
                        rules::slice(typeOf(getX()), getOffsets().getDims(),
                                     getDims(getResult())));
}
LogicalResult TransposeOp::verify() {
  return verifyInferred(*this,
                        rules::transpose(typeOf(getX()), getPermutation()));
}
LogicalResult ReshapeOp::verify() {
  return verifyInferred(*this,
                        rules::reshape(typeOf(getX()), getDims(getResult())));
}
LogicalResult BroadcastOp::verify() {
  return verifyInferred(*this,
                        rules::broadcast(typeOf(getX()), getDims(getResult())));
}
LogicalResult SpliceOp::verify() {
  return verifyInferred(
      *this,
      rules::splice(typeOf(getX()), typeOf(getValues()), typeOf(getAt())));
}

//===----------------------------------------------------------------------===//
// Values without operands
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::verify() {
  if (!isa<DenseElementsAttr>(getValue()))
    return emitOpError() << "C3: the value is not dense";
  auto value = cast<ShapedType>(getValue().getType());
  auto result = cast<RankedTensorType>(getResult().getType());
  if (value.getShape() != result.getShape())
    return emitOpError() << "C1: the value is a " << value << ", the result a "
                         << result;
  Type element = value.getElementType(), wanted = result.getElementType();
  if (element != wanted && !(element.isF64() && wanted.isF32()))
    return emitOpError() << "C2: the elements are " << element
                         << ", those of the result " << wanted;
  return success();
}
LogicalResult IotaOp::verify() {
  if (typeOf(getResult()).getRank() != 1)
    return emitOpError() << "C1: the result has one axis, found "
                         << describe(getType());
  return success();
}
LogicalResult DimOp::verify() {
  if (!isCanonicalDim(getExpr()))
    return emitOpError() << "C1: \"" << getExpr()
                         << "\" is not the canonical text of a polynomial";
  auto tensor = dyn_cast<RankedTensorType>(getType());
  if (tensor && tensor.getRank() != 0)
    return emitOpError() << "C2: the result has no axes, found "
                         << describe(getType());
  return success();
}

//===----------------------------------------------------------------------===//
// Losses
//===----------------------------------------------------------------------===//

static LogicalResult verifyLogSumExp(Operation *op, StringRef constraint,
                                     ArrayRef<Dim> sizes, Value found) {
  RankedTensorType expected =
      getTensorType(sizes, typeOf(found).getElementType());
  if (found.getType() != expected)
    return op->emitOpError() << constraint << ": expected the log-sum-exp "
                             << expected << ", found " << found.getType();
  return success();
}

LogicalResult ContrastiveLossOp::verify() {
  Inferred loss = rules::contrastiveLoss(
      typeOf(getImage()), typeOf(getText()), typeOf(getScale()),
      typeOf(getImageLabels()), typeOf(getTextLabels()));
  for (Value found : {getImageLoss(), getTextLoss()})
    if (failed(verifyResult(*this, loss, found.getType())))
      return failure();
  if (failed(verifyLogSumExp(*this, "C3", getDims(getImage()).front(),
                             getRowLse())))
    return failure();
  return verifyLogSumExp(*this, "C3", getDims(getText()).front(),
                         getColumnLse());
}
LogicalResult LinearCrossEntropyOp::verify() {
  if (failed(verifyResult(
          *this,
          rules::linearCrossEntropy(typeOf(getX()), typeOf(getWeight()),
                                    typeOf(getBias()), typeOf(getScale()),
                                    typeOf(getLabels())),
          getLoss().getType())))
    return failure();
  return verifyLogSumExp(*this, "C4", ArrayRef(getDims(getX())).drop_back(),
                         getLse());
}
LogicalResult SigmoidLossOp::verify() {
  return verifyResult(*this,
                      rules::sigmoidLoss(typeOf(getImage()), typeOf(getText()),
                                         typeOf(getScale()), typeOf(getBias())),
                      getLoss().getType());
}
