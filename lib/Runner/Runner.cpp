//===- Runner.cpp - Running models from files -----------------------------===//
#include "bridge/Runner/Runner.h"
#include "Compare.h"
#include "Inputs.h"
#include "Model.h"
#include "Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace bridge;
using llvm::Expected;

/// The place of the wanted entry.
static Expected<size_t> findEntry(const std::vector<EntryInfo> &entries,
                                  llvm::StringRef name) {
  std::vector<std::string> names;
  for (const EntryInfo &entry : entries) {
    if (entry.name == name)
      return names.size();
    names.push_back(entry.name);
  }
  return llvm::createStringError("there is no entry `" + name +
                                 "`; the model has `" +
                                 llvm::join(names, "`, `") + "`");
}

/// Runs once, and where asked to more often for the time it takes.
static Expected<std::optional<Timing>>
execute(Executor &executor, size_t entry, const Inputs &inputs, unsigned runs) {
  auto once = [&]() -> Expected<double> {
    auto begin = std::chrono::steady_clock::now();
    if (llvm::Error error = executor.run(entry, inputs.tensors()))
      return error;
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now() - begin)
        .count();
  };
  Expected<double> first = once();
  if (!first)
    return first.takeError();
  if (runs == 0)
    return std::nullopt;
  Timing timing{*first, {}};
  while (timing.runs.size() < runs) {
    Expected<double> time = once();
    if (!time)
      return time.takeError();
    timing.runs.push_back(*time);
  }
  return timing;
}

/// The results under the names that files have for them.
static Expected<std::vector<NamedArray>> nameResults(const Executor &executor,
                                                     const EntryInfo &entry) {
  Expected<std::vector<Array>> results = executor.results();
  if (!results)
    return results.takeError();
  std::vector<NamedArray> named;
  for (auto [output, array] : llvm::zip_equal(entry.outputs, *results))
    named.push_back({entry.name + "/" + output.name, std::move(array)});
  return named;
}

static llvm::Error checkErrors(const Report &report, double tolerance) {
  for (auto [output, error] : llvm::zip(report.outputs, report.relativeErrors))
    if (!(error <= tolerance))
      return llvm::createStringError(llvm::formatv(
          "`{0}` differs: relative error {1:e2}, tolerated {2:e2}", output.name,
          error, tolerance));
  return llvm::Error::success();
}

llvm::Error bridge::run(const RunOptions &options) {
  Expected<Model> model = openModel(options);
  if (!model)
    return model.takeError();
  Executor &executor = *model->executor;
  std::vector<EntryInfo> entries = executor.entries();
  if (options.entry.empty()) {
    printEntries(llvm::outs(), executor.modelName(), entries, options.json);
    return llvm::Error::success();
  }

  Expected<size_t> place = findEntry(entries, options.entry);
  if (!place)
    return place.takeError();
  Report report;
  report.entry = entries[*place];
  Expected<Inputs> inputs =
      Inputs::collect(options, report.entry, model->preprocessor);
  if (!inputs)
    return inputs.takeError();
  if (llvm::Error error = executor.loadWeights(model->weights, options.threads))
    return error;

  Expected<std::optional<Timing>> timing =
      execute(executor, *place, *inputs, options.runs);
  if (!timing)
    return timing.takeError();
  report.timing = std::move(*timing);
  report.usage = executor.usage();
  Expected<std::vector<NamedArray>> outputs =
      nameResults(executor, report.entry);
  if (!outputs)
    return outputs.takeError();
  report.outputs = std::move(*outputs);
  if (!options.compare.empty()) {
    Expected<std::vector<double>> errors =
        compareWithFile(report.outputs, options.compare);
    if (!errors)
      return errors.takeError();
    report.relativeErrors = std::move(*errors);
  }

  printReport(llvm::outs(), report, options.json);
  double tolerance =
      options.tolerance.value_or(options.reference ? 1e-9 : 1e-4);
  if (llvm::Error error = checkErrors(report, tolerance))
    return error;
  if (options.output.empty())
    return llvm::Error::success();
  return writeArrays(options.output, report.outputs, executor.floatDtype());
}
