//===- bridgec.cpp - Compiles bridge specs --------------------------------===//
#include "bridge/Driver/Catalogue.h"
#include "bridge/Driver/Driver.h"
#include "bridge/Driver/Tool.h"
#include "llvm/Support/CommandLine.h"

using namespace bridge;
namespace cl = llvm::cl;

namespace {
/// The command line of `bridgec`.
struct Options {
  cl::OptionCategory category{"bridgec options"};
  cl::list<std::string> inputs{cl::Positional, cl::desc("INPUT"),
                               cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::value_desc("OUT"), cl::cat(category),
      cl::desc("The file to write: without extension an executable; .so or .o "
               "(with a .h beside it), .mlir, .ll, .s; .ptx for GPUs")};
  cl::opt<std::string> emit{
      "emit", cl::value_desc("KIND"), cl::cat(category),
      cl::desc("exe, so, o, mlir, ll, s or ptx, whatever the extension says")};
  cl::opt<std::string> variant{
      "variant", cl::value_desc("NAME"), cl::cat(category),
      cl::desc("The published model to compile, see --list")};
  cl::list<std::string> definitions{
      "D", cl::Prefix, cl::value_desc("name=value"), cl::cat(category),
      cl::desc("Sets a parameter of the bridge")};
  cl::list<std::string> searchPaths{
      "I", cl::Prefix, cl::value_desc("DIR"), cl::cat(category),
      cl::desc("A folder of further specs and modules")};
  cl::list<std::string> entries{
      "entry", cl::CommaSeparated, cl::value_desc("a,b"), cl::cat(category),
      cl::desc("The entries to compile; all without it")};
  cl::list<std::string> levels{
      "arch", cl::CommaSeparated, cl::cat(category),
      cl::desc("native, or the levels to put into the binary: x86-64-v3, "
               "x86-64-v4, x86-64-v4-bf16; of GPUs: sm_80, sm_90a or sm_100")};
  cl::opt<std::string> target{"target", cl::init("cpu"), cl::cat(category),
                              cl::desc("What to make code for: cpu or cuda")};
  cl::opt<std::string> precision{"precision", cl::init("f32"),
                                 cl::cat(category),
                                 cl::desc("What tensors and weights are stored "
                                          "as: f32 or bf16")};
  cl::opt<std::string> fuse{
      "fuse", cl::init("all"), cl::value_desc("PLAN"), cl::cat(category),
      cl::desc("all, none, or fusions by name, -name to leave one out")};
  cl::opt<std::string> stopAfter{
      "stop-after", cl::value_desc("PHASE"), cl::cat(category),
      cl::desc("Print the program as it is after ast, bridge, fused, planned, "
               "kernels or llvm; after object: write a .o file, as --emit=o")};
  cl::opt<std::string> remarks{
      "remarks", cl::ValueOptional, cl::value_desc("FILE"), cl::cat(category),
      cl::desc("Say which fusions fired and which did not, and why")};
  cl::opt<std::string> embedWeights{
      "embed-weights", cl::value_desc("PATH"), cl::cat(category),
      cl::desc("Put this .safetensors file into the binary")};
  cl::opt<bool> timePhases{"time-phases", cl::cat(category),
                           cl::desc("Say how long each phase took")};
  cl::opt<bool> list{"list", cl::cat(category),
                     cl::desc("List the specs and their published models")};
  cl::opt<bool> describe{
      "describe", cl::cat(category),
      cl::desc("Show the parts of INPUT with shapes, parameters and FLOPs")};
  cl::opt<bool> format{"format", cl::cat(category),
                       cl::desc("Bring the INPUT files into the one style")};
  cl::opt<bool> check{
      "check", cl::cat(category),
      cl::desc("With --format: change nothing, fail where something would")};

  llvm::Expected<CompileOptions> compileOptions() const;
  llvm::Error checkNeeded() const;
  llvm::Error run() const;
};
} // namespace

/// Refuses options that would do nothing.
llvm::Error Options::checkNeeded() const {
  const char *mode = list       ? "--list"
                     : format   ? "--format"
                     : describe ? "--describe"
                                : nullptr;
  if (stopAfter.getNumOccurrences() && emit.getNumOccurrences())
    return llvm::createStringError(
        "expected --stop-after without --emit, which would do nothing");
  if (!mode)
    return llvm::Error::success();
  std::vector<OptionRef> idle = {output,       emit,       stopAfter, remarks,
                                 embedWeights, timePhases, levels,    fuse,
                                 target,       precision};
  if (list || format)
    idle.insert(idle.end(), {variant, definitions, entries});
  if (format)
    idle.push_back(searchPaths);
  if (const cl::Option *option = firstGiven(idle))
    return llvm::createStringError(llvm::Twine("expected ") + mode +
                                   " without " + spelled(*option) +
                                   ", which would do nothing");
  return llvm::Error::success();
}

llvm::Expected<CompileOptions> Options::compileOptions() const {
  CompileOptions options;
  if (inputs.size() != 1)
    return llvm::createStringError(
        "expected one INPUT (a .bridge or .mlir file or a checkpoint folder), "
        "found " +
        std::to_string(inputs.size()));
  options.input = inputs.front();
  options.output = output;
  if (emit.getNumOccurrences()) {
    options.emit = parseOutputKind(emit);
    if (!options.emit)
      return llvm::createStringError(
          "expected --emit to be exe, so, o, mlir, ll, s or ptx, found `" +
          emit + "`");
  }
  if (stopAfter.getNumOccurrences()) {
    options.stopAfter = parsePhase(stopAfter);
    if (!options.stopAfter)
      return llvm::createStringError(
          "expected --stop-after to be ast, bridge, fused, planned, kernels, "
          "llvm or object, found `" +
          stopAfter + "`");
    if (*options.stopAfter == Phase::Object) { // no text: written, not printed
      options.emit = OutputKind::Relocatable;
      options.stopAfter.reset();
    }
  }
  std::optional<TargetKind> targetKind = parseTargetKind(target);
  if (!targetKind)
    return llvm::createStringError(
        "expected --target to be cpu or cuda, found `" + target + "`");
  options.target = *targetKind;
  if (remarks.getNumOccurrences())
    options.remarks = remarks.getValue();
  options.variant = variant;
  options.definitions.assign(definitions.begin(), definitions.end());
  options.searchPaths.assign(searchPaths.begin(), searchPaths.end());
  options.entries.assign(entries.begin(), entries.end());
  options.levels.assign(levels.begin(), levels.end());
  options.precision = precision;
  options.fuse = fuse;
  options.embedWeights = embedWeights;
  options.timePhases = timePhases;
  return options;
}

llvm::Error Options::run() const {
  if (llvm::Error error = checkNeeded())
    return error;
  if (check && !format)
    return llvm::createStringError("expected --check with --format");
  if (list && !inputs.empty())
    return llvm::createStringError("expected --list without INPUT, found `" +
                                   inputs.front() +
                                   "`; -I adds a folder of specs");
  if (list)
    return listSpecs(searchPaths, llvm::outs());
  if (format)
    return formatFiles(inputs, check);
  auto options = compileOptions();
  if (!options)
    return options.takeError();
  return describe ? describeModel(*options, llvm::outs()) : compile(*options);
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser(); // The options of LLVM's libraries are not ours.
  Options options;
  ToolSession session("bridgec", argc, argv, options.category,
                      "compiles vision-language bridges");
  return session.finish(options.run());
}
