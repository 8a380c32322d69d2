//===- ParseExpressions.cpp - Expressions and patterns --------------------===//
#include "ParserImpl.h"
#include "llvm/ADT/STLExtras.h"

using namespace bridge;
using namespace bridge::ast;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Operators, loosest first
//===----------------------------------------------------------------------===//

/// `mask q, k: …`, `value` or `then if condition else other`.
Expr *Parser::parseExpression() {
  Level level(*this);
  const Token &first = current();
  if (at("mask") && isName(peek()))
    return parseMask();
  Expr *value = parseDisjunction();
  if (!accept("if"))
    return value;
  Expr *condition = parseDisjunction();
  expect("else");
  Expr *other = parseExpression();
  auto *choose = file.make<Choose>(rangeFrom(first));
  choose->then = value;
  choose->condition = condition;
  choose->other = other;
  return choose;
}

Expr *Parser::parseMask() {
  const Token &first = take();
  Name *query = parseNameNode();
  if (!at(","))
    failExpected("`,`", "a mask has two positions: `mask query, key: …`");
  take();
  Name *key = parseNameNode();
  expect(":");
  Expr *value = parseExpression();
  auto *mask = file.make<Mask>(rangeFrom(first));
  mask->query = query;
  mask->key = key;
  mask->value = value;
  return mask;
}

Binary *Parser::makeBinary(const Token &op, Expr *left, Expr *right) {
  auto *binary = file.make<Binary>(rangeOf(op));
  binary->op = op.text.str();
  binary->left = left;
  binary->right = right;
  return binary;
}

/// Operands joined by `|`, or by `&`, which binds closer.
Expr *Parser::parseLogic(StringRef op) {
  auto parseOperand = [&] {
    return op == "|" ? parseLogic("&") : parseComparison();
  };
  Expr *left = parseOperand();
  while (at(op)) {
    const Token &token = take();
    Expr *right = parseOperand();
    checkParentheses(left, op);
    checkParentheses(right, op);
    left = makeBinary(token, left, right);
  }
  return left;
}

static bool isComparisonOperator(StringRef op) {
  static constexpr StringRef operators[] = {
      "==", "!=", "<", "<=", ">", ">=", "in"};
  return llvm::is_contained(operators, op);
}

bool Parser::isComparison() {
  return (at(Kind::Punctuator) || at(Kind::Word)) &&
         isComparisonOperator(current().text);
}

/// `a == b & c` would read differently than in other languages.
void Parser::checkParentheses(const Expr *side, StringRef op) {
  const auto *binary = llvm::dyn_cast<Binary>(side);
  if (!binary || !isComparisonOperator(binary->op) ||
      parenthesized.contains(side))
    return;
  fail(side->range, "a comparison joined by `" + op + "` stands in parentheses",
       "write (a " + binary->op + " b) " + op + " …");
}

Expr *Parser::parseComparison() {
  const Token &first = current();
  Expr *left = parseSum();
  if (!isComparison())
    return left;
  const Token &op = take();
  const Token &middle = current();
  left = makeBinary(op, left, parseSum());
  if (isComparison())
    failChained(first, middle);
  return left;
}

/// Reports `a < b < c`, of which `a < b` has just been taken; `middle` is where
/// `b` starts.
void Parser::failChained(const Token &first, const Token &middle) {
  constexpr size_t maxHint = 80;
  SourceRange left = rangeFrom(first), shared = rangeFrom(middle);
  const Token &op = take();
  const Token &last = current();
  parseSum();
  std::string hint = ("write `(" + textOf(left) + ") & (" + textOf(shared) +
                      " " + op.text + " " + textOf(rangeFrom(last)) + ")`")
                         .str();
  if (hint.size() > maxHint || StringRef(hint).contains('\n'))
    hint = "write `(a < b) & (b < c)`";
  fail(rangeOf(op), "comparisons do not chain", hint);
}

Expr *Parser::parseSum() {
  Expr *left = parseProduct();
  while (at("+") || at("-")) {
    const Token &op = take();
    left = makeBinary(op, left, parseProduct());
  }
  return left;
}

Expr *Parser::parseProduct() {
  Expr *left = parseUnary();
  while (at("@") || at("*") || at("/") || at("//") || at("%")) {
    const Token &op = take();
    left = makeBinary(op, left, parseUnary());
  }
  return left;
}

Expr *Parser::parseUnary() {
  if (at("-") || at("~")) {
    Level level(*this);
    Token &op = take();
    op.spacing = Spacing::NoneAfter;
    auto *unary = file.make<Unary>(rangeOf(op));
    unary->op = op.text.str();
    unary->value = parseUnary();
    return unary;
  }
  Expr *value = parsePostfix();
  if (!at("**"))
    return value;
  Level level(*this);
  const Token &op = take();
  return makeBinary(op, value, parseUnary());
}

//===----------------------------------------------------------------------===//
// What follows a value
//===----------------------------------------------------------------------===//

Expr *Parser::parsePostfix() {
  Expr *value = parsePrimary();
  while (true) {
    if (at("."))
      value = parseAttribute(value);
    else if (at("("))
      value = parseCall(value);
    else if (at("["))
      value = parseIndex(value);
    else
      return value;
  }
}

Attribute *Parser::parseAttribute(Expr *value) {
  take();
  const Token &first = current();
  StringRef name = parseName("an attribute");
  auto *attribute = file.make<Attribute>(rangeOf(first));
  attribute->value = value;
  attribute->name = name.str();
  return attribute;
}

