//===- CommandLine.h - The options of a compiled bridge ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_COMMANDLINE_H
#define BRIDGE_LIB_RUNTIME_COMMANDLINE_H

#include "Base.h"

namespace bridge::runtime {

/// What a command line asks for. Texts point into argv.
struct CommandLine {
  /// A word of --image: a picture, which may be preceded by `NAME=`; or a
  /// further picture for the input of the word before.
  struct Image {
    const char *word;
    bool continues;
  };

  const char *entry; ///< null: list the entries
  const char *weights;
  const char *inputs;
  Array<Image> images; ///< in their order
  const char *output;
  const char *compare;
  double tolerance;
  bool hasTolerance;
  int64_t runs; ///< of --time; 0: not timed
  int32_t threads;
  bool json, print, help, version;

  /// Reads everything after the command's name.
  bridge_status parse(int argc, char **argv, Message &message);
};

/// The text of --help; `command` precedes ENTRY.
void printHelp(const char *command);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_COMMANDLINE_H
