//===- ReferenceExecutor.cpp - Models run by the interpreter --------------===//
#include "Executor.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Interpreter.h"
#include "bridge/Reference/Weights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <optional>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// The weights of a checkpoint.
static Expected<Interpreter::Weights> readWeights(ModuleOp module,
                                                  const std::string &path) {
  Expected<TensorFile> opened = TensorFile::open(path);
  if (!opened)
    return opened.takeError();
  auto file = std::make_shared<TensorFile>(std::move(*opened));
  Checkpoint checkpoint;
  for (const std::string &name : file->names()) {
    const bridge_tensor *tensor = file->find(name);
    checkpoint[name] = {elementOf(tensor->dtype), shapeOf(*tensor)};
  }
  Expected<WeightBinding> binding = bindWeights(module, checkpoint);
  if (!binding)
    return failure(path + ": " + llvm::toString(binding.takeError()));
  return
      [file, binding = std::move(*binding)](StringRef name) -> Expected<Array> {
        const WeightSource &source = binding.find(name.str())->second;
        Expected<Array> stored = toArray(*file->find(source.stored));
        if (!stored)
          return failure("`" + source.stored +
                         "`: " + llvm::toString(stored.takeError()));
        return applyView(*stored, source.view);
      };
}

/// The weights that the run time makes of a seed.
static Interpreter::Weights randomWeights(ModuleOp module, uint64_t seed) {
  return [module, seed](StringRef name) mutable -> Expected<Array> {
    auto weight = SymbolTable::lookupNearestSymbolFrom<WeightOp>(
        module, StringAttr::get(module.getContext(), name));
    ArrayRef<int64_t> shape = weight.getTensorType().getShape();
    std::vector<float> numbers(sizeOf(shape));
    if (std::optional<APFloat> init = weight.getInit())
      llvm::fill(numbers, static_cast<float>(init->convertToDouble()));
    else
      bridge_random_weight(seed, name.str().c_str(), shape.size(), shape.data(),
                           numbers.data());
    return Array(Element::Float, Shape(shape),
                 std::vector<double>(numbers.begin(), numbers.end()));
  };
}

static Expected<Interpreter::Weights> findWeights(ModuleOp module,
                                                  const std::string &weights) {
  StringRef text = weights;
  if (!text.consume_front("random:"))
    return readWeights(module, weights);
  uint64_t seed;
  if (text.getAsInteger(10, seed))
    return failure("expected random:SEED with a whole number, found `" +
                   weights + "`");
  return randomWeights(module, seed);
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// The input as the entry takes it: integers within the range of what is
/// declared.
static Expected<Array> convertInput(const ValueInfo &declared,
                                    const bridge_tensor &given) {
  Element expected = elementOf(declared.dtype);
  bool isFloat = elementOf(given.dtype) == Element::Float;
  if (isFloat != (expected == Element::Float))
    return failure("input `" + declared.name + "` has dtype " +
                   bridge_dtype_name(given.dtype) + ", expected " +
                   bridge_dtype_name(declared.dtype));
  Expected<Array> array = toArray(given);
  if (!array)
    return array.takeError();
  double low = expected == Element::Truth ? 0 : INT32_MIN;
  double high = expected == Element::Truth ? 1 : INT32_MAX;
  if (!isFloat)
    for (double value : array->values)
      if (value < low || value > high)
        return failure("input `" + declared.name + "` holds " +
                       llvm::Twine(static_cast<int64_t>(value)) +
                       ", which does not fit " +
                       bridge_dtype_name(declared.dtype));
  array->element = expected;
  return array;
}

//===----------------------------------------------------------------------===//
// The executor
//===----------------------------------------------------------------------===//

namespace {

class ReferenceExecutor : public Executor {
public:
  explicit ReferenceExecutor(OwningOpRef<ModuleOp> owned)
      : module(std::move(owned)) {
    for (func::FuncOp function : getEntries(*module))
      infos.push_back(describe(function));
  }

  std::string modelName() const override {
    auto name = (*module)->getAttrOfType<StringAttr>(kModelAttr);
    return name ? name.str() : "";
  }
  std::vector<EntryInfo> entries() const override { return infos; }
  bridge_dtype floatDtype() const override { return BRIDGE_F64; }

  llvm::Error loadWeights(const std::string &weights,
                          unsigned threads) override;
  llvm::Error run(size_t entry, llvm::ArrayRef<bridge_tensor> inputs) override;
  Expected<std::vector<Array>> results() const override { return lastResults; }
  Usage usage() const override { return {}; }

private:
  static EntryInfo describe(func::FuncOp function);

  OwningOpRef<ModuleOp> module;
  std::vector<EntryInfo> infos;
  std::optional<Interpreter> interpreter;
  std::vector<Array> lastResults;
};

} // namespace

static ValueInfo describeValue(Type type, Attribute name) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  ValueInfo info;
  info.name = name ? cast<StringAttr>(name).str() : "";
  info.dtype = isa<FloatType>(element) ? BRIDGE_F32
               : element.isInteger(1)  ? BRIDGE_BOOL
                                       : BRIDGE_I32;
  for (const Dim &dim : getDims(tensor))
    info.dims.push_back(dim.str());
  return info;
}

EntryInfo ReferenceExecutor::describe(func::FuncOp function) {
  EntryInfo info{function.getName().str(), {}, {}};
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    info.inputs.push_back(
        describeValue(type, function.getArgAttr(i, kNameAttr)));
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    info.outputs.push_back(
        describeValue(type, function.getResultAttr(i, kNameAttr)));
  return info;
}

llvm::Error ReferenceExecutor::loadWeights(const std::string &weights,
                                           unsigned threads) {
  bool hasWeights = !module->getOps<WeightOp>().empty();
  if (weights.empty() && hasWeights)
    return llvm::createStringError("the model needs weights: give a file, a "
                                   "folder or random:SEED with --weights");
  Expected<Interpreter::Weights> provider =
      weights.empty() ? Interpreter::Weights() : findWeights(*module, weights);
  if (!provider)
    return provider.takeError();
  interpreter.emplace(*module, std::move(*provider));
  return llvm::Error::success();
}

llvm::Error ReferenceExecutor::run(size_t entry,
                                   llvm::ArrayRef<bridge_tensor> inputs) {
  const EntryInfo &info = infos[entry];
  ArrayMap arrays;
  for (auto [declared, given] : llvm::zip_equal(info.inputs, inputs)) {
    Expected<Array> array = convertInput(declared, given);
    if (!array)
      return array.takeError();
    arrays[declared.name] = std::move(*array);
  }
  Expected<ArrayMap> outputs = interpreter->run(info.name, arrays);
  if (!outputs)
    return outputs.takeError();
  lastResults.clear();
  for (const ValueInfo &output : info.outputs)
    lastResults.push_back(std::move((*outputs)[output.name]));
  return llvm::Error::success();
}

std::unique_ptr<Executor>
bridge::makeReferenceExecutor(OwningOpRef<ModuleOp> module) {
  return std::make_unique<ReferenceExecutor>(std::move(module));
}
