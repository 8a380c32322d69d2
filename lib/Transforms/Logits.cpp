//===- Logits.cpp - Products that losses are taken of ---------------------===//
#include "Logits.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace bridge;

static bool isOneElement(Value tensor) {
  return llvm::all_of(getDims(tensor),
                      [](const Dim &size) { return size == Dim(1); });
}

/// The operand of `op` that has the result's type, where the other one is a
/// number; `isFirst` says which it is.
static Value findScaled(BinaryOp op, Value &number, bool &isFirst) {
  for (bool first : {true, false}) {
    Value tensor = first ? op.getLhs() : op.getRhs();
    Value other = first ? op.getRhs() : op.getLhs();
    if (isOneElement(other) && tensor.getType() == op.getResult().getType()) {
      number = other;
      isFirst = first;
      return tensor;
    }
  }
  return {};
}

/// The factor of a multiplication with, or a division by, a number, and what it
/// is applied to.
static Value peelFactor(Value tensor, SmallVectorImpl<Factor> &factors) {
  auto op = tensor.getDefiningOp<BinaryOp>();
  Value number;
  bool isFirst = true;
  Value inner = op ? findScaled(op, number, isFirst) : Value();
  bool divides = op && op.getKind() == BinaryKind::Div && isFirst;
  if (!inner || !(divides || op.getKind() == BinaryKind::Mul))
    return {};
  factors.push_back({number, divides});
  return inner;
}

/// The tensor without factors; these stand on an operand of the product.
static Value peelFactors(Value tensor, SmallVectorImpl<Factor> &factors) {
  while (Value inner = peelFactor(tensor, factors))
    tensor = inner;
  return tensor;
}

static Value transposeMatrix(OpBuilder &builder, Value matrix) {
  if (auto transpose = matrix.getDefiningOp<TransposeOp>())
    return transpose.getX();
  SmallVector<Dim> sizes = getDims(matrix);
  std::swap(sizes[0], sizes[1]);
  Type element = cast<RankedTensorType>(matrix.getType()).getElementType();
  return TransposeOp::create(builder, matrix.getLoc(),
                             getTensorType(sizes, element), matrix,
                             ArrayRef<int64_t>{1, 0});
}

Value bridge::withoutAxes(OpBuilder &builder, Value number) {
  auto type = cast<RankedTensorType>(number.getType());
  if (type.getRank() == 0)
    return number;
  return ReshapeOp::create(builder, number.getLoc(),
                           getTensorType({}, type.getElementType()), number);
}

Value bridge::makeNumber(OpBuilder &builder, Location loc, double value) {
  auto stored = RankedTensorType::get({}, builder.getF64Type());
  return bridge::ConstantOp::create(
      builder, loc, RankedTensorType::get({}, builder.getF32Type()),
      DenseElementsAttr::get(stored, value));
}

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

namespace {
/// Walks from logits up to their product.
class LogitsMatcher {
public:
  LogitsMatcher(OpBuilder &builder, StringRef &reason)
      : builder(builder), reason(reason) {}

  std::optional<Logits> match(Value logits);

private:
  bool visit(Value tensor);
  bool visitProduct(Operation *op);
  bool visitElementwise(BinaryOp op);
  /// A slice or reshape of the leading axes is one of the rows.
  Value applyToRows(Operation *op, Value rows);

  bool miss(StringRef why) {
    reason = why;
    return false;
  }

  OpBuilder &builder;
  StringRef &reason;
  Logits found;
  bool isTransposed = false;
  SmallVector<Operation *> moved; ///< slices and reshapes, last one first
};
} // namespace

bool LogitsMatcher::visitElementwise(BinaryOp op) {
  if (Value inner = peelFactor(op.getResult(), found.factors))
    return visit(inner);
  Value number;
  bool isFirst = true;
  Value inner = findScaled(op, number, isFirst);
  bool subtracts = op.getKind() == BinaryKind::Sub && isFirst;
  if (!inner || !(subtracts || op.getKind() == BinaryKind::Add))
    return miss("the logits are not a product times a number");
  if (found.shift || !found.factors.empty() || !moved.empty())
    return miss("a number is added before the logits are scaled");
  found.shift = number;
  found.subtractsShift = subtracts;
  return visit(inner);
}

