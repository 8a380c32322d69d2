//===- Sweep.cpp - The combinations that are explored ---------------------===//
#include "Sweep.h"
#include "bridge/Analysis/FusionPlan.h"
#include "llvm/ADT/STLExtras.h"

using namespace bridge;
using llvm::Expected;
using llvm::StringRef;

static std::vector<std::string> splitValues(StringRef text) {
  std::vector<std::string> values(1);
  int depth = 0;
  bool isQuoted = false;
  for (char c : text) {
    if (c == '"')
      isQuoted = !isQuoted;
    if (!isQuoted)
      depth += (c == '(' || c == '[') - (c == ')' || c == ']');
    if (c == ',' && depth == 0 && !isQuoted)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

Expected<std::vector<Axis>> bridge::parseAxes(llvm::ArrayRef<std::string> texts,
                                              StringRef option) {
  std::vector<Axis> axes;
  for (StringRef text : texts) {
    auto [name, values] = text.split('=');
    Axis axis{name.str(), splitValues(values)};
    if (name.empty() || llvm::is_contained(axis.values, ""))
      return llvm::createStringError("expected " + option +
                                     "name=value,value…, found `" + option +
                                     text + "`");
    if (llvm::any_of(
            axes, [&](const Axis &other) { return other.name == axis.name; }))
      return llvm::createStringError("expected " + option + axis.name +
                                     " once, found it twice");
    axes.push_back(std::move(axis));
  }
  return axes;
}

Expected<Axis> bridge::parsePlans(StringRef text) {
  Axis axis{"fuse", {}};
  for (std::string &plan : splitValues(text)) {
    std::replace(plan.begin(), plan.end(), '+', ',');
    Expected<FusionPlan> parsed = FusionPlan::parse(plan);
    if (!parsed)
      return parsed.takeError();
    axis.values.push_back(std::move(plan));
  }
  return axis;
}

std::vector<Choice> bridge::combine(llvm::ArrayRef<Axis> axes) {
  std::vector<Choice> choices(1);
  for (const Axis &axis : axes) {
    std::vector<Choice> longer;
    for (const Choice &choice : choices)
      for (const std::string &value : axis.values) {
        longer.push_back(choice);
        longer.back().emplace_back(axis.name, value);
      }
    choices = std::move(longer);
  }
  return choices;
}

Expected<llvm::StringMap<int64_t>> bridge::dimensionsOf(const Choice &choice) {
  llvm::StringMap<int64_t> values;
  for (const auto &[name, text] : choice) {
    int64_t value;
    if (StringRef(text).getAsInteger(10, value) || value < 0)
      return llvm::createStringError(
          "expected --dim " + name +
          " to be a whole number that is not negative, found `" + text + "`");
    values[name] = value;
  }
  return values;
}
