//===- RunCompiled.cpp - Running compiled libraries -----------------------===//
#include "RunCompiled.h"
#include "bridge/Runtime/Main.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
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

/// The program stays loaded until the process ends.
static Expected<const bridge_program *> load(const std::string &library) {
  // A name without a slash would be searched for in the system's folders.
  std::error_code ignored;
  std::string path = std::filesystem::absolute(library, ignored).string();
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

/// The command line of a program that says what the options say. Weights are
/// given apart from it.
static std::vector<std::string> commandLine(const RunOptions &options) {
  std::vector<std::string> line;
  auto add = [&](const char *name, const std::string &value) {
    if (!value.empty())
      line.push_back(std::string(name) + "=" + value);
  };
  if (!options.entry.empty())
    line.push_back(options.entry);
  add("--inputs", options.inputs);
  // The words after an --image are further pictures of its input.
  for (const RunOptions::Image &image : options.images)
    image.continues ? line.push_back(image.word) : add("--image", image.word);
  add("--output", options.output);
  add("--compare", options.compare);
  if (options.tolerance)
    add("--tolerance", llvm::formatv("{0:e17}", *options.tolerance));
  if (options.runs)
    add("--time", std::to_string(options.runs));
  if (options.threads)
    add("--threads", std::to_string(options.threads));
  if (options.json)
    line.push_back("--json");
  if (options.print)
    line.push_back("--print");
  return line;
}

Expected<int> bridge::runCompiled(const std::string &library,
                                  const RunOptions &options,
                                  const std::string &preprocessor) {
  Expected<const bridge_program *> program = load(library);
  if (!program)
    return program.takeError();
  auto orNull = [](const std::string &text) {
    return text.empty() ? nullptr : text.c_str();
  };
  std::string command = "bridge-run " + options.model.input;
  bridge_main_options mainOptions = {"bridge-run", command.c_str(),
                                     orNull(options.weights),
                                     orNull(preprocessor)};
  std::vector<std::string> line = commandLine(options);
  std::vector<char *> arguments;
  for (std::string &argument : line)
    arguments.push_back(argument.data());
  return bridge_main_program(*program, arguments.size(), arguments.data(),
                             &mainOptions);
}
