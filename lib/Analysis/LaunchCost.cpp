//===- LaunchCost.cpp - What the launches of a plan do --------------------===//
#include "bridge/Analysis/LaunchCost.h"
#include "bridge/Analysis/PartPath.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

namespace {

class Analysis {
public:
  Analysis(ModuleOp module, DimValues values)
      : symbols(module), values(values) {}

  /// `isWeight` says of each argument whether the caller gives it a weight.
  void addFunction(func::FuncOp function, const CallContext &context,
                   ArrayRef<bool> isWeight);

  std::vector<LaunchCost> launches;

private:
  LaunchCost costOf(plan::LaunchOp launch, StringRef path,
                    const llvm::DenseSet<Value> &weights);
  LaunchCost costOf(plan::GroupOp group, StringRef path,
                    const llvm::DenseSet<Value> &weights);
  SmallVector<double> sizesOf(Type type);
  double bytesOf(Type type);

  SymbolTable symbols;
  DimValues values;
};

} // namespace

SmallVector<double> Analysis::sizesOf(Type type) {
  auto view = dyn_cast<plan::ViewType>(type);
  DimsAttr sizes =
      view ? view.getSizes() : cast<plan::PanelsType>(type).getSizes();
  SmallVector<double> numbers;
  for (const Dim &size : sizes.getDims())
    numbers.push_back(size.evaluate(values));
  return numbers;
}

static double product(ArrayRef<double> sizes) {
  double result = 1;
  for (double size : sizes)
    result *= size;
  return result;
}

/// Repeated elements (of stride 0) are read once.
double Analysis::bytesOf(Type type) {
  SmallVector<double> sizes = sizesOf(type);
  auto view = dyn_cast<plan::ViewType>(type);
  if (!view)
    return product(sizes) *
           elementBytes(cast<plan::PanelsType>(type).getElementType());
  for (auto [size, stride] :
       llvm::zip_equal(sizes, view.getStrides().getDims()))
    if (stride == Dim(0))
      size = 1;
  return product(sizes) * elementBytes(view.getElementType());
}

/// The scalar operations of a kernel's region.
static void countRegion(plan::KernelOp kernel, double &simple,
                        double &functions) {
  simple = functions = 0;
  kernel.getBody().walk([&](Operation *op) {
    if (isa<math::MathDialect>(op->getDialect()) && !isa<math::AbsFOp>(op))
      ++functions;
    else if (!op->hasTrait<OpTrait::ConstantLike>() &&
             !op->hasTrait<OpTrait::IsTerminator>())
      ++simple;
  });
}

/// Whether a kernel computes products whose operands are bf16.
static bool multipliesBf16(plan::KernelOp kernel) {
  using plan::KernelKind;
  if (!llvm::is_contained({KernelKind::Gemm, KernelKind::Attention,
                           KernelKind::SoftmaxSweep, KernelKind::SigmoidSweep},
                          kernel.getKind()))
    return false;
  auto a = cast<TypeAttr>(kernel.getSignature()[0]).getValue();
  return cast<plan::ViewType>(a).getElementType().isBF16();
}

LaunchCost Analysis::costOf(plan::LaunchOp launch, StringRef path,
                            const llvm::DenseSet<Value> &weights) {
  auto kernel = symbols.lookup<plan::KernelOp>(launch.getKernel());
  LaunchCost cost;
  cost.part = path.str();
  cost.kind = kernel.getKind();
  cost.isBf16 = multipliesBf16(kernel);
  for (Value view : launch.getViews())
    (weights.contains(view) ? cost.weightBytes : cost.dataBytes) +=
        bytesOf(view.getType());
  auto sizes = [&](unsigned operand) {
    return sizesOf(launch.getViews()[operand].getType());
  };
  cost.elements = product(sizesOf(launch.getViews().back().getType()));
  double simple, functions;
  countRegion(kernel, simple, functions);
  cost.simple = cost.elements * simple;
  cost.functions = cost.elements * functions;

  switch (cost.kind) {
  case plan::KernelKind::Gemm:
    cost.flops = 2 * cost.elements * sizes(0).back();
    break;
  case plan::KernelKind::Attention: {
    // [b, h, t, d] and [b, g, s, e]: a score for each query and key.
    SmallVector<double> query = sizes(0), value = sizes(2);
    double keys = value[2];
    cost.flops = 2 * (product(query) + cost.elements) * keys;
    cost.functions = product(ArrayRef(query).drop_back()) * keys;
    break;
  }
  case plan::KernelKind::SoftmaxSweep:
  case plan::KernelKind::SigmoidSweep: {
    // [m, k] and [1, 1, n, k]: a logit for each row and column.
    double logits = sizes(0).front() * sizes(1)[2];
    cost.flops = 2 * logits * sizes(0).back();
    cost.functions = logits;
    break;
  }
  case plan::KernelKind::Softmax:
    cost.functions = cost.elements;
    break;
  case plan::KernelKind::CrossEntropy:
    cost.functions = product(sizes(0));
    break;
  case plan::KernelKind::Reduce:
  case plan::KernelKind::ArgExtreme:
    cost.simple = product(sizes(0));
    break;
  default:
    break;
  }
  return cost;
}

/// The launches of a group run as one.
LaunchCost Analysis::costOf(plan::GroupOp group, StringRef path,
                            const llvm::DenseSet<Value> &weights) {
  std::optional<LaunchCost> sum;
  for (auto launch : group.getLaunches().getOps<plan::LaunchOp>()) {
    LaunchCost cost = costOf(launch, path, weights);
    if (!sum) {
      sum = std::move(cost);
      continue;
    }
    sum->flops += cost.flops;
    sum->elements += cost.elements;
    sum->simple += cost.simple;
    sum->functions += cost.functions;
    sum->weightBytes += cost.weightBytes;
    sum->dataBytes += cost.dataBytes;
  }
  return *sum;
}

void Analysis::addFunction(func::FuncOp function, const CallContext &context,
                           ArrayRef<bool> isWeight) {
  llvm::DenseSet<Value> weights;
  for (auto [argument, given] :
       llvm::zip_equal(function.getArguments(), isWeight))
    if (given)
      weights.insert(argument);
  for (Operation &op : function.getBody().front()) {
    std::string path = context.resolve(partPath(op.getLoc()));
    if (isa<plan::WeightOp>(op)) {
      weights.insert(op.getResult(0));
    } else if (auto subview = dyn_cast<plan::SubviewOp>(op)) {
      if (weights.contains(subview.getSource()))
        weights.insert(subview.getResult());
    } else if (auto launch = dyn_cast<plan::LaunchOp>(op)) {
      launches.push_back(costOf(launch, path, weights));
    } else if (auto group = dyn_cast<plan::GroupOp>(op)) {
      auto first = *group.getLaunches().getOps<plan::LaunchOp>().begin();
      launches.push_back(
          costOf(group, context.resolve(partPath(first.getLoc())), weights));
    } else if (auto call = dyn_cast<plan::CallOp>(op)) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      SmallVector<bool> given;
      for (Value view : call.getViews())
        given.push_back(weights.contains(view));
      addFunction(callee, {partPath(callee.getLoc()), path}, given);
    }
  }
}

std::vector<LaunchCost>
bridge::analyzeLaunches(ModuleOp module, func::FuncOp entry, DimValues values) {
  Analysis analysis(module, values);
  SmallVector<bool> noWeights(entry.getNumArguments(), false);
  analysis.addFunction(entry, {}, noWeights);
  return std::move(analysis.launches);
}
