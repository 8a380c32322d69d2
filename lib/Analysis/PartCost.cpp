//===- PartCost.cpp - What the parts of a model cost ----------------------===//
#include "bridge/Analysis/PartCost.h"
#include "bridge/Analysis/PartPath.h"
#include "bridge/IR/Bridge.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace bridge;

bool PartCost::isLike(const PartCost &other) const {
  return role == other.role && frozen == other.frozen && count == other.count &&
         parameters == other.parameters &&
         frozenParameters == other.frozenParameters &&
         operations == other.operations && flops == other.flops &&
         inputs == other.inputs && outputs == other.outputs &&
         llvm::equal(children, other.children,
                     [](const PartCost &a, const PartCost &b) {
                       return a.name == b.name && a.isLike(b);
                     });
}

const PartCost *PartCost::find(StringRef path) const {
  const PartCost *part = this;
  while (!path.empty()) {
    StringRef name;
    std::tie(name, path) = path.split('.');
    auto child = llvm::find_if(part->children, [&](const PartCost &child) {
      return child.name == name;
    });
    if (child == part->children.end())
      return nullptr;
    part = &*child;
  }
  return part;
}

namespace {

/// Adds what operations cost to the parts on their paths.
class Analysis {
public:
  Analysis(ModuleOp module) : symbols(module) {}

  void addWeights(ModuleOp module);
  void addFunction(func::FuncOp function, const CallContext &context);

  PartCost root;

private:
  void addOperation(Operation &op, func::FuncOp function,
                    const CallContext &context);
  void addFlow(Value value, StringRef from, StringRef to);
  /// Calls `visit` for the model and each part on the way to `path`, with its
  /// own path.
  void visitParts(StringRef path,
                  llvm::function_ref<void(PartCost &, StringRef)> visit);
  std::string pathOf(Operation *op, const CallContext &context);

  SymbolTable symbols;
  /// Values that are already among the inputs or outputs of the part at a path.
  llvm::StringMap<llvm::DenseSet<Value>> flowsIn, flowsOut;
};

} // namespace

static bool isPart(Operation *op) {
  return isa<EncoderOp, ResamplerOp, GatedFusionOp, ProjectionOp, DecoderOp>(
      op);
}

/// The value that a part yields for its result.
static Value lookThroughParts(Value value) {
  auto result = dyn_cast<OpResult>(value);
  while (result && isPart(result.getOwner())) {
    value = result.getOwner()->getRegion(0).front().getTerminator()->getOperand(
        result.getResultNumber());
    result = dyn_cast<OpResult>(value);
  }
  return value;
}

static bool isWeight(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return value.getDefiningOp<ReadWeightOp>() != nullptr;
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function && !function->hasAttr(kEntryAttr) &&
         function.getArgAttr(argument.getArgNumber(), kNameAttr);
}

void Analysis::visitParts(
    StringRef path, llvm::function_ref<void(PartCost &, StringRef)> visit) {
  PartCost *part = &root;
  visit(*part, "");
  StringRef rest = path;
  while (!rest.empty()) {
    StringRef name;
    std::tie(name, rest) = rest.split('.');
    auto child = llvm::find_if(part->children, [&](const PartCost &child) {
      return child.name == name;
    });
    if (child == part->children.end()) {
      part->children.emplace_back().name = name.str();
      child = std::prev(part->children.end());
    }
    part = &*child;
    visit(*part, path.take_front(name.end() - path.begin()));
  }
}

void Analysis::addWeights(ModuleOp module) {
  for (auto weight : module.getOps<WeightOp>()) {
    int64_t elements = weight.getTensorType().getNumElements();
    // The last word is the weight's own name.
    StringRef path = weight.getSymName().rsplit('.').first;
    if (!weight.getSymName().contains('.'))
      path = "";
    visitParts(path, [&](PartCost &part, StringRef) {
      part.parameters += elements;
      part.frozenParameters += weight.getFrozen() ? elements : 0;
    });
  }
}

/// Locations are lost in text that was printed without them; then the part's
/// region still tells.
std::string Analysis::pathOf(Operation *op, const CallContext &context) {
  StringRef path = partPath(op->getLoc());
  for (Operation *outer = op->getParentOp(); path.empty() && outer;
       outer = outer->getParentOp())
    if (isPart(outer))
      path = outer->getAttrOfType<StringAttr>("path").getValue();
  return path.empty() ? context.callPath : context.resolve(path);
}

