//===- bridge-explore.cpp - Tells what designs and fusions cost -----------===//
#include "bridge/Driver/Tool.h"
#include "bridge/Explorer/Explorer.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

using namespace bridge;
namespace cl = llvm::cl;

namespace {
/// The command line of `bridge-explore`.
struct Options {
  cl::OptionCategory category{"bridge-explore options"};
  cl::list<std::string> inputs{cl::Positional, cl::desc("SPEC"),
                               cl::cat(category)};
  cl::list<std::string> variants{
      "variant", cl::value_desc("NAME"), cl::cat(category),
      cl::desc("A published model to explore, or all; may be repeated")};
  cl::list<std::string> definitions{
      "D", cl::Prefix, cl::value_desc("name=value,value"), cl::cat(category),
      cl::desc("Values of a parameter of the bridge, each in turn")};
  cl::list<std::string> dims{
      "dim", cl::value_desc("name=value,value"), cl::cat(category),
      cl::desc("Sizes of a dimension that is known only on entry")};
  cl::opt<std::string> fuse{
      "fuse", cl::init("all"), cl::value_desc("PLANS"), cl::cat(category),
      cl::desc("Fusion plans: all, none, -attention; + joins fusions of one")};
  cl::opt<std::string> precision{
      "precision", cl::init("f32"), cl::cat(category),
      cl::desc("What tensors and weights are stored as: f32 or bf16")};
  cl::opt<std::string> entry{"entry", cl::value_desc("NAME"), cl::cat(category),
                             cl::desc("The entry to explore; all without it")};
  cl::list<std::string> searchPaths{
      "I", cl::Prefix, cl::value_desc("DIR"), cl::cat(category),
      cl::desc("A folder of further specs and modules")};
  cl::opt<bool> json{"json", cl::cat(category),
                     cl::desc("Print one JSON object")};
  cl::opt<bool> csv{"csv", cl::cat(category),
                    cl::desc("Print a line of CSV for each combination")};
  cl::opt<std::string> plot{"plot", cl::value_desc("FILE"), cl::cat(category),
                            cl::desc("An .svg file to draw the table into")};
  cl::opt<bool> measure{
      "measure", cl::cat(category),
      cl::desc("Also run every combination here, with random weights")};
  cl::list<std::string> fills{
      "fill", cl::value_desc("input=NUMBER"), cl::cat(category),
      cl::desc("With --measure: what an input is full of")};
  cl::opt<std::string> machine{
      "machine", cl::value_desc("FILE"), cl::cat(category),
      cl::desc("The machine to predict times for, from --calibrate")};
  cl::opt<bool> calibrate{
      "calibrate", cl::cat(category),
      cl::desc("Measure this machine and write a machine file")};
  cl::opt<std::string> output{"o", cl::value_desc("FILE"), cl::cat(category),
                              cl::desc("With --calibrate: the file to write")};
  cl::opt<unsigned> runs{
      "runs", cl::init(10), cl::value_desc("N"), cl::cat(category),
      cl::desc("How often --measure and --calibrate run each")};
  cl::opt<unsigned> threads{"threads", cl::value_desc("N"), cl::cat(category),
                            cl::desc("How many threads to run on")};

  llvm::Error check() const;
  llvm::Error run() const;
  ExploreOptions exploreOptions() const;
};
} // namespace

static llvm::Error expected(const llvm::Twine &what, const cl::Option &option) {
  return llvm::createStringError("expected " + what + ", found " +
                                 spelled(option));
}

/// Options that would do nothing, and numbers that make no sense.
llvm::Error Options::check() const {
  if (llvm::Error error = checkCounts({&runs, &threads}))
    return error;
  if (calibrate) {
    if (!inputs.empty())
      return llvm::createStringError(
          "expected --calibrate without SPEC, found `" + inputs.front() + "`");
    if (const cl::Option *option =
            firstGiven({variants, definitions, dims, fuse, precision, entry,
                        searchPaths, json, csv, plot, measure, fills, machine}))
      return expected("--calibrate with -o, --runs and --threads alone",
                      *option);
    return llvm::Error::success();
  }
  if (inputs.size() != 1)
    return llvm::createStringError(
        "expected one SPEC (a .bridge or .mlir file or a checkpoint folder), "
        "found " +
        std::to_string(inputs.size()));
  if (output.getNumOccurrences())
    return expected("-o with --calibrate", output);
  if (json && csv)
    return expected("one of --json and --csv", csv);
  const cl::Option *ofMeasure = firstGiven({fills, runs, threads});
  if (!measure && ofMeasure)
    return expected("--measure with it", *ofMeasure);
  return llvm::Error::success();
}

ExploreOptions Options::exploreOptions() const {
  ExploreOptions options;
  options.model.input = inputs.front();
  options.model.searchPaths.assign(searchPaths.begin(), searchPaths.end());
  options.model.precision = precision;
  options.variants.assign(variants.begin(), variants.end());
  options.definitions.assign(definitions.begin(), definitions.end());
  options.dims.assign(dims.begin(), dims.end());
  options.fuse = fuse;
  options.entry = entry;
  options.format = json  ? ReportFormat::Json
                   : csv ? ReportFormat::Csv
                         : ReportFormat::Text;
  options.plot = plot;
  options.machine = machine;
  options.measure = measure;
  options.fills.assign(fills.begin(), fills.end());
  options.runs = runs;
  options.threads = threads;
  return options;
}

llvm::Error Options::run() const {
  if (llvm::Error error = check())
    return error;
  if (calibrate)
    return bridge::calibrate({output, runs, threads});
  return explore(exploreOptions(), llvm::outs());
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser(); // The options of LLVM's libraries are not ours.
  Options options;
  ToolSession session("bridge-explore", argc, argv, options.category,
                      "tells what designs and fusions cost");
  return session.finish(options.run());
}
