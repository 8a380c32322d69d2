//===- Formatter.cpp - The one style of specs -----------------------------===//
//
// Tokens, on which the parser has left what their spacing and alignment are,
// are laid out line by line; comments are found in the text between them.
//
//===----------------------------------------------------------------------===//
#include "bridge/Frontend/Formatter.h"
#include "ParserImpl.h"
#include "Text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace bridge;
using llvm::StringRef;

namespace {
struct Piece {
  const Token *token;
  std::string text; ///< with the spaces before it
};

struct Line {
  std::vector<Piece> pieces;
  StringRef comment;
  bool hasBlankBefore = false;
  bool continues = false;    ///< a statement that began before
  bool isUnfinished = false; ///< the statement goes on in the next line
  unsigned indent = 0;
};

/// Distributes tokens and comments over lines.
class LineBuilder {
public:
  LineBuilder(StringRef text, llvm::ArrayRef<Token> tokens)
      : text(text), tokens(tokens) {}

  std::vector<Line> run();

private:
  void findBlocks();
  void addGap(StringRef gap);
  bool isBrokenBefore(size_t i) const;
  Line &startLine();

  StringRef text;
  llvm::ArrayRef<Token> tokens;
  std::vector<Line> lines;
  bool isLineOpen = false; ///< whether the next token goes on the last line
  bool sawBlank = false;
  const Token *last = nullptr;
  /// For each token, whether the block around it has several lines; for a
  /// brace, whether its own block has.
  std::vector<bool> isInTallBlock;
};
} // namespace

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

static bool isOpening(const Token &token) {
  return token.is("(") || token.is("[") || token.is("{");
}
static bool isClosing(const Token &token) {
  return token.is(")") || token.is("]") || token.is("}");
}

void LineBuilder::findBlocks() {
  isInTallBlock.assign(tokens.size(), true);
  llvm::SmallVector<size_t> open;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is("{"))
      open.push_back(i);
    if (!tokens[i].is("}"))
      continue;
    size_t begin = open.pop_back_val();
    StringRef inside(tokens[begin].text.end(),
                     tokens[i].text.begin() - tokens[begin].text.end());
    if (!inside.contains('\n'))
      std::fill(isInTallBlock.begin() + begin, isInTallBlock.begin() + i + 1,
                false);
  }
}

/// Whether a block asks for a new line before a token.
bool LineBuilder::isBrokenBefore(size_t i) const {
  if (i == 0)
    return true;
  const Token &before = tokens[i - 1];
  if (before.kind == Token::Kind::End && before.text == ";")
    return isInTallBlock[i - 1];
  return (before.is("{") && isInTallBlock[i - 1]) ||
         (tokens[i].is("}") && isInTallBlock[i]);
}

Line &LineBuilder::startLine() {
  Line &line = lines.emplace_back();
  line.continues = last && last->kind != Token::Kind::End && !last->is("{");
  line.hasBlankBefore = sawBlank;
  sawBlank = false;
  return line;
}

/// The text between two tokens: comments, blank lines and spaces.
void LineBuilder::addGap(StringRef gap) {
  while (true) {
    auto [row, rest] = gap.split('\n');
    bool isLast = row.size() == gap.size();
    StringRef comment = row.trim(" \t\r");
    if (!comment.empty())
      (isLineOpen ? lines.back() : startLine()).comment = comment;
    else if (!isLineOpen && !isLast)
      sawBlank = true;
    if (isLast)
      return;
    isLineOpen = false;
    gap = rest;
  }
}

std::vector<Line> LineBuilder::run() {
  findBlocks();
  const char *end = text.begin();
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token &token = tokens[i];
    addGap(StringRef(end, token.text.begin() - end));
    end = token.text.end();
    if (token.kind == Token::Kind::EndOfFile)
      break;
    if (token.kind == Token::Kind::End) {
      // Only between the statements of a block in one line.
      bool isShown =
          token.text == ";" && !isInTallBlock[i] && !tokens[i + 1].is("}");
      if (isShown)
        lines.back().pieces.push_back({&token, {}});
      last = &token;
      continue;
    }
    if (isBrokenBefore(i))
      isLineOpen = false;
    if (!isLineOpen)
      startLine().continues &= !token.is("}");
    isLineOpen = true;
    lines.back().pieces.push_back({&token, {}});
    last = &token;
  }
  addGap(text.drop_front(end - text.begin()));
  for (size_t i = 0; i + 1 < lines.size(); ++i)
    lines[i].isUnfinished = lines[i + 1].continues;
  return std::move(lines);
}

//===----------------------------------------------------------------------===//
// Indentation and spaces
//===----------------------------------------------------------------------===//

