//===- TensorPatterns.cpp - Small patterns that fusions share -------------===//
#include "TensorPatterns.h"
#include "bridge/IR/ShapeRules.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace bridge;

static Type elementOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getElementType();
}

std::optional<double> bridge::findNumber(Value tensor) {
  auto constant = tensor.getDefiningOp<bridge::ConstantOp>();
  if (!constant)
    return std::nullopt;
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<FloatAttr>().getValueAsDouble();
}

Value bridge::peelScale(Value tensor, double &scale) {
  if (auto op = tensor.getDefiningOp<UnaryOp>();
      op && op.getKind() == UnaryKind::Neg) {
    scale = -scale;
    return peelScale(op.getX(), scale);
  }
  auto op = tensor.getDefiningOp<BinaryOp>();
  if (!op)
    return tensor;
  Value inner = op.getLhs();
  std::optional<double> number = findNumber(op.getRhs());
  if (op.getKind() == BinaryKind::Mul && !number) {
    inner = op.getRhs();
    number = findNumber(op.getLhs());
  }
  if (!number || inner.getType() != tensor.getType())
    return tensor;
  if (op.getKind() == BinaryKind::Mul)
    scale *= *number;
  else if (op.getKind() == BinaryKind::Div)
    scale /= *number;
  else
    return tensor;
  return peelScale(inner, scale);
}

ReduceOp bridge::findRowReduction(Value tensor, ReduceKind kind) {
  if (auto repeat = tensor.getDefiningOp<BroadcastOp>())
    tensor = repeat.getX();
  auto reshape = tensor.getDefiningOp<ReshapeOp>();
  auto reduce = reshape ? reshape.getX().getDefiningOp<ReduceOp>() : ReduceOp();
  if (!reduce || reduce.getKind() != kind)
    return {};
  SmallVector<Dim> kept = getDims(reduce.getResult());
  kept.push_back(Dim(1));
  int64_t last = getDims(reduce.getX()).size() - 1;
  if (getDims(tensor) != kept || reduce.getAxes() != ArrayRef(last))
    return {};
  return reduce;
}

bool bridge::swapsLastTwo(TransposeOp op) {
  SmallVector<int64_t> permutation(op.getPermutation());
  if (permutation.size() < 2)
    return false;
  std::swap(permutation.end()[-1], permutation.end()[-2]);
  return llvm::equal(permutation, llvm::seq<int64_t>(permutation.size()));
}

Value bridge::swapLastTwo(OpBuilder &builder, Value tensor) {
  SmallVector<Dim> sizes = getDims(tensor);
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(sizes.size()));
  Value x = tensor;
  if (auto inner = tensor.getDefiningOp<TransposeOp>()) {
    if (swapsLastTwo(inner))
      return inner.getX();
    permutation = SmallVector<int64_t>(inner.getPermutation());
    x = inner.getX();
  }
  std::swap(sizes.end()[-1], sizes.end()[-2]);
  std::swap(permutation.end()[-1], permutation.end()[-2]);
  return TransposeOp::create(builder, tensor.getLoc(),
                             getTensorType(sizes, elementOf(tensor)), x,
                             permutation);
}

Value bridge::reshapeTo(OpBuilder &builder, Value tensor, ArrayRef<Dim> sizes) {
  RankedTensorType wanted = getTensorType(sizes, elementOf(tensor));
  if (wanted == tensor.getType())
    return tensor;
  return ReshapeOp::create(builder, tensor.getLoc(), wanted, tensor);
}

Value bridge::broadcastTo(OpBuilder &builder, Value tensor,
                          ArrayRef<Dim> sizes) {
  RankedTensorType wanted = getTensorType(sizes, elementOf(tensor));
  if (wanted == tensor.getType())
    return tensor;
  return BroadcastOp::create(builder, tensor.getLoc(), wanted, tensor);
}

Value bridge::createBinary(OpBuilder &builder, Location loc, BinaryKind kind,
                           Value lhs, Value rhs) {
  Inferred type = rules::binary(kind, cast<RankedTensorType>(lhs.getType()),
                                cast<RankedTensorType>(rhs.getType()));
  return BinaryOp::create(builder, loc, type.type(), kind, lhs, rhs);
}

Value bridge::createNumber(OpBuilder &builder, Location loc, double value) {
  auto wide = RankedTensorType::get({}, builder.getF64Type());
  return bridge::ConstantOp::create(builder, loc,
                                    getTensorType({}, builder.getF32Type()),
                                    DenseElementsAttr::get(wide, value));
}

void bridge::eraseDeadOps(Operation *op) {
  op->walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *inner) {
    if (isOpTriviallyDead(inner))
      inner->erase();
  });
}
