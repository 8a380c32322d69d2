//===- AttentionPattern.cpp - Attention in the order it was written -------===//
//
// From the product with the values backwards: through the softmax, then through
// everything that is done to the scores, down to the product of queries and
// keys. What multiplies is collected in a number and factors, what adds in
// terms; each term knows what was multiplied after it.
//
//===----------------------------------------------------------------------===//
#include "AttentionPattern.h"
#include "TensorPatterns.h"
#include "bridge/IR/ScalarMath.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace bridge;

/// Scores at most as high as this, yet finite, leave nothing of any other in a
/// sum: exp(score − max) is 0, and rows of nothing else are uniform.
static constexpr double kHidden = -1e30;
/// How deep sums of scores are searched for the product.
static constexpr unsigned kSearchDepth = 12;
/// Widths of heads up to which computing scores twice costs less than keeping
/// them: a score is 4 bytes, written once and read three times.
static constexpr int64_t kWidestTwice = 32;

/// Whether both have the same last two axes.
static bool sameMatrices(Value a, Value b) {
  SmallVector<Dim> left = getDims(a), right = getDims(b);
  return left.size() >= 2 && right.size() >= 2 &&
         ArrayRef(left).take_back(2) == ArrayRef(right).take_back(2);
}

/// What was reshaped in the axes before the last two only.
static Value peelLeading(Value tensor) {
  auto reshape = tensor.getDefiningOp<ReshapeOp>();
  if (!reshape || !sameMatrices(reshape.getX(), tensor))
    return tensor;
  return reshape.getX();
}

/// The same for all keys: without axes, or with a last axis of one.
static bool isEqualForKeys(Value tensor) {
  SmallVector<Dim> sizes = getDims(tensor);
  return sizes.empty() || sizes.back() == Dim(1);
}

namespace {

/// Walks from the scores that a softmax reads to the product.
class ScoreWalk {
public:
  ScoreWalk(AttentionPattern &found) : found(found) {}

  /// False with a reason where there is no product to be found.
  bool run(Value scores);
  StringRef reason;

private:
  bool fail(StringRef why) {
    reason = why;
    return false;
  }
  bool matchProduct(Value scores);
  bool step(Value &scores);
  bool stepBinary(BinaryOp op, Value &scores);
  bool stepSelect(SelectOp op, Value &scores);
  bool multiply(BinaryOp op, Value &scores);
  bool addTerm(Value tensor, bool isNegative);
  bool checkUses(Value scores);

  AttentionPattern &found;
  Operation *user = nullptr;    ///< of the scores, on the way to the softmax
  Operation *maximum = nullptr; ///< a reduction of them that falls away
};

} // namespace

/// Whether q kᵀ is found below sums, products with numbers and selections.
static bool leadsToProduct(Value tensor, unsigned depth = kSearchDepth) {
  Operation *op = tensor.getDefiningOp();
  if (!op || depth == 0)
    return false;
  if (isa<MatmulOp>(op))
    return true;
  if (auto linear = dyn_cast<LinearOp>(op))
    return !linear.getBias();
  if (!isa<BinaryOp, UnaryOp, SelectOp, TransposeOp, ReshapeOp>(op))
    return false;
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    return operand != tensor && leadsToProduct(operand, depth - 1);
  });
}

bool ScoreWalk::matchProduct(Value scores) {
  bool isSwapped = false;
  Value product = scores;
  if (auto transpose = scores.getDefiningOp<TransposeOp>();
      transpose && swapsLastTwo(transpose)) {
    isSwapped = true;
    product = transpose.getX();
  }
  Matrices left, right;
  if (auto matmul = product.getDefiningOp<MatmulOp>()) {
    left = {matmul.getA(), false};
    right = {matmul.getB(), true};
  } else if (auto linear = product.getDefiningOp<LinearOp>();
             linear && !linear.getBias()) {
    left = {linear.getX(), false};
    right = {linear.getWeight(), false};
  } else {
    return false;
  }
  if (getDims(left.tensor).size() < 2)
    return false;
  if (isSwapped)
    std::swap(left, right);
  found.q = left;
  found.k = right;
  found.scores = product;
  return true;
}

/// Whether probabilities are used once, in a product.
static bool weighsValues(SoftmaxOp softmax) {
  Operation *op = softmax;
  while (op->hasOneUse()) {
    op = *op->user_begin();
    if (isa<MatmulOp>(op))
      return true;
    if (!isa<TransposeOp, ReshapeOp>(op))
      return false;
  }
  return false;
}

