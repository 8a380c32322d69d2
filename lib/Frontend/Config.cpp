//===- Config.cpp - From config.json to parameters ------------------------===//
#include "Kinds.h"
#include "Library.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

namespace json = llvm::json;

/// Deeper nesting than any config has.
static constexpr unsigned kMaxNesting = 32;

static std::string textOf(const json::Value &value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << value;
  if (text.size() > 80)
    text = text.substr(0, 77) + "…";
  return text;
}

static bool isNull(const json::Value &value) {
  return value.kind() == json::Value::Null;
}

/// The value of a field, or null; `a.b` reaches into nested ones, whose names
/// may have points themselves.
static const json::Value *lookUp(const json::Object &config, StringRef field) {
  for (size_t point = field.find('.');; point = field.find('.', point + 1)) {
    const json::Value *value = config.get(field.take_front(point));
    if (point == StringRef::npos)
      return value;
    const json::Object *nested = value ? value->getAsObject() : nullptr;
    if (const json::Value *found =
            nested ? lookUp(*nested, field.drop_front(point + 1)) : nullptr)
      return found;
  }
}

/// Whether a rule names a part of the field.
static bool hasParts(const std::set<std::string> &used,
                     const std::string &field) {
  auto below = used.lower_bound(field + ".");
  return below != used.end() && StringRef(*below).starts_with(field + ".");
}

