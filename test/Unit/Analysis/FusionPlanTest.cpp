//===- FusionPlanTest.cpp - Which fusions to make -------------------------===//
#include "bridge/Analysis/FusionPlan.h"
#include "Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;

/// What `text` means, or the error.
static std::string parsed(llvm::StringRef text) {
  llvm::Expected<FusionPlan> plan = FusionPlan::parse(text);
  return plan ? plan->str() : llvm::toString(plan.takeError());
}

/// The names of all fusions, but those that are left out.
static std::string allBut(llvm::ArrayRef<llvm::StringRef> leftOut,
                          llvm::StringRef separator) {
  llvm::SmallVector<llvm::StringRef> names;
  for (const Fusion &fusion : allFusions())
    if (!llvm::is_contained(leftOut, fusion.name))
      names.push_back(fusion.name);
  return llvm::join(names, separator);
}

static void testMeaning() {
  CHECK_EQ(parsed("all"), "all");
  CHECK_EQ(parsed("none"), "none");
  CHECK_EQ(parsed("attention"), "attention");
  CHECK_EQ(parsed("epilogue, attention"), "attention,epilogue");
  CHECK_EQ(parsed(allBut({}, ",")), "all");
  CHECK_EQ(parsed("-attention"), allBut({"attention"}, ","));
  CHECK_EQ(parsed("-attention,-epilogue"),
           allBut({"attention", "epilogue"}, ","));
  CHECK_EQ(parsed("all,-epilogue"), allBut({"epilogue"}, ","));
  CHECK_EQ(parsed("none,epilogue"), "epilogue");
  CHECK_EQ(parsed("attention,-attention"), "none");
}

static void testErrors() {
  std::string expected = "expected a fusion (all, none, " + allBut({}, ", ") +
                         "; `-` in front leaves one out), found ";
  CHECK_EQ(parsed("atention"),
           expected + "`atention`; did you mean `attention`?");
  CHECK_EQ(parsed("attention,flashlight"), expected + "`flashlight`");
  CHECK_EQ(parsed(""), expected + "``");
}

static void testPasses() {
  llvm::Expected<FusionPlan> plan = FusionPlan::parse("all");
  CHECK(bool(plan));
  CHECK_EQ(plan->passes(false).size() + plan->passes(true).size(),
           allFusions().size());
  CHECK(llvm::is_contained(plan->passes(false),
                           "bridge-raise-softmax,bridge-fuse-attention"));
  CHECK(llvm::is_contained(plan->passes(true), "plan-group-launches"));
  CHECK(plan->has("epilogue"));
  CHECK(!plan->has("flashlight"));
}

int main() {
  testMeaning();
  testErrors();
  testPasses();
  return test::failures != 0;
}