Call *Parser::parseCall(Expr *function) {
  Token &open = take();
  open.spacing = Spacing::NoneBefore;
  auto *call = file.make<Call>(function->range);
  call->function = function;
  const auto *name = llvm::dyn_cast<Name>(function);
  bool takesPattern =
      name && (name->name == "rearrange" || name->name == "repeat");
  while (!at(")")) {
    const Token &first = current();
    if (takesPattern && call->arguments.size() == 1 && !call->pattern) {
      call->pattern = parsePattern();
    } else if (atName() && peek().is("=")) {
      take();
      take().spacing = Spacing::None;
      call->named.push_back(
          {first.text.str(), rangeOf(first), parseExpression()});
    } else {
      call->arguments.push_back(parseExpression());
    }
    if (!accept(","))
      break;
  }
  expectClose(open, ")");
  return call;
}

Index *Parser::parseIndex(Expr *value) {
  Token &open = take();
  open.spacing = Spacing::NoneBefore;
  if (at("]"))
    failExpected("an index");
  auto items = parseUntil<Expr *>(open, "]", [&] { return parseIndexItem(); });
  auto *index = file.make<Index>(rangeFrom(open));
  index->value = value;
  index->items = std::move(items);
  return index;
}

/// `...`, an expression or a slice.
Expr *Parser::parseIndexItem() {
  const Token &first = current();
  if (accept("..."))
    return file.make<Ellipsis>(rangeOf(first));
  Expr *low = at(":") ? nullptr : parseExpression();
  if (!at(":"))
    return low;
  take().spacing = Spacing::None;
  Expr *high = at(",") || at("]") || at(":") ? nullptr : parseExpression();
  if (at(":"))
    failExpected("`]`", "slices have no step");
  auto *slice = file.make<Slice>(rangeFrom(first));
  slice->low = low;
  slice->high = high;
  return slice;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

static constexpr StringRef aPattern =
    "a pattern such as `b t (h d) -> b h t d`";

Pattern *Parser::parsePattern() {
  const Token &first = current();
  auto *pattern = file.make<Pattern>(rangeOf(first));
  bool isLeft = true;
  while (!at(",") && !at(")") && !at(Kind::EndOfFile)) {
    auto &axes = isLeft ? pattern->left : pattern->right;
    auto &groups = isLeft ? pattern->leftGroups : pattern->rightGroups;
    if (isLeft && accept("->")) {
      isLeft = false;
      continue;
    }
    groups.push_back(at("("));
    if (at("("))
      axes.push_back(parseGroup());
    else if (atName() || at(Kind::Integer) || at("..."))
      axes.push_back({take().text.str()});
    else
      failExpected(aPattern, at(Kind::String) ? "patterns have no quotes" : "");
  }
  if (isLeft && !at(Kind::EndOfFile))
    failExpected("`->` in the pattern");
  pattern->range = rangeFrom(first);
  return pattern;
}

/// `(heads d)`
Pattern::Axis Parser::parseGroup() {
  const Token &open = take();
  Pattern::Axis axis;
  while (atName() || at(Kind::Integer))
    axis.push_back(take().text.str());
  expectClose(open, ")");
  return axis;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Expr *Parser::parsePrimary() {
  if (at("("))
    return parseParenthesized();
  if (at("["))
    return parseList();
  bool isConstant = at("true") || at("false") || at("none");
  if (isConstant || at(Kind::Integer) || at(Kind::Float) || at(Kind::String))
    return parseLiteral();
  bool isDoubled = (at("&") || at("|")) && previous().is(current().text);
  if (isDoubled)
    failExpected("an expression", "write `" + current().text + "`");
  if (at("not") || !atName())
    failExpected("an expression");
  return parseNameNode();
}

Expr *Parser::parseLiteral() {
  const Token &token = take();
  auto *literal = file.make<Literal>(rangeOf(token));
  if (token.kind == Kind::Integer)
    literal->value = *integerValue(token.text);
  else if (token.kind == Kind::Float)
    literal->value = *floatValue(token.text);
  else if (token.kind == Kind::String)
    literal->value = token.text.drop_front().drop_back().str();
  else if (token.text != "none")
    literal->value = token.text == "true";
  return literal;
}

Expr *Parser::parseParenthesized() {
  const Token &open = take();
  Expr *value = parseExpression();
  expectClose(open, ")");
  parenthesized.insert(value);
  return value;
}

/// `[a, b]` or `[a for x in xs if c]`.
Expr *Parser::parseList() {
  const Token &open = take();
  std::vector<Expr *> items;
  while (!at("]")) {
    items.push_back(parseExpression());
    if (items.size() == 1 && at("for"))
      return parseComprehension(open, items.front());
    if (!accept(","))
      break;
  }
  expectClose(open, "]");
  auto *list = file.make<List>(rangeFrom(open));
  list->items = std::move(items);
  return list;
}

Comprehension *Parser::parseComprehension(const Token &open, Expr *value) {
  take();
  std::vector<Name *> targets = parseTargets();
  expect("in");
  Expr *over = parseDisjunction();
  Expr *condition = accept("if") ? parseDisjunction() : nullptr;
  expectClose(open, "]");
  auto *comprehension = file.make<Comprehension>(rangeFrom(open));
  comprehension->value = value;
  comprehension->targets = std::move(targets);
  comprehension->over = over;
  comprehension->condition = condition;
  return comprehension;
}
