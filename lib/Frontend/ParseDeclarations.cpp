//===- ParseDeclarations.cpp - Files, modules, statements -----------------===//
#include "ParserImpl.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace bridge;
using namespace bridge::ast;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Files and modules
//===----------------------------------------------------------------------===//

void Parser::parseFile() {
  skipEnds();
  while (!at(Kind::EndOfFile)) {
    file.items.push_back(parseItem());
    parseEnd();
  }
  if (!failed)
    checkDepth();
}

void Parser::skipEnds() {
  while (at(Kind::End))
    take();
}

void Parser::parseEnd() {
  if (at(Kind::End))
    skipEnds();
  else if (!at("}") && !at(Kind::EndOfFile))
    failExpected("the end of the statement");
}

void Parser::parseBlock(llvm::function_ref<void()> one) {
  Level level(*this);
  if (!at("{"))
    failExpected("`{`", at(":") ? "blocks stand in `{` and `}`" : "");
  const Token &open = take();
  skipEnds();
  while (!at("}") && !at(Kind::EndOfFile)) {
    one();
    parseEnd();
  }
  expectClose(open, "}");
}

Node *Parser::parseItem() {
  if (begins("use"))
    return parseUse();
  if (begins("module") || begins("bridge"))
    return parseModule();
  if (at("def"))
    return parseFunction();
  if (at("config") && peek().is("{"))
    return parseConfig();
  if (begins("import") || begins("from"))
    failExpected("a declaration", "names of another file are had by `use`");
  if (at("if") || at("for") || at("return") || begins("check"))
    fail(rangeOf(current()),
         "`" + current().text + "` stands in a module or a function");
  if (at("config") && peek().kind == Kind::String)
    fail(rangeOf(current()),
         "`config` of a model type stands in a module or a bridge");
  rejectDeclaration();
  return parseAssign();
}

Use *Parser::parseUse() {
  const Token &first = take();
  auto *use = file.make<Use>(rangeOf(first));
  use->paths = parseCommas<Path *>([&] { return parsePath(); });
  return use;
}

Module *Parser::parseModule() {
  const Token &keyword = take();
  const Token &first = current();
  StringRef name = parseName("the name of the " + keyword.text);
  auto *module = file.make<Module>(rangeOf(first));
  module->name = name.str();
  module->isBridge = keyword.text == "bridge";
  module->parameters = parseParameters();
  Place place = module->isBridge ? Place::Bridge : Place::Module;
  parseBlock([&] { module->body.push_back(parseMember(place)); });
  return module;
}