bool LogitsMatcher::visitProduct(Operation *op) {
  if (auto linear = dyn_cast<LinearOp>(op)) {
    found.rows = linear.getX();
    found.columns = linear.getWeight();
    found.bias = linear.getBias();
  } else {
    auto matmul = cast<MatmulOp>(op);
    if (getDims(matmul.getB()).size() != 2)
      return miss("the logits are a batch of products");
    found.rows = matmul.getA();
    Value right = peelFactors(matmul.getB(), found.factors);
    found.columns = transposeMatrix(builder, right);
  }
  found.rows = peelFactors(found.rows, found.factors);
  // With a bias, a factor of an operand is none of the logits.
  if (found.bias)
    found.rows = cast<LinearOp>(op).getX();
  else
    found.columns = peelFactors(found.columns, found.factors);
  if (isTransposed) {
    if (found.bias || getDims(found.rows).size() != 2)
      return miss("the logits are transposed and have a bias or a batch");
    std::swap(found.rows, found.columns);
  }
  return true;
}

bool LogitsMatcher::visit(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  if (!op)
    return miss("the logits are an argument");
  found.chain.insert(op);
  if (auto binary = dyn_cast<BinaryOp>(op))
    return visitElementwise(binary);
  if (isa<LinearOp, MatmulOp>(op))
    return visitProduct(op);
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    if (transpose.getPermutation() != ArrayRef<int64_t>{1, 0} || !moved.empty())
      return miss("the logits are transposed in another way");
    isTransposed = !isTransposed;
    return visit(transpose.getX());
  }
  if (isa<SliceOp, ReshapeOp>(op)) {
    Value x = op->getOperand(0);
    bool keepsClasses = !getDims(x).empty() && !getDims(tensor).empty() &&
                        getDims(x).back() == getDims(tensor).back();
    if (!keepsClasses || isTransposed)
      return miss("only some of the classes are looked at");
    moved.push_back(op);
    return visit(x);
  }
  return miss("the logits are not a product times a number");
}

Value LogitsMatcher::applyToRows(Operation *op, Value rows) {
  SmallVector<Dim> sizes = getDims(op->getResult(0));
  sizes.back() = getDims(rows).back();
  RankedTensorType type = getTensorType(sizes, builder.getF32Type());
  if (auto slice = dyn_cast<SliceOp>(op))
    return SliceOp::create(builder, op->getLoc(), type, rows,
                           slice.getOffsetsAttr());
  return ReshapeOp::create(builder, op->getLoc(), type, rows);
}

std::optional<Logits> LogitsMatcher::match(Value logits) {
  if (!visit(logits))
    return std::nullopt;
  for (Operation *op : llvm::reverse(moved))
    found.rows = applyToRows(op, found.rows);
  return std::move(found);
}

std::optional<Logits> Logits::match(OpBuilder &builder, Value logits,
                                    StringRef &reason) {
  return LogitsMatcher(builder, reason).match(logits);
}

//===----------------------------------------------------------------------===//
// Properties
//===----------------------------------------------------------------------===//

bool Logits::isTransposeOf(const Logits &other) const {
  return rows == other.columns && columns == other.rows && !bias &&
         !other.bias && !shift && !other.shift &&
         factors.size() == other.factors.size() &&
         std::is_permutation(factors.begin(), factors.end(),
                             other.factors.begin());
}

bool Logits::hasOtherUse(ArrayRef<Operation *> readers) const {
  return llvm::any_of(chain, [&](Operation *op) {
    return llvm::any_of(op->getUsers(), [&](Operation *user) {
      return !chain.contains(user) && !llvm::is_contained(readers, user);
    });
  });
}

Value Logits::scale(OpBuilder &builder, Location loc) const {
  Value scale;
  for (const Factor &factor : factors) {
    Value number = withoutAxes(builder, factor.number);
    if (!scale && !factor.divides) {
      scale = number;
      continue;
    }
    if (!scale)
      scale = makeNumber(builder, loc, 1);
    scale = BinaryOp::create(builder, loc, number.getType(),
                             factor.divides ? BinaryKind::Div : BinaryKind::Mul,
                             scale, number);
  }
  return scale;
}
