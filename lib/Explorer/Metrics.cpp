//===- Metrics.cpp - The numbers of a table -------------------------------===//
#include "Report.h"
#include "bridge/Support/Numbers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge;
using llvm::ArrayRef;

namespace {
/// A metric that is a field of a study.
struct Field {
  const char *key, *title;
  Unit unit;
  std::optional<double> (*value)(const Study &);
};
} // namespace

/// Predicted over measured, less 1.
static std::optional<double> errorOf(const Study &study) {
  if (!study.measured)
    return std::nullopt;
  return study.predicted / *study.measured - 1;
}

using Value = std::optional<double>;
static const Field kFields[] = {
    {"parameters", "parameters", Unit::Count,
     [](const Study &s) -> Value { return s.parameters; }},
    {"trained", "  trained", Unit::Count,
     [](const Study &s) -> Value { return s.trained(); }},
    {"frozen", "  frozen", Unit::Count,
     [](const Study &s) -> Value { return s.frozen; }},
    {"visual_tokens", "visual tokens", Unit::Count,
     [](const Study &s) -> Value { return s.visualTokens; }},
    {"sequence_tokens", "  in the sequence", Unit::Count,
     [](const Study &s) -> Value { return s.sequenceTokens; }},
    {"context_left", "context left", Unit::Count,
     [](const Study &s) { return s.contextLeft; }},
    {"flops", "FLOPs", Unit::Flops,
     [](const Study &s) -> Value { return s.flops; }},
    {"tower_flops", "  towers", Unit::Flops,
     [](const Study &s) -> Value { return s.towerFlops; }},
    {"bridge_flops", "  bridge", Unit::Flops,
     [](const Study &s) -> Value { return s.bridgeFlops; }},
    {"language_flops", "  language model", Unit::Flops,
     [](const Study &s) -> Value { return s.languageFlops; }},
    {"bytes_moved", "bytes moved", Unit::Bytes,
     [](const Study &s) -> Value { return s.bytes; }},
    {"weight_bytes", "weights", Unit::Bytes,
     [](const Study &s) -> Value { return s.weightBytes(); }},
    {"activation_bytes", "peak activations", Unit::Bytes,
     [](const Study &s) -> Value { return s.arenaBytes; }},
    {"cache_bytes", "keys and values", Unit::Bytes,
     [](const Study &s) -> Value { return s.cacheBytes; }},
    {"gradient_flops", "training: gradients", Unit::Flops,
     [](const Study &s) -> Value { return s.gradientFlops; }},
    {"retained_bytes", "  retained", Unit::Bytes,
     [](const Study &s) -> Value { return s.retainedBytes; }},
    {"optimizer_bytes", "  optimizer", Unit::Bytes,
     [](const Study &s) -> Value { return s.optimizerBytes(); }},
    {"predicted_s", "time, predicted", Unit::Seconds,
     [](const Study &s) -> Value { return s.predicted; }},
    {"measured_s", "time, measured", Unit::Seconds,
     [](const Study &s) { return s.measured; }},
    {"error", "  error", Unit::Ratio, errorOf},
};

/// The metrics of things that studies have lists of: parts, fusions.
template <typename Item>
static void
addItems(ArrayRef<Study> studies, std::vector<Item> Study::*list,
         std::string Item::*name,
         llvm::function_ref<Metric(const std::string &)> make,
         llvm::function_ref<Value(const Study &, const Item &)> value,
         std::vector<Metric> &metrics) {
  std::vector<std::string> names;
  for (const Study &study : studies)
    for (const Item &item : study.*list)
      if (!llvm::is_contained(names, item.*name))
        names.push_back(item.*name);
  for (const std::string &wanted : names) {
    Metric metric = make(wanted);
    for (const Study &study : studies) {
      auto item = llvm::find_if(
          study.*list, [&](const Item &item) { return item.*name == wanted; });
      metric.values.push_back(
          item == (study.*list).end() ? std::nullopt : value(study, *item));
    }
    metrics.push_back(std::move(metric));
  }
}

std::vector<Metric> bridge::metricsOf(ArrayRef<Study> studies) {
  std::vector<Metric> metrics;
  for (const Field &field : kFields) {
    Metric metric{field.key, field.title, field.unit, {}};
    for (const Study &study : studies)
      metric.values.push_back(field.value(study));
    metrics.push_back(std::move(metric));
  }
  auto shareOf = [](const std::string &path) {
    std::string name = path.empty() ? "the rest" : path;
    return Metric{"share." + (path.empty() ? "rest" : path),
                  "  in " + name,
                  Unit::Ratio,
                  {}};
  };
  addItems<PartShare>(
      studies, &Study::parts, &PartShare::path, shareOf,
      [](const Study &study, const PartShare &part) -> Value {
        // Parts are measured launch by launch: apart from the whole.
        double all = 0;
        for (const PartShare &other : study.parts)
          all += other.measured.value_or(other.predicted);
        return part.measured.value_or(part.predicted) / all;
      },
      metrics);
  addItems<FusionGain>(
      studies, &Study::fusions, &FusionGain::name,
      [](const std::string &name) {
        return Metric{"saved." + name, "  saved by " + name, Unit::Seconds, {}};
      },
      [](const Study &, const FusionGain &fusion) -> Value {
        return fusion.measured.value_or(fusion.predicted);
      },
      metrics);
  llvm::erase_if(metrics, [](const Metric &metric) {
    return llvm::none_of(metric.values,
                         [](const Value &value) { return value.has_value(); });
  });
  return metrics;
}

std::string bridge::textOf(std::optional<double> value, Unit unit) {
  if (!value)
    return "-";
  switch (unit) {
  case Unit::Count:
    return groupedText(int64_t(*value));
  case Unit::Flops:
    return scaledText(*value);
  case Unit::Bytes:
    return scaledText(*value) + "B";
  case Unit::Seconds:
    if (std::abs(*value) >= 1)
      return llvm::formatv("{0:f2} s", *value);
    return llvm::formatv("{0:f3} ms", *value * 1e3);
  case Unit::Ratio:
    return llvm::formatv("{0:f1} %", *value * 100);
  }
  llvm_unreachable("all units are known");
}

std::string bridge::labelOf(const Study &study, ArrayRef<Study> studies) {
  std::vector<std::string> words;
  for (auto [i, setting] : llvm::enumerate(study.settings)) {
    bool differs = llvm::any_of(studies, [&](const Study &other) {
      return other.settings[i] != setting;
    });
    if (differs)
      // A variant's name tells that it is one.
      words.push_back(setting.first == "variant"
                          ? setting.second
                          : setting.first + "=" + setting.second);
  }
  if (words.empty())
    return study.entry;
  return llvm::join(words, ", ");
}

std::string bridge::commonSettings(ArrayRef<Study> studies) {
  std::vector<std::string> words;
  for (auto [i, setting] : llvm::enumerate(studies.front().settings))
    if (llvm::all_of(studies, [&](const Study &study) {
          return study.settings[i] == setting;
        }))
      words.push_back(setting.first + "=" + setting.second);
  return llvm::join(words, ", ");
}