Member *Parser::parseMember(Place place) {
  if (begins("weight"))
    return parseWeight();
  if (at("def"))
    return parseFunction();
  if (begins("config"))
    return parseConfigOfModule();
  if (begins("weights"))
    return parseWeights();
  if (begins("variant"))
    return parseVariant();
  if (place == Place::Bridge && begins("input"))
    return parseInput();
  if (place == Place::Bridge && begins("entry"))
    return parseEntry();
  return parseStatement(place);
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

std::vector<Declarator *> Parser::parseParameters() {
  Token &open = expect("(");
  open.spacing = Spacing::NoneBefore;
  return parseUntil<Declarator *>(open, ")", [&] { return parseDeclarator(); });
}

/// `name[shape]: kind = value`
Declarator *Parser::parseDeclarator() {
  Path *path = parseNameAsPath();
  auto *declarator = file.make<Declarator>(path->range);
  declarator->path = path;
  if (at("["))
    parseShape(*declarator);
  if (at(":"))
    parseType(*declarator);
  if (!at("="))
    return declarator;
  take().spacing = declarator->type.empty() ? Spacing::None : Spacing::Normal;
  declarator->value = parseExpression();
  return declarator;
}

void Parser::parseShape(Declarator &declarator) {
  Token &open = take();
  open.spacing = Spacing::NoneBefore;
  declarator.shape = parseUntil<Expr *>(open, "]", [&]() -> Expr * {
    const Token &first = current();
    if (accept("..."))
      return file.make<Ellipsis>(rangeOf(first));
    return parseExpression();
  });
}

/// `: kind` or `: list of kind`
void Parser::parseType(Declarator &declarator) {
  take();
  const Token &first = current();
  declarator.type = parseName("a kind").str();
  if (declarator.type == "list" && accept("of")) {
    declarator.typeIsList = true;
    declarator.type = parseName("a kind").str();
  }
  declarator.typeRange = rangeFrom(first);
}

Weight *Parser::parseWeight() {
  take();
  current().column = Column::PartName;
  Path *path = parsePath();
  auto *declarator = file.make<Declarator>(path->range);
  declarator->path = path;
  if (!at("["))
    failExpected("the shape of the weight", "a number has the shape `[]`");
  parseShape(*declarator);
  if (at(":"))
    parseType(*declarator);
  if (at("=")) {
    take().column = Column::PartEquals;
    declarator->value = parseDisjunction();
  }
  auto *weight = file.make<Weight>(path->range);
  weight->declarator = declarator;
  weight->condition = accept("if") ? parseDisjunction() : nullptr;
  return weight;
}

Input *Parser::parseInput() {
  take();
  Declarator *declarator = parseDeclarator();
  auto *input = file.make<Input>(declarator->range);
  input->declarator = declarator;
  return input;
}

Entry *Parser::parseEntry() {
  take();
  const Token &first = current();
  StringRef name = parseName("the name of the entry");
  auto *entry = file.make<Entry>(rangeOf(first));
  entry->name = name.str();
  expect("->").column = Column::EntryArrow;
  entry->results = parseCommas<Entry::Result>([&]() -> Entry::Result {
    const Token &first = current();
    StringRef name = parseName("the name of a result");
    expect(":");
    if (entry->results.empty())
      current().column = Column::EntryValue;
    return {name.str(), rangeOf(first), parseExpression()};
  });
  return entry;
}

Function *Parser::parseFunction() {
  take();
  const Token &first = current();
  StringRef name = parseName("the name of the function");
  auto *function = file.make<Function>(rangeOf(first));
  function->name = name.str();
  function->parameters = parseParameters();
  if (at("{")) {
    function->body = parseStatements(Place::Function);
    return function;
  }
  if (!at("="))
    failExpected("`=` or `{`", "a function is `def f(x) = value` or "
                               "`def f(x) { … }`");
  take().column = Column::FunctionEquals;
  Expr *value = parseExpression();
  auto *result = file.make<Return>(value->range);
  result->value = value;
  function->isExpression = true;
  function->body.push_back(result);
  return function;
}

Variant *Parser::parseVariant() {
  const Token &keyword = take();
  std::string name = parseString("the name of the variant in quotes");
  auto *variant = file.make<Variant>(rangeFrom(keyword));
  variant->name = std::move(name);
  variant->body = parseStatements(Place::Variant);
  return variant;
}

void Parser::rejectDeclaration() {
  StringRef home =
      llvm::StringSwitch<StringRef>(current().text)
          .Cases({"weight", "weights", "config", "variant"},
                 "in a module or a bridge")
          .Cases({"input", "entry"}, "in a bridge")
          .Cases({"module", "bridge", "use"}, "in a file, outside of modules")
          .Default("");
  bool isDeclaration = peek().kind == Kind::Word || peek().is("{") ||
                       peek().kind == Kind::String;
  if (atName() && !home.empty() && isDeclaration)
    fail(rangeOf(current()), "`" + current().text + "` stands " + home);
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

std::vector<Statement *> Parser::parseStatements(Place place) {
  std::vector<Statement *> statements;
  parseBlock([&] { statements.push_back(parseStatement(place)); });
  return statements;
}

Statement *Parser::parseStatement(Place place) {
  bool isFlow = at("if") || at("for") || at("return");
  if (place == Place::Variant && isFlow)
    failExpected("an assignment or a check");
  if (at("if"))
    return parseIf(place);
  if (at("for"))
    return parseFor(place);
  if (at("return"))
    return parseReturn(place);
  if (begins("check"))
    return parseCheck();
  if (at("else"))
    failExpected("a statement",
                 "`else` stands in the line of the `}` before it");
  rejectDeclaration();
  return parseAssign();
}

If *Parser::parseIf(Place place) {
  Level level(*this);
  auto parseBody = [&](std::vector<Member *> &body) {
    bool hasMembers = place == Place::Module || place == Place::Bridge;
    parseBlock([&] {
      body.push_back(hasMembers ? parseMember(place) : parseStatement(place));
    });
  };
  auto *choice = file.make<If>(rangeOf(take()));
  choice->condition = parseExpression();
  parseBody(choice->then);
  if (!accept("else"))
    return choice;
  if (at("if"))
    choice->other.push_back(parseIf(place));
  else
    parseBody(choice->other);
  return choice;
}

For *Parser::parseFor(Place place) {
  auto *loop = file.make<For>(rangeOf(take()));
  loop->targets = parseTargets();
  expect("in");
  loop->over = parseExpression();
  loop->body = parseStatements(place);
  return loop;
}

Return *Parser::parseReturn(Place place) {
  auto *result = file.make<Return>(rangeOf(current()));
  if (place != Place::Function)
    fail(result->range, "`return` stands in a function");
  take();
  result->value = parseExpression();
  return result;
}

Check *Parser::parseCheck() {
  take();
  const Token &first = current();
  Expr *condition = parseExpression();
  auto *check = file.make<Check>(rangeFrom(first));
  check->condition = condition;
  return check;
}

static bool isRole(StringRef word) {
  static constexpr StringRef roles[] = {"encoder", "resampler", "fusion",
                                        "projection", "decoder"};
  return llvm::is_contained(roles, word);
}

/// `frozen role a.b, c = value`
Assign *Parser::parseAssign() {
  bool isFrozen = at("frozen") && isName(peek());
  if (isFrozen)
    take();
  bool hasRole = isRole(current().text) && isName(peek());
  std::string role = hasRole ? take().text.str() : "";
  bool isPart = isFrozen || hasRole;
  if (isPart)
    current().column = Column::PartName;
  if (!atName())
    failExpected("a statement");

  auto targets = parseCommas<Path *>([&] { return parsePath(); });
  if (!at("="))
    failExpected("`=`", peek().is("=")
                            ? "write `x = x + …`"
                            : "a statement is `name = value`, `if`, `for`, "
                              "`check`, `return` or a declaration");
  take().column = isPart ? Column::PartEquals : Column::AssignEquals;
  auto *assign = file.make<Assign>(targets.front()->range);
  assign->targets = std::move(targets);
  assign->frozen = isFrozen;
  assign->role = std::move(role);
  assign->value = parseExpression();
  return assign;
}
