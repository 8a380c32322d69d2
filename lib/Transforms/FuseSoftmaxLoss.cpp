//===- FuseSoftmaxLoss.cpp - Cross-entropies without logits in memory -----===//
#include "Logits.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSESOFTMAXLOSS
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("softmax-loss")
      .category("bridge-fuse-softmax-loss");
}

namespace {
/// A cross-entropy of logits that are a product.
struct Candidate {
  CrossEntropyOp op;
  Logits logits;
  bool isDone = false;
};
} // namespace

static void miss(Operation *op, StringRef reason) {
  remark::missed(op->getLoc(), remarkNamed()) << remark::reason("{0}", reason);
}

static std::optional<Candidate> match(OpBuilder &builder, CrossEntropyOp op) {
  if (!op.getSmoothing().isZero()) {
    miss(op, "the labels are smoothed");
    return std::nullopt;
  }
  builder.setInsertionPoint(op);
  StringRef reason;
  std::optional<Logits> logits = Logits::match(builder, op.getX(), reason);
  if (logits && logits->shift) {
    logits.reset();
    reason = "a number is added to the logits";
  }
  if (logits)
    return Candidate{op, std::move(*logits)};
  miss(op, reason);
  return std::nullopt;
}

/// The labels, or null where they are 0 … n−1 of as many rows as columns.
static Value labelsOf(Candidate &candidate) {
  Value labels = candidate.op.getLabels();
  bool isSquare = getDims(candidate.logits.rows).front() ==
                  getDims(candidate.logits.columns).front();
  return isSquare && labels.getDefiningOp<IotaOp>() ? Value() : labels;
}

static RankedTensorType rowsOf(Value vectors) {
  return getTensorType(ArrayRef(getDims(vectors)).drop_back(),
                       Float32Type::get(vectors.getContext()));
}

/// Erases what computes `tensor`, as far as nothing else reads it.
static void eraseDead(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  if (!op || !isOpTriviallyDead(op))
    return;
  SmallVector<Value> operands(op->getOperands());
  op->erase();
  for (auto [index, operand] : llvm::enumerate(operands))
    if (!llvm::is_contained(ArrayRef(operands).take_front(index), operand))
      eraseDead(operand);
}

static void replace(Candidate &candidate, Value loss) {
  Value logits = candidate.op.getX();
  candidate.op.getResult().replaceAllUsesWith(loss);
  candidate.op.erase();
  candidate.isDone = true;
  eraseDead(logits);
}

static Location locationOf(OpBuilder &builder, ArrayRef<Operation *> losses,
                           const Logits &logits) {
  SmallVector<Location> locations;
  for (Operation *op : losses)
    locations.push_back(op->getLoc());
  locations.push_back(logits.chain.back()->getLoc());
  return builder.getFusedLoc(locations);
}

/// Both directions of one matrix of logits.
static void fusePair(Candidate &images, Candidate &texts) {
  Logits &logits = images.logits;
  // Where both cross-entropies' operands are there.
  bool imagesFirst = images.op->isBeforeInBlock(texts.op);
  Operation *last = imagesFirst ? texts.op : images.op;
  Operation *first = imagesFirst ? images.op : texts.op;
  OpBuilder builder(last);
  Location loc = locationOf(builder, {images.op, texts.op}, logits);
  Value scale = logits.scale(builder, loc);
  if (!scale)
    scale = makeNumber(builder, loc, 1);
  Type loss = images.op.getResult().getType();
  auto fused = ContrastiveLossOp::create(
      builder, loc,
      TypeRange{loss, loss, rowsOf(logits.rows), rowsOf(logits.columns)},
      logits.rows, logits.columns, scale, labelsOf(images), labelsOf(texts),
      images.op.getIgnoreAttr());
  // Readers of the earlier loss may stand between the two.
  llvm::SetVector<Operation *> early;
  for (Operation *op = first->getNextNode(); op != last; op = op->getNextNode())
    if (llvm::any_of(op->getOperands(), [&](Value operand) {
          return operand.getDefiningOp() == first ||
                 early.contains(operand.getDefiningOp());
        }))
      early.insert(op);
  Operation *place = fused;
  for (Operation *op : early) {
    op->moveAfter(place);
    place = op;
  }
  remark::passed(loc, remarkNamed())
      << remark::add("cross-entropies of rows and columns fused into their "
                     "product");
  replace(images, fused.getImageLoss());
  replace(texts, fused.getTextLoss());
}

static void fuseRows(Candidate &candidate) {
  CrossEntropyOp op = candidate.op;
  const Logits &logits = candidate.logits;
  OpBuilder builder(op);
  Location loc = locationOf(builder, {op}, logits);
  auto fused = LinearCrossEntropyOp::create(
      builder, loc, TypeRange{op.getResult().getType(), rowsOf(logits.rows)},
      logits.rows, logits.columns, logits.bias, logits.scale(builder, loc),
      op.getLabels(), op.getIgnoreAttr());
  remark::passed(loc, remarkNamed())
      << remark::add("cross-entropy fused into its product");
  replace(candidate, fused.getLoss());
}

static Candidate *findPartner(Candidate &candidate,
                              MutableArrayRef<Candidate> others) {
  for (Candidate &other : others)
    if (!other.isDone && other.op->getBlock() == candidate.op->getBlock() &&
        other.op.getIgnoreAttr() == candidate.op.getIgnoreAttr() &&
        other.logits.isTransposeOf(candidate.logits))
      return &other;
  return nullptr;
}

/// Whether something else uses the logits that `losses` are taken of.
static bool hasOtherUse(ArrayRef<Candidate *> losses) {
  Logits all;
  SmallVector<Operation *> readers;
  for (Candidate *loss : losses) {
    all.chain.insert_range(loss->logits.chain);
    readers.push_back(loss->op);
  }
  return all.hasOtherUse(readers);
}

namespace {
struct FuseSoftmaxLoss
    : public bridge::impl::FuseSoftmaxLossBase<FuseSoftmaxLoss> {
  void runOnOperation() override {
    recognizeCrossEntropies(getOperation());
    OpBuilder builder(&getContext());
    SmallVector<CrossEntropyOp> losses;
    getOperation().walk([&](CrossEntropyOp op) { losses.push_back(op); });
    SmallVector<Candidate> candidates;
    for (CrossEntropyOp op : losses)
      if (std::optional<Candidate> found = match(builder, op))
        candidates.push_back(std::move(*found));
    for (auto [index, candidate] : llvm::enumerate(candidates)) {
      if (candidate.isDone)
        continue;
      Candidate *partner = findPartner(
          candidate, MutableArrayRef(candidates).drop_front(index + 1));
      if (partner && !hasOtherUse({&candidate, partner}))
        fusePair(candidate, *partner);
      else if (!hasOtherUse({&candidate}))
        fuseRows(candidate);
      else
        miss(candidate.op, "the logits have another use");
    }
  }
};
} // namespace
