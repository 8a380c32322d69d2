//===- Parser.cpp - From text to syntax tree ------------------------------===//
//
// What all parts of the parser share: tokens, errors, limits, small pieces.
//
//===----------------------------------------------------------------------===//
#include "bridge/Frontend/Parser.h"
#include "ParserImpl.h"
#include "Text.h"
#include "llvm/ADT/StringSwitch.h"

using namespace bridge;
using namespace bridge::ast;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

/// Takes the current token; the end of the file stays.
Token &Parser::take() {
  Token &token = current();
  if (token.kind != Kind::EndOfFile)
    ++position;
  return token;
}

bool Parser::begins(StringRef word) {
  return at(word) && !peek().is("=") && !peek().is(".") && !peek().is(",");
}

bool Parser::accept(StringRef text) {
  if (!at(text))
    return false;
  take();
  return true;
}

Token &Parser::expect(StringRef text) {
  if (!at(text))
    failExpected("`" + text + "`");
  return take();
}

void Parser::expectClose(const Token &open, StringRef close) {
  if (accept(close) || failed)
    return;
  const Token &found = current();
  failExpected("`" + close + "`");
  auto lineOf = [&](const Token &token) {
    return file.source->place(rangeOf(token).begin).first;
  };
  // Where the bracket is plain to see, it needs no note.
  if (found.kind != Kind::Word || lineOf(open) != lineOf(found))
    diagnostics.back().note("to match this `" + open.text.str() + "`",
                            rangeOf(open));
}

SourceRange Parser::rangeOf(const Token &token) const {
  return rangeOf(token, token);
}

SourceRange Parser::rangeOf(const Token &first, const Token &last) const {
  const char *start = file.source->text().data();
  uint32_t begin = first.text.begin() - start;
  uint32_t end = last.text.end() - start;
  return {file.source.get(), begin, std::max(end, begin + 1) - begin};
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

void Parser::fail(SourceRange range, const llvm::Twine &message,
                  const llvm::Twine &hint) {
  if (!failed)
    diagnostics.error(range, message.str()).withHint(hint.str());
  failed = true;
  position = tokens.size() - 1;
}

static std::string describe(const Token &token) {
  constexpr size_t maxLength = 40;
  if (token.kind == Token::Kind::EndOfFile)
    return "the end of the file";
  if (token.text.empty())
    return "the end of the line";
  if (token.text.size() > maxLength)
    return "`" + printable(token.text.take_front(maxLength)) + "…`";
  return "`" + printable(token.text) + "`";
}

/// What is written here in place of a word or operator of other languages.
static StringRef hintForForeign(const Token &token) {
  return llvm::StringSwitch<StringRef>(token.text)
      .Case("and", "write `&`")
      .Case("or", "write `|`")
      .Case("not", "write `~`")
      .Case("elif", "write `else if`")
      .Default("");
}

void Parser::failExpected(const llvm::Twine &wanted, const llvm::Twine &hint) {
  StringRef foreign = hintForForeign(current());
  fail(rangeOf(current()),
       "expected " + wanted + ", found " + describe(current()),
       foreign.empty() ? hint : foreign);
}

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

static std::string tooDeep(unsigned limit) {
  return "nested more than " + std::to_string(limit) + " levels deep";
}

Parser::Level::Level(Parser &parser) : parser(parser) {
  if (++parser.depth > maxDepth)
    parser.fail(parser.rangeOf(parser.current()), tooDeep(maxDepth));
}

void Parser::checkDepth() {
  std::vector<std::pair<const Node *, unsigned>> open;
  for (const Node *item : file.items)
    open.push_back({item, 1});
  while (!open.empty()) {
    auto [node, level] = open.back();
    open.pop_back();
    if (level > maxDepth)
      return fail(node->range, tooDeep(maxDepth),
                  "each operator of a chain is a level; name a part of it");
    forEachChild(*node, [&, level = level](const Node &child) {
      open.push_back({&child, level + 1});
    });
  }
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

StringRef Parser::parseName(const llvm::Twine &what) {
  if (!atName())
    failExpected(what);
  return take().text;
}

Name *Parser::parseNameNode() {
  const Token &first = current();
  StringRef text = parseName();
  auto *name = file.make<Name>(rangeOf(first));
  name->name = text.str();
  return name;
}

Path *Parser::parsePath() {
  Path *path = parseNameAsPath();
  const Token &first = previous();
  while (at(".")) {
    take();
    path->names.push_back(parseName().str());
  }
  if (path->names.size() > 1)
    path->range = rangeFrom(first);
  return path;
}

Path *Parser::parseNameAsPath() {
  const Token &first = current();
  StringRef text = parseName();
  auto *path = file.make<Path>(rangeOf(first));
  path->names.push_back(text.str());
  return path;
}

std::string Parser::parseString(const llvm::Twine &what) {
  if (!at(Kind::String)) {
    failExpected(what);
    return {};
  }
  return take().text.drop_front().drop_back().str();
}

std::vector<Name *> Parser::parseTargets() {
  return parseCommas<Name *>([&] { return parseNameNode(); });
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

llvm::FailureOr<ParsedSpec> bridge::parseTokens(std::string name,
                                                std::string text,
                                                Diagnostics &diagnostics) {
  ParsedSpec spec{std::make_unique<File>(), {}};
  spec.file->source =
      std::make_unique<SourceFile>(std::move(name), std::move(text));
  size_t errorsBefore = diagnostics.all().size();
  auto tokens = lex(*spec.file->source, diagnostics);
  if (succeeded(tokens)) {
    spec.tokens = std::move(*tokens);
    Parser(*spec.file, spec.tokens, diagnostics).parseFile();
  }
  if (diagnostics.all().size() == errorsBefore)
    return std::move(spec);
  diagnostics.keep(std::move(spec.file->source));
  return llvm::failure();
}

std::unique_ptr<File> bridge::parseSpec(std::string name, std::string text,
                                        Diagnostics &diagnostics) {
  auto spec = parseTokens(std::move(name), std::move(text), diagnostics);
  return succeeded(spec) ? std::move(spec->file) : nullptr;
}
