//===- FusionPlanTest.cpp - Which fusions to make -------------------------===//
#include "bridge/Analysis/FusionPlan.h"
#include "Check.h"

using namespace bridge;

/// What `text` means, or the error.
static std::string parsed(llvm::StringRef text) {
  llvm::Expected<FusionPlan> plan = FusionPlan::parse(text);
  return plan ? plan->str() : llvm::toString(plan.takeError());
}

static void testMeaning() {
  CHECK_EQ(parsed("all"), "all");
  CHECK_EQ(parsed("none"), "none");
  CHECK_EQ(parsed("attention"), "attention");
  CHECK_EQ(parsed("epilogue, attention"), "all");
  CHECK_EQ(parsed("-attention"), "epilogue");
  CHECK_EQ(parsed("-attention,-epilogue"), "none");
  CHECK_EQ(parsed("all,-epilogue"), "attention");
  CHECK_EQ(parsed("none,epilogue"), "epilogue");
  CHECK_EQ(parsed("attention,-attention"), "none");
}

static void testErrors() {
  CHECK_EQ(parsed("atention"),
           "expected a fusion (all, none, attention, epilogue; `-` in front "
           "leaves one out), found `atention`; did you mean `attention`?");
  CHECK_EQ(parsed("attention,gate"),
           "expected a fusion (all, none, attention, epilogue; `-` in front "
           "leaves one out), found `gate`");
  CHECK_EQ(parsed(""), "expected a fusion (all, none, attention, epilogue; `-` "
                       "in front leaves one out), found ``");
}

static void testPasses() {
  llvm::Expected<FusionPlan> plan = FusionPlan::parse("all");
  CHECK(bool(plan));
  CHECK_EQ(plan->passes().size(), allFusions().size());
  CHECK_EQ(plan->passes().front(),
           "bridge-raise-softmax,bridge-fuse-attention");
  CHECK(plan->has("epilogue"));
  CHECK(!plan->has("gate"));
}

int main() {
  testMeaning();
  testErrors();
  testPasses();
  return test::failures != 0;
}
