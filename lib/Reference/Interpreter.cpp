//===- Interpreter.cpp - Bridges computed in float64 ----------------------===//
#include "bridge/Reference/Interpreter.h"
#include "Evaluations.h"
#include "bridge/Reference/Evaluation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

//===----------------------------------------------------------------------===//
// One run of an entry
//===----------------------------------------------------------------------===//

struct Interpreter::Run {
  using Arrays = SmallVector<SharedArray>;

  Interpreter &interpreter;
  Dimensions dimensions;
  /// Functions being evaluated, outermost first.
  SmallVector<func::FuncOp> active = {};

  Expected<Arrays> callFunction(func::FuncOp function, Arrays arguments);
  Expected<Arrays> evaluateBlock(Block &block, Scope &scope);
  Expected<Arrays> evaluate(Operation *op, Scope &scope);
  Expected<Arrays> evaluatePrimitive(Operation *op, const Scope &scope);
};

Expected<Interpreter::Run::Arrays>
Interpreter::Run::callFunction(func::FuncOp function, Arrays arguments) {
  if (llvm::is_contained(active, function))
    return bridge::failure(function, "the function @" + function.getName() +
                                         " calls itself");
  active.push_back(function);
  Scope scope(dimensions);
  for (auto [parameter, argument] :
       llvm::zip_equal(function.getArguments(), arguments))
    scope.set(parameter, argument);
  Expected<Arrays> results = evaluateBlock(function.getBody().front(), scope);
  active.pop_back();
  return results;
}

/// Evaluates a block; the values are those of its terminator.
Expected<Interpreter::Run::Arrays>
Interpreter::Run::evaluateBlock(Block &block, Scope &scope) {
  for (Operation &op : block.without_terminator()) {
    Expected<Arrays> results = evaluate(&op, scope);
    if (!results)
      return results.takeError();
    for (auto [value, array] : llvm::zip(op.getResults(), *results))
      scope.set(value, std::move(array));
  }
  Arrays values;
  for (Value value : block.getTerminator()->getOperands())
    values.push_back(scope.share(value));
  return values;
}

Expected<Interpreter::Run::Arrays> Interpreter::Run::evaluate(Operation *op,
                                                              Scope &scope) {
  if (llvm::Error error = scope.prepare(op))
    return error;
  if (auto read = dyn_cast<ReadWeightOp>(op)) {
    Expected<Shared> weight = interpreter.weight(read.getWeight());
    if (!weight)
      return weight.takeError();
    return Arrays{*weight};
  }
  if (auto call = dyn_cast<CallOp>(op)) {
    auto callee = interpreter.symbols.lookup<func::FuncOp>(call.getCallee());
    if (!callee)
      return bridge::failure(op, "there is no function @" + call.getCallee());
    Arrays arguments;
    for (Value input : call.getInputs())
      arguments.push_back(scope.share(input));
    return callFunction(callee, std::move(arguments));
  }
  if (isa<EncoderOp, ResamplerOp, GatedFusionOp, ProjectionOp, DecoderOp>(op))
    return evaluateBlock(op->getRegion(0).front(), scope);
  if (auto check = dyn_cast<CheckCountOp>(op)) {
    if (llvm::Error error = evaluateCheckCount(check, scope))
      return error;
    return Arrays{};
  }
  // Other checks were made on entry; numbers outside a region are computed
  // where a region uses them.
  if (llvm::none_of(op->getResultTypes(), llvm::IsaPred<RankedTensorType>))
    return Arrays{};
  return evaluatePrimitive(op, scope);
}

