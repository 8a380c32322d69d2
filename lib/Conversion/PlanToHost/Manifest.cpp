//===- Manifest.cpp - What a program says about itself --------------------===//
#include "bridge/Conversion/Manifest.h"

using namespace mlir;
using namespace bridge;
namespace json = llvm::json;
using llvm::json::Array;
using llvm::json::Object;

static StringRef dtypeOf(Type type) {
  if (type.isF32())
    return "f32";
  if (type.isBF16())
    return "bf16";
  return type.isInteger(1) ? "bool" : "i32";
}

static Array dimsOf(DimsAttr dims) {
  Array shape;
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

static void write(json::OStream &os, const Frame &frame,
                  const PlanLayout &layout) {
  os.object([&] {
    os.attributeArray("buffers", [&] {
      for (plan::BufferOp buffer : frame.buffers)
        os.object([&] {
          os.attribute("bytes", buffer.getBytes());
          os.attribute("first", static_cast<int64_t>(buffer.getFirst()));
          os.attribute("last", static_cast<int64_t>(buffer.getLast()));
        });
    });
    os.attributeArray("calls", [&] {
      for (plan::FrameOp call : frame.calls)
        os.object([&] {
          os.attribute("frame", layout.frameIndex(call.getCallee()));
          os.attribute("at", static_cast<int64_t>(call.getAt()));
        });
    });
  });
}

static void write(json::OStream &os, WeightOp op) {
  os.object([&] {
    os.attribute("name", op.getSymName());
    os.attribute("dtype", dtypeOf(op.getTensorType().getElementType()));
    os.attributeArray("shape", [&] {
      for (int64_t size : op.getTensorType().getShape())
        os.value(std::to_string(size));
    });
    os.attributeArray("sources", [&] {
      for (auto source : op.getSources().getAsRange<SourceAttr>())
        os.object([&] {
          os.attribute("name", source.getName());
          os.attribute("view", source.getView());
        });
    });
    os.attribute("frozen", op.getFrozen());
    if (FloatAttr init = op.getInitAttr())
      os.attribute("init", init.getValueAsDouble());
  });
}

static void writeStrings(json::OStream &os, StringRef key, ArrayAttr strings) {
  os.attributeArray(key, [&] {
    if (strings)
      for (auto text : strings.getAsRange<StringAttr>())
        os.value(text.getValue());
  });
}

StringRef bridge::modelName(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(kModelAttr);
  return name ? name.getValue() : "model";
}

Array bridge::describeEntries(const PlanLayout &layout) {
  Array entries;
  for (func::FuncOp function : layout.entries())
    entries.push_back(entry(function, layout));
  return entries;
}

static void write(json::OStream &os, ModuleOp module, const PlanLayout &layout,
                  const json::Value *preprocessor) {
  llvm::StringMap<int64_t> numbers;
  os.attribute("model", modelName(module));
  os.attribute("dims", Array(layout.dims()));
  os.attribute("entries", describeEntries(layout));
  os.attributeArray("frames", [&] {
    for (const Frame &frame : layout.frames())
      write(os, frame, layout);
  });
  os.attributeArray("weights", [&] {
    for (WeightOp op : module.getOps<WeightOp>()) {
      numbers.try_emplace(op.getSymName(), numbers.size());
      write(os, op);
    }
  });
  os.attributeArray("slots", [&] {
    for (const WeightSlot &slot : layout.slots())
      os.object([&] {
        os.attribute("weight", numbers.lookup(slot.weight.getValue()));
        os.attribute("view", slot.view.getValue());
        os.attribute("dtype", dtypeOf(slot.element));
        os.attribute("layout", slot.panels ? "panels" : "rows");
      });
  });
  writeStrings(os, "ignore", module->getAttrOfType<ArrayAttr>(kIgnoreAttr));
  writeStrings(os, "sites", module->getAttrOfType<ArrayAttr>(plan::kSitesAttr));
  if (preprocessor)
    os.attribute("preprocessor", *preprocessor);
}

std::string bridge::makeManifest(ModuleOp module, const PlanLayout &layout,
                                 const json::Value *preprocessor) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  // JSON is written character by character.
  stream.SetBufferSize(1 << 14);
  json::OStream os(stream);
  os.object([&] { write(os, module, layout, preprocessor); });
  stream.flush();
  return text;
}