/// The fields that are not null; a nested config by its parts where a rule
/// names its parts.
static void collectFields(const json::Object &config,
                          const std::set<std::string> &used,
                          const std::string &prefix, unsigned depth,
                          std::vector<std::string> &fields) {
  std::vector<std::string> names;
  for (const auto &entry : config)
    names.push_back(llvm::StringRef(entry.first).str());
  llvm::sort(names);
  for (const std::string &name : names) {
    std::string field = prefix + name;
    const json::Value &value = *config.get(name);
    const json::Object *nested = value.getAsObject();
    if (nested && !used.count(field) && hasParts(used, field) &&
        depth < kMaxNesting)
      collectFields(*nested, used, field + ".", depth + 1, fields);
    else if (!isNull(value))
      fields.push_back(field);
  }
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// A number, a truth value, a string or a list of these.
static std::optional<Value> plainValue(const json::Value &value,
                                       unsigned depth = 0) {
  switch (value.kind()) {
  case json::Value::Null:
    return Value();
  case json::Value::Boolean:
    return Value(*value.getAsBoolean());
  case json::Value::Number:
    if (std::optional<int64_t> integer = value.getAsInteger()) {
      // 1e4 and 10000.0 are floats in a config, but equal to an integer.
      return Value(Dim(*integer));
    }
    if (!std::isfinite(*value.getAsNumber()))
      return std::nullopt;
    return Value(*value.getAsNumber());
  case json::Value::String:
    return Value(value.getAsString()->str());
  case json::Value::Array: {
    if (depth > kMaxNesting)
      return std::nullopt;
    std::vector<Value> items;
    for (const json::Value &item : *value.getAsArray()) {
      std::optional<Value> element = plainValue(item, depth + 1);
      if (!element)
        return std::nullopt;
      items.push_back(std::move(*element));
    }
    return Value::list(std::move(items));
  }
  case json::Value::Object:
    return std::nullopt;
  }
  return std::nullopt;
}

/// What a field has to be for a parameter of this kind.
static std::string fieldText(const ast::Declarator &parameter,
                             const ModuleDefinition &module) {
  bool isModule = parameter.type == "module" || moduleKind(parameter, module);
  if (isModule)
    return parameter.typeIsList ? "a list of nested configs"
                                : "a nested config";
  if (parameter.type == "function")
    return "the name of a function";
  return kindProblem(parameter, Value(), module);
}

FailureOr<Value> Library::convert(const json::Value &value,
                                  const ast::Declarator &parameter,
                                  const ModuleDefinition &module,
                                  std::string where, SourceRange range) {
  const std::string &kind = parameter.type;
  const ModuleDefinition *wanted = moduleKind(parameter, module);
  auto expected = [&](StringRef what) -> FailureOr<Value> {
    return evaluator.error(range, where + " is " + what.str() + ", found " +
                                      textOf(value));
  };
  if (kind == "module" || wanted) {
    if (parameter.typeIsList) {
      const json::Array *array = value.getAsArray();
      if (!array)
        return expected(fieldText(parameter, module));
      std::vector<Value> recipes;
      for (auto [i, item] : llvm::enumerate(*array)) {
        std::string at = where + "[" + std::to_string(i) + "]";
        const json::Object *nested = item.getAsObject();
        if (!nested)
          return evaluator.error(range, at + " is a nested config, found " +
                                            textOf(item));
        FailureOr<Value> recipe = configure(*nested, at, wanted, range);
        if (failed(recipe))
          return failure();
        recipes.push_back(*recipe);
      }
      return Value::list(std::move(recipes));
    }
    const json::Object *nested = value.getAsObject();
    if (!nested)
      return expected(fieldText(parameter, module));
    return configure(*nested, where, wanted, range);
  }
  if (kind == "function") {
    std::optional<StringRef> name = value.getAsString();
    if (!name)
      return expected(fieldText(parameter, module));
    const Value *found = module.scope->find(*name);
    if (!found || !(found->asFunction() || found->is<const Primitive *>()))
      return evaluator
          .error(range,
                 where + ": there is no function \"" + name->str() + "\"")
          .suggest(*name, module.scope->known());
    return *found;
  }
  std::optional<Value> plain = plainValue(value);
  if (!plain)
    return expected(value.kind() == json::Value::Object
                        ? "a value, not a nested config"
                        : "a value");
  const List *list = plain->asList();
  if (list && kind != "list")
    return expected("one value");
  if (list && llvm::any_of(list->items,
                           [](const Value &item) { return item.isNone(); }))
    return expected("a list without null");
  if (kind == "list" && !list)
    return Value::list({*plain});
  std::string problem = kindProblem(parameter, *plain, module);
  if (!problem.empty())
    return expected(problem);
  if (plain->number() && *plain->number() < 0 &&
      !mayBeNegative(parameter, module))
    return expected("an integer of at least 0");
  return *plain;
}

//===----------------------------------------------------------------------===//
// Sections
//===----------------------------------------------------------------------===//

namespace {
/// Reads one config by one section.
class SectionReader {
public:
  SectionReader(Library &library, Evaluator &evaluator,
                const json::Object &config, std::string where,
                const ModuleDefinition &module)
      : library(library), evaluator(evaluator), config(config),
        where(std::move(where)), module(module) {}

  LogicalResult read(const ast::Config &section);
  LogicalResult refuseUnknown(const ast::Config &section,
                              const std::set<std::string> &ignored);
  FailureOr<Value> makeRecipe(const ast::Config &section);
  /// The fields that the section knows.
  const std::set<std::string> &usedFields() const { return used; }

private:
  LogicalResult readRule(const ast::Config::From &rule);
  LogicalResult readRule(const ast::Config::Require &rule);
  LogicalResult readRule(const ast::Config::Ignore &rule);
  FailureOr<Value> readValue(const ast::Node &choice,
                             const ast::Declarator &declared);
  const ast::Declarator *parameter(StringRef name) const;

  Library &library;
  Evaluator &evaluator;
  const json::Object &config;
  std::string where;
  const ModuleDefinition &module;
  std::map<std::string, Value> parameters;
  std::set<std::string> used = {"model_type"};
};
} // namespace

const ast::Declarator *SectionReader::parameter(StringRef name) const {
  for (const ast::Declarator *declared : module.node->parameters)
    if (declared->name() == name)
      return declared;
  return nullptr;
}

LogicalResult SectionReader::readRule(const ast::Config::Ignore &rule) {
  for (const ast::Path *field : rule.fields)
    used.insert(field->str());
  return success();
}

LogicalResult SectionReader::readRule(const ast::Config::Require &rule) {
  std::string field = rule.field->str();
  used.insert(field);
  std::vector<Value> allowed;
  std::string listed;
  for (const ast::Expr *expression : rule.values) {
    FailureOr<Value> value = evaluator.value(*expression, *module.scope);
    if (failed(value))
      return failure();
    allowed.push_back(*value);
    listed += (listed.empty() ? "" : " or ") + describe(*value);
  }
  const json::Value *found = lookUp(config, field);
  if (!found)
    return success();
  // Null says no more than `none` and `false` do.
  if (isNull(*found) && llvm::any_of(allowed, [](const Value &one) {
        return one.isNone() || (one.is<bool>() && !*one.getAs<bool>());
      }))
    return success();
  std::optional<Value> value = plainValue(*found);
  std::vector<Value> elements;
  if (value && value->asList())
    elements = value->asList()->items;
  else if (value)
    elements.push_back(*value);
  bool holds = value && llvm::all_of(elements, [&](const Value &element) {
                 return llvm::any_of(allowed, [&](const Value &one) {
                   return equalValues(element, one) == true;
                 });
               });
  if (holds)
    return success();
  return evaluator.error(rule.field->range, where + ": `" + field + "` is " +
                                                textOf(*found) + ", but " +
                                                module.name() +
                                                " supports only " + listed);
}

/// The value of a choice that is no field. A name in quotes is, as in a config,
/// that of a function, or the model_type of a module whose fields stand among
/// these.
FailureOr<Value> SectionReader::readValue(const ast::Node &choice,
                                          const ast::Declarator &declared) {
  FailureOr<Value> value = evaluator.value(choice, *module.scope);
  const std::string *name =
      failed(value) ? nullptr : value->getAs<std::string>();
  if (!name || declared.typeIsList)
    return value;
  if (declared.type == "function")
    return library.convert(*name, declared, module, where, choice.range);
  const ModuleDefinition *wanted = moduleKind(declared, module);
  if (declared.type == "module" || wanted)
    return library.configureAmong(config, *name, where, wanted, choice.range,
                                  used);
  return value;
}

LogicalResult SectionReader::readRule(const ast::Config::From &rule) {
  const ast::Declarator *declared = parameter(rule.parameter);
  if (!declared) {
    std::vector<std::string> known;
    for (const ast::Declarator *other : module.node->parameters)
      known.push_back(other->name());
    return evaluator
        .error(rule.range,
               module.name() + " has no parameter `" + rule.parameter + "`")
        .suggest(rule.parameter, known);
  }
  const ast::Node *fallback = declared->value;
  std::string nullField;
  for (const ast::Node *choice : rule.choices) {
    const auto *path = dyn_cast<ast::Path>(choice);
    if (!path) {
      if (parameters.count(rule.parameter))
        continue;
      fallback = choice;
      FailureOr<Value> value = readValue(*choice, *declared);
      if (failed(value))
        return failure();
      parameters[rule.parameter] = *value;
      continue;
    }
    std::string field = path->str();
    used.insert(field);
    const json::Value *found = lookUp(config, field);
    if (!found || parameters.count(rule.parameter))
      continue;
    if (isNull(*found)) {
      nullField = field;
      continue;
    }
    nullField.clear();
    FailureOr<Value> value = library.convert(*found, *declared, module,
                                             where + ": " + field, rule.range);
    if (failed(value))
      return failure();
    parameters[rule.parameter] = *value;
  }
  if (nullField.empty() || nullMeans(fallback, module))
    return success();
  Diagnostic &report = evaluator.error(
      rule.range, where + ": " + nullField + " is " +
                      fieldText(*declared, module) + ", found null");
  report.note("declared here", declared->range);
  if (fallback)
    report.withHint("leave the field out to get the default");
  return report;
}

LogicalResult
SectionReader::refuseUnknown(const ast::Config &section,
                             const std::set<std::string> &ignored) {
  std::vector<std::string> fields;
  collectFields(config, used, "", 0, fields);
  for (const std::string &field : fields) {
    StringRef last = StringRef(field).rsplit('.').second;
    if (last.empty())
      last = field;
    if (used.count(field) || ignored.count(last.str()) || last == "model_type")
      continue;
    if (hasParts(used, field))
      return evaluator.error(section.range, where + ": " + field +
                                                " is a nested config, found " +
                                                textOf(*lookUp(config, field)));
    Diagnostic &report = evaluator.error(
        section.range, where + ": " + module.name() +
                           " does not know the field `" + field + "` (" +
                           textOf(*lookUp(config, field)) + ")");
    report.suggest(field, std::vector<std::string>(used.begin(), used.end()));
    if (report.hint.empty())
      report.withHint("map it to a parameter, `require` a value, or `ignore` "
                      "it where it changes no result");
    return report;
  }
  return success();
}

LogicalResult SectionReader::read(const ast::Config &section) {
  for (const auto &rule : section.rules)
    if (failed(
            std::visit([&](const auto &one) { return readRule(one); }, rule)))
      return failure();
  return success();
}

FailureOr<Value> SectionReader::makeRecipe(const ast::Config &section) {
  for (const ast::Declarator *declared : module.node->parameters) {
    if (declared->value || parameters.count(declared->name()))
      continue;
    std::vector<std::string> wanted;
    for (const auto &rule : section.rules)
      if (const auto *from = std::get_if<ast::Config::From>(&rule);
          from && from->parameter == declared->name())
        for (const ast::Node *choice : from->choices)
          if (const auto *path = dyn_cast<ast::Path>(choice))
            wanted.push_back(path->str());
    if (wanted.empty())
      wanted.push_back(declared->name());
    return evaluator.error(declared->range,
                           where + " has no `" + llvm::join(wanted, "` or `") +
                               "`, which " + module.name() + " needs");
  }
  Arguments arguments;
  for (const auto &[name, value] : parameters)
    arguments.named.push_back({name, module.node->range, value});
  FailureOr<Value> made =
      evaluator.makeRecipe(module, std::move(arguments), module.node->range);
  if (failed(made))
    return failure();
  auto recipe = std::make_shared<Recipe>(*made->asRecipe());
  recipe->origin = where;
  return Value(std::shared_ptr<const Recipe>(std::move(recipe)));
}

FailureOr<Value> Library::configure(const json::Object &config,
                                    std::string where,
                                    const ModuleDefinition *module,
                                    SourceRange range) {
  auto section = findSection(config, where, module, range);
  if (failed(section))
    return failure();
  SectionReader reader(*this, evaluator, config, where, *section->first);
  if (failed(reader.read(*section->second)) ||
      failed(reader.refuseUnknown(*section->second, ignoredFields)))
    return failure();
  return reader.makeRecipe(*section->second);
}

FailureOr<Value> Library::configureAmong(const json::Object &config,
                                         StringRef modelType, std::string where,
                                         const ModuleDefinition *module,
                                         SourceRange range,
                                         std::set<std::string> &used) {
  auto section = findSection(modelType, where, module, range);
  if (failed(section))
    return failure();
  SectionReader reader(*this, evaluator, config, where, *section->first);
  if (failed(reader.read(*section->second)))
    return failure();
  used.insert(reader.usedFields().begin(), reader.usedFields().end());
  return reader.makeRecipe(*section->second);
}