static void indent(std::vector<Line> &lines) {
  constexpr unsigned step = 2;
  llvm::SmallVector<unsigned> open; ///< the indents of the brackets' lines
  size_t statementDepth = 0;
  unsigned statementIndent = 0;
  for (Line &line : lines) {
    if (!line.continues)
      statementDepth = open.size();
    llvm::ArrayRef<Piece> pieces = line.pieces;
    if (!pieces.empty() && isClosing(*pieces.front().token)) {
      while (!pieces.empty() && isClosing(*pieces.front().token)) {
        line.indent = open.pop_back_val();
        pieces = pieces.drop_front();
      }
    } else {
      line.indent = open.empty() ? 0 : open.back() + step;
      if (line.continues && open.size() == statementDepth)
        line.indent += step;
    }
    if (!line.continues)
      statementIndent = line.indent;
    for (const Piece &piece : pieces) {
      if (isOpening(*piece.token))
        open.push_back(piece.token->is("{") ? statementIndent : line.indent);
      else if (isClosing(*piece.token))
        open.pop_back();
    }
  }
}

static bool hasSpaceBetween(const Token &left, const Token &right) {
  using Spacing = Token::Spacing;
  if (left.is(","))
    return !isClosing(right);
  if (left.spacing == Spacing::NoneAfter || left.spacing == Spacing::None ||
      right.spacing == Spacing::NoneBefore || right.spacing == Spacing::None)
    return false;
  if (left.is("(") || left.is("[") || right.is(")") || right.is("]"))
    return false;
  if (left.is("{") && right.is("}"))
    return false;
  return !left.is(".") && !right.is(".") && !right.is(",") && !right.is(":") &&
         right.kind != Token::Kind::End;
}

static void space(std::vector<Line> &lines) {
  for (Line &line : lines) {
    const Token *left = nullptr;
    for (Piece &piece : line.pieces) {
      bool hasSpace = left && hasSpaceBetween(*left, *piece.token);
      piece.text = ((hasSpace ? " " : "") + piece.token->text).str();
      left = piece.token;
    }
  }
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

/// The piece of a line that a column aligns, or null.
static Piece *find(Line &line, Token::Column column) {
  using Column = Token::Column;
  bool staysOpen = column == Column::PartName || column == Column::EntryArrow ||
                   column == Column::EntryValue;
  if (line.continues || (line.isUnfinished && !staysOpen))
    return nullptr;
  for (Piece &piece : line.pieces) {
    if (piece.token->column == column)
      return &piece;
    if (piece.token->is("{") || piece.token->kind == Token::Kind::End)
      return nullptr;
  }
  return nullptr;
}

/// Characters before the token of a piece.
static size_t offsetOf(const Line &line, const Piece &piece) {
  size_t width = 0;
  for (const Piece *before = line.pieces.data(); before != &piece; ++before)
    width += countCharacters(before->text);
  return width + piece.text.size() - piece.token->text.size();
}

/// Aligns one column in each run of lines that have it.
static void align(std::vector<Line> &lines, Token::Column column) {
  std::vector<std::pair<Line *, Piece *>> run;
  auto finishRun = [&] {
    size_t width = 0;
    for (auto [line, piece] : run)
      width = std::max(width, offsetOf(*line, *piece));
    for (auto [line, piece] : run)
      piece->text.insert(0, width - offsetOf(*line, *piece), ' ');
    run.clear();
  };
  for (Line &line : lines) {
    bool isInside = line.continues && !line.pieces.empty();
    Piece *piece = find(line, column);
    bool isNeighbour = !line.hasBlankBefore &&
                       (run.empty() || run.back().first->indent == line.indent);
    if (!isInside && (!piece || !isNeighbour))
      finishRun();
    if (piece)
      run.push_back({&line, piece});
  }
  finishRun();
}

//===----------------------------------------------------------------------===//
// The text
//===----------------------------------------------------------------------===//

static std::string print(const std::vector<Line> &lines) {
  std::string result;
  const Line *before = nullptr;
  for (const Line &line : lines) {
    bool isFirstInside = before && !before->pieces.empty() &&
                         isOpening(*before->pieces.back().token);
    bool isClosingLine =
        !line.pieces.empty() && isClosing(*line.pieces.front().token);
    if (line.hasBlankBefore && before && !isFirstInside && !isClosingLine)
      result += '\n';
    result.append(line.indent, ' ');
    for (const Piece &piece : line.pieces)
      result += piece.text;
    if (!line.comment.empty())
      result += (line.pieces.empty() ? "" : "  ") + line.comment.str();
    result += '\n';
    before = &line;
  }
  return result;
}

llvm::FailureOr<std::string> bridge::formatSpec(std::string name,
                                                std::string text,
                                                Diagnostics &diagnostics) {
  auto spec = parseTokens(std::move(name), std::move(text), diagnostics);
  if (failed(spec))
    return llvm::failure();
  using Column = Token::Column;
  std::vector<Line> lines =
      LineBuilder(spec->file->source->text(), spec->tokens).run();
  indent(lines);
  space(lines);
  for (Column column :
       {Column::PartName, Column::PartEquals, Column::AssignEquals,
        Column::FunctionEquals, Column::FieldEquals, Column::FieldElse,
        Column::NameElse, Column::EntryArrow, Column::EntryValue})
    align(lines, column);
  return print(lines);
}
