//===- Lexer.h - From text to tokens ----------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_LEXER_H
#define BRIDGE_LIB_FRONTEND_LEXER_H

#include "bridge/Frontend/Diagnostics.h"
#include <optional>

namespace bridge {

/// A token. Its text lies in the source file.
struct Token {
  enum class Kind {
    Word,       ///< a name or a reserved word
    Integer,    ///< fits int64_t
    Float,      ///< finite
    String,     ///< with its quotes
    Punctuator, ///< operators, brackets, separators
    End,        ///< of a statement: a line end, which has no text, or `;`
    EndOfFile
  };
  /// Where the formatter puts no space; decided by the parser.
  enum class Spacing : uint8_t { Normal, NoneBefore, NoneAfter, None };
  /// What the formatter aligns with the same on neighbouring lines, in the
  /// order of a line; decided by the parser.
  enum class Column : uint8_t {
    None,
    PartName,       ///< after a role, `frozen` or `weight`
    PartEquals,     ///< of these
    AssignEquals,   ///< of an assignment without a role
    FunctionEquals, ///< `def f(x) = …`
    FieldEquals,    ///< of a line of a `config` section
    FieldElse,      ///< the first `|` of such a line
    NameElse,       ///< the first `|` of a line of a `weights` section
    EntryArrow,     ///< `->`
    EntryValue      ///< after the first result's name
  };

  Kind kind;
  llvm::StringRef text;
  Spacing spacing = Spacing::Normal;
  Column column = Column::None;

  bool is(llvm::StringRef other) const {
    return (kind == Kind::Word || kind == Kind::Punctuator) && text == other;
  }
};

/// Whether `word` cannot be a name.
bool isReserved(llvm::StringRef word);

/// The value of an Integer or a Float token; none where it is too large.
std::optional<int64_t> integerValue(llvm::StringRef text);
std::optional<double> floatValue(llvm::StringRef text);

/// Splits a file into tokens, of which the last is the end of the file. A line
/// ends a statement unless it is empty, ends in a token after which a statement
/// goes on, or a `(` or `[` is open.
llvm::FailureOr<std::vector<Token>> lex(const SourceFile &file,
                                        Diagnostics &diagnostics);

} // namespace bridge

#endif // BRIDGE_LIB_FRONTEND_LEXER_H
