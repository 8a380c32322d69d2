//===- Diagnostics.cpp - Errors of specs and configs ----------------------===//
#include "bridge/Frontend/Diagnostics.h"
#include "Text.h"
#include "bridge/Support/ClosestName.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>

using namespace bridge;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// SourceFile
//===----------------------------------------------------------------------===//

SourceFile::SourceFile(std::string name, std::string text)
    : fileName(std::move(name)), contents(std::move(text)), lineStarts{0} {
  for (size_t i = 0; i < contents.size(); ++i)
    if (contents[i] == '\n')
      lineStarts.push_back(i + 1);
}

std::pair<unsigned, unsigned> SourceFile::place(size_t offset) const {
  offset = std::min(offset, contents.size());
  auto next = llvm::upper_bound(lineStarts, offset);
  size_t start = *std::prev(next);
  unsigned line = next - lineStarts.begin();
  return {line, countCharacters(text().slice(start, offset)) + 1};
}

StringRef SourceFile::line(unsigned number) const {
  if (number == 0 || number > lineStarts.size())
    return {};
  return text()
      .drop_front(lineStarts[number - 1])
      .split('\n')
      .first.rtrim('\r');
}

//===----------------------------------------------------------------------===//
// Diagnostic
//===----------------------------------------------------------------------===//

Diagnostic &Diagnostic::note(std::string message, SourceRange range) {
  notes.push_back({std::move(message), range});
  return *this;
}

Diagnostic &Diagnostic::withHint(std::string text) {
  hint = std::move(text);
  return *this;
}

Diagnostic &Diagnostic::suggest(StringRef name,
                                llvm::ArrayRef<std::string> known) {
  if (!hint.empty())
    return *this;
  std::string closest =
      closestName(name, llvm::SmallVector<StringRef>(known)).str();
  if (!closest.empty())
    hint = "did you mean `" + closest + "`?";
  return *this;
}

/// The line of `range` and carets below it. Of a long line only what is near
/// the range.
static void printExcerpt(SourceRange range, unsigned number,
                         llvm::raw_ostream &os) {
  constexpr size_t maxBefore = 160, maxLine = 240;
  StringRef line = range.file->line(number);
  size_t start = line.data() - range.file->text().data();
  size_t column = std::min<size_t>(range.begin - start, line.size());
  StringRef before = line.take_front(column);
  StringRef marked = line.substr(column, range.length);
  StringRef after = line.substr(column + range.length);
  if (line.size() > maxLine) {
    before = before.take_back(maxBefore);
    marked = marked.take_front(maxLine - before.size());
    after = after.take_front(maxLine - before.size() - marked.size());
  }

  std::string lead = printable(before), body = printable(marked);
  os << "  " << lead << body << printable(after) << "\n  ";
  for (char byte : lead) // one column for each character
    if ((byte & 0xC0) != 0x80)
      os << (byte == '	' ? '	' : ' ');
  os << '^' << std::string(std::max<size_t>(countCharacters(body), 1) - 1, '~')
     << '\n';
}

static void printMessage(StringRef kind, StringRef message, SourceRange range,
                         llvm::raw_ostream &os) {
  if (!range.file) {
    os << kind << ": " << message << '\n';
    return;
  }
  auto [line, column] = range.file->place(range.begin);
  os << range.file->name() << ':' << line << ':' << column << ": " << kind
     << ": " << message << '\n';
  printExcerpt(range, line, os);
}

void Diagnostic::print(llvm::raw_ostream &os) const {
  printMessage("error", message, range, os);
  for (const Note &note : notes)
    printMessage("note", note.message, note.range, os);
  if (!hint.empty())
    os << "  hint: " << hint << '\n';
}

//===----------------------------------------------------------------------===//
// Diagnostics
//===----------------------------------------------------------------------===//

Diagnostic &Diagnostics::error(SourceRange range, std::string message) {
  errors.push_back({std::move(message), range, {}, {}});
  return errors.back();
}

void Diagnostics::print(llvm::raw_ostream &os) const {
  for (const Diagnostic &error : errors)
    error.print(os);
}

const SourceFile *Diagnostics::keep(std::unique_ptr<SourceFile> file) {
  kept.push_back(std::move(file));
  return kept.back().get();
}
