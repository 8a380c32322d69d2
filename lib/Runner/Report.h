//===- Report.h - What a run tells ------------------------------*- C++ -*-===//
//
// In the words of compiled programs (lib/Runtime/Report.h).
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_RUNNER_REPORT_H
#define BRIDGE_LIB_RUNNER_REPORT_H

#include "EntryInfo.h"
#include "TensorFile.h"
#include <optional>

namespace bridge {

/// How long runs took, in milliseconds.
struct Timing {
  double firstCall = 0;
  std::vector<double> runs;
};

/// What a run tells.
struct Report {
  std::string entry;
  std::vector<NamedArray> outputs; ///< as `<entry>/<output>`, in order
  std::vector<double> errors;      ///< of each output, where compared
  std::optional<Timing> timing;
  bool print = false; ///< the outputs' numbers too
};

/// Prints the entries of a model with their inputs, outputs, dimensions and
/// checks.
void printEntries(llvm::raw_ostream &os, const std::string &model,
                  const std::vector<EntryInfo> &entries, bool json);

void printReport(llvm::raw_ostream &os, const Report &report, bool json);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_REPORT_H
