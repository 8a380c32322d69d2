//===- ParseSections.cpp - The `config` and `weights` sections ------------===//
#include "ParserImpl.h"

using namespace bridge;
using namespace bridge::ast;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// config
//===----------------------------------------------------------------------===//

Config *Parser::parseConfigOfModule() {
  const Token &keyword = take();
  std::string modelType = parseString("the model type in quotes");
  auto *config = file.make<Config>(rangeFrom(keyword));
  config->modelType = std::move(modelType);
  parseBlock([&] { parseConfigRule(*config); });
  return config;
}

Config *Parser::parseConfig() {
  auto *config = file.make<Config>(rangeOf(take()));
  parseBlock([&] { parseConfigRule(*config); });
  return config;
}

void Parser::parseConfigRule(Config &config) {
  auto parseFields = [&] { return parsePath(); };
  if (at("ignore") && !peek().is("=")) {
    take();
    config.rules.push_back(Config::Ignore{parseCommas<Path *>(parseFields)});
  } else if (at("require") && !peek().is("=")) {
    take();
    Path *field = parsePath();
    expect("==");
    auto values =
        parseAlternatives<Expr *>(Column::None, [&] { return parseUnary(); });
    config.rules.push_back(Config::Require{field, std::move(values)});
  } else {
    config.rules.push_back(parseFrom());
  }
}

/// `parameter = field | … | value`
Config::From Parser::parseFrom() {
  const Token &first = current();
  StringRef parameter = parseName("a parameter, `require` or `ignore`");
  expect("=").column = Column::FieldEquals;
  auto choices = parseAlternatives<Node *>(Column::FieldElse,
                                           [&] { return parseChoice(); });
  return {parameter.str(), rangeOf(first), std::move(choices)};
}

/// A field of the config, or a value where the config has none.
Node *Parser::parseChoice() {
  if (atName() && !peek().is("("))
    return parsePath();
  return parseUnary();
}

//===----------------------------------------------------------------------===//
// weights
//===----------------------------------------------------------------------===//

Weights *Parser::parseWeights() {
  auto *weights = file.make<Weights>(rangeOf(take()));
  parseBlock([&] {
    if (at("ignore") && peek().kind == Kind::String)
      weights->rules.push_back(parseIgnoredWeights());
    else
      weights->rules.push_back(parseAlso());
  });
  return weights;
}

/// `ignore "glob", … if condition`
Weights::Ignore Parser::parseIgnoredWeights() {
  take();
  Weights::Ignore ignore;
  do {
    const Token &first = current();
    std::string glob = parseString("a name of the checkpoint in quotes");
    ignore.globs.push_back({std::move(glob), rangeOf(first)});
  } while (accept(","));
  if (accept("if"))
    ignore.condition = parseDisjunction();
  return ignore;
}

/// `part.of[i] | "name" | …`
Weights::Also Parser::parseAlso() {
  const Token &first = current();
  Weights::Also also;
  also.part = parseName("a part or `ignore`").str();
  while (at(".") || at("[")) {
    if (accept(".")) {
      also.part += "." + parseName().str();
      continue;
    }
    Token &open = take();
    open.spacing = Spacing::NoneBefore;
    also.part += ".{" + parseName().str() + "}";
    expectClose(open, "]");
  }
  also.range = rangeFrom(first);

  if (!at("|"))
    failExpected("`|` and another name");
  while (at("|")) {
    take().column = also.stored.empty() ? Column::NameElse : Column::None;
    also.stored.push_back(parseStored());
  }
  return also;
}

/// `"name"`, `"name".T` or `"name"[a:b]`
Expr *Parser::parseStored() {
  if (!at(Kind::String)) {
    failExpected("a name of the checkpoint in quotes");
    return parseNameNode();
  }
  Expr *stored = parseLiteral();
  while (at(".") || at("[")) {
    if (at("[")) {
      stored = parseIndex(stored);
      continue;
    }
    Attribute *attribute = parseAttribute(stored);
    if (attribute->name != "T")
      fail(attribute->range, "expected `T`, found `" + attribute->name + "`",
           "a stored tensor can be sliced and, by `.T`, transposed");
    stored = attribute;
  }
  return stored;
}
