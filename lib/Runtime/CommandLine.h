//===- CommandLine.h - The options of a compiled bridge ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_COMMANDLINE_H
#define BRIDGE_LIB_RUNTIME_COMMANDLINE_H

#include "Base.h"

namespace bridge::runtime {

/// What a command line asks for. Texts point into argv.
struct CommandLine {
  struct Image {
    Text input;
    const char *path;
  };

  const char *entry; ///< null: list the entries
  const char *weights;
  const char *inputs;
  Array<Image> images; ///< in their order
  const char *output;
  const char *compare;
  double tolerance;
  int64_t runs; ///< of --time; 0: not timed
  int32_t threads;
  bool json, print, help;

  /// Reads everything after the command's name.
  bridge_status parse(int argc, char **argv, Message &message);
};

/// The text of --help; `command` precedes ENTRY.
void printHelp(const char *command);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_COMMANDLINE_H
