//===- FusionPlan.cpp - Which fusions to make -----------------------------===//
#include "bridge/Analysis/FusionPlan.h"
#include "bridge/Support/ClosestName.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;
using llvm::StringRef;

static constexpr Fusion kFusions[] = {
    {"slices", "bridge-hoist-slices", "only the rows that are read later"},
    {"attention", "bridge-raise-softmax,bridge-fuse-attention",
     "softmax(q kᵀ) v without the scores in memory"},
    {"softmax-loss", "bridge-fuse-softmax-loss",
     "cross-entropies of products without the logits in memory"},
    {"sigmoid-loss", "bridge-fuse-sigmoid-loss",
     "the sigmoid loss of all pairs without the logits in memory"},
    {"gate", "bridge-fuse-gate",
     "gated branches and their residuals on the way out of a product"},
    {"epilogue", "bridge-fuse-linear",
     "activations, gates and residuals on the way out of a product"},
    {"norm", "bridge-raise-norm,bridge-fuse-norm",
     "residual sums normalised while they are in cache"},
    {"splice", "plan-fuse-splice",
     "projected rows written to their places in the text",
     /*isOnPlan=*/true},
    {"strassen", "plan-choose-strassen",
     "large products by fewer multiplications", /*isOnPlan=*/true},
    {"merge", "plan-group-launches",
     "products that do not depend on each other run as one", /*isOnPlan=*/true},
};

llvm::ArrayRef<Fusion> bridge::allFusions() { return kFusions; }

static const Fusion *findFusion(StringRef name) {
  const Fusion *found = llvm::find_if(
      kFusions, [&](const Fusion &fusion) { return fusion.name == name; });
  return found == std::end(kFusions) ? nullptr : found;
}

static llvm::Error unknownFusion(StringRef word) {
  std::string names = "all, none";
  llvm::SmallVector<StringRef> known = {"all", "none"};
  for (const Fusion &fusion : kFusions) {
    names += (", " + fusion.name).str();
    known.push_back(fusion.name);
  }
  StringRef nearest = closestName(word, known);
  std::string hint =
      nearest.empty() ? "" : ("; did you mean `" + nearest + "`?").str();
  return llvm::createStringError("expected a fusion (" + names +
                                 "; `-` in front leaves one out), found `" +
                                 word.str() + "`" + hint);
}

llvm::Expected<FusionPlan> FusionPlan::parse(StringRef text) {
  llvm::SmallVector<StringRef> words;
  text.split(words, ',');
  FusionPlan plan;
  // Leaving out starts from all, choosing from none.
  plan.chosen.assign(std::size(kFusions), words.front().starts_with("-"));
  for (StringRef word : words) {
    word = word.trim();
    if (word == "all" || word == "none") {
      plan.chosen.assign(std::size(kFusions), word == "all");
      continue;
    }
    StringRef name = word;
    bool leavesOut = name.consume_front("-");
    const Fusion *fusion = findFusion(name);
    if (!fusion)
      return unknownFusion(name);
    plan.chosen[fusion - kFusions] = !leavesOut;
  }
  return plan;
}

bool FusionPlan::has(StringRef name) const {
  const Fusion *fusion = findFusion(name);
  return fusion && chosen[fusion - kFusions];
}

llvm::SmallVector<std::string> FusionPlan::passes(bool onPlan) const {
  llvm::SmallVector<std::string> passes;
  for (auto [fusion, isChosen] : llvm::zip_equal(kFusions, chosen))
    if (isChosen && fusion.isOnPlan == onPlan)
      passes.push_back(fusion.passes.str());
  return passes;
}

std::string FusionPlan::str() const {
  if (llvm::all_of(chosen, [](bool isChosen) { return isChosen; }))
    return "all";
  llvm::SmallVector<StringRef> names;
  for (auto [fusion, isChosen] : llvm::zip_equal(kFusions, chosen))
    if (isChosen)
      names.push_back(fusion.name);
  return names.empty() ? "none" : llvm::join(names, ",");
}