/// Whether everything that `scores` are used for ends in an attention.
static bool feedsAttentionOnly(Value scores, unsigned depth = kSearchDepth) {
  return depth != 0 && llvm::all_of(scores.getUsers(), [&](Operation *user) {
           if (auto softmax = dyn_cast<SoftmaxOp>(user))
             return weighsValues(softmax);
           return isElementwise(user) &&
                  sameMatrices(user->getResult(0), scores) &&
                  feedsAttentionOnly(user->getResult(0), depth - 1);
         });
}

bool ScoreWalk::checkUses(Value scores) {
  bool isShared = llvm::any_of(scores.getUsers(), [&](Operation *other) {
    return other != user && other != maximum;
  });
  if (!isShared)
    return true;
  if (!feedsAttentionOnly(scores))
    return fail("the scores have another use");
  found.sharesScores = true;
  return true;
}

bool ScoreWalk::run(Value scores) {
  user = found.softmax;
  for (;;) {
    if (!checkUses(scores))
      return false;
    if (matchProduct(scores))
      break;
    user = scores.getDefiningOp();
    maximum = nullptr;
    if (!user || !step(scores))
      return reason.empty() ? fail("the scores are not a product that is "
                                   "scaled, biased or masked")
                            : false;
  }
  // The product below a transpose has that as its only user.
  if (!found.scores.hasOneUse() && found.scores != scores)
    return fail("the scores have another use");
  return true;
}

bool ScoreWalk::step(Value &scores) {
  if (Value inner = peelLeading(scores); inner != scores) {
    if (found.innerLeading)
      return fail("the scores are reshaped twice");
    SmallVector<Dim> sizes = getDims(inner);
    sizes.pop_back_n(2);
    found.innerLeading = sizes;
    scores = inner;
    return true;
  }
  return TypeSwitch<Operation *, bool>(scores.getDefiningOp())
      .Case([&](UnaryOp op) {
        if (op.getKind() != UnaryKind::Neg)
          return false;
        found.number = -found.number;
        scores = op.getX();
        return true;
      })
      .Case([&](BinaryOp op) { return stepBinary(op, scores); })
      .Case([&](SelectOp op) { return stepSelect(op, scores); })
      .Default([](Operation *) { return false; });
}

/// Takes a factor off.
bool ScoreWalk::multiply(BinaryOp op, Value &scores) {
  bool divides = op.getKind() == BinaryKind::Div;
  Value inner = op.getLhs(), factor = op.getRhs();
  if (!divides && !leadsToProduct(inner))
    std::swap(inner, factor);
  if (std::optional<double> number = findNumber(factor)) {
    found.number = divides ? found.number / *number : found.number * *number;
  } else {
    if (!isEqualForKeys(factor))
      return fail("the scores are multiplied by what differs between keys");
    if (found.innerLeading)
      return fail("the scores are multiplied before they are reshaped");
    found.factors.push_back({factor, divides});
  }
  if (inner.getType() != scores.getType())
    return fail("the scores are repeated by what they are multiplied with");
  scores = inner;
  return true;
}

bool ScoreWalk::addTerm(Value tensor, bool isNegative) {
  if (found.innerLeading)
    return fail("the scores are biased before they are reshaped");
  ScoreTerm term{tensor, {}, false, found.number, found.factors};
  if (isNegative)
    term.number = -term.number;
  found.terms.push_back(term);
  return true;
}

bool ScoreWalk::stepBinary(BinaryOp op, Value &scores) {
  switch (op.getKind()) {
  case BinaryKind::Mul:
  case BinaryKind::Div:
    return multiply(op, scores);
  case BinaryKind::Sub:
    // Softmax does not change where a row's maximum is taken away.
    if (ReduceOp reduce = findRowReduction(op.getRhs(), ReduceKind::Max);
        reduce && reduce.getX() == op.getLhs()) {
      maximum = reduce;
      scores = op.getLhs();
      return true;
    }
    break;
  case BinaryKind::Add:
    break;
  default:
    return false;
  }
  bool isLeft =
      sameMatrices(op.getLhs(), scores) && leadsToProduct(op.getLhs());
  Value inner = isLeft ? op.getLhs() : op.getRhs();
  Value other = isLeft ? op.getRhs() : op.getLhs();
  if (!sameMatrices(inner, scores) || !leadsToProduct(inner))
    return false;
  bool isSub = op.getKind() == BinaryKind::Sub;
  if (!addTerm(other, isSub && isLeft))
    return false;
  if (isSub && !isLeft)
    found.number = -found.number;
  scores = inner;
  return true;
}

