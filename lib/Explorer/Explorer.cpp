//===- Explorer.cpp - What designs and fusions cost -----------------------===//
#include "bridge/Explorer/Explorer.h"
#include "Report.h"
#include "Study.h"
#include "bridge/Driver/Catalogue.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace bridge;
using llvm::StringRef;

namespace {

/// Goes through all combinations.
class Exploration {
public:
  Exploration(const ExploreOptions &options, Machine machine)
      : options(options), machine(std::move(machine)) {}

  llvm::Error run();

  const ExploreOptions &options;
  Machine machine;
  std::vector<Study> studies;

private:
  llvm::Error readAxes();
  llvm::Error readVariants();
  llvm::Error exploreModel(const Choice &design);
  llvm::Error exploreEntry(ExploredModel &model, const Choice &design,
                           const std::string &entry);
  llvm::Error checkDims(const ExploredModel &model, StringRef entry);

  std::vector<Axis> variants, definitions, dims;
  Axis plans;
  llvm::StringSet<> usedDims;
};

} // namespace

llvm::Error Exploration::readVariants() {
  if (options.variants.empty())
    return llvm::Error::success();
  Axis axis{"variant", options.variants};
  if (options.variants == std::vector<std::string>{"all"}) {
    auto names = variantsOf(options.model.input);
    if (!names)
      return names.takeError();
    if (names->empty())
      return llvm::createStringError(options.model.input + " has no variants");
    axis.values = std::move(*names);
  }
  variants.push_back(std::move(axis));
  return llvm::Error::success();
}

llvm::Error Exploration::readAxes() {
  auto defined = parseAxes(options.definitions, "-D ");
  if (!defined)
    return defined.takeError();
  definitions = std::move(*defined);
  auto sized = parseAxes(options.dims, "--dim ");
  if (!sized)
    return sized.takeError();
  dims = std::move(*sized);
  auto parsed = parsePlans(options.fuse);
  if (!parsed)
    return parsed.takeError();
  plans = std::move(*parsed);
  return readVariants();
}

llvm::Error Exploration::checkDims(const ExploredModel &model,
                                   StringRef entry) {
  for (const std::string &name : model.dimensions(entry)) {
    usedDims.insert(name);
    if (llvm::none_of(dims,
                      [&](const Axis &axis) { return axis.name == name; }))
      return llvm::createStringError("entry `" + entry +
                                     "` needs a value for the dimension `" +
                                     name + "`: --dim " + name + "=1");
  }
  return llvm::Error::success();
}

llvm::Error Exploration::exploreEntry(ExploredModel &model,
                                      const Choice &design,
                                      const std::string &entry) {
  if (llvm::Error error = checkDims(model, entry))
    return error;
  for (const Choice &sizes : combine(dims)) {
    auto values = dimensionsOf(sizes);
    if (!values)
      return values.takeError();
    for (const std::string &plan : plans.values) {
      Study study;
      study.settings = design;
      llvm::append_range(study.settings, sizes);
      study.settings.emplace_back("entry", entry);
      study.settings.emplace_back("fuse", plan);
      study.entry = entry;
      study.fuse = plan;
      study.dims = *values;
      if (llvm::Error error = analyze(model, machine, study))
        return error;
      if (options.measure)
        if (llvm::Error error = measure(model, options, machine.threads, study))
          return error;
      studies.push_back(std::move(study));
    }
  }
  return llvm::Error::success();
}

llvm::Error Exploration::exploreModel(const Choice &design) {
  CompileOptions model = options.model;
  for (const auto &[name, value] : design)
    if (name == "variant")
      model.variant = value;
    else
      model.definitions.push_back(name + "=" + value);
  auto loaded = ExploredModel::load(model);
  if (!loaded)
    return loaded.takeError();
  auto entries = (*loaded)->entries(options.entry);
  if (!entries)
    return entries.takeError();
  for (const std::string &entry : *entries)
    if (llvm::Error error = exploreEntry(**loaded, design, entry))
      return error;
  return llvm::Error::success();
}

llvm::Error Exploration::run() {
  if (llvm::Error error = readAxes())
    return error;
  std::vector<Axis> designs = variants;
  llvm::append_range(designs, definitions);
  for (const Choice &design : combine(designs))
    if (llvm::Error error = exploreModel(design))
      return error;
  for (const Axis &axis : dims)
    if (!usedDims.contains(axis.name))
      return llvm::createStringError(
          "no entry that is explored has a dimension `" + axis.name + "`");
  return llvm::Error::success();
}

static llvm::Error writePlot(const std::string &path,
                             llvm::ArrayRef<Study> studies) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error) {
    file << drawPlot(studies);
    file.close();
    error = file.error();
    file.clear_error();
  }
  if (error)
    return llvm::createStringError("cannot write " + path + ": " +
                                   error.message());
  return llvm::Error::success();
}

llvm::Error bridge::explore(const ExploreOptions &options,
                            llvm::raw_ostream &os) {
  auto machine = Machine::load(options.machine);
  if (!machine)
    return machine.takeError();
  if (options.threads && options.threads != machine->threads)
    return llvm::createStringError(
        "the machine file tells of " + std::to_string(machine->threads) +
        " threads, found --threads=" + std::to_string(options.threads) +
        "; --calibrate --threads writes one for them");
  if (llvm::Error error = checkPrecision(options.model.precision))
    return error;
  if (llvm::Error error = machine->checkPrecision(
          options.model.precision, options.machine.empty()
                                       ? "that comes with bridge-explore"
                                       : options.machine))
    return error;
  Exploration exploration(options, std::move(*machine));
  if (llvm::Error error = exploration.run())
    return error;
  if (!options.plot.empty())
    if (llvm::Error error = writePlot(options.plot, exploration.studies))
      return error;
  switch (options.format) {
  case ReportFormat::Text:
    printText(exploration.studies, os);
    break;
  case ReportFormat::Json:
    printJson(exploration.studies, exploration.machine, os);
    break;
  case ReportFormat::Csv:
    printCsv(exploration.studies, os);
    break;
  }
  return llvm::Error::success();
}
