//===- Machine.h - How fast a machine runs kernels --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_MACHINE_H
#define BRIDGE_LIB_EXPLORER_MACHINE_H

#include "bridge/Analysis/LaunchCost.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <array>
#include <map>

namespace bridge {

/// What takes time in a launch; the order of KernelRates.
inline constexpr unsigned kWorkCount = 6;
inline constexpr unsigned kFlops = 1; ///< which of them the FLOPs are
using Work = std::array<double, kWorkCount>;

/// What a machine file calls the kernels that run as fast as the launch's:
/// their kind, and those that multiply bf16 apart.
std::string kernelClass(const LaunchCost &launch);

/// A launch; FLOPs; simple operations and elements; functions; bytes of
/// weights; bytes of other operands.
Work workOf(const LaunchCost &launch);

/// Seconds for one of each kind of work.
using KernelRates = std::array<double, kWorkCount>;

/// A machine file.
struct Machine {
  std::string processor, level;
  unsigned threads = 1;
  std::map<std::string, KernelRates> kernels; ///< by class, and `other`

  /// The seconds that a launch takes.
  double predict(const LaunchCost &launch) const;

  /// Fails where products of this precision were not measured; `name` is how
  /// messages call the machine file.
  llvm::Error checkPrecision(llvm::StringRef precision,
                             llvm::StringRef name) const;

  llvm::json::Value toJson() const;
  /// Reads the text of a machine file; `name` is how messages call it.
  static llvm::Expected<Machine> parse(llvm::StringRef text,
                                       llvm::StringRef name);
  /// Reads a file, or, where `path` is empty, the one that comes with the tool.
  static llvm::Expected<Machine> load(const std::string &path);
};

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_MACHINE_H
