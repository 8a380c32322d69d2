//===- Explorer.h - What designs and fusions cost ---------------*- C++ -*-===//
#ifndef BRIDGE_EXPLORER_EXPLORER_H
#define BRIDGE_EXPLORER_EXPLORER_H

#include "bridge/Driver/Driver.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace bridge {

/// How the table is printed.
enum class ReportFormat { Text, Json, Csv };

/// The options of `bridge-explore`, as data.
struct ExploreOptions {
  CompileOptions model; ///< its definitions, variant and fuse come from below

  std::vector<std::string> variants;    ///< names; one that is `all`: all
  std::vector<std::string> definitions; ///< name=value,value,…
  std::vector<std::string> dims;        ///< name=value,value,…
  std::string fuse = "all"; ///< plans, separated by commas; `+` joins fusions
  std::string entry;        ///< empty: all entries

  ReportFormat format = ReportFormat::Text;
  std::string plot;    ///< an .svg file to write
  std::string machine; ///< a machine file; empty: the one that comes with it

  bool measure = false;           ///< also run everything, with random weights
  std::vector<std::string> fills; ///< input=value: what fills an input
  unsigned runs = 10;             ///< of each when measuring
  unsigned threads = 0;           ///< 0: those of the machine file
};

/// Prints what each combination costs, to `os`, as `options` say.
llvm::Error explore(const ExploreOptions &options, llvm::raw_ostream &os);

/// The options of `bridge-explore --calibrate`.
struct CalibrateOptions {
  std::string output; ///< the machine file to write; empty: standard output
  unsigned runs = 10;
  unsigned threads = 0; ///< 0: as many as there are cores
};

/// Measures how fast this machine runs kernels and writes a machine file.
llvm::Error calibrate(const CalibrateOptions &options);

} // namespace bridge

#endif // BRIDGE_EXPLORER_EXPLORER_H
