//===- BridgeRegionVerifiers.cpp - Masks, epilogues and parts -------------===//
#include "Verification.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace bridge;

LogicalResult bridge::verifyScalarRegion(Operation *op, Region &region,
                                         TypeRange types, Type yielded,
                                         ArrayRef<StringRef> ids) {
  if (region.getArgumentTypes() != types)
    return op->emitOpError()
           << ids[0] << ": expected the block arguments (" << types
           << "), found (" << region.getArgumentTypes() << ")";
  Block &block = region.front();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return op->emitOpError() << ids[2] << ": the region ends with bridge.yield";
  for (Operation &inner : block.without_terminator()) {
    bool scalar = llvm::all_of(inner.getResultTypes(), [](Type type) {
      return type.isIntOrIndexOrFloat();
    });
    if (!isPure(&inner) || !scalar || inner.getNumRegions() != 0) {
      InFlightDiagnostic error =
          op->emitOpError()
          << ids[1] << ": the region holds pure operations that give numbers";
      error.attachNote(inner.getLoc()) << "found " << inner.getName();
      return error;
    }
  }
  if (block.back().getOperandTypes() != TypeRange(yielded))
    return op->emitOpError()
           << ids[2] << ": expected to yield " << yielded << ", found ("
           << block.back().getOperandTypes() << ")";
  return success();
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// `ids` are the constraints for: presence, arguments, operations, yield.
template <typename Op>
static LogicalResult verifyMask(Op op, ArrayRef<StringRef> ids) {
  bool isThere = !op.getMask().empty();
  if (isThere != op.getEmpty().has_value())
    return op.emitOpError()
           << ids[0] << ": a mask region needs `empty`, and `empty` a region";
  if (!isThere) {
    if (!op.getCaptures().empty() || op.getBatchAxes() != 0)
      return op.emitOpError()
             << ids[0] << ": captures and batch axes need a mask region";
    return success();
  }
  Type index = IntegerType::get(op.getContext(), 32);
  SmallVector<Type> types(op.getCaptures().getTypes());
  types.append(op.getBatchAxes() + 2, index);
  return verifyScalarRegion(op, op.getMask(), types,
                            IntegerType::get(op.getContext(), 1),
                            ids.drop_front());
}

template <typename Op> static std::optional<int64_t> maskAxes(Op op) {
  if (op.getMask().empty())
    return std::nullopt;
  return op.getBatchAxes();
}

LogicalResult SoftmaxOp::verify() {
  if (failed(verifyResult(*this,
                          rules::softmax(typeOf(getX()), maskAxes(*this)),
                          getResult().getType())))
    return failure();
  return verifyMask(*this, {"C2", "C3", "C4", "C5"});
}

LogicalResult AttentionOp::verify() {
  if (failed(verifyResult(*this,
                          rules::attention(typeOf(getQ()), typeOf(getK()),
                                           typeOf(getV()), typeOf(getBias()),
                                           maskAxes(*this)),
                          getResult().getType())))
    return failure();
  if (getLogSumExp()) {
    RankedTensorType expected =
        getTensorType(ArrayRef<Dim>(getDims(getQ())).drop_back(),
                      typeOf(getQ()).getElementType());
    if (getLogSumExp().getType() != expected)
      return emitOpError() << "C5: expected the log-sum-exp " << expected
                           << ", found " << getLogSumExp().getType();
  }
  return verifyMask(*this, {"C4", "C4", "C4", "C4"});
}

LogicalResult ElementOp::verify() {
  if (int64_t(getIndices().size()) != typeOf(getTensor()).getRank())
    return emitOpError() << "C1: " << getIndices().size() << " indices for "
                         << describe(getTensor().getType());
  return success();
}

//===----------------------------------------------------------------------===//
// Epilogues and parts
//===----------------------------------------------------------------------===//

LogicalResult FusedLinearOp::verify() {
  if (failed(verifyResult(
          *this,
          rules::fusedLinear(typeOf(getX()), typeOf(getWeight()),
                             typeOf(getBias()), typesOf(getExtras())),
          getResult().getType())))
    return failure();
  Type accumulator = Float32Type::get(getContext());
  SmallVector<Type> types{accumulator};
  for (Value extra : getExtras())
    types.push_back(typeOf(extra).getElementType());
  return verifyScalarRegion(*this, getEpilogue(), types, accumulator,
                            {"C5", "C6", "C7"});
}

template <typename Op> static LogicalResult verifyPart(Op op) {
  auto yield = dyn_cast<YieldOp>(op.getBody().front().back());
  if (!yield || yield.getOperandTypes() != op.getResultTypes())
    return op.emitOpError() << "C1: the region yields the results' types";
  return success();
}

LogicalResult EncoderOp::verify() { return verifyPart(*this); }
LogicalResult ResamplerOp::verify() { return verifyPart(*this); }
LogicalResult GatedFusionOp::verify() { return verifyPart(*this); }
LogicalResult ProjectionOp::verify() { return verifyPart(*this); }
LogicalResult DecoderOp::verify() { return verifyPart(*this); }