void Analysis::addFlow(Value value, StringRef from, StringRef to) {
  if (isWeight(value) || value.getDefiningOp<bridge::ConstantOp>())
    return;
  auto add = [&](StringRef inside, StringRef outside, auto &known, auto list) {
    visitParts(inside, [&](PartCost &part, StringRef path) {
      if (!isInPart(outside, path) && known[path].insert(value).second)
        (part.*list).push_back(value.getType());
    });
  };
  add(to, from, flowsIn, &PartCost::inputs);
  add(from, to, flowsOut, &PartCost::outputs);
}

void Analysis::addOperation(Operation &op, func::FuncOp function,
                            const CallContext &context) {
  if (isPart(&op)) {
    visitParts(context.resolve(op.getAttrOfType<StringAttr>("path").getValue()),
               [](PartCost &, StringRef) {});
    for (Operation &inner : op.getRegion(0).front().without_terminator())
      addOperation(inner, function, context);
    return;
  }
  std::string path =
      isa<func::ReturnOp>(op) ? context.callPath : pathOf(&op, context);
  SetVector<Value> read(op.operand_begin(), op.operand_end());
  for (Value operand : read) {
    Value value = lookThroughParts(operand);
    Operation *producer = value.getDefiningOp();
    addFlow(value, producer ? pathOf(producer, context) : context.callPath,
            path);
  }
  if (isa<func::ReturnOp, ReadWeightOp, bridge::ConstantOp, CheckOp,
          CheckCountOp>(op))
    return;
  if (auto call = dyn_cast<bridge::CallOp>(op)) {
    auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
    addFunction(callee, {partPath(callee.getLoc()), path});
    return;
  }
  auto cost = dyn_cast<CostOpInterface>(op);
  visitParts(path, [&](PartCost &part, StringRef) {
    ++part.operations;
    if (cost)
      part.flops = part.flops + cost.flops();
  });
}

void Analysis::addFunction(func::FuncOp function, const CallContext &context) {
  for (Operation &op : function.getBody().front())
    addOperation(op, function, context);
}

/// Says which parts have roles. The region of a layer of a list names the
/// layer.
static void addRoles(func::FuncOp entry, PartCost &root) {
  entry.walk([&](Operation *op) {
    if (!isPart(op))
      return;
    StringRef path = op->getAttrOfType<StringAttr>("path").getValue();
    auto *part = const_cast<PartCost *>(root.find(path));
    if (!part)
      return;
    part->role = op->getName().stripDialect().str();
    part->frozen = op->hasAttr("frozen");
  });
}

PartCost bridge::analyzeParts(ModuleOp module, func::FuncOp entry) {
  Analysis analysis(module);
  analysis.addWeights(module);
  analysis.addFunction(entry, {});
  addRoles(entry, analysis.root);
  return std::move(analysis.root);
}

/// `0-3,5` for the numbers of equal layers, in order.
static std::string rangeText(ArrayRef<unsigned> numbers) {
  std::string text;
  llvm::ListSeparator comma(",");
  for (size_t i = 0, next; i < numbers.size(); i = next) {
    next = i + 1;
    while (next < numbers.size() && numbers[next] == numbers[next - 1] + 1)
      ++next;
    text += StringRef(comma).str() + std::to_string(numbers[i]);
    if (next - i > 1)
      text += "-" + std::to_string(numbers[next - 1]);
  }
  return text;
}

PartCost bridge::collapseLayers(const PartCost &part) {
  PartCost collapsed = part;
  collapsed.children.clear();
  std::vector<SmallVector<unsigned>> numbers; // of each child kept
  for (const PartCost &child : part.children) {
    PartCost next = collapseLayers(child);
    unsigned number = 0;
    bool isLayer = !StringRef(child.name).getAsInteger(10, number);
    size_t like = 0;
    while (isLayer && like != numbers.size() &&
           (numbers[like].empty() || !collapsed.children[like].isLike(next)))
      ++like;
    if (isLayer && like != numbers.size()) {
      numbers[like].push_back(number);
      continue;
    }
    collapsed.children.push_back(std::move(next));
    numbers.emplace_back();
    if (isLayer)
      numbers.back().push_back(number);
  }
  for (auto [child, equal] : llvm::zip_equal(collapsed.children, numbers))
    if (!equal.empty()) {
      child.count = equal.size();
      child.name = rangeText(equal);
    }
  return collapsed;
}
