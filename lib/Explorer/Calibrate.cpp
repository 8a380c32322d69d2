//===- Calibrate.cpp - Measuring how fast kernels run ---------------------===//
//
// Launches of many kernels and sizes are timed one by one. The time of a kind's
// launches is then explained as a sum of what they do, each times a rate that
// is not negative, so that the squares of the relative errors are least.
//
//===----------------------------------------------------------------------===//
#include "EmbeddedFiles.h"
#include "Machine.h"
#include "Timing.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

using namespace bridge;
using llvm::StringRef;

namespace {

/// A launch that was timed: its work, each divided by the seconds it took.
using Sample = Work;

/// One entry of the calibration spec at some sizes.
struct Run {
  const char *entry;
  std::vector<std::pair<StringRef, std::vector<int64_t>>> dims;
};

class Calibration {
public:
  explicit Calibration(const CalibrateOptions &options) : options(options) {}

  llvm::Error run();
  Machine machine();

private:
  llvm::Error writeSpec(llvm::SmallVectorImpl<char> &path);
  llvm::Error timeWidth(StringRef spec, StringRef precision, unsigned width);
  KernelRates leastRates(StringRef kind);
  llvm::Error timeRun(ExploredModel &model, const Run &run);

  const CalibrateOptions &options;
  std::map<std::string, std::vector<Sample>> samples; ///< by class
  std::string level;
  unsigned threads = 0;
};

} // namespace

static const std::vector<Run> &allRuns() {
  static const std::vector<Run> runs = {
      {"patches", {{"images", {1, 2}}}},
      {"encode",
       {{"batch", {1, 1, 1, 1, 8}}, {"tokens", {16, 50, 197, 577, 50}}}},
      {"generate", {{"batch", {1, 1, 1, 4}}, {"tokens", {1, 31, 77, 128}}}},
      {"resample", {{"batch", {1, 2}}, {"shown", {1, 1}}, {"seen", {64, 256}}}},
      {"fuse",
       {{"batch", {1, 1}},
        {"tokens", {64, 256}},
        {"shown", {1, 2}},
        {"seen", {49, 256}}}},
      {"project", {{"batch", {1, 1}}, {"tokens", {64, 576}}}},
      {"score", {{"n", {64, 1024}}}},
      {"pair", {{"n", {64, 1024}}}},
      {"classify", {{"n", {64, 1024}}}},
      {"pool", {{"batch", {1, 16}}, {"tokens", {50, 257}}}},
  };
  return runs;
}

llvm::Error Calibration::timeRun(ExploredModel &model, const Run &run) {
  auto lowered = model.lower("all");
  if (!lowered)
    return lowered.takeError();
  auto compiled =
      compileEntry(model.options(), run.entry, "all", options.threads);
  if (!compiled)
    return compiled.takeError();
  level = (*compiled)->level().str();
  threads = (*compiled)->threads();
  auto entry =
      (*(*lowered)->planned).lookupSymbol<mlir::func::FuncOp>(run.entry);
  for (size_t size = 0; size != run.dims.front().second.size(); ++size) {
    Dimensions dims;
    for (const auto &[name, values] : run.dims)
      dims[name] = values[size];
    auto inputs = MadeInputs::make(**lowered, run.entry, dims, {});
    if (!inputs)
      return inputs.takeError();
    auto times =
        timeLaunches(**compiled, run.entry, inputs->tensors(), options.runs);
    if (!times)
      return times.takeError();
    std::vector<LaunchCost> launches =
        analyzeLaunches(*(*lowered)->planned, entry,
                        [&](StringRef name) { return dims.lookup(name); });
    if (launches.size() != times->size())
      return llvm::createStringError(StringRef("the plan of `") + run.entry +
                                     "` has " + llvm::Twine(launches.size()) +
                                     " launches, its code made " +
                                     llvm::Twine(times->size()));
    for (auto [launch, seconds] : llvm::zip_equal(launches, *times)) {
      Sample sample = workOf(launch);
      for (double &amount : sample)
        amount /= seconds;
      samples[kernelClass(launch)].push_back(sample);
    }
  }
  return llvm::Error::success();
}

llvm::Error Calibration::timeWidth(StringRef spec, StringRef precision,
                                   unsigned width) {
  CompileOptions model;
  model.input = spec.str();
  model.precision = precision.str();
  model.definitions = {"width=" + std::to_string(width)};
  auto loaded = ExploredModel::load(model);
  if (!loaded)
    return loaded.takeError();
  for (const Run &run : allRuns())
    if (llvm::Error error = timeRun(**loaded, run))
      return error;
  return llvm::Error::success();
}

