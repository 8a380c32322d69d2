//===- Tool.cpp - What all command-line tools share -----------------------===//
#include "bridge/Driver/Tool.h"
#include "bridge/Driver/Passes.h"
#include "bridge/Driver/SpecError.h"
#include "bridge/Runtime/Abi.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace bridge;

/// LLVM's fatal errors, such as an instruction that cannot be selected. One is
/// no fault of ours: what was printed, to a full disk perhaps, got lost.
static void exitOnFatalError(void *, const char *reason, bool) {
  llvm::StringRef text = reason;
  bool isLost = text.consume_front("IO failure on output stream");
  llvm::errs() << (isLost ? "error: cannot write the output"
                          : "internal error: ")
               << text << "\n";
  llvm::sys::RunInterruptHandlers();
  _Exit(isLost ? ExitUserError : ExitInternalError);
}

void bridge::setUpTool(llvm::StringRef tool, const char *program) {
  llvm::sys::PrintStackTraceOnErrorSignal(program);
  llvm::sys::AddSignalHandler([](void *) { _Exit(ExitInternalError); },
                              nullptr);
  llvm::install_fatal_error_handler(exitOnFatalError);
  llvm::cl::SetVersionPrinter([tool = tool.str()](llvm::raw_ostream &os) {
    os << tool << ", bridge ABI version " << BRIDGE_ABI_VERSION << ", LLVM "
       << LLVM_VERSION_STRING << "\n";
  });
}

ToolSession::ToolSession(llvm::StringRef tool, int argc, char **argv,
                         llvm::cl::OptionCategory &category,
                         llvm::StringRef overview)
    : tool(tool.str()) {
  setUpTool(tool, argv[0]);
  llvm::cl::HideUnrelatedOptions(category);
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, overview, &llvm::errs()))
    std::exit(ExitUserError);
}

int ToolSession::finish(llvm::Error error) const {
  int status = ExitSuccess;
  llvm::handleAllErrors(
      std::move(error),
      [&](const InternalError &internal) {
        status = ExitInternalError;
        llvm::errs() << tool << ": internal error: ";
        internal.log(llvm::errs());
        llvm::errs() << "\n";
      },
      [&](const SpecError &spec) {
        status = ExitUserError;
        // An error without a place in a file says whose it is.
        if (!spec.hasPlace())
          llvm::errs() << tool << ": ";
        spec.log(llvm::errs());
      },
      [&](const llvm::ErrorInfoBase &other) {
        status = ExitUserError;
        llvm::errs() << tool << ": error: ";
        other.log(llvm::errs());
        llvm::errs() << "\n";
      });
  return status;
}

std::string bridge::spelled(const llvm::cl::Option &option) {
  return (option.ArgStr.size() > 1 ? "--" : "-") + option.ArgStr.str();
}

const llvm::cl::Option *bridge::firstGiven(llvm::ArrayRef<OptionRef> options) {
  for (const llvm::cl::Option &option : options)
    if (option.getNumOccurrences())
      return &option;
  return nullptr;
}

llvm::Error
bridge::checkCounts(llvm::ArrayRef<const llvm::cl::opt<unsigned> *> counts) {
  for (const llvm::cl::opt<unsigned> *count : counts)
    if (count->getNumOccurrences() && *count == 0)
      return llvm::createStringError(spelled(*count) +
                                     " needs a whole number from 1, found `0`");
  return llvm::Error::success();
}
