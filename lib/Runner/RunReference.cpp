//===- RunReference.cpp - Running specs by the interpreter ----------------===//
#include "RunReference.h"
#include "Compare.h"
#include "Inputs.h"
#include "Report.h"
#include "Weights.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Evaluation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

/// The wanted entry.
static Expected<EntryInfo> findEntry(ModuleOp module, StringRef name) {
  std::vector<std::string> names;
  for (EntryInfo &entry : describeEntries(module)) {
    if (entry.name == name)
      return std::move(entry);
    names.push_back(entry.name);
  }
  return llvm::createStringError(modelName(module) + " has no entry `" + name +
                                 "` (it has " + llvm::join(names, ", ") + ")");
}

/// Runs once, and where asked to more often for the time it takes.
static Expected<ArrayMap> runTimed(Interpreter &interpreter,
                                   const std::string &entry,
                                   const ArrayMap &inputs, unsigned runs,
                                   std::optional<Timing> &timing) {
  auto milliseconds = [](std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  auto begin = std::chrono::steady_clock::now();
  Expected<ArrayMap> results = interpreter.run(entry, inputs);
  if (!results || runs == 0)
    return results;
  auto end = std::chrono::steady_clock::now();
  timing.emplace().firstCall = milliseconds(end - begin);
  while (timing->runs.size() < runs) {
    begin = std::chrono::steady_clock::now();
    Expected<ArrayMap> again = interpreter.run(entry, inputs);
    if (!again)
      return again;
    timing->runs.push_back(
        milliseconds(std::chrono::steady_clock::now() - begin));
  }
  return results;
}

static llvm::Error checkErrors(const Report &report,
                               const RunOptions &options) {
  double tolerance = options.tolerance.value_or(1e-9);
  for (auto [output, error] : llvm::zip(report.outputs, report.errors))
    if (!(error <= tolerance))
      return llvm::createStringError(
          "`%s` differs from %s by %.3g; %.3g is allowed", output.name.c_str(),
          options.compare.c_str(), error, tolerance);
  return llvm::Error::success();
}

static Expected<Report> compute(ModuleOp module, const RunOptions &options,
                                const std::string &preprocessor) {
  Expected<EntryInfo> entry = findEntry(module, options.entry);
  if (!entry)
    return entry.takeError();
  Expected<ArrayMap> inputs = collectInputs(options, *entry, preprocessor);
  if (!inputs)
    return inputs.takeError();
  Expected<Interpreter::Weights> weights = findWeights(module, options.weights);
  if (!weights)
    return weights.takeError();
  Report report;
  Interpreter interpreter(module, std::move(*weights));
  if (options.rounding)
    interpreter.disturb(*options.rounding);
  Expected<ArrayMap> results =
      runTimed(interpreter, entry->name, *inputs, options.runs, report.timing);
  if (!results)
    return results.takeError();
  for (const ValueInfo &output : entry->outputs)
    report.outputs.push_back(
        {entry->name + "/" + output.name, std::move((*results)[output.name])});
  report.entry = entry->name;
  report.print = options.print || (!options.runs && options.compare.empty() &&
                                   options.output.empty());
  if (options.compare.empty())
    return report;
  Expected<std::vector<double>> errors =
      compareWithFile(report.outputs, options.compare);
  if (!errors)
    return errors.takeError();
  report.errors = std::move(*errors);
  return report;
}

llvm::Error bridge::runReference(const RunOptions &options,
                                 const std::string &preprocessor) {
  DialectRegistry registry;
  registry.insert<BridgeDialect, arith::ArithDialect, func::FuncDialect,
                  math::MathDialect>();
  registerEvaluations(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  Expected<OwningOpRef<ModuleOp>> module = loadModule(context, options.model);
  if (!module)
    return module.takeError();
  if (options.entry.empty()) {
    printEntries(llvm::outs(), modelName(**module), describeEntries(**module),
                 options.json);
    return llvm::Error::success();
  }

  Expected<Report> report = compute(**module, options, preprocessor);
  if (!report)
    return report.takeError();
  printReport(llvm::outs(), *report, options.json);
  // What went wrong is said after what there is.
  llvm::outs().flush();
  if (llvm::Error error = checkErrors(*report, options))
    return error;
  if (options.output.empty())
    return llvm::Error::success();
  return writeArrays(options.output, report->outputs);
}
