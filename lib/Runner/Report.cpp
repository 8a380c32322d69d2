//===- Report.cpp - What a run tells --------------------------------------===//
#include "Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace bridge;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

static void printValues(llvm::raw_ostream &os, const char *role,
                        const std::vector<ValueInfo> &values) {
  for (const ValueInfo &value : values)
    os << llvm::format("    %s %-20s %-4s [%s]\n", role, value.name.c_str(),
                       bridge_dtype_name(value.dtype),
                       llvm::join(value.dims, ", ").c_str());
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
      array.push_back(
          json::Object{{"name", entry.name},
                       {"inputs", toJson(entry.inputs)},
                       {"outputs", toJson(entry.outputs)},
                       {"dimensions", json::Array(entry.dimensions)}});
    os << json::Value(
              json::Object{{"model", model}, {"entries", std::move(array)}})
       << "\n";
    return;
  }
  os << model << "\n";
  for (const EntryInfo &entry : entries) {
    os << "\n  " << entry.name << "\n";
    printValues(os, "input ", entry.inputs);
    printValues(os, "output", entry.outputs);
    if (!entry.dimensions.empty())
      os << "    dimensions: " << llvm::join(entry.dimensions, ", ") << "\n";
    for (const std::string &check : entry.checks)
      os << "    check: " << check << "\n";
  }
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

/// The middle one, or the mean of the two in the middle.
static double median(std::vector<double> times) {
  llvm::sort(times);
  size_t half = times.size() / 2;
  return times.size() % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
}

/// JSON has no NaN and no infinities.
static json::Value toJson(double number) {
  return std::isfinite(number) ? json::Value(number) : json::Value(nullptr);
}

static json::Object toJson(const Report &report) {
  json::Object object{{"entry", report.entry}, {"threads", 1}};
  if (report.timing) {
    object["median_ms"] = median(report.timing->runs);
    object["min_ms"] = *llvm::min_element(report.timing->runs);
    object["runs"] = report.timing->runs.size();
    object["first_call_ms"] = report.timing->firstCall;
    // The interpreter has neither an arena nor packed weights.
    object["arena_bytes"] = nullptr;
    object["weights_bytes"] = nullptr;
  }
  json::Object errors, outputs;
  for (auto [output, error] : llvm::zip(report.outputs, report.errors))
    errors[output.name] = toJson(error);
  if (!errors.empty())
    object["errors"] = std::move(errors);
  for (const auto &[name, array] : report.outputs)
    outputs[name] = json::Object{
        {"shape", json::Array(array.shape)},
        {"data", json::Array(llvm::map_range(
                     array.values, [](double x) { return toJson(x); }))}};
  if (report.print)
    object["outputs"] = std::move(outputs);
  return object;
}

/// One line for each row of the last axis.
static void printOutput(llvm::raw_ostream &os, const NamedArray &output) {
  const Array &array = output.array;
  os << output.name << " " << toString(array.shape) << "\n";
  int64_t row = array.rank() ? array.lastAxis() : 1;
  for (auto [i, value] : llvm::enumerate(array.values))
    os << llvm::format("%.17g%c", value, (i + 1) % row ? ' ' : '\n');
}

void bridge::printReport(llvm::raw_ostream &os, const Report &report,
                         bool asJson) {
  if (asJson) {
    os << json::Value(toJson(report)) << "\n";
    return;
  }
  for (auto [output, error] : llvm::zip(report.outputs, report.errors))
    os << output.name << ": relative error " << llvm::format("%.3g", error)
       << "\n";
  if (report.timing)
    os << report.entry << ": "
       << llvm::format("median %.3f ms, min %.3f ms of %zu runs on 1 threads, "
                       "reference; first call %.3f ms\n",
                       median(report.timing->runs),
                       *llvm::min_element(report.timing->runs),
                       report.timing->runs.size(), report.timing->firstCall);
  if (report.print)
    for (const NamedArray &output : report.outputs)
      printOutput(os, output);
}
