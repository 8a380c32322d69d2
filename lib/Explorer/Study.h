//===- Study.h - What one combination costs ---------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_EXPLORER_STUDY_H
#define BRIDGE_LIB_EXPLORER_STUDY_H

#include "Machine.h"
#include "Model.h"

namespace bridge {

/// What a part with a role takes; a path of `` is that of all else.
struct PartShare {
  std::string path;
  double flops = 0;
  double predicted = 0;           ///< seconds
  std::optional<double> measured; ///< seconds
};

/// The seconds that a fusion saves while the others of the plan stay.
struct FusionGain {
  std::string name;
  double predicted = 0;
  std::optional<double> measured;
};

/// One combination, and what an entry of it costs.
struct Study {
  Choice settings;
  std::string entry, fuse;
  Dimensions dims;

  int64_t parameters = 0, frozen = 0;
  int64_t elementBytes = 4; ///< of weights and of cached keys and values
  double flops = 0, towerFlops = 0, bridgeFlops = 0, languageFlops = 0;
  double bytes = 0; ///< that kernels read and write
  int64_t arenaBytes = 0;
  double visualTokens = 0;
  double sequenceTokens = 0; ///< visual tokens among the words
  std::optional<double> contextLeft;
  double cacheBytes = 0;
  double gradientFlops = 0, retainedBytes = 0;
  double predicted = 0;           ///< seconds
  std::optional<double> measured; ///< seconds
  std::vector<PartShare> parts;
  std::vector<FusionGain> fusions;

  int64_t trained() const { return parameters - frozen; }
  /// Gradients and both moments of Adam, in f32.
  double optimizerBytes() const { return 12.0 * trained(); }
  /// Of all; vectors, which are f32 in any precision, count like the others.
  double weightBytes() const { return elementBytes * double(parameters); }
};

/// Fills in all that needs no run; entry, fuse and dims are set.
llvm::Error analyze(ExploredModel &model, const Machine &machine, Study &study);

/// Runs the entry with random weights and fills in the times.
llvm::Error measure(ExploredModel &model, const ExploreOptions &options,
                    unsigned threads, Study &study);

/// The plan without one of its fusions, as FusionPlan::parse reads it.
std::string planWithout(llvm::StringRef plan, llvm::StringRef fusion);

} // namespace bridge

#endif // BRIDGE_LIB_EXPLORER_STUDY_H
