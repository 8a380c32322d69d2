//===- Tool.h - What all command-line tools share ---------------*- C++ -*-===//
#ifndef BRIDGE_DRIVER_TOOL_H
#define BRIDGE_DRIVER_TOOL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include <functional>

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

using OptionRef = std::reference_wrapper<const llvm::cl::Option>;

/// An option as it is written: `-o`, `--output`.
std::string spelled(const llvm::cl::Option &option);

/// The first of `options` that stands on the command line; null without any.
const llvm::cl::Option *firstGiven(llvm::ArrayRef<OptionRef> options);

/// Fails where one of `counts` stands on the command line as 0.
llvm::Error checkCounts(llvm::ArrayRef<const llvm::cl::opt<unsigned> *> counts);

} // namespace bridge

#endif // BRIDGE_DRIVER_TOOL_H
