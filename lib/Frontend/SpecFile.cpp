//===- SpecFile.cpp - Reading the file of a spec --------------------------===//
#include "Text.h"
#include "bridge/Frontend/Parser.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

using namespace bridge;
using llvm::StringRef;

static constexpr size_t maxSize = 16 << 20;

/// Reads up to one byte more than a spec may have, so that endless devices end.
static llvm::Expected<std::string> readBytes(StringRef path) {
  auto file = llvm::sys::fs::openNativeFileForRead(path);
  if (!file)
    return file.takeError();
  llvm::scope_exit close([&] { llvm::sys::fs::closeFile(*file); });
  constexpr size_t chunk = 1 << 16;
  std::string text;
  while (text.size() <= maxSize) {
    size_t size = text.size();
    text.resize(size + chunk);
    auto count = llvm::sys::fs::readNativeFile(
        *file, llvm::MutableArrayRef<char>(text.data() + size, chunk));
    if (!count)
      return count.takeError();
    text.resize(size + *count);
    if (*count == 0)
      break;
  }
  return std::move(text);
}

/// Reports the first thing in `text` that a text does not have.
static llvm::LogicalResult checkText(StringRef path, const std::string &text,
                                     Diagnostics &diagnostics) {
  StringRef rest = text;
  while (!rest.empty() && rest.front() != '\0' && characterLength(rest) != 0)
    rest = rest.drop_front(characterLength(rest));
  if (rest.empty())
    return llvm::success();
  uint32_t offset = rest.data() - text.data();
  std::string message = rest.front() == '\0'
                            ? "a spec is text, found a zero byte"
                            : "a spec is UTF-8 text, found another byte";
  const SourceFile *file =
      diagnostics.keep(std::make_unique<SourceFile>(path.str(), text));
  return diagnostics.error({file, offset, 1}, std::move(message));
}

llvm::FailureOr<std::string> bridge::readSpecFile(StringRef path,
                                                  Diagnostics &diagnostics) {
  auto text = readBytes(path);
  if (!text)
    return diagnostics.error({}, "cannot read `" + path.str() +
                                     "`: " + llvm::toString(text.takeError()));
  if (text->size() > maxSize)
    return diagnostics.error({}, "cannot read `" + path.str() +
                                     "`: it is larger than 16 MiB");
  if (failed(checkText(path, *text, diagnostics)))
    return llvm::failure();
  return std::move(*text);
}