/// Whether f32 rounds the results of an operation.
static bool rounds(Operation *op) {
  if (auto unary = dyn_cast<UnaryOp>(op))
    return !llvm::is_contained(
        {UnaryKind::Relu, UnaryKind::Abs, UnaryKind::Neg, UnaryKind::Not},
        unary.getKind());
  if (auto binary = dyn_cast<BinaryOp>(op))
    return binary.getKind() != BinaryKind::Max &&
           binary.getKind() != BinaryKind::Min;
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == ReduceKind::Sum ||
           reduce.getKind() == ReduceKind::Mean;
  return !isa<SelectOp, ClipOp, ArgExtremeOp, EmbeddingOp, GatherOp, ConcatOp,
              SliceOp, TransposeOp, ReshapeOp, BroadcastOp, SpliceOp>(op);
}

/// The scope for an operation that rounds on its way to the result: sums, in
/// which operands may cancel, see disturbed operands.
static Scope disturbOperands(Operation *op, const Scope &scope,
                             Rounding &rounding) {
  Scope disturbed(scope);
  if (!rounds(op) || isa<UnaryOp, BinaryOp>(op))
    return disturbed;
  for (Value operand : op->getOperands()) {
    if (!isa<RankedTensorType>(operand.getType()))
      continue;
    auto array = std::make_shared<Array>(scope[operand]);
    rounding.disturb(*array);
    disturbed.set(operand, std::move(array));
  }
  return disturbed;
}

static llvm::Error checkResult(Operation *op, const Array &array,
                               const Shape &shape) {
  if (array.shape != shape)
    return failure(op, "the result has the shape " + toString(array.shape) +
                           " where the type says " + toString(shape));
  if (array.element == Element::Integer)
    for (double value : array.values)
      if (std::trunc(value) != value || std::fabs(value + 0.5) > 2147483648.0)
        return failure(
            op, llvm::formatv("an integer of 32 bits cannot be {0:f0}", value));
  return llvm::Error::success();
}

Expected<Interpreter::Run::Arrays>
Interpreter::Run::evaluatePrimitive(Operation *op, const Scope &scope) {
  auto evaluated = dyn_cast<EvaluateOpInterface>(op);
  if (!evaluated)
    return bridge::failure(op, "the reference does not know the operation " +
                                   op->getName().getStringRef());
  std::optional<Rounding> &rounding = interpreter.rounding;
  Expected<Results> results =
      rounding ? evaluated.evaluate(disturbOperands(op, scope, *rounding))
               : evaluated.evaluate(scope);
  if (!results)
    return results.takeError();
  if (rounding && rounds(op))
    for (Array &array : *results)
      rounding->disturbInexact(array);
  Arrays arrays;
  for (auto [value, array] : llvm::zip_equal(op->getResults(), *results)) {
    if (llvm::Error error = checkResult(op, array, scope.shape(value)))
      return error;
    arrays.push_back(std::make_shared<const Array>(std::move(array)));
  }
  return arrays;
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

Interpreter::Interpreter(ModuleOp module, Weights weights)
    : module(module), symbols(module), weights(std::move(weights)) {}
Interpreter::~Interpreter() = default;

void Interpreter::disturb(uint64_t seed) { rounding.emplace(seed); }

SmallVector<func::FuncOp> bridge::getEntries(ModuleOp module) {
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(kEntryAttr))
      entries.push_back(function);
  return entries;
}

Expected<Interpreter::Shared> Interpreter::weight(StringRef name) {
  Shared &array = loaded[name];
  if (array)
    return array;
  auto declared = symbols.lookup<WeightOp>(name);
  if (!declared)
    return ::failure("the model declares no weight `" + name + "`");
  Expected<Array> value = weights(name);
  if (!value)
    return value.takeError();
  ArrayRef<int64_t> shape = declared.getTensorType().getShape();
  if (ArrayRef<int64_t>(value->shape) != shape)
    return ::failure("expected the weight `" + name + "` to be " +
                     toString(shape) + ", found " + toString(value->shape));
  return array = std::make_shared<const Array>(std::move(*value));
}

static std::string nameOf(func::FuncOp entry, unsigned result) {
  auto name = entry.getResultAttrOfType<StringAttr>(result, kNameAttr);
  return name ? name.str() : llvm::utostr(result);
}

