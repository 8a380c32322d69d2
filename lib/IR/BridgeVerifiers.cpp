//===- BridgeVerifiers.cpp - What operations of the bridge dialect require ===//
#include "bridge/IR/Bridge.h"

using namespace mlir;
using namespace bridge;

LogicalResult ArgExtremeOp::verify() { return success(); }
LogicalResult AttentionOp::verify() { return success(); }
LogicalResult BinaryOp::verify() { return success(); }
LogicalResult BroadcastOp::verify() { return success(); }
LogicalResult CastOp::verify() { return success(); }
LogicalResult ClipOp::verify() { return success(); }
LogicalResult CompareOp::verify() { return success(); }
LogicalResult ConcatOp::verify() { return success(); }
LogicalResult ConstantOp::verify() { return success(); }
LogicalResult ContrastiveLossOp::verify() { return success(); }
LogicalResult Conv2dOp::verify() { return success(); }
LogicalResult CrossEntropyOp::verify() { return success(); }
LogicalResult CumsumOp::verify() { return success(); }
LogicalResult DimOp::verify() { return success(); }
LogicalResult ElementOp::verify() { return success(); }
LogicalResult EmbeddingOp::verify() { return success(); }
LogicalResult FusedLinearOp::verify() { return success(); }
LogicalResult GatherOp::verify() { return success(); }
LogicalResult IotaOp::verify() { return success(); }
LogicalResult L2NormalizeOp::verify() { return success(); }
LogicalResult LayerNormOp::verify() { return success(); }
LogicalResult LinearOp::verify() { return success(); }
LogicalResult MatmulOp::verify() { return success(); }
LogicalResult ReduceOp::verify() { return success(); }
LogicalResult ReshapeOp::verify() { return success(); }
LogicalResult RmsNormOp::verify() { return success(); }
LogicalResult RotaryOp::verify() { return success(); }
LogicalResult SelectOp::verify() { return success(); }
LogicalResult SigmoidLossOp::verify() { return success(); }
LogicalResult SliceOp::verify() { return success(); }
LogicalResult SoftmaxOp::verify() { return success(); }
LogicalResult SpliceOp::verify() { return success(); }
LogicalResult TransposeOp::verify() { return success(); }
LogicalResult UnaryOp::verify() { return success(); }
LogicalResult EncoderOp::verify() { return success(); }
LogicalResult ResamplerOp::verify() { return success(); }
LogicalResult GatedFusionOp::verify() { return success(); }
LogicalResult ProjectionOp::verify() { return success(); }
LogicalResult DecoderOp::verify() { return success(); }

LogicalResult ReadWeightOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success();
}
LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return success();
}
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }
