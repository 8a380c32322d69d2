//===- Tool.h - What all command-line tools share ---------------*- C++ -*-===//
#ifndef BRIDGE_DRIVER_TOOL_H
#define BRIDGE_DRIVER_TOOL_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace llvm::cl {
class OptionCategory;
} // namespace llvm::cl

namespace bridge {

/// Exit statuses: 0; 1 for whatever a user can cause; 70 for an internal error.
enum ExitStatus { ExitSuccess = 0, ExitUserError = 1, ExitInternalError = 70 };

/// What every tool does first: crashes and fatal errors of LLVM end with
/// ExitInternalError, and --version names the tool and the versions that count.
void setUpTool(llvm::StringRef tool, const char *program);

/// Parses the command line and turns errors into messages and exit statuses;
/// crashes and fatal errors of LLVM end with ExitInternalError.
class ToolSession {
public:
  /// Exits with ExitUserError where the command line is wrong.
  ToolSession(llvm::StringRef tool, int argc, char **argv,
              llvm::cl::OptionCategory &category, llvm::StringRef overview);

  /// Prints the error, if it is one, and gives the status to exit with.
  int finish(llvm::Error error) const;

private:
  std::string tool;
};

} // namespace bridge

#endif // BRIDGE_DRIVER_TOOL_H
