//===- RunCompiled.cpp - Running compiled libraries -----------------------===//
#include "RunCompiled.h"
#include "LoadProgram.h"
#include "bridge/Runtime/Main.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge;
using llvm::Expected;

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
  Expected<const bridge_program *> program = loadProgram(library);
  if (!program)
    return program.takeError();
  return runProgram(**program, options, preprocessor);
}

int bridge::runProgram(const bridge_program &program, const RunOptions &options,
                       const std::string &preprocessor) {
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
  return bridge_main_program(&program, arguments.size(), arguments.data(),
                             &mainOptions);
}
