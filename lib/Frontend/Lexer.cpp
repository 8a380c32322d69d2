//===- Lexer.cpp - From text to tokens ------------------------------------===//
#include "Lexer.h"
#include "Text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include <cmath>

using namespace bridge;
using llvm::StringRef;

bool bridge::isReserved(StringRef word) {
  static constexpr StringRef words[] = {"def", "return", "if",    "else", "for",
                                        "in",  "true",   "false", "none"};
  return llvm::is_contained(words, word);
}

static std::string withoutUnderscores(StringRef text) {
  std::string digits = text.str();
  llvm::erase(digits, '_');
  return digits;
}

std::optional<int64_t> bridge::integerValue(StringRef text) {
  int64_t value;
  if (StringRef(withoutUnderscores(text)).getAsInteger(10, value))
    return std::nullopt;
  return value;
}

std::optional<double> bridge::floatValue(StringRef text) {
  double value;
  if (StringRef(withoutUnderscores(text)).getAsDouble(value) ||
      !std::isfinite(value))
    return std::nullopt;
  return value;
}

static bool startsWord(char c) { return llvm::isAlpha(c) || c == '_'; }
static bool isWord(char c) { return llvm::isAlnum(c) || c == '_'; }

/// Whether a statement goes on in the next line after `token`.
static bool continues(const Token &token) {
  static constexpr StringRef texts[] = {
      "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "@",
      "&",  "|",  "~",  "<",  ">",  "=",  ",", "(", "[", ".", "->"};
  return token.kind == Token::Kind::Punctuator &&
         llvm::is_contained(texts, token.text);
}

/// The punctuator that `text` starts with, or nothing.
static StringRef punctuator(StringRef text) {
  static constexpr StringRef longOnes[] = {
      "...", "->", "==", "!=", "<=", ">=", "//", "**"};
  for (StringRef candidate : longOnes)
    if (text.starts_with(candidate))
      return text.take_front(candidate.size());
  return StringRef("-+*/%@&|~<>=()[]{},:;.").contains(text.front())
             ? text.take_front(1)
             : StringRef();
}

namespace {
class Lexer {
public:
  Lexer(const SourceFile &file, Diagnostics &diagnostics)
      : file(file), diagnostics(diagnostics), rest(file.text()) {}

  llvm::FailureOr<std::vector<Token>> run();

private:
  llvm::LogicalResult lexToken();
  llvm::LogicalResult lexNumber();
  llvm::LogicalResult lexString();
  llvm::LogicalResult strayCharacter();
  void lexPunctuator(StringRef text);
  void endLine();
  void add(Token::Kind kind, StringRef text) { tokens.push_back({kind, text}); }

  Diagnostic &error(StringRef text, std::string message) {
    uint32_t begin = text.data() - file.text().data();
    return diagnostics.error({&file, begin, static_cast<uint32_t>(text.size())},
                             std::move(message));
  }

  const SourceFile &file;
  Diagnostics &diagnostics;
  StringRef rest;
  std::vector<Token> tokens;
  std::string open; ///< the brackets that are open
};
} // namespace

llvm::FailureOr<std::vector<Token>> Lexer::run() {
  while (!rest.empty()) {
    char c = rest.front();
    if (c == '\n') {
      endLine();
      rest = rest.drop_front();
    } else if (c == ' ' || c == '\t' || c == '\r') {
      rest = rest.drop_front();
    } else if (c == '#') {
      rest = rest.drop_while([](char c) { return c != '\n'; });
    } else {
      if (failed(lexToken()))
        return llvm::failure();
      const Token &last = tokens.back();
      rest = file.text().drop_front(last.text.end() - file.text().begin());
    }
  }
  // The end of the file is shown after the last token.
  const char *end =
      tokens.empty() ? file.text().end() : tokens.back().text.end();
  add(Token::Kind::EndOfFile, StringRef(end, 0));
  return std::move(tokens);
}

void Lexer::endLine() {
  bool isInside = !open.empty() && open.back() != '{';
  if (tokens.empty() || isInside || continues(tokens.back()) ||
      tokens.back().kind == Token::Kind::End)
    return;
  add(Token::Kind::End, StringRef(tokens.back().text.end(), 0));
}

llvm::LogicalResult Lexer::lexToken() {
  char c = rest.front();
  if (startsWord(c)) {
    add(Token::Kind::Word, rest.take_while(isWord));
    return llvm::success();
  }
  if (llvm::isDigit(c))
    return lexNumber();
  if (c == '"')
    return lexString();
  StringRef text = punctuator(rest);
  if (text.empty())
    return strayCharacter();
  lexPunctuator(text);
  return llvm::success();
}

