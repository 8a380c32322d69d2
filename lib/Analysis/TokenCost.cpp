//===- TokenCost.cpp - What vision takes of a language model --------------===//
#include "bridge/Analysis/TokenCost.h"
#include "bridge/Analysis/PartPath.h"
#include "bridge/IR/Bridge.h"
#include "bridge/IR/ShapeRules.h"

using namespace mlir;
using namespace bridge;

//===----------------------------------------------------------------------===//
// Visual tokens
//===----------------------------------------------------------------------===//

namespace {

/// Follows what was seen and what are words through the operations of an entry.
class Flow {
public:
  explicit Flow(func::FuncOp entry) {
    for (Operation &op : entry.getBody().front().without_terminator())
      follow(op);
  }

  VisualTokens tokens;

private:
  void follow(Operation &op);
  void meet(Value value, bool inSequence);

  llvm::DenseSet<Value> seen, words, met, metInSequence;
};

} // namespace

static Dim rowsOf(Value value) {
  SmallVector<Dim> dims = getDims(value);
  return product(ArrayRef(dims).drop_back());
}

void Flow::meet(Value value, bool inSequence) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!type.getElementType().isF32() || type.getRank() < 2)
    return;
  if (met.insert(value).second)
    tokens.all = tokens.all + rowsOf(value);
  if (inSequence && metInSequence.insert(value).second)
    tokens.inSequence = tokens.inSequence + rowsOf(value);
}

void Flow::follow(Operation &op) {
  llvm::SetVector<Value> read(op.operand_begin(), op.operand_end());
  op.walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (operand.getParentBlock() == op.getBlock())
        read.insert(operand);
  });
  bool isLanguage = isa<DecoderOp, GatedFusionOp>(op);
  bool isVision = isa<EncoderOp, ResamplerOp, ProjectionOp>(op);
  bool readsWords =
      llvm::any_of(read, [&](Value value) { return words.contains(value); });
  bool readsSeen =
      llvm::any_of(read, [&](Value value) { return seen.contains(value); });
  if (isLanguage || (readsWords && !isVision)) {
    for (Value value : read)
      if (seen.contains(value) && !words.contains(value))
        meet(value, /*inSequence=*/!isLanguage);
    words.insert(op.result_begin(), op.result_end());
  } else if (isVision || readsSeen) {
    seen.insert(op.result_begin(), op.result_end());
  }
}

VisualTokens bridge::countVisualTokens(func::FuncOp entry) {
  return Flow(entry).tokens;
}

std::vector<Dim> bridge::contextLeft(func::FuncOp entry) {
  std::vector<Dim> left;
  entry.walk([&](CheckOp check) {
    Dim bound = *Dim::parse(check.getRhs());
    if (check.getKind() == CompareKind::Le && bound.isStatic())
      left.push_back(bound - *Dim::parse(check.getLhs()));
  });
  return left;
}

//===----------------------------------------------------------------------===//
// Keys and values
//===----------------------------------------------------------------------===//

namespace {

class Caches {
public:
  Caches(ModuleOp module, func::FuncOp parts) : symbols(module) {
    parts.walk([&](Operation *op) {
      if (!isa<EncoderOp, ResamplerOp, ProjectionOp, DecoderOp, GatedFusionOp>(
              op))
        return;
      bool isLanguage = isa<DecoderOp, GatedFusionOp>(op);
      roles.try_emplace(op->getAttrOfType<StringAttr>("path").getValue(),
                        isLanguage);
    });
  }

  void addFunction(func::FuncOp function, const CallContext &context);

  Dim numbers;

private:
  bool isLanguage(StringRef path) const;

  SymbolTable symbols;
  llvm::StringMap<bool> roles;
};

} // namespace

/// The innermost part with a role decides.
bool Caches::isLanguage(StringRef path) const {
  while (!path.empty()) {
    auto role = roles.find(path);
    if (role != roles.end())
      return role->second;
    path = path.contains('.') ? path.rsplit('.').first : "";
  }
  return false;
}

void Caches::addFunction(func::FuncOp function, const CallContext &context) {
  function.walk([&](Operation *op) {
    std::string path = context.resolve(partPath(op->getLoc()));
    if (auto call = dyn_cast<bridge::CallOp>(op)) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      addFunction(callee, {partPath(callee.getLoc()), path});
    } else if (auto attention = dyn_cast<AttentionOp>(op);
               attention && isLanguage(path)) {
      numbers = numbers + product(getDims(attention.getK())) +
                product(getDims(attention.getV()));
    }
  });
}

Dim bridge::countCachedNumbers(ModuleOp fused, func::FuncOp entry,
                               func::FuncOp parts) {
  Caches caches(fused, parts);
  caches.addFunction(entry, {});
  return caches.numbers;
}
