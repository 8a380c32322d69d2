//===- Value.cpp - What expressions of a spec evaluate to -----------------===//
#include "Value.h"
#include "Primitives.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace bridge;
using namespace bridge::frontend;

Value Value::list(std::vector<Value> items, bool isComprehension) {
  return std::make_shared<const List>(List{std::move(items), isComprehension});
}

template <typename T> static const T *sharedAs(const Value &value) {
  auto *found = value.getAs<std::shared_ptr<const T>>();
  return found ? found->get() : nullptr;
}
const List *Value::asList() const { return sharedAs<List>(*this); }
const Recipe *Value::asRecipe() const { return sharedAs<Recipe>(*this); }
const Function *Value::asFunction() const { return sharedAs<Function>(*this); }
const MaskClosure *Value::asMask() const {
  return sharedAs<MaskClosure>(*this);
}
Instance *Value::asInstance() const {
  auto *found = getAs<Instance *>();
  return found ? *found : nullptr;
}

std::optional<int64_t> Value::integer() const {
  const Dim *dim = getAs<Dim>();
  return dim ? dim->constant() : std::nullopt;
}
std::optional<double> Value::number() const {
  if (const double *number = getAs<double>())
    return *number;
  return integer();
}

Scope *Scope::home(llvm::StringRef name) {
  for (Scope *scope = this; scope; scope = scope->parent)
    if (scope->names.find(name) != scope->names.end())
      return scope;
  return nullptr;
}
const Value *Scope::find(llvm::StringRef name) {
  for (Scope *scope = this; scope; scope = scope->parent)
    if (auto it = scope->names.find(name); it != scope->names.end())
      return &it->second;
  return nullptr;
}
std::vector<std::string> Scope::known() const {
  std::vector<std::string> known;
  for (const Scope *scope = this; scope; scope = scope->parent)
    for (const auto &entry : scope->names)
      known.push_back(entry.first);
  return known;
}

const Value *Recipe::find(llvm::StringRef name) const {
  for (const auto &[parameter, value] : parameters)
    if (parameter == name)
      return &value;
  return nullptr;
}

int64_t WeightDefinition::elements() const {
  int64_t product = 1;
  for (int64_t size : shape)
    product *= size;
  return product;
}

static std::string describeNumber(double number) {
  llvm::SmallString<32> text;
  llvm::raw_svector_ostream os(text);
  os << llvm::format("%.6g", number);
  if (text.find_first_of(".en") == llvm::StringRef::npos)
    text += ".0";
  return text.str().str();
}

/// A short list of plain values by them, another one by its length.
static std::string describeList(const List &list) {
  bool isPlain =
      list.items.size() <= 8 && llvm::all_of(list.items, [](const Value &item) {
        return item.isNumber() || item.is<bool>() || item.is<std::string>() ||
               item.isNone();
      });
  if (!isPlain)
    return "a list of " + std::to_string(list.items.size());
  std::string text;
  for (const Value &item : list.items)
    text += (text.empty() ? "" : ", ") + frontend::describe(item);
  return "[" + text + "]";
}

static std::string describeMask(const MaskValue &mask) {
  return mask.scalar.getType().isInteger(1) ? "a truth value of a mask"
                                            : "a number of a mask";
}

std::string frontend::describe(const Value &value) {
  if (value.isTensor())
    return bridge::describe(value.tensor().getType());
  if (const bool *truth = value.getAs<bool>())
    return *truth ? "true" : "false";
  if (const Dim *dim = value.getAs<Dim>())
    return bridge::describe(*dim);
  if (const double *number = value.getAs<double>())
    return describeNumber(*number);
  if (const std::string *text = value.getAs<std::string>())
    return "\"" + *text + "\"";
  if (const List *list = value.asList())
    return describeList(*list);
  if (const Recipe *recipe = value.asRecipe())
    return "the module " + recipe->module->name();
  if (Instance *instance = value.asInstance())
    return "the " + instance->moduleName() +
           (instance->path.empty() ? "" : " `" + instance->path + "`");
  if (auto *module = value.getAs<const ModuleDefinition *>())
    return "the module " + (*module)->name();
  if (const Function *function = value.asFunction())
    return "the function `" + function->node->name + "`";
  if (auto *primitive = value.getAs<const Primitive *>())
    return "the function `" + (*primitive)->name.str() + "`";
  if (value.is<Group *>())
    return "a group of names";
  if (value.asMask())
    return "a mask";
  if (auto *mask = value.getAs<MaskValue>())
    return describeMask(*mask);
  return "none";
}

