//===- WeightNames.cpp - Where a checkpoint may hold a weight -------------===//
#include "WeightNames.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::StringRef;

static std::string join(StringRef prefix, StringRef rest) {
  if (prefix.empty() || rest.empty())
    return (prefix + rest).str();
  return (prefix + "." + rest).str();
}

/// The names of a path. `path` owns them.
static llvm::SmallVector<StringRef> split(StringRef path) {
  llvm::SmallVector<StringRef> names;
  if (!path.empty())
    path.split(names, '.');
  return names;
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

namespace {
/// A rule that covers the beginning of a path.
struct Match {
  const ast::Weights::Also *rule;
  unsigned length; ///< how many names it covers
  std::map<std::string, std::string> numbers;
};
} // namespace

/// `layers.{i}.fc1` covers `layers.3.fc1.weight`, and `i` is 3.
static std::optional<Match> match(const ast::Weights::Also &rule,
                                  llvm::ArrayRef<StringRef> path) {
  llvm::SmallVector<StringRef> names = split(rule.part);
  if (names.size() > path.size())
    return std::nullopt;
  Match found{&rule, unsigned(names.size()), {}};
  for (auto [name, actual] : llvm::zip(names, path)) {
    bool isNumber = name.consume_front("{") && name.consume_back("}");
    if (isNumber && llvm::all_of(actual, llvm::isDigit))
      found.numbers[name.str()] = actual.str();
    else if (isNumber || name != actual)
      return std::nullopt;
  }
  return found;
}

static std::string
withNumbers(std::string text,
            const std::map<std::string, std::string> &numbers) {
  for (const auto &[name, number] : numbers) {
    std::string pattern = "{" + name + "}";
    for (size_t at = text.find(pattern); at != std::string::npos;
         at = text.find(pattern, at + number.size()))
      text.replace(at, pattern.size(), number);
  }
  return text;
}

static std::vector<const ast::Weights *> sectionsOf(const Instance &part) {
  std::vector<const ast::Weights *> sections;
  for (const ast::Member *member : part.recipe->module->node->body)
    if (const auto *section = dyn_cast<ast::Weights>(member))
      sections.push_back(section);
  return sections;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

/// `[a:b, c]` with the bounds' values.
static FailureOr<std::string> indexText(const ast::Index &index,
                                        Evaluator &evaluator, Scope &scope) {
  auto bound = [&](const ast::Expr *node) -> FailureOr<std::string> {
    if (!node)
      return std::string();
    FailureOr<int64_t> value = evaluator.staticDimension(*node, scope);
    if (failed(value))
      return failure();
    return std::to_string(*value);
  };
  std::vector<std::string> items;
  for (const ast::Expr *item : index.items) {
    const auto *slice = dyn_cast<ast::Slice>(item);
    if (llvm::isa<ast::Ellipsis>(item))
      return evaluator.error(item->range, "a view of a stored tensor has a "
                                          "slice or an index for each leading "
                                          "axis");
    FailureOr<std::string> low = bound(slice ? slice->low : item);
    FailureOr<std::string> high =
        failed(low) ? low : bound(slice ? slice->high : nullptr);
    if (failed(high))
      return failure();
    items.push_back(slice ? *low + ":" + *high : *low);
  }
  return "[" + llvm::join(items, ", ") + "]";
}

/// The name and the view of `"visual.proj".T` or `"in_proj"[:width]`.
static FailureOr<StoredName> stored(const ast::Expr &node, Evaluator &evaluator,
                                    Scope &scope) {
  if (const auto *literal = dyn_cast<ast::Literal>(&node))
    return StoredName{std::get<std::string>(literal->value), ""};
  if (const auto *attribute = dyn_cast<ast::Attribute>(&node)) {
    FailureOr<StoredName> inner = stored(*attribute->value, evaluator, scope);
    if (succeeded(inner))
      inner->view += ".T";
    return inner;
  }
  const auto &index = llvm::cast<ast::Index>(node);
  FailureOr<StoredName> inner = stored(*index.value, evaluator, scope);
  if (failed(inner))
    return failure();
  FailureOr<std::string> text = indexText(index, evaluator, scope);
  if (failed(text))
    return failure();
  inner->view += *text;
  return inner;
}

//===----------------------------------------------------------------------===//
// Names along a path
//===----------------------------------------------------------------------===//

FailureOr<std::vector<StoredName>> WeightNames::of(StringRef path) {
  Walk walk{path, split(path)};
  return inPart(walk, *model.root, 0);
}

/// The names from `begin` up to `end`, joined.
StringRef WeightNames::Walk::slice(unsigned begin, unsigned end) const {
  if (begin == end)
    return "";
  const char *first = names[begin].data();
  return StringRef(first, names[end - 1].end() - first);
}

FailureOr<std::vector<StoredName>>
WeightNames::below(const Walk &walk, Instance &part, unsigned begin) {
  for (unsigned k = begin; k <= walk.names.size(); ++k) {
    auto found = model.instances.find(walk.slice(0, k));
    if (found == model.instances.end() || found->second == &part)
      continue;
    auto names = inPart(walk, *found->second, k);
    if (succeeded(names) && k != begin)
      for (StoredName &name : *names)
        name.name = join(walk.slice(begin, k), name.name);
    return names;
  }
  return std::vector<StoredName>{
      {walk.slice(begin, walk.names.size()).str(), ""}};
}

FailureOr<std::vector<StoredName>>
WeightNames::inPart(const Walk &walk, Instance &part, unsigned begin) {
  if (!part.isLayer)
    return compute(walk, part, begin);
  // What an element of a list holds, its parameters determine.
  auto &known = layers[part.key];
  StringRef path = walk.slice(begin, walk.names.size());
  if (auto found = known.find(path); found != known.end())
    return found->second;
  auto names = compute(walk, part, begin);
  if (succeeded(names))
    known[path] = *names;
  return names;
}

FailureOr<std::vector<StoredName>>
WeightNames::compute(const Walk &walk, Instance &part, unsigned begin) {
  auto names = below(walk, part, begin);
  if (failed(names))
    return failure();
  llvm::ArrayRef<StringRef> path = walk.names;
  path = path.drop_front(begin);
  std::optional<Match> best;
  for (const ast::Weights *section : sectionsOf(part))
    for (const auto &rule : section->rules)
      if (const auto *also = std::get_if<ast::Weights::Also>(&rule))
        if (std::optional<Match> found = match(*also, path);
            found && (!best || found->length > best->length))
          best = std::move(found);
  if (!best)
    return names;
  auto rest = below(walk, part, begin + best->length);
  if (failed(rest))
    return failure();
  for (const ast::Expr *choice : best->rule->stored) {
    FailureOr<StoredName> prefix = stored(*choice, evaluator, *part.scope);
    if (failed(prefix))
      return failure();
    std::string text = withNumbers(prefix->name, best->numbers);
    for (const StoredName &name : *rest)
      names->push_back({join(text, name.name), prefix->view + name.view});
  }
  return names;
}

FailureOr<std::vector<std::string>> WeightNames::ignored() {
  std::set<std::string> seen;
  std::vector<std::string> globs;
  for (const auto &[path, part] : model.instances)
    for (const ast::Weights *section : sectionsOf(*part))
      for (const auto &rule : section->rules) {
        const auto *ignore = std::get_if<ast::Weights::Ignore>(&rule);
        if (!ignore)
          continue;
        if (ignore->condition) {
          FailureOr<bool> holds =
              evaluator.condition(*ignore->condition, *part->scope);
          if (failed(holds))
            return failure();
          if (!*holds)
            continue;
        }
        for (const auto &glob : ignore->globs) {
          auto names = of(join(path, glob.first));
          if (failed(names))
            return failure();
          for (const StoredName &name : *names)
            if (seen.insert(name.name).second)
              globs.push_back(name.name);
        }
      }
  return globs;
}
