//===- TrainingCost.cpp - What training a model costs ---------------------===//
#include "bridge/Analysis/TrainingCost.h"
#include "bridge/IR/Bridge.h"
#include "bridge/IR/ShapeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace bridge;

namespace {

/// What a tensor is to training.
struct Kind {
  bool isWeight = false;
  bool needsGradient = false;
};

class Analysis {
public:
  explicit Analysis(ModuleOp module) : symbols(module) {}

  /// The kinds of the results, for arguments of these kinds.
  SmallVector<Kind> addFunction(func::FuncOp function,
                                ArrayRef<Kind> arguments);

  TrainingCost cost;

private:
  /// The tensors of one call of a function.
  struct Frame {
    DenseMap<Value, Kind> kinds;
    llvm::DenseSet<Value> retained;

    bool needs(Value value) const {
      return value && kinds.lookup(value).needsGradient;
    }
  };

  void addBlock(Block &block, Frame &frame);
  void addOperation(Operation &op, Frame &frame);
  void addBackward(Operation &op, Frame &frame);
  void addProducts(Operation &op, Frame &frame);
  void retain(Value value, Frame &frame);
  void retainOperands(Operation &op, Frame &frame);

  SymbolTable symbols;
};

} // namespace

static Dim bytesOf(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return product(getDims(value)) * Dim(element.isInteger(1) ? 1 : 4);
}

void Analysis::retain(Value value, Frame &frame) {
  if (!frame.kinds.lookup(value).isWeight &&
      frame.retained.insert(value).second)
    cost.retainedBytes = cost.retainedBytes + bytesOf(value);
}

/// An operand that no weight is may be a scalar of a region's captures.
void Analysis::retainOperands(Operation &op, Frame &frame) {
  for (Value operand : op.getOperands())
    retain(operand, frame);
}

/// Operations whose gradient needs nothing but the gradient that comes in, and
/// shapes or indices.
static bool isLinear(Operation &op) {
  if (auto binary = dyn_cast<BinaryOp>(op))
    return binary.getKind() == BinaryKind::Add ||
           binary.getKind() == BinaryKind::Sub;
  if (auto unary = dyn_cast<UnaryOp>(op))
    return unary.getKind() == UnaryKind::Neg;
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == ReduceKind::Sum ||
           reduce.getKind() == ReduceKind::Mean;
  return isa<TransposeOp, ReshapeOp, BroadcastOp, SliceOp, ConcatOp, CastOp,
             CumsumOp, RotaryOp>(op);
}

/// Operations whose gradient is a function of their result.
static bool readsItsResult(Operation &op) {
  if (auto unary = dyn_cast<UnaryOp>(op))
    return llvm::is_contained({UnaryKind::Tanh, UnaryKind::Sigmoid,
                               UnaryKind::Exp, UnaryKind::Sqrt,
                               UnaryKind::Relu},
                              unary.getKind());
  return isa<SoftmaxOp>(op);
}

/// Whether the region after a product has more than additions in it.
static bool isNonlinear(Region &epilogue) {
  return epilogue
      .walk([](Operation *op) {
        return isa<YieldOp, arith::AddFOp, arith::SubFOp, arith::ConstantOp>(op)
                   ? WalkResult::advance()
                   : WalkResult::interrupt();
      })
      .wasInterrupted();
}

