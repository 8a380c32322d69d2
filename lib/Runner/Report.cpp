//===- Report.cpp - What a run tells --------------------------------------===//
#include "Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace bridge;
namespace json = llvm::json;

/// The middle one, or the mean of the two in the middle.
static double median(std::vector<double> times) {
  llvm::sort(times);
  size_t half = times.size() / 2;
  return times.size() % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

/// "pixel_values f32[images, 3, 224, 224]".
static std::string describeValue(const ValueInfo &value) {
  return value.name + " " + bridge_dtype_name(value.dtype) + "[" +
         llvm::join(value.dims, ", ") + "]";
}

static json::Array toJson(const std::vector<ValueInfo> &values) {
  json::Array array;
  for (const ValueInfo &value : values)
    array.push_back(json::Object{{"name", value.name},
                                 {"dtype", bridge_dtype_name(value.dtype)},
                                 {"shape", json::Array(value.dims)}});
  return array;
}

void bridge::printEntries(llvm::raw_ostream &os, const std::string &model,
                          const std::vector<EntryInfo> &entries, bool asJson) {
  if (asJson) {
    json::Array array;
    for (const EntryInfo &entry : entries)
      array.push_back(json::Object{{"name", entry.name},
                                   {"inputs", toJson(entry.inputs)},
                                   {"outputs", toJson(entry.outputs)}});
    os << json::Value(
              json::Object{{"model", model}, {"entries", std::move(array)}})
       << "\n";
    return;
  }
  os << model << "\n";
  for (const EntryInfo &entry : entries) {
    os << "  " << entry.name << "\n";
    for (const ValueInfo &input : entry.inputs)
      os << "    " << describeValue(input) << "\n";
    for (const ValueInfo &output : entry.outputs)
      os << "    -> " << describeValue(output) << "\n";
  }
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

static json::Object toJson(const Report &report) {
  json::Object object{{"entry", report.entry.name}};
  json::Array outputs;
  for (auto [i, output] : llvm::enumerate(report.outputs)) {
    json::Object entry{{"name", output.name},
                       {"shape", json::Array(output.array.shape)}};
    if (!report.relativeErrors.empty())
      entry["relative_error"] = report.relativeErrors[i];
    outputs.push_back(std::move(entry));
  }
  object["outputs"] = std::move(outputs);
  if (!report.timing)
    return object;
  object["median_ms"] = median(report.timing->runs);
  object["min_ms"] = *llvm::min_element(report.timing->runs);
  object["runs"] = report.timing->runs.size();
  object["first_call_ms"] = report.timing->firstCall;
  object["threads"] = report.usage.threads;
  object["arena_bytes"] = report.usage.arenaBytes;
  object["weights_bytes"] = report.usage.weightsBytes;
  return object;
}

static void printOutput(llvm::raw_ostream &os, const Array &array) {
  constexpr int64_t kShown = 6;
  for (int64_t i = 0; i < std::min(array.size(), kShown); ++i)
    os << " " << llvm::format("%.6g", array.values[i]);
  if (array.size() > kShown)
    os << " …";
}

void bridge::printReport(llvm::raw_ostream &os, const Report &report,
                         bool asJson) {
  if (asJson) {
    os << json::Value(toJson(report)) << "\n";
    return;
  }
  for (auto [i, output] : llvm::enumerate(report.outputs)) {
    os << output.name << " " << toString(output.array.shape) << ":";
    if (report.relativeErrors.empty())
      printOutput(os, output.array);
    else
      os << " relative error "
         << llvm::format("%.2e", report.relativeErrors[i]);
    os << "\n";
  }
  if (report.timing)
    os << llvm::format("median %.3f ms, fastest %.3f ms of %zu runs on %u "
                       "threads; first call %.3f ms\n",
                       median(report.timing->runs),
                       *llvm::min_element(report.timing->runs),
                       report.timing->runs.size(), report.usage.threads,
                       report.timing->firstCall);
}
