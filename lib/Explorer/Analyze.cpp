//===- Analyze.cpp - What a combination costs, without running it ---------===//
#include "Study.h"
#include "bridge/Analysis/FusionPlan.h"
#include "bridge/Analysis/PartCost.h"
#include "bridge/Analysis/TokenCost.h"
#include "bridge/Analysis/TrainingCost.h"
#include "bridge/IR/Bridge.h"

using namespace mlir;
using namespace bridge;

/// FLOPs of a part and the parts in it, to the innermost role.
static void addByRole(const PartCost &part, StringRef role, DimValues values,
                      Study &study) {
  if (!part.role.empty())
    role = part.role;
  Dim own = part.flops;
  for (const PartCost &child : part.children) {
    own = own - child.flops;
    addByRole(child, role, values, study);
  }
  double flops = own.evaluate(values);
  if (role == "encoder")
    study.towerFlops += flops;
  else if (role == "decoder")
    study.languageFlops += flops;
  else if (!role.empty())
    study.bridgeFlops += flops;
}

static void analyzeDesign(ExploredModel &model, DimValues values,
                          Study &study) {
  func::FuncOp entry = model.entry(study.entry);
  PartCost parts = analyzeParts(model.module(), entry);
  study.parameters = parts.parameters;
  study.frozen = parts.frozenParameters;
  study.flops = parts.flops.evaluate(values);
  addByRole(parts, "", values, study);
  VisualTokens tokens = countVisualTokens(entry);
  study.visualTokens = tokens.all.evaluate(values);
  study.sequenceTokens = tokens.inSequence.evaluate(values);
  for (const Dim &left : contextLeft(entry)) {
    double places = left.evaluate(values);
    study.contextLeft = std::min(study.contextLeft.value_or(places), places);
  }
}

static double predictAll(ArrayRef<LaunchCost> launches,
                         const Machine &machine) {
  double seconds = 0;
  for (const LaunchCost &launch : launches)
    seconds += machine.predict(launch);
  return seconds;
}

static void addShares(ExploredModel &model, ArrayRef<LaunchCost> launches,
                      const Machine &machine, Study &study) {
  for (const LaunchCost &launch : launches) {
    std::string path = model.partOf(launch.part);
    auto share = llvm::find_if(
        study.parts, [&](const PartShare &part) { return part.path == path; });
    if (share == study.parts.end()) {
      study.parts.push_back({path, 0, 0, std::nullopt});
      share = std::prev(study.parts.end());
    }
    share->flops += launch.flops;
    share->predicted += machine.predict(launch);
  }
}

std::string bridge::planWithout(StringRef plan, StringRef fusion) {
  return (plan.starts_with("-") ? "all," + plan : plan).str() + ",-" +
         fusion.str();
}

llvm::Error bridge::analyze(ExploredModel &model, const Machine &machine,
                            Study &study) {
  auto value = [&](StringRef name) { return study.dims.lookup(name); };
  auto lowered = model.lower(study.fuse);
  if (!lowered)
    return lowered.takeError();
  // Checks dimensions, too.
  auto arena = (*lowered)->arenaBytes(study.entry, study.dims);
  if (!arena)
    return arena.takeError();
  study.arenaBytes = *arena;
  analyzeDesign(model, value, study);

  auto all = model.lower("all");
  if (!all)
    return all.takeError();
  auto entryOf = [&](const OwningOpRef<ModuleOp> &module) {
    return (*module).lookupSymbol<func::FuncOp>(study.entry);
  };
  study.elementBytes = model.options().precision == "bf16" ? 2 : 4;
  Dim cached = countCachedNumbers(*(*all)->fused, entryOf((*all)->fused),
                                  model.entry(study.entry));
  study.cacheBytes = study.elementBytes * cached.evaluate(value);
  TrainingCost training =
      analyzeTraining(*(*lowered)->fused, entryOf((*lowered)->fused));
  study.gradientFlops = training.gradientFlops.evaluate(value);
  study.retainedBytes = training.retainedBytes.evaluate(value);

  auto launchesOf = [&](const LoweredModel &plan) {
    return analyzeLaunches(*plan.planned, entryOf(plan.planned), value);
  };
  std::vector<LaunchCost> launches = launchesOf(**lowered);
  for (const LaunchCost &launch : launches)
    study.bytes += launch.bytes();
  study.predicted = predictAll(launches, machine);
  addShares(model, launches, machine, study);
  auto plan = FusionPlan::parse(study.fuse);
  if (!plan)
    return plan.takeError();
  for (const Fusion &fusion : allFusions()) {
    if (!plan->has(fusion.name))
      continue;
    auto without = model.lower(planWithout(study.fuse, fusion.name));
    if (!without)
      return without.takeError();
    study.fusions.push_back(
        {fusion.name.str(),
         predictAll(launchesOf(**without), machine) - study.predicted,
         std::nullopt});
  }
  return llvm::Error::success();
}
