//===- Localise.cpp - Objects that show one symbol ------------------------===//
#include "Localise.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/raw_ostream.h"

using namespace bridge;

llvm::Error bridge::localiseSymbols(llvm::StringRef path,
                                    llvm::StringRef kept) {
  auto opened = llvm::object::createBinary(path);
  if (!opened)
    return opened.takeError();
  llvm::objcopy::ConfigManager config;
  auto name = llvm::objcopy::NameOrPattern::create(
      kept, llvm::objcopy::MatchStyle::Literal,
      [](llvm::Error error) { return error; });
  if (!name)
    return name.takeError();
  if (llvm::Error error =
          config.Common.SymbolsToKeepGlobal.addMatcher(std::move(name)))
    return error;
  config.Common.StripUnneeded = true;
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream buffer(bytes);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(
          config, *opened->getBinary(), buffer))
    return error;
  std::error_code code;
  llvm::raw_fd_ostream file(path, code);
  if (code)
    return llvm::errorCodeToError(code);
  file << buffer.str();
  file.close();
  code = file.error();
  file.clear_error();
  return llvm::errorCodeToError(code);
}
