//===- Measure.cpp - What a combination takes on this machine -------------===//
#include "Study.h"
#include "Timing.h"

using namespace bridge;
using llvm::StringRef;

/// Adds the time of launches to the parts that they compute.
static llvm::Error addShares(ExploredModel &model, const LoweredModel &plan,
                             llvm::ArrayRef<double> times, Study &study) {
  auto value = [&](StringRef name) { return study.dims.lookup(name); };
  auto entry = (*plan.planned).lookupSymbol<mlir::func::FuncOp>(study.entry);
  std::vector<LaunchCost> launches =
      analyzeLaunches(*plan.planned, entry, value);
  if (launches.size() != times.size())
    return llvm::createStringError("the plan of `" + study.entry + "` has " +
                                   std::to_string(launches.size()) +
                                   " launches, its code made " +
                                   std::to_string(times.size()));
  for (PartShare &part : study.parts)
    part.measured = 0;
  for (auto [launch, seconds] : llvm::zip_equal(launches, times))
    for (PartShare &part : study.parts)
      if (part.path == model.partOf(launch.part))
        *part.measured += seconds;
  return llvm::Error::success();
}

/// Runs the entries of several models in turn and gives the seconds of the
/// fastest run of each.
static llvm::Expected<std::vector<double>>
timeInTurn(llvm::ArrayRef<CompiledModel *> models, StringRef entry,
           llvm::ArrayRef<bridge_tensor> inputs, unsigned runs) {
  std::vector<double> fastest(models.size());
  for (unsigned run = 0; run <= runs; ++run)
    for (auto [model, best] : llvm::zip_equal(models, fastest)) {
      llvm::Expected<double> seconds = model->run(entry, inputs);
      if (!seconds)
        return seconds.takeError();
      // The first run warms up.
      best = run <= 1 ? *seconds : std::min(best, *seconds);
    }
  return fastest;
}

llvm::Error bridge::measure(ExploredModel &model, const ExploreOptions &options,
                            unsigned threads, Study &study) {
  auto lowered = model.lower(study.fuse);
  if (!lowered)
    return lowered.takeError();
  auto inputs =
      MadeInputs::make(**lowered, study.entry, study.dims, options.fills);
  if (!inputs)
    return inputs.takeError();
  auto whole = compileEntry(model.options(), study.entry, study.fuse, threads);
  if (!whole)
    return whole.takeError();
  CompiledModel *compiled = whole->get();
  auto seconds =
      timeInTurn(compiled, study.entry, inputs->tensors(), options.runs);
  if (!seconds)
    return seconds.takeError();
  study.measured = seconds->front();
  auto launches =
      timeLaunches(*compiled, study.entry, inputs->tensors(), options.runs);
  if (!launches)
    return launches.takeError();
  if (llvm::Error error = addShares(model, **lowered, *launches, study))
    return error;

  for (FusionGain &fusion : study.fusions) {
    auto without = compileEntry(model.options(), study.entry,
                                planWithout(study.fuse, fusion.name), threads);
    if (!without)
      return without.takeError();
    auto both = timeInTurn({compiled, without->get()}, study.entry,
                           inputs->tensors(), options.runs);
    if (!both)
      return both.takeError();
    fusion.measured = both->back() - both->front();
  }
  return llvm::Error::success();
}