bool ScoreWalk::stepSelect(SelectOp op, Value &scores) {
  bool hidesWhereTrue = !leadsToProduct(op.getA());
  Value inner = hidesWhereTrue ? op.getB() : op.getA();
  std::optional<double> hidden =
      findNumber(hidesWhereTrue ? op.getA() : op.getB());
  if (!hidden || inner.getType() != scores.getType())
    return fail("the scores are one side of a selection");
  if (found.innerLeading)
    return fail("the scores are selected before they are reshaped");
  if (!found.factors.empty() || !(found.number > 0))
    return fail("the scores are multiplied after they were selected");
  double lowest = *hidden * found.number;
  if (std::isinf(lowest) && lowest < 0) {
    found.terms.push_back({{}, op.getCondition(), hidesWhereTrue, 1, {}});
  } else if (lowest <= kHidden) {
    if (found.condition.tensor || !found.softmax.getMask().empty())
      return fail("the scores are masked twice");
    found.condition = {op.getCondition(), hidesWhereTrue};
  } else {
    return fail("the scores are one side of a selection");
  }
  scores = inner;
  return true;
}

/// A bias that is 0 or hides is a condition, where nothing else is added.
static void findAdditiveMask(AttentionPattern &found) {
  if (found.terms.size() != 1 || found.condition.tensor ||
      !found.softmax.getMask().empty())
    return;
  const ScoreTerm &term = found.terms.front();
  auto select =
      term.tensor ? term.tensor.getDefiningOp<SelectOp>() : SelectOp();
  if (!select || !term.factors.empty())
    return;
  std::optional<double> a = findNumber(select.getA()),
                        b = findNumber(select.getB());
  auto hides = [&](double value) {
    double lowest = value * term.number;
    return std::isfinite(lowest) && lowest <= kHidden;
  };
  if (!a || !b)
    return;
  if (*a == 0 && hides(*b))
    found.condition = {select.getCondition(), false};
  else if (*b == 0 && hides(*a))
    found.condition = {select.getCondition(), true};
  else
    return;
  found.terms.clear();
}

/// Takes constants and swaps off queries or keys.
static void peelMatrices(Matrices &matrices, double &number) {
  for (;;) {
    Value inner = peelScale(matrices.tensor, number);
    auto transpose = inner.getDefiningOp<TransposeOp>();
    if (transpose && swapsLastTwo(transpose)) {
      matrices.isSwapped = !matrices.isSwapped;
      inner = transpose.getX();
    }
    if (inner == matrices.tensor)
      return;
    matrices.tensor = inner;
  }
}

/// The softmax of a product p v, or of its transpose vᵀ pᵀ; and the values.
static SoftmaxOp matchOutput(MatmulOp op, AttentionPattern &found) {
  auto softmaxOf = [](Value p) {
    return peelLeading(p).getDefiningOp<SoftmaxOp>();
  };
  if (SoftmaxOp softmax = softmaxOf(op.getA())) {
    found.v = {op.getB(), false};
    return softmax;
  }
  auto transpose = op.getB().getDefiningOp<TransposeOp>();
  if (!transpose || !swapsLastTwo(transpose) || !transpose->hasOneUse())
    return {};
  found.isOutputSwapped = true;
  found.v = {op.getA(), true};
  return softmaxOf(transpose.getX());
}

std::optional<AttentionPattern> bridge::matchAttention(Operation *output,
                                                       StringRef &reason) {
  AttentionPattern found;
  found.output = output;
  auto product = dyn_cast<MatmulOp>(output);
  if (!product)
    return std::nullopt;
  found.softmax = matchOutput(product, found);
  if (!found.softmax)
    return std::nullopt;
  auto miss = [&](StringRef why) -> std::optional<AttentionPattern> {
    reason = why;
    return std::nullopt;
  };
  Value weights = found.isOutputSwapped
                      ? product.getB().getDefiningOp<TransposeOp>().getX()
                      : product.getA();
  if (getDims(found.softmax.getX()).size() < 2)
    return miss("the scores are one row");
  if (!found.softmax->hasOneUse() || !weights.hasOneUse())
    return miss("the probabilities have another use");
  if (ArrayRef(getDims(weights)).drop_back(2) !=
      ArrayRef(getDims(product.getResult())).drop_back(2))
    return miss("the values have leading axes that the scores have not");
  ScoreWalk walk(found);
  if (!walk.run(found.softmax.getX()))
    return miss(walk.reason);
  peelMatrices(found.q, found.number);
  peelMatrices(found.k, found.number);
  if (found.number == 0 || !std::isfinite(found.number))
    return miss("the scale is 0 or not finite");
  if (found.sharesScores) {
    Dim width = getDims(found.q.tensor).end()[found.q.isSwapped ? -2 : -1];
    if (width.constant().value_or(kWidestTwice + 1) > kWidestTwice)
      return miss("the scores have another use, and heads are too wide to "
                  "compute them twice");
  }
  findAdditiveMask(found);
  return found;
}
