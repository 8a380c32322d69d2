//===- Weights.cpp - Weights for the interpreter --------------------------===//
#include "Weights.h"
#include "EntryInfo.h"
#include "TensorFile.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Weights.h"
#include "bridge/Runtime/RandomWeights.h"

using namespace mlir;
using namespace bridge;
using llvm::Expected;

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
    checkpoint[name] = {elementOf(tensor->dtype), shapeOf(*tensor),
                        bridge_dtype_name(tensor->dtype)};
  }
  Expected<WeightBinding> binding = bindWeights(module, checkpoint);
  if (!binding)
    return llvm::createStringError(path + ": " +
                                   llvm::toString(binding.takeError()));
  return
      [file, binding = std::move(*binding)](StringRef name) -> Expected<Array> {
        const WeightSource &source = binding.find(name.str())->second;
        Expected<Array> stored = toArray(*file->find(source.stored));
        if (!stored)
          return llvm::createStringError(
              "`" + source.stored + "`: " + llvm::toString(stored.takeError()));
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

Expected<Interpreter::Weights> bridge::findWeights(ModuleOp module,
                                                   const std::string &weights) {
  StringRef text = weights;
  if (text.empty()) {
    if (module.getOps<WeightOp>().empty())
      return Interpreter::Weights();
    return llvm::createStringError(modelName(module) +
                                   " needs --weights PATH or random:SEED");
  }
  if (!text.consume_front("random:"))
    return readWeights(module, weights);
  uint64_t seed;
  if (text.getAsInteger(10, seed))
    return llvm::createStringError("expected random:SEED with a whole number, "
                                   "found `" +
                                   weights + "`");
  return randomWeights(module, seed);
}