void Lexer::lexPunctuator(StringRef text) {
  if (text == ";")
    return add(Token::Kind::End, text);
  char c = text.front();
  if (c == '(' || c == '[' || c == '{')
    open += c;
  else if ((c == ')' || c == ']' || c == '}') && !open.empty())
    open.pop_back();
  add(Token::Kind::Punctuator, text);
}

llvm::LogicalResult Lexer::lexNumber() {
  auto isDigit = [](char c) { return llvm::isDigit(c) || c == '_'; };
  size_t length = rest.take_while(isDigit).size();
  bool isFloat = false;
  auto at = [&](size_t i) { return i < rest.size() ? rest[i] : '\0'; };
  if (at(length) == '.' && llvm::isDigit(at(length + 1))) {
    isFloat = true;
    length += 1 + rest.drop_front(length + 1).take_while(llvm::isDigit).size();
  }
  if (at(length) == 'e') {
    size_t digits =
        length + 1 + (at(length + 1) == '+' || at(length + 1) == '-');
    if (llvm::isDigit(at(digits))) {
      isFloat = true;
      length =
          digits + rest.drop_front(digits).take_while(llvm::isDigit).size();
    }
  }
  StringRef text = rest.take_front(length);
  StringRef tail = rest.drop_front(length).take_while(isWord);
  if (!tail.empty()) {
    StringRef all = rest.take_front(length + tail.size());
    return error(all, ("`" + all + "` is neither a number nor a name").str());
  }
  if (isFloat && !floatValue(text))
    return error(text, "this number is too large");
  if (!isFloat && !integerValue(text))
    return error(text, "this integer is too large")
        .withHint("the largest one is 9223372036854775807");
  add(isFloat ? Token::Kind::Float : Token::Kind::Integer, text);
  return llvm::success();
}

llvm::LogicalResult Lexer::lexString() {
  size_t end = rest.find_first_of("\"\n", 1);
  if (end == StringRef::npos || rest[end] == '\n')
    return error(rest.take_front(end).rtrim("\r"),
                 "this string is not closed in its line");
  add(Token::Kind::String, rest.take_front(end + 1));
  return llvm::success();
}

/// The character that `text` is.
static llvm::UTF32 codePoint(StringRef text) {
  const auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  llvm::UTF32 result = 0;
  llvm::convertUTF8Sequence(&bytes, bytes + text.size(), &result,
                            llvm::strictConversion);
  return result;
}

/// Spaces that look like the plain one.
static bool isOtherSpace(llvm::UTF32 character) {
  return character == 0xA0 || (character >= 0x2000 && character <= 0x200A) ||
         character == 0x202F || character == 0x205F || character == 0x3000;
}

/// How a message shows the character that `text` is.
static std::string describeCharacter(StringRef text) {
  if (characterLength(text) == 0)
    return "byte 0x" + llvm::toHex(text);
  llvm::UTF32 character = codePoint(text);
  if (llvm::sys::unicode::isPrintable(character) && !isOtherSpace(character))
    return "character `" + text.str() + "`";
  std::string result;
  llvm::raw_string_ostream(result)
      << llvm::format("character U+%04X", character);
  return result;
}

static StringRef hintForCharacter(StringRef text, bool isAfterName) {
  if (text == "'" || text == "\u201C" || text == "\u201D" || text == "\u2018" ||
      text == "\u2019")
    return "strings stand in double quotes: \"text\"";
  if (text == "!")
    return "write `~`, or `!=` for a comparison";
  if (text == "^")
    return "powers are written `**`";
  if (text == "?")
    return "choices are written `a if condition else b`";
  if (text == "\u2212")
    return "write `-`";
  if (isOtherSpace(codePoint(text)))
    return "write a plain space";
  if (isAfterName && text.size() > 1)
    return "names have letters from a to z, digits and `_`";
  return "";
}

llvm::LogicalResult Lexer::strayCharacter() {
  StringRef text = rest.take_front(std::max<size_t>(characterLength(rest), 1));
  bool isAfterName = !tokens.empty() &&
                     tokens.back().kind == Token::Kind::Word &&
                     tokens.back().text.end() == text.begin();
  return error(text, "unexpected " + describeCharacter(text))
      .withHint(hintForCharacter(text, isAfterName).str());
}

llvm::FailureOr<std::vector<Token>> bridge::lex(const SourceFile &file,
                                                Diagnostics &diagnostics) {
  return Lexer(file, diagnostics).run();
}
