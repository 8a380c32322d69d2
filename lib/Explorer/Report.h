//===- Report.h - What exploring tells --------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_REPORT_H
#define BRIDGE_LIB_EXPLORER_REPORT_H

#include "Study.h"

namespace bridge {

/// How numbers are shown.
enum class Unit { Count, Flops, Bytes, Seconds, Ratio };

/// A number that every combination has, or some.
struct Metric {
  std::string key; ///< `flops`, for CSV
  std::string title;
  Unit unit;
  std::vector<std::optional<double>> values; ///< of each study
};

/// All that is known of some studies, in the order of the table.
std::vector<Metric> metricsOf(llvm::ArrayRef<Study> studies);

/// What tells a study from the others: `latents=32, prefill`.
std::string labelOf(const Study &study, llvm::ArrayRef<Study> studies);

/// The settings that are the same everywhere: `images=1, entry=prefill`.
std::string commonSettings(llvm::ArrayRef<Study> studies);

/// `8.818 G`, `31.2 ms`, `-` for nothing.
std::string textOf(std::optional<double> value, Unit unit);

void printText(llvm::ArrayRef<Study> studies, llvm::raw_ostream &os);
void printJson(llvm::ArrayRef<Study> studies, const Machine &machine,
               llvm::raw_ostream &os);
void printCsv(llvm::ArrayRef<Study> studies, llvm::raw_ostream &os);

/// A picture with a row for each study.
std::string drawPlot(llvm::ArrayRef<Study> studies);

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_REPORT_H
