//===- TensorPrimitives.cpp - Primitives that only tensors have -----------===//
#include "Primitives.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::failure;
using llvm::FailureOr;

static FailureOr<Value> applyLinear(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto weight = call.tensor(1);
  auto bias = call.optionalTensor(2);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.linear(x, weight, bias); });
}

static FailureOr<Value> applyConv2d(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto weight = call.tensor(1);
  auto bias = call.optionalTensor(2);
  auto stride = call.integer(3, 1);
  auto padding = call.integer(4, 0);
  auto groups = call.integer(5, 1);
  return call.emit([&](TensorEmitter &emitter) {
    return emitter.conv2d(x, weight, bias, stride, padding, groups);
  });
}

static FailureOr<Value> applyEmbedding(PrimitiveCall &call) {
  auto ids = call.tensor(0);
  auto table = call.tensor(1);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.embedding(ids, table); });
}

static FailureOr<Value> applyLayerNorm(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto weight = call.optionalTensor(1);
  auto bias = call.optionalTensor(2);
  auto eps = call.number(3, 1e-5);
  return call.emit([&](TensorEmitter &emitter) {
    return emitter.layerNorm(x, weight, bias, eps);
  });
}

static FailureOr<Value> applyRmsNorm(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto weight = call.optionalTensor(1);
  auto eps = call.number(2, 1e-6);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.rmsNorm(x, weight, eps); });
}

static FailureOr<Value> applySoftmax(PrimitiveCall &call) {
  auto x = call.tensor(0);
  if (call.hasFailed())
    return failure();
  if (!call.has(1))
    return call.emit(
        [&](TensorEmitter &emitter) { return emitter.softmax(x); });
  const MaskClosure *mask = call[1].asMask();
  if (!mask)
    return call.expected("a mask", 1);
  std::optional<llvm::StringRef> empty;
  if (call.has(2)) {
    const std::string *word = call[2].getAs<std::string>();
    if (!word)
      return call.expected("\"zero\" or \"uniform\"", 2);
    empty = *word;
  }
  Evaluator &evaluator = call.evaluator;
  auto body = [&](MaskEmitter &positions) -> FailureOr<MaskOperand> {
    MaskEmitter *outer = std::exchange(evaluator.mask, &positions);
    auto seen = evaluator.maskPredicate(*mask, positions, call.range);
    evaluator.mask = outer;
    return seen;
  };
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.softmax(x, body, empty); });
}

static FailureOr<Value> applyLogSoftmax(PrimitiveCall &call) {
  auto x = call.tensor(0);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.logSoftmax(x); });
}

static FailureOr<Value> applyL2Normalize(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto eps = call.number(1, 0);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.l2Normalize(x, eps); });
}

static FailureOr<Value> applyRotary(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto angles = call.tensor(1);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.rotary(x, angles); });
}

static FailureOr<Value> applyCrossEntropy(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto labels = call.tensor(1);
  auto ignore = call.integer(2, 0);
  auto smoothing = call.number(3, 0);
  std::optional<int64_t> ignored;
  if (call.has(2))
    ignored = ignore;
  return call.emit([&](TensorEmitter &emitter) {
    return emitter.crossEntropy(x, labels, ignored, smoothing);
  });
}

template <ExtremeKind kind>
static FailureOr<Value> applyArgExtreme(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto axis = call.integer(1, -1);
  auto keep = call.truth(2, false);
  return call.emit([&](TensorEmitter &emitter) {
    return emitter.argExtreme(kind, x, axis, keep);
  });
}

static FailureOr<Value> applyCumsum(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto axis = call.integer(1, -1);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.cumsum(x, axis); });
}

static FailureOr<Value> applyConcat(PrimitiveCall &call) {
  auto parts = call.tensors(0);
  auto axis = call.integer(1, -1);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.concat(parts, axis); });
}

static FailureOr<Value> applyStack(PrimitiveCall &call) {
  auto parts = call.tensors(0);
  auto axis = call.integer(1, 0);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.stack(parts, axis); });
}

static FailureOr<Value> applyPad(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto before = call.dimension(1, 0);
  auto after = call.dimension(2, 0);
  auto axis = call.integer(3, -1);
  return call.emit([&](TensorEmitter &emitter) {
    return emitter.pad(x, before, after, axis);
  });
}

static FailureOr<Value> applySplice(PrimitiveCall &call) {
  auto x = call.tensor(0);
  auto values = call.tensor(1);
  auto at = call.tensor(2);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.splice(x, values, at); });
}

static FailureOr<Value> applyArange(PrimitiveCall &call) {
  auto count = call.dimension(0, 0);
  return call.emit(
      [&](TensorEmitter &emitter) { return emitter.arange(count); });
}

llvm::ArrayRef<Primitive> frontend::tensorPrimitives() {
  static const Primitive table[] = {
      {"linear", {"x", "w", "b?"}, applyLinear},
      {"conv2d",
       {"x", "w", "b?", "stride?", "padding?", "groups?"},
       applyConv2d},
      {"embedding", {"ids", "w"}, applyEmbedding},
      {"layer_norm", {"x", "w?", "b?", "eps?"}, applyLayerNorm},
      {"rms_norm", {"x", "w?", "eps?"}, applyRmsNorm},
      {"softmax", {"x", "where?", "empty?"}, applySoftmax},
      {"log_softmax", {"x"}, applyLogSoftmax},
      {"l2_normalize", {"x", "eps?"}, applyL2Normalize},
      {"rotary", {"x", "angles"}, applyRotary},
      {"cross_entropy",
       {"x", "labels", "ignore?", "smoothing?"},
       applyCrossEntropy},
      {"argmax", {"x", "axis", "keep?"}, applyArgExtreme<ExtremeKind::Max>},
      {"argmin", {"x", "axis", "keep?"}, applyArgExtreme<ExtremeKind::Min>},
      {"cumsum", {"x", "axis"}, applyCumsum},
      {"concat", {"parts", "axis"}, applyConcat},
      {"stack", {"parts", "axis"}, applyStack},
      {"pad", {"x", "before?", "after?", "axis"}, applyPad},
      {"splice", {"x", "values", "at"}, applySplice},
      {"arange", {"n"}, applyArange},
  };
  return table;
}
