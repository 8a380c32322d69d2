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

/// A launch; FLOPs; simple operations and elements; functions; bytes of
/// weights; bytes of other operands.
Work workOf(const LaunchCost &launch);

/// Seconds for one of each kind of work.
using KernelRates = std::array<double, kWorkCount>;

/// A machine file.
struct Machine {
  std::string processor, level;
  unsigned threads = 1;
  std::map<std::string, KernelRates> kernels; ///< by kind, and `other`

  /// The seconds that a launch takes.
  double predict(const LaunchCost &launch) const;

  llvm::json::Value toJson() const;
  /// Reads the text of a machine file; `name` is how messages call it.
  static llvm::Expected<Machine> parse(llvm::StringRef text,
                                       llvm::StringRef name);
  /// Reads a file, or, where `path` is empty, the one that comes with the tool.
  static llvm::Expected<Machine> load(const std::string &path);
};

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_MACHINE_H
