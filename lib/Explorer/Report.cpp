//===- Report.cpp - Tables, JSON and CSV ----------------------------------===//
#include "Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge;
using llvm::ArrayRef;
namespace json = llvm::json;

/// A line for each metric and a column for each study.
void bridge::printText(ArrayRef<Study> studies, llvm::raw_ostream &os) {
  os << commonSettings(studies) << "\n";
  std::vector<std::vector<std::string>> lines(1);
  lines.front().push_back("");
  for (const Study &study : studies)
    lines.front().push_back(labelOf(study, studies));
  for (const Metric &metric : metricsOf(studies)) {
    std::vector<std::string> &line = lines.emplace_back();
    line.push_back(metric.title);
    for (const std::optional<double> &value : metric.values)
      line.push_back(textOf(value, metric.unit));
  }
  std::vector<size_t> widths(lines.front().size());
  for (const auto &line : lines)
    for (auto [width, cell] : llvm::zip_equal(widths, line))
      width = std::max(width, cell.size());
  for (const auto &line : lines) {
    os << llvm::left_justify(line.front(), widths.front());
    for (size_t i = 1; i != line.size(); ++i)
      os << "  " << llvm::right_justify(line[i], widths[i]);
    os << "\n";
  }
}

static json::Value toJson(const std::optional<double> &value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

static json::Value toJson(const Study &study,
                          llvm::function_ref<void(json::Object &)> addMetrics) {
  json::Object settings;
  for (const auto &[name, value] : study.settings)
    settings[name] = value;
  json::Array parts, fusions;
  for (const PartShare &part : study.parts)
    parts.push_back(json::Object{{"path", part.path},
                                 {"flops", part.flops},
                                 {"predicted_s", part.predicted},
                                 {"measured_s", toJson(part.measured)}});
  for (const FusionGain &fusion : study.fusions)
    fusions.push_back(json::Object{{"name", fusion.name},
                                   {"predicted_s", fusion.predicted},
                                   {"measured_s", toJson(fusion.measured)}});
  json::Object object{{"settings", std::move(settings)},
                      {"parts", std::move(parts)},
                      {"fusions", std::move(fusions)}};
  addMetrics(object);
  return object;
}

void bridge::printJson(ArrayRef<Study> studies, const Machine &machine,
                       llvm::raw_ostream &os) {
  std::vector<Metric> metrics = metricsOf(studies);
  json::Array all;
  for (auto [i, study] : llvm::enumerate(studies))
    all.push_back(toJson(study, [&, i = i](json::Object &object) {
      for (const Metric &metric : metrics)
        // Shares and gains are in the lists.
        if (!llvm::StringRef(metric.key).contains('.'))
          object[metric.key] = toJson(metric.values[i]);
    }));
  os << llvm::formatv("{0:2}",
                      json::Value(json::Object{{"processor", machine.processor},
                                               {"level", machine.level},
                                               {"threads", machine.threads},
                                               {"studies", std::move(all)}}))
     << "\n";
}

/// Quoted where it has to be.
static std::string csvCell(llvm::StringRef text) {
  if (text.find_first_of(",\"\n") == llvm::StringRef::npos)
    return text.str();
  std::string quoted = "\"";
  for (char c : text)
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// A line for each study.
void bridge::printCsv(ArrayRef<Study> studies, llvm::raw_ostream &os) {
  std::vector<Metric> metrics = metricsOf(studies);
  llvm::ListSeparator comma(",");
  for (const auto &setting : studies.front().settings)
    os << comma << csvCell(setting.first);
  for (const Metric &metric : metrics)
    os << comma << csvCell(metric.key);
  os << "\n";
  for (auto [i, study] : llvm::enumerate(studies)) {
    llvm::ListSeparator next(",");
    for (const auto &setting : study.settings)
      os << next << csvCell(setting.second);
    for (const Metric &metric : metrics) {
      os << next;
      if (metric.values[i])
        os << llvm::formatv("{0}", json::Value(*metric.values[i]));
    }
    os << "\n";
  }
}
