//===- bridge-run.cpp - Runs models ---------------------------------------===//
#include "bridge/Driver/Tool.h"
#include "bridge/Runner/Runner.h"
#include "llvm/Support/CommandLine.h"

using namespace bridge;
namespace cl = llvm::cl;

namespace {
/// The command line of `bridge-run`.
struct Options {
  cl::OptionCategory category{"bridge-run options"};
  cl::opt<std::string> model{cl::Positional, cl::desc("MODEL"),
                             cl::cat(category)};
  cl::opt<std::string> entry{cl::Positional, cl::desc("[ENTRY]"),
                             cl::cat(category)};
  cl::list<std::string> more{cl::Positional, cl::desc("[PICTURE...]"),
                             cl::cat(category)};
  cl::opt<std::string> weights{
      "weights", cl::value_desc("PATH|random:SEED"), cl::cat(category),
      cl::desc("A .safetensors file, a checkpoint folder, or random weights")};
  cl::opt<std::string> inputs{"inputs", cl::value_desc("FILE"),
                              cl::cat(category),
                              cl::desc("A .safetensors file with the inputs")};
  cl::list<std::string> images{
      "image", cl::value_desc("[NAME=]PICTURE..."), cl::cat(category),
      cl::desc("PNG or JPEG files for an input; several make its batch")};
  cl::opt<std::string> output{
      "output", cl::value_desc("FILE"), cl::cat(category),
      cl::desc("The .safetensors file to write, as <entry>/<output>")};
  cl::opt<std::string> compare{
      "compare", cl::value_desc("FILE"), cl::cat(category),
      cl::desc("A .safetensors file that the outputs should agree with")};
  cl::opt<double> tolerance{
      "tolerance", cl::value_desc("T"), cl::cat(category),
      cl::desc("The relative error that is tolerated: 1e-4, or 1e-9 with "
               "--reference, 2e-2 with --precision=bf16")};
  cl::opt<unsigned> runs{"time", cl::value_desc("N"), cl::cat(category),
                         cl::desc("Run N times more and say how long it took")};
  cl::opt<unsigned> threads{"threads", cl::value_desc("N"), cl::cat(category),
                            cl::desc("How many threads; all cores without it")};
  cl::opt<bool> reference{
      "reference", cl::cat(category),
      cl::desc("Interpret the spec in float64 instead of compiling it")};
  cl::opt<uint64_t> rounding{
      "rounding", cl::value_desc("SEED"), cl::cat(category),
      cl::desc("With --reference: disturb each step as f32 rounds, at random; "
               "how far results move is what f32 can promise")};
  cl::opt<bool> json{"json", cl::cat(category),
                     cl::desc("Report as one JSON object")};
  cl::opt<bool> print{"print", cl::cat(category),
                      cl::desc("Print the results")};
  cl::opt<std::string> variant{"variant", cl::value_desc("NAME"),
                               cl::cat(category),
                               cl::desc("The published model of a spec")};
  cl::list<std::string> definitions{
      "D", cl::Prefix, cl::value_desc("name=value"), cl::cat(category),
      cl::desc("Sets a parameter of a spec")};
  cl::list<std::string> searchPaths{
      "I", cl::Prefix, cl::value_desc("DIR"), cl::cat(category),
      cl::desc("A folder of further specs and modules")};
  cl::opt<std::string> fuse{"fuse", cl::init("all"), cl::value_desc("PLAN"),
                            cl::cat(category),
                            cl::desc("The fusions of a spec that is compiled")};
  cl::opt<std::string> precision{
      "precision", cl::init("f32"), cl::cat(category),
      cl::desc("What a spec that is compiled stores tensors and weights as: "
               "f32 or bf16")};
  cl::opt<std::string> target{
      "target", cl::init("cpu"), cl::cat(category),
      cl::desc("What to run on: cpu; or cuda-emu, kernels for "
               "NVIDIA GPUs in an emulator")};

  llvm::Error check() const;
  llvm::Error addImages(RunOptions &run) const;
  llvm::Error checkNeeded() const;
  llvm::Expected<RunOptions> runOptions();
  llvm::Expected<int> run();
};
} // namespace

