//===- Ast.h - The syntax tree of a spec ------------------------*- C++ -*-===//
//
// One struct for each production of the grammar in docs/language-reference.md.
// Nodes belong to their ast::File and live as long as it does.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_FRONTEND_AST_H
#define BRIDGE_FRONTEND_AST_H

#include "bridge/Frontend/Diagnostics.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Casting.h"
#include <memory>
#include <optional>
#include <variant>

namespace bridge::ast {

struct Node {
  enum class Kind {
    // expressions
    Literal,
    Name,
    Attribute,
    Call,
    Index,
    Slice,
    Ellipsis,
    List,
    Comprehension,
    Choose,
    Mask,
    Unary,
    Binary,
    // statements
    Assign,
    If,
    For,
    Return,
    Check,
    // members of a module
    Weight,
    Input,
    Entry,
    Function,
    Config,
    Weights,
    Variant,
    // of a file
    Use,
    Module,
    // pieces
    Declarator,
    Path,
    Pattern
  };

  Kind kind;
  SourceRange range;

  Node(Kind kind, SourceRange range) : kind(kind), range(range) {}
  virtual ~Node() = default;
};

/// Defines the constructor and classof of a node struct.
#define BRIDGE_AST_NODE(NAME)                                                  \
  explicit NAME(SourceRange range) : Node(Kind::NAME, range) {}                \
  static bool classof(const Node *node) { return node->kind == Kind::NAME; }

using Expr = Node;      ///< one of the expressions
using Statement = Node; ///< one of the statements
using Member = Node;    ///< a statement or one of the members

/// `model.embed_tokens`
struct Path : Node {
  BRIDGE_AST_NODE(Path)
  std::vector<std::string> names;
  std::string str() const;
};

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

/// none, true, 3, 0.5 or "text"; the range is the token.
struct Literal : Node {
  BRIDGE_AST_NODE(Literal)
  std::variant<std::monostate, bool, int64_t, double, std::string> value;
};
struct Name : Node {
  BRIDGE_AST_NODE(Name)
  std::string name;
};
/// `value.name`; the range is the name.
struct Attribute : Node {
  BRIDGE_AST_NODE(Attribute)
  Expr *value = nullptr;
  std::string name;
};
/// `b t (heads d) -> b heads t d`; a group has several names, `...` is a name,
/// `1` an integer.
struct Pattern : Node {
  BRIDGE_AST_NODE(Pattern)
  using Axis = std::vector<std::string>;
  std::vector<Axis> left, right;
  /// Which axes were written in parentheses (also around one name).
  std::vector<bool> leftGroups, rightGroups;
};
struct Call : Node {
  BRIDGE_AST_NODE(Call)
  struct Named {
    std::string name;
    SourceRange range;
    Expr *value;
  };
  Expr *function = nullptr;
  std::vector<Expr *> arguments;
  std::vector<Named> named;
  Pattern *pattern = nullptr; ///< of rearrange and repeat
};
/// `value[items…]`; an item is an expression, a Slice or an Ellipsis.
struct Index : Node {
  BRIDGE_AST_NODE(Index)
  Expr *value = nullptr;
  std::vector<Expr *> items;
};
/// `low:high`, either may be missing.
struct Slice : Node {
  BRIDGE_AST_NODE(Slice)
  Expr *low = nullptr;
  Expr *high = nullptr;
};
struct Ellipsis : Node {
  BRIDGE_AST_NODE(Ellipsis)
};
struct List : Node {
  BRIDGE_AST_NODE(List)
  std::vector<Expr *> items;
};
struct Comprehension : Node {
  BRIDGE_AST_NODE(Comprehension)
  Expr *value = nullptr;
  std::vector<Name *> targets;
  Expr *over = nullptr;
  Expr *condition = nullptr; ///< or null
};
/// `then if condition else other`
struct Choose : Node {
  BRIDGE_AST_NODE(Choose)
  Expr *then = nullptr;
  Expr *condition = nullptr;
  Expr *other = nullptr;
};
/// `mask query, key: value`
struct Mask : Node {
  BRIDGE_AST_NODE(Mask)
  Name *query = nullptr;
  Name *key = nullptr;
  Expr *value = nullptr;
};
/// `-x` or `~x`
struct Unary : Node {
  BRIDGE_AST_NODE(Unary)
  std::string op;
  Expr *value = nullptr;
};
/// The range is the operator.
struct Binary : Node {
  BRIDGE_AST_NODE(Binary)
  std::string op; ///< | & == != < <= > >= in + - @ * / // % **
  Expr *left = nullptr;
  Expr *right = nullptr;
};

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

/// `name[shape]: kind = value`; also the head of a weight, whose name is a
/// path.
struct Declarator : Node {
  BRIDGE_AST_NODE(Declarator)
  Path *path = nullptr; ///< one name but for weights
  std::optional<std::vector<Expr *>>
      shape;        ///< dimensions; an Ellipsis for `...`
  std::string type; ///< the kind, or empty
  SourceRange typeRange;
  bool typeIsList = false; ///< `list of module`
  Expr *value = nullptr;   ///< the default, or null
  const std::string &name() const { return path->names.back(); }
};
struct Weight : Node {
  BRIDGE_AST_NODE(Weight)
  Declarator *declarator = nullptr;
  Expr *condition = nullptr; ///< or null
};
struct Input : Node {
  BRIDGE_AST_NODE(Input)
  Declarator *declarator = nullptr;
};
struct Entry : Node {
  BRIDGE_AST_NODE(Entry)
  struct Result {
    std::string name;
    SourceRange range;
    Expr *value;
  };
  std::string name;
  std::vector<Result> results;
};
struct Function : Node {
  BRIDGE_AST_NODE(Function)
  std::string name;
  std::vector<Declarator *> parameters;
  std::vector<Statement *> body; ///< `= value` is one Return
  bool isExpression = false;     ///< written with `=`
};
/// A `config` section; without a model type: the fields that every section
/// ignores.
struct Config : Node {
  BRIDGE_AST_NODE(Config)
  struct From {
    std::string parameter;
    SourceRange range;
    std::vector<Node *>
        choices; ///< a Path is a field, any other expression a value
  };
  struct Require {
    Path *field;
    std::vector<Expr *> values;
  };
  struct Ignore {
    std::vector<Path *> fields;
  };
  std::optional<std::string> modelType;
  std::vector<std::variant<From, Require, Ignore>> rules;
};
/// A `weights` section.
struct Weights : Node {
  BRIDGE_AST_NODE(Weights)
  struct Also {
    /// Names, and `{i}` for an index `[i]`, joined by dots: `layers.{i}.fc1`.
    std::string part;
    SourceRange range;
    std::vector<Expr *>
        stored; ///< a string Literal, below Attribute `T` and Index nodes
  };
  struct Ignore {
    std::vector<std::pair<std::string, SourceRange>> globs;
    Expr *condition = nullptr; ///< `ignore "lm_head.weight" if tied`, or null
  };
  std::vector<std::variant<Also, Ignore>> rules;
};
struct Variant : Node {
  BRIDGE_AST_NODE(Variant)
  std::string name;
  std::vector<Statement *> body;
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

struct Assign : Node {
  BRIDGE_AST_NODE(Assign)
  std::vector<Path *> targets;
  Expr *value = nullptr;
  bool frozen = false;
  std::string
      role; ///< encoder, resampler, fusion, projection, decoder or empty
};
struct If : Node {
  BRIDGE_AST_NODE(If)
  Expr *condition = nullptr;
  std::vector<Member *> then, other;
};
struct For : Node {
  BRIDGE_AST_NODE(For)
  std::vector<Name *> targets;
  Expr *over = nullptr;
  std::vector<Statement *> body;
};
struct Return : Node {
  BRIDGE_AST_NODE(Return)
  Expr *value = nullptr;
};
/// The range is the condition's.
struct Check : Node {
  BRIDGE_AST_NODE(Check)
  Expr *condition = nullptr;
};

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

struct Use : Node {
  BRIDGE_AST_NODE(Use)
  std::vector<Path *> paths;
};
/// A module or a bridge; the range is its name.
struct Module : Node {
  BRIDGE_AST_NODE(Module)
  std::string name;
  bool isBridge = false;
  std::vector<Declarator *> parameters;
  std::vector<Member *> body;
};

#undef BRIDGE_AST_NODE

/// A parsed file; owns its text and its nodes.
struct File {
  std::unique_ptr<SourceFile> source;
  std::vector<Node *>
      items; ///< Use, Module, Function, Config (without a model type), Assign
  std::vector<std::unique_ptr<Node>> nodes;

  template <typename T> T *make(SourceRange range) {
    nodes.push_back(std::make_unique<T>(range));
    return static_cast<T *>(nodes.back().get());
  }
};

/// Calls `visit` for each direct child of `node`, in source order.
void forEachChild(const Node &node,
                  llvm::function_ref<void(const Node &)> visit);
/// Calls `visit` for `node` and everything below it.
void walk(const Node &node, llvm::function_ref<void(const Node &)> visit);

/// Prints the tree, one node a line, children indented below their parent.
void dump(const File &file, llvm::raw_ostream &os);

} // namespace bridge::ast

#endif // BRIDGE_FRONTEND_AST_H