/// The products of the backward pass, and their factors.
void Analysis::addProducts(Operation &op, Frame &frame) {
  if (auto attention = dyn_cast<AttentionOp>(op)) {
    // Scores and values are one product each; gradients of q and k come through
    // the probabilities.
    bool q = frame.needs(attention.getQ()), k = frame.needs(attention.getK()),
         v = frame.needs(attention.getV());
    Dim values = Dim(2) * product(getDims(attention.getResult())) *
                 getDims(attention.getK()).end()[-2];
    Dim scores = attention.flops() - values;
    cost.gradientFlops =
        cost.gradientFlops + scores * Dim(q + k) + values * Dim(v + (q || k));
    for (Value value : {attention.getQ(), attention.getK(), attention.getV(),
                        attention.getResult()})
      retain(value, frame);
    // The log-sum-exp of each query.
    SmallVector<Dim> rows = getDims(attention.getQ());
    cost.retainedBytes =
        cost.retainedBytes + Dim(4) * product(ArrayRef(rows).drop_back());
    return;
  }
  // The factors are the first two operands.
  Dim flops = cast<CostOpInterface>(op).flops();
  Value left = op.getOperand(0), right = op.getOperand(1);
  if (frame.needs(left)) {
    cost.gradientFlops = cost.gradientFlops + flops;
    retain(right, frame);
  }
  if (frame.needs(right)) {
    cost.gradientFlops = cost.gradientFlops + flops;
    retain(left, frame);
  }
  if (auto linear = dyn_cast<FusedLinearOp>(op))
    if (isNonlinear(linear.getEpilogue())) {
      // The sums before the region, and what the region combines them with.
      cost.retainedBytes = cost.retainedBytes + bytesOf(linear.getResult());
      for (Value extra : linear.getExtras())
        retain(extra, frame);
    }
}

void Analysis::addBackward(Operation &op, Frame &frame) {
  if (isa<CostOpInterface>(op))
    return addProducts(op, frame);
  if (isLinear(op))
    return;
  if (readsItsResult(op))
    return retain(op.getResult(0), frame);
  if (auto binary = dyn_cast<BinaryOp>(op);
      binary && binary.getKind() == BinaryKind::Mul) {
    if (frame.needs(binary.getOperand(0)))
      retain(binary.getOperand(1), frame);
    if (frame.needs(binary.getOperand(1)))
      retain(binary.getOperand(0), frame);
    return;
  }
  retainOperands(op, frame);
}

void Analysis::addOperation(Operation &op, Frame &frame) {
  if (auto weight = dyn_cast<ReadWeightOp>(op)) {
    auto declared = symbols.lookup<WeightOp>(weight.getWeight());
    frame.kinds[weight.getResult()] = {true, !declared.getFrozen()};
    return;
  }
  if (auto call = dyn_cast<bridge::CallOp>(op)) {
    SmallVector<Kind> given;
    for (Value input : call.getInputs())
      given.push_back(frame.kinds.lookup(input));
    auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
    for (auto [result, kind] :
         llvm::zip_equal(call.getResults(), addFunction(callee, given)))
      frame.kinds[result] = kind;
    return;
  }
  if (isa<EncoderOp, ResamplerOp, GatedFusionOp, ProjectionOp, DecoderOp>(op)) {
    Block &body = op.getRegion(0).front();
    addBlock(body, frame);
    for (auto [result, yielded] :
         llvm::zip_equal(op.getResults(), body.getTerminator()->getOperands()))
      frame.kinds[result] = frame.kinds.lookup(yielded);
    return;
  }
  bool needsGradient = llvm::any_of(
      op.getOperands(), [&](Value operand) { return frame.needs(operand); });
  bool isFloat = llvm::any_of(op.getResultTypes(), [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.getElementType().isF32();
  });
  if (!needsGradient || !isFloat)
    return;
  for (Value result : op.getResults())
    frame.kinds[result] = {false, true};
  addBackward(op, frame);
}

void Analysis::addBlock(Block &block, Frame &frame) {
  for (Operation &op : block.without_terminator())
    addOperation(op, frame);
}

SmallVector<Kind> Analysis::addFunction(func::FuncOp function,
                                        ArrayRef<Kind> arguments) {
  Frame frame;
  for (auto [argument, kind] :
       llvm::zip_equal(function.getArguments(), arguments))
    frame.kinds[argument] = kind;
  Block &body = function.getBody().front();
  addBlock(body, frame);
  SmallVector<Kind> results;
  for (Value result : body.getTerminator()->getOperands())
    results.push_back(frame.kinds.lookup(result));
  return results;
}

TrainingCost bridge::analyzeTraining(ModuleOp module, func::FuncOp entry) {
  Analysis analysis(module);
  SmallVector<Kind> inputs(entry.getNumArguments());
  analysis.addFunction(entry, inputs);
  return analysis.cost;
}
