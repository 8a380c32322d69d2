//===- Text.cpp - Characters of UTF-8 text --------------------------------===//
#include "Text.h"
#include "llvm/Support/ConvertUTF.h"
#include <algorithm>

using namespace bridge;
using llvm::StringRef;

size_t bridge::characterLength(StringRef text) {
  const auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  size_t length = llvm::getNumBytesForUTF8(*bytes);
  bool isLegal =
      length <= text.size() && llvm::isLegalUTF8Sequence(bytes, bytes + length);
  return isLegal ? length : 0;
}

size_t bridge::countCharacters(StringRef text) {
  size_t count = 0;
  for (; !text.empty(); ++count)
    text = text.drop_front(std::max<size_t>(characterLength(text), 1));
  return count;
}

std::string bridge::printable(StringRef text) {
  std::string result;
  while (!text.empty()) {
    size_t length = characterLength(text);
    unsigned char first = text.front();
    bool isPlain = length > 1 || first == '\t' || (first >= 32 && first < 127);
    result += isPlain ? text.take_front(length) : StringRef("\uFFFD");
    text = text.drop_front(std::max<size_t>(length, 1));
  }
  return result;
}
