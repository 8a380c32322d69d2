//===- Weights.cpp - From a checkpoint to declared weights ----------------===//
#include "bridge/Reference/Weights.h"
#include "View.h"
#include "bridge/Reference/Evaluation.h"
#include "bridge/Support/ClosestName.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"
#include <set>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

/// "; did you mean `x`?" where a candidate is close.
static std::string suggest(StringRef name, ArrayRef<StringRef> candidates) {
  StringRef closest = closestName(name, candidates);
  return closest.empty() ? "" : ("; did you mean `" + closest + "`?").str();
}

static auto sourcesOf(WeightOp weight) {
  return weight.getSources().getAsRange<SourceAttr>();
}

//===----------------------------------------------------------------------===//
// Binding
//===----------------------------------------------------------------------===//

namespace {

class Binder {
public:
  Binder(ModuleOp module, const Checkpoint &checkpoint)
      : module(module), checkpoint(checkpoint) {}

  Expected<WeightBinding> bind();

private:
  llvm::Error bind(WeightOp weight);
  llvm::Error check(WeightOp weight, SourceAttr source) const;
  llvm::Error reportMissing(WeightOp weight);
  llvm::Error checkSurplus();
  Expected<std::vector<llvm::GlobPattern>> ignored() const;

  ModuleOp module;
  const Checkpoint &checkpoint;
  WeightBinding binding;
  std::set<std::string> claimed;
};

} // namespace

llvm::Error Binder::bind(WeightOp weight) {
  for (SourceAttr source : sourcesOf(weight)) {
    std::string name = source.getName().str();
    if (!checkpoint.contains(name))
      continue;
    claimed.insert(name);
    binding[weight.getSymName().str()] = {name, source.getView().str()};
    return check(weight, source);
  }
  return llvm::Error::success();
}

llvm::Error Binder::check(WeightOp weight, SourceAttr source) const {
  const StoredTensor &tensor = checkpoint.find(source.getName().str())->second;
  std::string stored = ("`" + source.getName() + "`" + source.getView()).str();
  std::string what = ("weight `" + weight.getSymName() + "`").str();
  Expected<View> view = View::parse(source.getView(), tensor.shape);
  if (!view)
    return failure(what + " is " + stored + ", stored as " +
                   toString(tensor.shape) + ": " +
                   llvm::toString(view.takeError()));
  if (source.getName() != weight.getSymName() || !source.getView().empty())
    what += " (" + stored + ")";
  RankedTensorType type = weight.getTensorType();
  if (ArrayRef<int64_t>(view->shape) != type.getShape())
    return failure(what + " has shape " + toString(view->shape) +
                   ", expected " + toString(type.getShape()));
  Element expected = elementOf(type.getElementType());
  if (tensor.element != expected)
    return failure(
        what + " has dtype " + tensor.dtype + ", expected " +
        (expected == Element::Float ? "f32, f64, bf16 or f16" : "i32"));
  return llvm::Error::success();
}

llvm::Error Binder::reportMissing(WeightOp weight) {
  std::string others;
  for (SourceAttr source : sourcesOf(weight))
    if (source.getName() != weight.getSymName())
      others += (others.empty() ? "`" : ", `") + source.getName().str() + "`";
  if (!others.empty())
    others = " (nor is there " + others + ")";
  size_t missing =
      llvm::count_if(module.getOps<WeightOp>(), [&](WeightOp weight) {
        return !binding.contains(weight.getSymName().str());
      });
  std::string more;
  if (missing > 1)
    more = "; " + std::to_string(missing - 1) + " more are missing";
  SmallVector<StringRef> free;
  for (auto &[name, stored] : checkpoint)
    if (!claimed.contains(name))
      free.push_back(name);
  return failure("weight `" + weight.getSymName() + "` is missing" + others +
                 suggest(weight.getSymName(), free) + more);
}

Expected<std::vector<llvm::GlobPattern>> Binder::ignored() const {
  std::vector<llvm::GlobPattern> patterns;
  auto globs = module->getAttrOfType<ArrayAttr>(kIgnoreAttr);
  if (!globs)
    return patterns;
  for (StringAttr glob : globs.getAsRange<StringAttr>()) {
    Expected<llvm::GlobPattern> pattern =
        llvm::GlobPattern::create(glob.getValue());
    if (!pattern)
      return pattern.takeError();
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

llvm::Error Binder::checkSurplus() {
  Expected<std::vector<llvm::GlobPattern>> patterns = ignored();
  if (!patterns)
    return patterns.takeError();
  std::vector<std::string> surplus;
  for (auto &[name, stored] : checkpoint) {
    auto covers = [&](const llvm::GlobPattern &p) { return p.match(name); };
    if (!claimed.contains(name) && llvm::none_of(*patterns, covers))
      surplus.push_back(name);
  }
  if (surplus.empty())
    return llvm::Error::success();

  constexpr size_t kShown = 4;
  size_t shown = std::min(surplus.size(), kShown);
  std::string names =
      "`" + llvm::join(ArrayRef(surplus).take_front(shown), "`, `") + "`";
  std::string hint;
  if (surplus.size() == 1) {
    SmallVector<StringRef> weights;
    for (auto weight : module.getOps<WeightOp>())
      weights.push_back(weight.getSymName());
    hint = suggest(surplus.front(), weights);
  }
  auto model = module->getAttrOfType<StringAttr>(kModelAttr);
  return failure(Twine(surplus.size()) +
                 (surplus.size() == 1 ? " tensor belongs" : " tensors belong") +
                 " to no weight" + (model ? " of " + model.getValue() : "") +
                 ": " + names + (surplus.size() > shown ? ", …" : "") + hint);
}

Expected<WeightBinding> Binder::bind() {
  for (auto weight : module.getOps<WeightOp>())
    if (llvm::Error error = bind(weight))
      return error;
  for (auto weight : module.getOps<WeightOp>())
    if (!binding.contains(weight.getSymName().str()))
      return reportMissing(weight);
  if (llvm::Error error = checkSurplus())
    return error;
  return binding;
}

Expected<WeightBinding> bridge::bindWeights(ModuleOp module,
                                            const Checkpoint &checkpoint) {
  return Binder(module, checkpoint).bind();
}
