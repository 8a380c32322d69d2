//===- ParserImpl.h - The recursive-descent parser --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_PARSERIMPL_H
#define BRIDGE_LIB_FRONTEND_PARSERIMPL_H

#include "Lexer.h"
#include "bridge/Frontend/Ast.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Twine.h"

namespace bridge {

/// A file and the tokens that it was parsed from.
struct ParsedSpec {
  std::unique_ptr<ast::File> file;
  std::vector<Token> tokens;
};

/// Parses a spec and decides the layout of its tokens.
llvm::FailureOr<ParsedSpec> parseTokens(std::string name, std::string text,
                                        Diagnostics &diagnostics);

/// Parses the tokens of one file. The first error is reported; after it the
/// parser sees nothing but the end of the file, so that every function returns
/// soon. They always return a node.
class Parser {
public:
  using Kind = Token::Kind;
  using Spacing = Token::Spacing;
  using Column = Token::Column;

  Parser(ast::File &file, llvm::MutableArrayRef<Token> tokens,
         Diagnostics &diagnostics)
      : file(file), tokens(tokens), diagnostics(diagnostics) {}

  void parseFile();

private:
  /// Where a statement stands decides which ones there are.
  enum class Place { Module, Bridge, Function, Variant };

  //===--- Tokens ---------------------------------------------------------===//

  Token &current() { return tokens[position]; }
  const Token &peek() const {
    return tokens[std::min(position + 1, tokens.size() - 1)];
  }
  const Token &previous() const {
    return tokens[std::max<size_t>(position, 1) - 1];
  }
  Token &take();
  bool at(llvm::StringRef text) { return current().is(text); }
  bool at(Kind kind) { return current().kind == kind; }
  bool atName() { return isName(current()); }
  static bool isName(const Token &token) {
    return token.kind == Kind::Word && !isReserved(token.text);
  }
  /// Whether a declaration begins here with `word`; `word = …`, `word.x` and
  /// `word, x` are ordinary names.
  bool begins(llvm::StringRef word);
  bool accept(llvm::StringRef text);
  /// Reports an error unless it takes `text`.
  Token &expect(llvm::StringRef text);
  /// Takes `close`, which matches the bracket `open`.
  void expectClose(const Token &open, llvm::StringRef close);

  SourceRange rangeOf(const Token &token) const;
  SourceRange rangeOf(const Token &first, const Token &last) const;
  /// From `first` to the last token taken.
  SourceRange rangeFrom(const Token &first) const {
    return rangeOf(first, previous());
  }
  llvm::StringRef textOf(SourceRange range) const {
    return file.source->text().substr(range.begin, range.length);
  }

  /// Reports an error unless there was one before, and moves to the end of the
  /// file.
  void fail(SourceRange range, const llvm::Twine &message,
            const llvm::Twine &hint = "");
  /// Reports that something else than `wanted` was found.
  void failExpected(const llvm::Twine &wanted, const llvm::Twine &hint = "");

  /// Counts a level of nesting while it lives; too many are an error.
  class Level {
  public:
    explicit Level(Parser &parser);
    ~Level() { --parser.depth; }

  private:
    Parser &parser;
  };
  static constexpr unsigned maxDepth = 200;
  /// Reports an error where the tree is deeper than what recurses over it can
  /// bear. Chains such as `a + b + …` are deep without nesting.
  void checkDepth();

  //===--- Pieces ---------------------------------------------------------===//

  llvm::StringRef parseName(const llvm::Twine &what = "a name");
  ast::Name *parseNameNode();
  ast::Path *parsePath();
  ast::Path *parseNameAsPath();
  std::string parseString(const llvm::Twine &what);
  std::vector<ast::Name *> parseTargets();

  template <typename T>
  std::vector<T> parseCommas(llvm::function_ref<T()> one) {
    std::vector<T> items{one()};
    while (accept(","))
      items.push_back(one());
    return items;
  }
  /// Items up to `close`, with a comma after the last one or not.
  template <typename T>
  std::vector<T> parseUntil(const Token &open, llvm::StringRef close,
                            llvm::function_ref<T()> one) {
    std::vector<T> items;
    while (!at(close)) {
      items.push_back(one());
      if (!accept(","))
        break;
    }
    expectClose(open, close);
    return items;
  }
  /// `one | one | …`; the first `|` gets the column.
  template <typename T>
  std::vector<T> parseAlternatives(Column column, llvm::function_ref<T()> one) {
    std::vector<T> items{one()};
    while (at("|")) {
      take().column = items.size() == 1 ? column : Column::None;
      items.push_back(one());
    }
    return items;
  }

  //===--- Files and declarations -----------------------------------------===//

  void skipEnds();
  void parseEnd();
  void parseBlock(llvm::function_ref<void()> one);

  ast::Node *parseItem();
  ast::Use *parseUse();
  ast::Module *parseModule();
  ast::Member *parseMember(Place place);
  ast::Weight *parseWeight();
  ast::Input *parseInput();
  ast::Entry *parseEntry();
  ast::Function *parseFunction();
  ast::Variant *parseVariant();
  std::vector<ast::Declarator *> parseParameters();
  ast::Declarator *parseDeclarator();
  void parseShape(ast::Declarator &declarator);
  void parseType(ast::Declarator &declarator);
  /// Reports a declaration that cannot stand in this place.
  void rejectDeclaration();

  ast::Config *parseConfig();
  ast::Config *parseConfigOfModule();
  void parseConfigRule(ast::Config &config);
  ast::Config::From parseFrom();
  ast::Node *parseChoice();
  ast::Weights *parseWeights();
  ast::Weights::Also parseAlso();
  ast::Weights::Ignore parseIgnoredWeights();
  ast::Expr *parseStored();

  ast::Statement *parseStatement(Place place);
  std::vector<ast::Statement *> parseStatements(Place place);
  ast::If *parseIf(Place place);
  ast::For *parseFor(Place place);
  ast::Return *parseReturn(Place place);
  ast::Check *parseCheck();
  ast::Assign *parseAssign();

  //===--- Expressions ----------------------------------------------------===//

  ast::Expr *parseExpression();
  ast::Expr *parseMask();
  ast::Expr *parseDisjunction() { return parseLogic("|"); }
  ast::Expr *parseLogic(llvm::StringRef op);
  ast::Expr *parseComparison();
  ast::Expr *parseSum();
  ast::Expr *parseProduct();
  ast::Expr *parseUnary();
  ast::Expr *parsePostfix();
  ast::Expr *parsePrimary();
  ast::Expr *parseLiteral();
  ast::Expr *parseList();
  ast::Comprehension *parseComprehension(const Token &open, ast::Expr *value);
  ast::Expr *parseParenthesized();
  ast::Attribute *parseAttribute(ast::Expr *value);
  ast::Call *parseCall(ast::Expr *function);
  ast::Index *parseIndex(ast::Expr *value);
  ast::Expr *parseIndexItem();
  ast::Pattern *parsePattern();
  ast::Pattern::Axis parseGroup();
  ast::Binary *makeBinary(const Token &op, ast::Expr *left, ast::Expr *right);
  bool isComparison();
  void checkParentheses(const ast::Expr *side, llvm::StringRef op);
  void failChained(const Token &first, const Token &middle);

  ast::File &file;
  llvm::MutableArrayRef<Token> tokens;
  Diagnostics &diagnostics;
  size_t position = 0;
  unsigned depth = 0;
  bool failed = false;
  llvm::DenseSet<const ast::Expr *> parenthesized;
};

} // namespace bridge

#endif // BRIDGE_LIB_FRONTEND_PARSERIMPL_H