/// What no run could make sense of.
llvm::Error Options::check() const {
  if (model.empty())
    return llvm::createStringError("expected MODEL (a .so, .bridge or .mlir "
                                   "file or a checkpoint folder), found none");
  if (target != "cpu" && target != "cuda-emu")
    return llvm::createStringError(
        "expected --target to be cpu or cuda-emu, found `" + target + "`");
  if (llvm::Error error = checkCounts({&runs, &threads}))
    return error;
  if (rounding.getNumOccurrences() && !reference)
    return llvm::createStringError("expected --rounding with --reference");
  if (!(tolerance >= 0))
    return llvm::createStringError(
        "--tolerance needs a number from 0, found `" +
        std::to_string(tolerance) + "`");
  if (llvm::Error error = checkNeeded())
    return error;
  if (!llvm::StringRef(model).ends_with(".so"))
    return llvm::Error::success();
  if (const cl::Option *option =
          firstGiven({variant, definitions, searchPaths, fuse, precision}))
    return llvm::createStringError(
        "expected " + spelled(*option) +
        " with a spec or a checkpoint folder, found the compiled " + model);
  return llvm::Error::success();
}

/// Refuses options that would do nothing.
llvm::Error Options::checkNeeded() const {
  const cl::Option *ofCompiled = firstGiven({threads, fuse, precision, target});
  if (reference && ofCompiled)
    return llvm::createStringError("expected --reference without " +
                                   spelled(*ofCompiled) +
                                   ": the interpreter has neither threads nor "
                                   "fusions nor other numbers");
  const cl::Option *ofRun =
      firstGiven({weights, inputs, images, output, compare, tolerance, runs,
                  threads, print});
  if (entry.empty() && ofRun)
    return llvm::createStringError("expected ENTRY with " + spelled(*ofRun) +
                                   "; without it, the entries are listed");
  return llvm::Error::success();
}

/// The pictures of --image and of the words after it.
llvm::Error Options::addImages(RunOptions &run) const {
  size_t next = 0;
  auto addWords = [&](unsigned until) {
    for (; next < more.size() && more.getPosition(next) < until; ++next)
      run.images.push_back({more[next], true});
  };
  if (!more.empty() &&
      (images.empty() || more.getPosition(0) < images.getPosition(0)))
    return llvm::createStringError("unexpected argument `" + more[0] +
                                   "` after entry `" + entry + "`");
  for (auto [index, image] : llvm::enumerate(images)) {
    addWords(images.getPosition(index));
    run.images.push_back({image, false});
  }
  addWords(-1);
  return llvm::Error::success();
}

llvm::Expected<RunOptions> Options::runOptions() {
  if (llvm::Error error = check())
    return error;
  RunOptions options;
  options.model.input = model;
  options.model.variant = variant;
  options.model.definitions.assign(definitions.begin(), definitions.end());
  options.model.searchPaths.assign(searchPaths.begin(), searchPaths.end());
  options.model.fuse = fuse;
  options.model.precision = precision;
  options.entry = entry;
  options.weights = weights;
  options.inputs = inputs;
  if (llvm::Error error = addImages(options))
    return error;
  options.output = output;
  options.compare = compare;
  if (tolerance.getNumOccurrences())
    options.tolerance = tolerance;
  options.runs = runs;
  options.threads = threads;
  options.emulated = target == "cuda-emu";
  options.reference = reference;
  if (rounding.getNumOccurrences())
    options.rounding = rounding;
  options.json = json;
  options.print = print;
  return options;
}

llvm::Expected<int> Options::run() {
  llvm::Expected<RunOptions> options = runOptions();
  if (!options)
    return options.takeError();
  return bridge::run(*options);
}

int main(int argc, char **argv) {
  // LLVM registers options of its own, of which one is called --threads.
  cl::ResetCommandLineParser();
  Options options;
  ToolSession session("bridge-run", argc, argv, options.category,
                      "runs vision-language bridges");
  llvm::Expected<int> status = options.run();
  return status ? *status : session.finish(status.takeError());
}
