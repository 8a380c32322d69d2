//===- Manifest.cpp - What a program says about itself --------------------===//
#include "bridge/Conversion/Manifest.h"

using namespace mlir;
using namespace bridge;
using llvm::json::Array;
using llvm::json::Object;

static StringRef dtypeOf(Type type) {
  if (type.isF32())
    return "f32";
  if (type.isBF16())
    return "bf16";
  return type.isInteger(1) ? "bool" : "i32";
}

/// An array that takes `size` elements. Growing would copy them, and all that
/// is in them.
static Array arrayFor(size_t size) {
  Array array;
  array.reserve(size);
  return array;
}

static Array dimsOf(DimsAttr dims) {
  Array shape = arrayFor(dims.getExprs().size());
  for (StringAttr expr : dims.getExprs())
    shape.push_back(expr.getValue());
  return shape;
}

static Object tensor(func::FuncOp function, unsigned index) {
  auto view = cast<plan::ViewType>(function.getArgumentTypes()[index]);
  auto name = function.getArgAttrOfType<StringAttr>(index, kNameAttr);
  return Object{{"name", name ? name.getValue() : ""},
                {"dtype", dtypeOf(view.getElementType())},
                {"shape", dimsOf(view.getSizes())}};
}

static Object entry(func::FuncOp function, const PlanLayout &layout) {
  Array inputs, outputs, checks;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    (function.getArgAttr(i, plan::kOutputAttr) ? outputs : inputs)
        .push_back(tensor(function, i));
  for (auto check : function.getOps<CheckOp>())
    checks.push_back(Object{{"lhs", check.getLhs()},
                            {"op", stringifyCompareKind(check.getKind())},
                            {"rhs", check.getRhs()},
                            {"text", check.getText()},
                            {"where", check.getWhere()}});
  return Object{{"name", function.getSymName()},
                {"inputs", std::move(inputs)},
                {"outputs", std::move(outputs)},
                {"checks", std::move(checks)},
                {"frame", layout.frameIndex(function.getSymName())}};
}

static Object frame(const Frame &frame, const PlanLayout &layout) {
  Array buffers = arrayFor(frame.buffers.size());
  Array calls = arrayFor(frame.calls.size());
  for (plan::BufferOp buffer : frame.buffers)
    buffers.push_back(Object{{"bytes", buffer.getBytes()},
                             {"first", static_cast<int64_t>(buffer.getFirst())},
                             {"last", static_cast<int64_t>(buffer.getLast())}});
  for (plan::FrameOp call : frame.calls)
    calls.push_back(Object{{"frame", layout.frameIndex(call.getCallee())},
                           {"at", static_cast<int64_t>(call.getAt())}});
  return Object{{"buffers", std::move(buffers)}, {"calls", std::move(calls)}};
}

static Object weight(WeightOp op) {
  Array shape = arrayFor(op.getTensorType().getRank());
  Array sources = arrayFor(op.getSources().size());
  for (int64_t size : op.getTensorType().getShape())
    shape.push_back(std::to_string(size));
  for (auto source : op.getSources().getAsRange<SourceAttr>())
    sources.push_back(
        Object{{"name", source.getName()}, {"view", source.getView()}});
  Object result{{"name", op.getSymName()},
                {"dtype", dtypeOf(op.getTensorType().getElementType())},
                {"shape", std::move(shape)},
                {"sources", std::move(sources)},
                {"frozen", op.getFrozen()}};
  if (FloatAttr init = op.getInitAttr())
    result["init"] = init.getValueAsDouble();
  return result;
}

Object bridge::makeManifest(ModuleOp module, const PlanLayout &layout) {
  auto declared = module.getOps<WeightOp>();
  Array dims, ignore, sites;
  Array entries = arrayFor(layout.entries().size());
  Array frames = arrayFor(layout.frames().size());
  Array weights = arrayFor(std::distance(declared.begin(), declared.end()));
  Array slots = arrayFor(layout.slots().size());
  llvm::append_range(dims, layout.dims());
  for (func::FuncOp function : layout.entries())
    entries.push_back(entry(function, layout));
  for (const Frame &f : layout.frames())
    frames.push_back(frame(f, layout));
  llvm::StringMap<int64_t> numbers;
  for (WeightOp op : declared) {
    numbers[op.getSymName()] = weights.size();
    weights.push_back(weight(op));
  }
  for (const WeightSlot &slot : layout.slots())
    slots.push_back(Object{{"weight", numbers.lookup(slot.weight.getValue())},
                           {"view", slot.view.getValue()},
                           {"dtype", dtypeOf(slot.element)},
                           {"layout", slot.panels ? "panels" : "rows"}});
  auto strings = [&](StringRef attribute, Array &list) {
    if (auto array = module->getAttrOfType<ArrayAttr>(attribute))
      for (auto text : array.getAsRange<StringAttr>())
        list.push_back(text.getValue());
  };
  strings(kIgnoreAttr, ignore);
  strings(plan::kSitesAttr, sites);
  auto model = module->getAttrOfType<StringAttr>(kModelAttr);
  return Object{{"model", model ? model.getValue() : "model"},
                {"dims", std::move(dims)},
                {"entries", std::move(entries)},
                {"frames", std::move(frames)},
                {"weights", std::move(weights)},
                {"ignore", std::move(ignore)},
                {"slots", std::move(slots)},
                {"sites", std::move(sites)}};
}
