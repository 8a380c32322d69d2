//===- Dump.cpp - Printing the syntax tree --------------------------------===//
#include "bridge/Frontend/Ast.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include <charconv>

using namespace bridge;
using namespace bridge::ast;
using llvm::StringRef;

static std::string quoted(StringRef text) { return ("\"" + text + "\"").str(); }

/// The fewest digits that are read as `number`.
static std::string shortest(double number) {
  char digits[32];
  auto [end, error] =
      std::to_chars(std::begin(digits), std::end(digits), number);
  return std::string(digits, end);
}

static std::string literal(const Literal &node) {
  if (const auto *flag = std::get_if<bool>(&node.value))
    return *flag ? "true" : "false";
  if (const auto *integer = std::get_if<int64_t>(&node.value))
    return std::to_string(*integer);
  if (const auto *number = std::get_if<double>(&node.value))
    return shortest(*number);
  if (const auto *text = std::get_if<std::string>(&node.value))
    return quoted(*text);
  return "none";
}

static std::string axes(const std::vector<Pattern::Axis> &axes,
                        const std::vector<bool> &groups) {
  std::string result;
  for (auto [axis, isGroup] : llvm::zip_equal(axes, groups)) {
    std::string names = llvm::join(axis, " ");
    result += (isGroup ? "(" + names + ")" : names) + " ";
  }
  return result;
}

/// What stands in the line of a node, after which its children follow.
static std::string describe(const Node &node) {
  using Text = std::string;
  return llvm::TypeSwitch<const Node *, Text>(&node)
      .Case([](const Literal *n) { return "Literal " + literal(*n); })
      .Case([](const Name *n) { return "Name " + n->name; })
      .Case([](const Attribute *n) { return "Attribute " + n->name; })
      .Case([](const Call *) { return Text("Call"); })
      .Case([](const Index *) { return Text("Index"); })
      .Case([](const Slice *) { return Text("Slice"); })
      .Case([](const Ellipsis *) { return Text("Ellipsis"); })
      .Case([](const List *) { return Text("List"); })
      .Case([](const Comprehension *) { return Text("Comprehension"); })
      .Case([](const Choose *) { return Text("Choose"); })
      .Case([](const Mask *) { return Text("Mask"); })
      .Case([](const Unary *n) { return "Unary " + n->op; })
      .Case([](const Binary *n) { return "Binary " + n->op; })
      .Case([](const Assign *n) {
        return Text("Assign") + (n->frozen ? " frozen" : "") +
               (n->role.empty() ? "" : " " + n->role);
      })
      .Case([](const If *) { return Text("If"); })
      .Case([](const For *) { return Text("For"); })
      .Case([](const Return *) { return Text("Return"); })
      .Case([](const Check *) { return Text("Check"); })
      .Case([](const Weight *) { return Text("Weight"); })
      .Case([](const Input *) { return Text("Input"); })
      .Case([](const Entry *n) { return "Entry " + n->name; })
      .Case([](const Function *n) { return "Function " + n->name; })
      .Case([](const Config *n) {
        return "Config" + (n->modelType ? " " + quoted(*n->modelType) : "");
      })
      .Case([](const Weights *) { return Text("Weights"); })
      .Case([](const Variant *n) { return "Variant " + quoted(n->name); })
      .Case([](const Use *) { return Text("Use"); })
      .Case([](const Module *n) {
        return (n->isBridge ? "Bridge " : "Module ") + n->name;
      })
      .Case([](const Declarator *n) {
        Text type = (n->typeIsList ? "list of " : "") + n->type;
        return "Declarator " + n->path->str() +
               (type.empty() ? "" : ": " + type);
      })
      .Case([](const Path *n) { return "Path " + n->str(); })
      .Case([](const Pattern *n) {
        return "Pattern " + axes(n->left, n->leftGroups) + "-> " +
               StringRef(axes(n->right, n->rightGroups)).rtrim().str();
      });
}

namespace {
class Dumper {
public:
  explicit Dumper(llvm::raw_ostream &os) : os(os) {}

  void print(const Node &node) {
    line(describe(node));
    ++depth;
    llvm::TypeSwitch<const Node *>(&node)
        .Case<Call, Entry, Config, Weights, If, Slice, Declarator>(
            [&](const auto *parent) { printParts(*parent); })
        .Default([&](const Node *parent) {
          forEachChild(*parent, [&](const Node &child) { print(child); });
        });
    --depth;
  }

private:
  void line(const llvm::Twine &text) { os.indent(2 * depth) << text << '\n'; }
  /// `label`, and below it `nodes`.
  template <typename T>
  void group(const llvm::Twine &label, llvm::ArrayRef<T *> nodes) {
    line(label);
    ++depth;
    for (const Node *node : nodes)
      print(*node);
    --depth;
  }
  void group(const llvm::Twine &label, const Node *node) {
    group(label, llvm::ArrayRef<const Node *>(node));
  }

  void printParts(const Call &call) {
    print(*call.function);
    for (auto [i, argument] : llvm::enumerate(call.arguments)) {
      print(*argument);
      if (i == 0 && call.pattern)
        print(*call.pattern);
    }
    for (const Call::Named &named : call.named)
      group(named.name + "=", named.value);
  }
  void printParts(const Slice &slice) {
    if (slice.low)
      group("low", slice.low);
    if (slice.high)
      group("high", slice.high);
  }
  void printParts(const Entry &entry) {
    for (const Entry::Result &result : entry.results)
      group(result.name + ":", result.value);
  }
  void printParts(const If &choice) {
    print(*choice.condition);
    group("then", llvm::ArrayRef(choice.then));
    if (!choice.other.empty())
      group("else", llvm::ArrayRef(choice.other));
  }
  void printParts(const Declarator &declarator) {
    if (declarator.shape)
      group("shape", llvm::ArrayRef(*declarator.shape));
    if (declarator.value)
      group("=", declarator.value);
  }
  void printParts(const Config &config) {
    for (const auto &rule : config.rules) {
      if (const auto *from = std::get_if<Config::From>(&rule)) {
        group(from->parameter + " =", llvm::ArrayRef(from->choices));
      } else if (const auto *require = std::get_if<Config::Require>(&rule)) {
        group("require " + require->field->str() + " ==",
              llvm::ArrayRef(require->values));
      } else {
        group("ignore", llvm::ArrayRef(std::get<Config::Ignore>(rule).fields));
      }
    }
  }
  void printParts(const Weights &weights) {
    for (const auto &rule : weights.rules) {
      if (const auto *also = std::get_if<Weights::Also>(&rule)) {
        group(also->part + " |", llvm::ArrayRef(also->stored));
        continue;
      }
      const auto &ignore = std::get<Weights::Ignore>(rule);
      for (const auto &[glob, range] : ignore.globs)
        line("ignore " + quoted(glob));
      if (ignore.condition)
        group("if", ignore.condition);
    }
  }

  llvm::raw_ostream &os;
  unsigned depth = 0;
};
} // namespace

void ast::dump(const File &file, llvm::raw_ostream &os) {
  Dumper dumper(os);
  for (const Node *item : file.items)
    dumper.print(*item);
}
