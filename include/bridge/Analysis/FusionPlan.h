//===- FusionPlan.h - Which fusions to make ---------------------*- C++ -*-===//
#ifndef BRIDGE_ANALYSIS_FUSIONPLAN_H
#define BRIDGE_ANALYSIS_FUSIONPLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace bridge {

/// A fusion that can be switched, and the passes that make it.
struct Fusion {
  llvm::StringLiteral name;
  llvm::StringLiteral passes; ///< one or, separated by commas, several
  llvm::StringLiteral summary;
  bool isOnPlan =
      false; ///< its pass runs on the plan, not on the bridge dialect
};

/// All fusions, in the order in which their passes run.
llvm::ArrayRef<Fusion> allFusions();

/// The fusions that a compilation makes.
class FusionPlan {
public:
  /// Reads `all`, `none`, or fusions separated by commas: `attention,epilogue`
  /// makes these only, `-attention` all but these. Later words win.
  static llvm::Expected<FusionPlan> parse(llvm::StringRef text);

  /// Whether the fusion of this name is made.
  bool has(llvm::StringRef name) const;
  /// The passes to run on the bridge dialect or on the plan, in order.
  llvm::SmallVector<std::string> passes(bool onPlan) const;
  /// `all`, `none` or the names of the fusions, as `parse` reads them.
  std::string str() const;

private:
  llvm::SmallVector<bool> chosen; ///< one for each of allFusions()
};

} // namespace bridge

#endif // BRIDGE_ANALYSIS_FUSIONPLAN_H