static std::string nameOfInput(func::FuncOp entry, unsigned argument) {
  auto name = entry.getArgAttrOfType<StringAttr>(argument, kNameAttr);
  return name ? name.str() : llvm::utostr(argument);
}

/// Picks the inputs that the entry takes.
static Expected<SmallVector<SharedArray>> pickInputs(func::FuncOp entry,
                                                     const ArrayMap &given) {
  SmallVector<SharedArray> picked;
  for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes())) {
    std::string name = nameOfInput(entry, i);
    auto it = given.find(name);
    if (it == given.end())
      return failure("the entry `" + entry.getName() + "` needs the input `" +
                     name + "`");
    Element expected = elementOf(cast<RankedTensorType>(type).getElementType());
    if (it->second.element != expected)
      return failure("the input `" + name + "` takes " + describe(expected) +
                     ", found " + describe(it->second.element));
    picked.push_back(std::make_shared<const Array>(it->second));
  }
  return picked;
}

static Expected<Dimensions> bindDimensions(func::FuncOp entry,
                                           ArrayRef<SharedArray> inputs) {
  SmallVector<Dimensions::Input> shapes;
  for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes()))
    shapes.push_back({nameOfInput(entry, i),
                      getDims(cast<RankedTensorType>(type)), inputs[i]->shape});
  return Dimensions::bind(shapes);
}

static bool holds(CompareKind kind, int64_t lhs, int64_t rhs) {
  switch (kind) {
  case CompareKind::Eq:
    return lhs == rhs;
  case CompareKind::Ne:
    return lhs != rhs;
  case CompareKind::Lt:
    return lhs < rhs;
  case CompareKind::Le:
    return lhs <= rhs;
  case CompareKind::Gt:
    return lhs > rhs;
  case CompareKind::Ge:
    return lhs >= rhs;
  }
  llvm_unreachable("all comparisons are handled");
}

static StringRef spell(CompareKind kind) {
  static constexpr StringRef kSigns[] = {"==", "!=", "<", "<=", ">", ">="};
  return kSigns[static_cast<unsigned>(kind)];
}

static llvm::Error evaluateCheck(CheckOp check, const Dimensions &dimensions) {
  std::optional<Dim> lhs = Dim::parse(check.getLhs());
  std::optional<Dim> rhs = Dim::parse(check.getRhs());
  if (!lhs || !rhs)
    return failure(check, "a check compares two polynomials");
  Expected<Shape> sides = dimensions.evaluate({*lhs, *rhs});
  if (!sides)
    return failure(check, llvm::toString(sides.takeError()));
  auto [left, right] = std::pair((*sides)[0], (*sides)[1]);
  if (holds(check.getKind(), left, right))
    return llvm::Error::success();
  return ::failure(check.getWhere() + ": `" + check.getText() +
                   "` does not hold: " + llvm::Twine(left) + " " +
                   spell(check.getKind()) + " " + llvm::Twine(right));
}

Expected<ArrayMap> Interpreter::run(StringRef entryName,
                                    const ArrayMap &inputs) {
  auto entry = symbols.lookup<func::FuncOp>(entryName);
  if (!entry || !entry->hasAttr(kEntryAttr))
    return ::failure("there is no entry `" + entryName + "`");
  Expected<SmallVector<Shared>> arguments = pickInputs(entry, inputs);
  if (!arguments)
    return arguments.takeError();
  Expected<Dimensions> dimensions = bindDimensions(entry, *arguments);
  if (!dimensions)
    return dimensions.takeError();
  for (auto check : entry.getOps<CheckOp>())
    if (llvm::Error error = evaluateCheck(check, *dimensions))
      return error;

  Run run{*this, std::move(*dimensions)};
  Expected<Run::Arrays> results =
      run.callFunction(entry, std::move(*arguments));
  if (!results)
    return results.takeError();
  ArrayMap outputs;
  for (auto [i, array] : llvm::enumerate(*results))
    outputs[nameOf(entry, i)] = *array;
  return outputs;
}
