//===- LoadProgram.cpp - Loading compiled libraries -----------------------===//
#include "LoadProgram.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <dlfcn.h>
#include <filesystem>

using namespace bridge;
using llvm::Expected;

/// The symbol of a library's program, or empty.
static Expected<std::string> findProgram(const std::string &library) {
  auto file = llvm::object::ObjectFile::createObjectFile(library);
  if (!file)
    return file.takeError();
  auto *elf =
      llvm::dyn_cast<llvm::object::ELFObjectFileBase>(file->getBinary());
  if (!elf)
    return "";
  for (llvm::object::SymbolRef symbol : elf->getDynamicSymbolIterators()) {
    Expected<llvm::StringRef> name = symbol.getName();
    Expected<uint32_t> flags = symbol.getFlags();
    if (!name || !flags)
      return llvm::joinErrors(name.takeError(), flags.takeError());
    if (name->ends_with(BRIDGE_PROGRAM_SUFFIX) &&
        !(*flags & llvm::object::SymbolRef::SF_Undefined))
      return name->str();
  }
  return "";
}

/// Fails where a library is shorter than its headers say; the loader would
/// crash. What is no library at all is left to it.
static llvm::Error checkLength(const std::string &library) {
  auto buffer = llvm::MemoryBuffer::getFile(library);
  if (!buffer)
    return llvm::Error::success();
  uint64_t size = (*buffer)->getBufferSize(), needed = 0;
  auto elf = llvm::object::ELF64LEFile::create((*buffer)->getBuffer());
  if (!elf) {
    llvm::consumeError(elf.takeError());
    return llvm::Error::success();
  }
  const auto &header = elf->getHeader();
  needed = header.e_phoff + uint64_t(header.e_phnum) * header.e_phentsize;
  auto segments = elf->program_headers();
  if (segments)
    for (const auto &segment : *segments)
      needed = std::max<uint64_t>(needed, segment.p_offset + segment.p_filesz);
  llvm::consumeError(segments.takeError());
  if (needed > size)
    return llvm::createStringError(
        llvm::formatv("{0}: the library is cut off: expected at least {1} "
                      "bytes, found {2}",
                      library, needed, size));
  return llvm::Error::success();
}

Expected<const bridge_program *>
bridge::loadProgram(const std::string &library) {
  // A name without a slash would be searched for in the system's folders.
  std::error_code ignored;
  std::string path = std::filesystem::absolute(library, ignored).string();
  if (llvm::Error error = checkLength(path))
    return error;
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return llvm::createStringError(dlerror());
  Expected<std::string> symbol = findProgram(path);
  if (!symbol)
    return symbol.takeError();
  if (symbol->empty())
    return llvm::createStringError(library +
                                   ": not a compiled bridge: it has no symbol "
                                   "`…" BRIDGE_PROGRAM_SUFFIX "`");
  return static_cast<const bridge_program *>(dlsym(handle, symbol->c_str()));
}