llvm::Error Calibration::writeSpec(llvm::SmallVectorImpl<char> &path) {
  int file;
  std::error_code error = llvm::sys::fs::createTemporaryFile(
      "bridge-calibration", "bridge", file, path);
  if (error)
    return llvm::createStringError("cannot make a temporary file: " +
                                   error.message());
  llvm::raw_fd_ostream os(file, /*shouldClose=*/true);
  os << embedded::calibrationSpec();
  return llvm::Error::success();
}

llvm::Error Calibration::run() {
  llvm::SmallString<128> spec;
  if (llvm::Error error = writeSpec(spec))
    return error;
  llvm::scope_exit cleanUp([&] { llvm::sys::fs::remove(spec); });
  for (StringRef precision : {"f32", "bf16"})
    for (unsigned width : {256, 512, 1024}) {
      llvm::errs() << "bridge-explore: timing layers of width " << width
                   << " in " << precision << "\n";
      if (llvm::Error error = timeWidth(spec, precision, width))
        return error;
    }
  return llvm::Error::success();
}

/// Minimises Σ (Σᵢ rateᵢ · workᵢ − 1)² for rates that are not below `least`, by
/// cyclic coordinate descent.
static KernelRates fit(llvm::ArrayRef<Sample> samples,
                       const KernelRates &least) {
  double products[kWorkCount][kWorkCount] = {}, sums[kWorkCount] = {};
  for (const Sample &sample : samples)
    for (unsigned i = 0; i != kWorkCount; ++i) {
      sums[i] += sample[i];
      for (unsigned j = 0; j != kWorkCount; ++j)
        products[i][j] += sample[i] * sample[j];
    }
  KernelRates rates = least;
  for (unsigned round = 0; round != 20000; ++round)
    for (unsigned i = 0; i != kWorkCount; ++i) {
      double rest = sums[i];
      for (unsigned j = 0; j != kWorkCount; ++j)
        rest -= j == i ? 0 : products[i][j] * rates[j];
      if (products[i][i] > 0)
        rates[i] = std::max(rest / products[i][i], least[i]);
    }
  // What explains less than a hundredth of every launch explains nothing.
  for (unsigned i = 0; i != kWorkCount; ++i)
    if (llvm::all_of(samples, [&](const Sample &sample) {
          return sample[i] * rates[i] < 0.01;
        }))
      rates[i] = 0;
  return rates;
}

/// No kind computes faster than the fastest product of its precision. Without
/// this bound, kinds whose other work grows with their FLOPs have these
/// explained away.
KernelRates Calibration::leastRates(StringRef kind) {
  double peak = 0;
  for (const Sample &product :
       samples[kind.ends_with("_bf16") ? "gemm_bf16" : "gemm"])
    peak = std::max(peak, product[kFlops]);
  KernelRates least = {};
  if (peak > 0)
    least[kFlops] = 1 / peak;
  return least;
}

Machine Calibration::machine() {
  Machine machine;
  machine.processor = llvm::sys::getHostCPUName().str();
  machine.level = level;
  machine.threads = threads;
  std::vector<Sample> others;
  for (const auto &[kind, list] : samples) {
    machine.kernels[kind] = fit(list, leastRates(kind));
    StringRef name = kind;
    if (!name.starts_with("gemm") && !name.starts_with("attention"))
      llvm::append_range(others, list);
  }
  machine.kernels["other"] = fit(others, leastRates("gemm"));
  return machine;
}

llvm::Error bridge::calibrate(const CalibrateOptions &options) {
  // Said before the minutes of measuring.
  StringRef folder = llvm::sys::path::parent_path(options.output);
  if (!folder.empty() && !llvm::sys::fs::is_directory(folder))
    return llvm::createStringError("cannot write " + options.output +
                                   ": there is no folder `" + folder + "`");
  Calibration calibration(options);
  if (llvm::Error error = calibration.run())
    return error;
  std::string text = llvm::formatv("{0:2}\n", calibration.machine().toJson());
  if (options.output.empty()) {
    llvm::outs() << text;
    return llvm::Error::success();
  }
  return llvm::writeToOutput(options.output, [&](llvm::raw_ostream &os) {
    os << text;
    return llvm::Error::success();
  });
}
