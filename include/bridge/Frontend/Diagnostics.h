//===- Diagnostics.h - Errors of specs and configs --------------*- C++ -*-===//
#ifndef BRIDGE_FRONTEND_DIAGNOSTICS_H
#define BRIDGE_FRONTEND_DIAGNOSTICS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>
#include <vector>

namespace bridge {

/// The text of one file, with its lines.
class SourceFile {
public:
  SourceFile(std::string name, std::string text);

  llvm::StringRef name() const { return fileName; }
  llvm::StringRef text() const { return contents; }
  /// Line and column of a byte, counted from 1; columns count characters.
  std::pair<unsigned, unsigned> place(size_t offset) const;
  /// A line without its end, counted from 1.
  llvm::StringRef line(unsigned number) const;

private:
  std::string fileName;
  std::string contents;
  std::vector<size_t> lineStarts;
};

/// A piece of a source file, in bytes. Without a file: a place that cannot be
/// shown, such as a field of a config.
struct SourceRange {
  const SourceFile *file = nullptr;
  uint32_t begin = 0;
  uint32_t length = 1;
};

/// One error: what was expected and found, where, what it clashes with, and
/// what to do.
struct Diagnostic {
  struct Note {
    std::string message;
    SourceRange range;
  };

  std::string message;
  SourceRange range;
  std::vector<Note> notes;
  std::string hint;

  Diagnostic &note(std::string message, SourceRange range);
  Diagnostic &withHint(std::string text);
  /// Where no hint was given before: "did you mean `x`?" if a known name is
  /// close to `name`.
  Diagnostic &suggest(llvm::StringRef name, llvm::ArrayRef<std::string> known);

  /// `file:line:column: error: …`, the line, a caret; then notes and the hint.
  void print(llvm::raw_ostream &os) const;

  /// Reporting an error is failing.
  operator llvm::LogicalResult() const { return llvm::failure(); }
  template <typename T> operator llvm::FailureOr<T>() const {
    return llvm::failure();
  }
};

/// Collects errors in the order they were found.
class Diagnostics {
public:
  Diagnostic &error(SourceRange range, std::string message);
  bool empty() const { return errors.empty(); }
  /// The last error, to which callers add where they were.
  Diagnostic &back() { return errors.back(); }
  llvm::ArrayRef<Diagnostic> all() const { return errors; }
  /// Forgets all but the first `count` errors.
  void truncate(size_t count) {
    errors.erase(errors.begin() + std::min(count, errors.size()), errors.end());
  }
  void print(llvm::raw_ostream &os) const;
  /// Keeps the text of a file that errors point into and nobody else owns,
  /// because it could not be parsed.
  const SourceFile *keep(std::unique_ptr<SourceFile> file);

private:
  std::vector<Diagnostic> errors;
  std::vector<std::unique_ptr<SourceFile>> kept;
};

} // namespace bridge

#endif // BRIDGE_FRONTEND_DIAGNOSTICS_H
