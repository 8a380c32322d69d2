//===- Kinds.cpp - What parameters of modules take ------------------------===//
#include "Kinds.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace bridge;
using namespace bridge::frontend;
using llvm::StringRef;

namespace {
enum class Kind {
  Any,
  Integer,
  Size,
  Count,
  Number,
  Fraction,
  Truth,
  String,
  List,
  Function,
  Module,
  NumberOrTruth
};
} // namespace

static constexpr std::pair<StringRef, Kind> kKinds[] = {
    {"int", Kind::Integer},       {"float", Kind::Number},
    {"fraction", Kind::Fraction}, {"bool", Kind::Truth},
    {"string", Kind::String},     {"list", Kind::List},
    {"function", Kind::Function}, {"module", Kind::Module}};

static std::optional<Kind> kindNamed(StringRef name) {
  const auto *found = llvm::find_if(
      kKinds, [&](const auto &kind) { return kind.first == name; });
  return found == std::end(kKinds) ? std::nullopt
                                   : std::optional(found->second);
}

static const ast::Declarator *parameterNamed(const ModuleDefinition &module,
                                             StringRef name) {
  for (const ast::Declarator *parameter : module.node->parameters)
    if (parameter->name() == name)
      return parameter;
  return nullptr;
}

/// What a literal says about the parameter whose default it is.
static Kind kindOf(const ast::Literal &literal) {
  if (std::holds_alternative<bool>(literal.value))
    return Kind::Truth;
  if (std::holds_alternative<double>(literal.value))
    return Kind::Number;
  if (std::holds_alternative<std::string>(literal.value))
    return Kind::String;
  const auto *integer = std::get_if<int64_t>(&literal.value);
  if (!integer)
    return Kind::Any;
  return *integer > 0 ? Kind::Size : Kind::Count;
}

static Kind kindOf(const ast::Declarator &parameter,
                   const ModuleDefinition &module) {
  if (parameter.typeIsList)
    return Kind::List;
  if (!parameter.type.empty())
    return kindNamed(parameter.type).value_or(Kind::Module);
  if (!parameter.value)
    return Kind::NumberOrTruth;
  if (const auto *literal = llvm::dyn_cast<ast::Literal>(parameter.value))
    return kindOf(*literal);
  if (llvm::isa<ast::Binary>(parameter.value))
    return Kind::NumberOrTruth;
  // `kv_heads=heads`; defaults mention only parameters before them.
  const auto *name = llvm::dyn_cast<ast::Name>(parameter.value);
  const ast::Declarator *other =
      name ? parameterNamed(module, name->name) : nullptr;
  return other && other != &parameter ? kindOf(*other, module) : Kind::Any;
}

static StringRef textOf(Kind kind) {
  switch (kind) {
  case Kind::Any:
    return "a value";
  case Kind::Integer:
    return "an integer";
  case Kind::Size:
    return "an integer of at least 1";
  case Kind::Count:
    return "an integer of at least 0";
  case Kind::Number:
  case Kind::NumberOrTruth:
    return "a number";
  case Kind::Fraction:
    return "a number between 0 and 1";
  case Kind::Truth:
    return "true or false";
  case Kind::String:
    return "a string";
  case Kind::List:
    return "a list";
  case Kind::Function:
    return "a function";
  case Kind::Module:
    return "a module";
  }
  llvm_unreachable("unknown kind");
}

static bool isIntegerFrom(const Value &value, int64_t least) {
  std::optional<int64_t> integer = value.integer();
  return value.is<Dim>() && (!integer || *integer >= least);
}

/// Tensors are computed in f32.
static bool isRepresentable(const Value &value) {
  constexpr double largest = std::numeric_limits<float>::max();
  std::optional<double> number = value.number();
  return value.isNumber() && (!number || std::abs(*number) <= largest);
}

static bool holds(Kind kind, const Value &value) {
  switch (kind) {
  case Kind::Any:
  case Kind::Module:
    return true;
  case Kind::Integer:
    return value.is<Dim>();
  case Kind::Size:
    return isIntegerFrom(value, 1);
  case Kind::Count:
    return isIntegerFrom(value, 0);
  case Kind::Number:
    return isRepresentable(value);
  case Kind::NumberOrTruth:
    return isRepresentable(value) || value.is<bool>();
  case Kind::Fraction: {
    std::optional<double> number = value.number();
    return number && *number > 0 && *number < 1;
  }
  case Kind::Truth:
    return value.is<bool>();
  case Kind::String:
    return value.is<std::string>();
  case Kind::List:
    return value.asList();
  case Kind::Function:
    return value.asFunction() || value.is<const Primitive *>() ||
           value.asInstance() || value.asList();
  }
  llvm_unreachable("unknown kind");
}

const ModuleDefinition *frontend::moduleKind(const ast::Declarator &parameter,
                                             const ModuleDefinition &module) {
  const Value *named =
      parameter.type.empty() ? nullptr : module.scope->find(parameter.type);
  auto *found = named ? named->getAs<const ModuleDefinition *>() : nullptr;
  return found ? *found : nullptr;
}

bool frontend::isUnknownKind(const ast::Declarator &parameter,
                             const ModuleDefinition &module) {
  return !parameter.type.empty() && !kindNamed(parameter.type) &&
         !moduleKind(parameter, module);
}

std::vector<std::string> frontend::namesOfKinds() {
  std::vector<std::string> names;
  for (const auto &kind : kKinds)
    names.push_back(kind.first.str());
  return names;
}

static std::string moduleProblem(const ast::Declarator &parameter,
                                 const Value &value,
                                 const ModuleDefinition &module) {
  const ModuleDefinition *wanted = moduleKind(parameter, module);
  const Recipe *recipe = value.asRecipe();
  if (recipe && (!wanted || recipe->module == wanted))
    return "";
  return wanted ? "a " + wanted->name() : "a module";
}

std::string frontend::kindProblem(const ast::Declarator &parameter,
                                  const Value &value,
                                  const ModuleDefinition &module) {
  if (parameter.typeIsList) {
    const List *list = value.asList();
    bool isRight = list && llvm::all_of(list->items, [&](const Value &item) {
                     return moduleProblem(parameter, item, module).empty();
                   });
    return isRight ? "" : "a list of modules";
  }
  Kind kind = kindOf(parameter, module);
  if (kind == Kind::Module)
    return moduleProblem(parameter, value, module);
  if (holds(kind, value))
    return "";
  if (kind != Kind::Fraction && value.is<double>() && !isRepresentable(value))
    return "a number that f32 can hold";
  return textOf(kind).str();
}

bool frontend::mayBeNegative(const ast::Declarator &parameter,
                             const ModuleDefinition &module) {
  Kind kind = kindOf(parameter, module);
  return kind == Kind::Number || kind == Kind::Any;
}

bool frontend::nullMeans(const ast::Node *fallback,
                         const ModuleDefinition &module) {
  if (!fallback || llvm::isa<ast::List>(fallback))
    return false;
  if (const auto *literal = llvm::dyn_cast<ast::Literal>(fallback)) {
    const bool *truth = std::get_if<bool>(&literal->value);
    return std::holds_alternative<std::monostate>(literal->value) ||
           (truth && !*truth);
  }
  if (const auto *name = llvm::dyn_cast<ast::Name>(fallback))
    return parameterNamed(module, name->name);
  return true;
}
