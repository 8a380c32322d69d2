//===- Report.h - What a run tells ------------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_REPORT_H
#define BRIDGE_LIB_RUNNER_REPORT_H

#include "Executor.h"
#include <optional>

namespace bridge {

/// How long runs took, in milliseconds.
struct Timing {
  double firstCall = 0;
  std::vector<double> runs;
};

/// What a run tells.
struct Report {
  EntryInfo entry;
  std::vector<NamedArray> outputs;    ///< in the order of the entry's
  std::vector<double> relativeErrors; ///< of each output, where compared
  std::optional<Timing> timing;
  Usage usage;
};

/// Prints the entries of a model with their inputs, outputs and dimensions.
void printEntries(llvm::raw_ostream &os, const std::string &model,
                  const std::vector<EntryInfo> &entries, bool json);

void printReport(llvm::raw_ostream &os, const Report &report, bool json);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_REPORT_H
