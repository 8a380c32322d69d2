//===- LoadProgram.cpp - Loading compiled libraries -----------------------===//
#include "LoadProgram.h"
#include <dlfcn.h>
#include <filesystem>

using namespace bridge;
using llvm::Expected;

Expected<const bridge_program *>
bridge::loadProgram(const std::string &library) {
  // A name without a slash would be searched for in the system's folders.
  std::error_code ignored;
  std::string path = std::filesystem::absolute(library, ignored).string();
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return llvm::createStringError(dlerror());
  void *program = dlsym(handle, BRIDGE_PROGRAM_SYMBOL);
  if (!program)
    return llvm::createStringError(library +
                                   " is not a compiled bridge: it has no "
                                   "symbol `" BRIDGE_PROGRAM_SYMBOL "`");
  return static_cast<const bridge_program *>(program);
}