std::optional<bool> frontend::equalValues(const Value &left,
                                          const Value &right) {
  if (left.is<Dim>() && right.is<Dim>()) {
    Dim difference = *left.getAs<Dim>() - *right.getAs<Dim>();
    if (std::optional<int64_t> constant = difference.constant())
      return *constant == 0;
    return std::nullopt;
  }
  if (left.isNumber() && right.isNumber()) {
    if (!left.number() || !right.number())
      return std::nullopt;
    return *left.number() == *right.number();
  }
  const List *a = left.asList(), *b = right.asList();
  if (a && b) {
    if (a->items.size() != b->items.size())
      return false;
    bool undecided = false;
    for (auto [x, y] : llvm::zip(a->items, b->items)) {
      std::optional<bool> equal = equalValues(x, y);
      if (equal && !*equal)
        return false;
      undecided |= !equal;
    }
    return undecided ? std::nullopt : std::optional<bool>(true);
  }
  if (left.isTensor() || right.isTensor())
    return left.isTensor() && right.isTensor() &&
           left.tensor() == right.tensor();
  return keyOf(left) == keyOf(right);
}

//===----------------------------------------------------------------------===//
// Keys and tensors inside values
//===----------------------------------------------------------------------===//

namespace {
struct KeyWriter {
  llvm::raw_string_ostream os;

  void pointer(char kind, const void *address) { os << kind << address; }
  void write(const Value &value);
  void write(const MaskClosure &mask);
};
} // namespace

void KeyWriter::write(const MaskClosure &mask) {
  pointer('m', mask.node);
  if (!mask.node)
    os << mask.op;
  os << '(';
  for (const auto &[name, value] : mask.captures) {
    write(value);
    os << ',';
  }
  for (const auto &operand : mask.operands) {
    write(*operand);
    os << ',';
  }
  os << ')';
}

void KeyWriter::write(const Value &value) {
  if (value.isTensor()) {
    pointer('t', value.tensor().getType().getAsOpaquePointer());
  } else if (const bool *truth = value.getAs<bool>()) {
    os << (*truth ? "true" : "false");
  } else if (const Dim *dim = value.getAs<Dim>()) {
    os << dim->str();
  } else if (const double *number = value.getAs<double>()) {
    os << llvm::format("f%a", *number);
  } else if (const std::string *text = value.getAs<std::string>()) {
    os << '"' << *text << '"';
  } else if (const List *list = value.asList()) {
    os << (list->isComprehension ? "c[" : "[");
    for (const Value &item : list->items) {
      write(item);
      os << ',';
    }
    os << ']';
  } else if (const Recipe *recipe = value.asRecipe()) {
    pointer('r', recipe->module);
    os << '(';
    for (const auto &[name, parameter] : recipe->parameters) {
      write(parameter);
      os << ',';
    }
    os << ')';
  } else if (Instance *instance = value.asInstance()) {
    pointer('i', instance);
  } else if (auto *module = value.getAs<const ModuleDefinition *>()) {
    pointer('M', *module);
  } else if (const Function *function = value.asFunction()) {
    pointer('d', function->node);
    pointer('@', function->scope);
  } else if (auto *primitive = value.getAs<const Primitive *>()) {
    pointer('p', *primitive);
  } else if (auto *group = value.getAs<Group *>()) {
    pointer('g', *group);
  } else if (const MaskClosure *mask = value.asMask()) {
    write(*mask);
  } else if (auto *weight = value.getAs<const WeightDefinition *>()) {
    pointer('w', *weight);
  } else {
    os << "none";
  }
}

std::string frontend::keyOf(const Value &value) {
  std::string text;
  KeyWriter{llvm::raw_string_ostream(text)}.write(value);
  return text;
}

static void collect(const MaskClosure &mask,
                    std::vector<mlir::Value> &tensors) {
  for (const auto &capture : mask.captures)
    collectTensors(capture.second, tensors);
  for (const auto &operand : mask.operands)
    collect(*operand, tensors);
}

void frontend::collectTensors(const Value &value,
                              std::vector<mlir::Value> &tensors) {
  if (value.isTensor())
    tensors.push_back(value.tensor());
  else if (const List *list = value.asList())
    for (const Value &item : list->items)
      collectTensors(item, tensors);
  else if (const MaskClosure *mask = value.asMask())
    collect(*mask, tensors);
}

static std::shared_ptr<const MaskClosure>
replace(const MaskClosure &mask, llvm::ArrayRef<mlir::Value> &tensors) {
  auto copy = std::make_shared<MaskClosure>(mask);
  for (auto &capture : copy->captures)
    capture.second = replaceTensors(capture.second, tensors);
  for (auto &operand : copy->operands)
    operand = replace(*operand, tensors);
  return copy;
}

Value frontend::replaceTensors(const Value &value,
                               llvm::ArrayRef<mlir::Value> &tensors) {
  if (value.isTensor())
    return tensors.consume_front();
  if (const List *list = value.asList()) {
    std::vector<Value> items;
    for (const Value &item : list->items)
      items.push_back(replaceTensors(item, tensors));
    return Value::list(std::move(items), list->isComprehension);
  }
  if (const MaskClosure *mask = value.asMask())
    return replace(*mask, tensors);
  return value;
}
