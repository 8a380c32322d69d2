//===- Sweep.h - The combinations that are explored -------------*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_SWEEP_H
#define BRIDGE_LIB_EXPLORER_SWEEP_H

#include "bridge/Explorer/Explorer.h"
#include "llvm/ADT/StringMap.h"

namespace bridge {

/// A name with the values that it takes in turn.
struct Axis {
  std::string name;
  std::vector<std::string> values;
};

/// One choice on each of a list of axes.
using Choice = std::vector<std::pair<std::string, std::string>>;

/// Reads `name=value,value`. Commas in brackets and quotes are the value's own.
/// `option` is how messages call it.
llvm::Expected<std::vector<Axis>> parseAxes(llvm::ArrayRef<std::string> texts,
                                            llvm::StringRef option);

/// The fusion plans of a list; each is one for FusionPlan::parse.
llvm::Expected<Axis> parsePlans(llvm::StringRef text);

/// All combinations, the last axis fastest.
std::vector<Choice> combine(llvm::ArrayRef<Axis> axes);

/// The dimensions among a choice as numbers.
llvm::Expected<llvm::StringMap<int64_t>> dimensionsOf(const Choice &choice);

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_SWEEP_H
