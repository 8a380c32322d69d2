//===- Machine.cpp - How fast a machine runs kernels ----------------------===//
#include "Machine.h"
#include "EmbeddedFiles.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>

using namespace bridge;
namespace json = llvm::json;

namespace {
/// How a machine file says a rate: work per second in these units, but for
/// launches, which are microseconds each.
struct RateName {
  const char *key;
  double unit;
};
} // namespace

static constexpr RateName kRates[kWorkCount] = {
    {"launch_us", 1e-6},       {"gflops", 1e9},
    {"simple_g_per_s", 1e9},   {"functions_g_per_s", 1e9},
    {"weights_gb_per_s", 1e9}, {"data_gb_per_s", 1e9},
};
static constexpr const char *kOther = "other";

Work bridge::workOf(const LaunchCost &launch) {
  return {1,
          launch.flops,
          launch.elements + launch.simple,
          launch.functions,
          launch.weightBytes,
          launch.dataBytes};
}

std::string bridge::kernelClass(const LaunchCost &launch) {
  std::string name = plan::stringifyKernelKind(launch.kind).str();
  return launch.isBf16 ? name + "_bf16" : name;
}

llvm::Error Machine::checkPrecision(llvm::StringRef precision,
                                    llvm::StringRef name) const {
  if (precision == "f32" || kernels.count(("gemm_" + precision).str()))
    return llvm::Error::success();
  return llvm::createStringError("expected rates of `gemm_" + precision +
                                 "` in the machine file " + name +
                                 "; --calibrate writes one with them");
}

double Machine::predict(const LaunchCost &launch) const {
  auto rates = kernels.find(kernelClass(launch));
  if (rates == kernels.end())
    rates = kernels.find(kOther);
  Work work = workOf(launch);
  double seconds = 0;
  for (unsigned i = 0; i != kWorkCount; ++i)
    seconds += work[i] * rates->second[i];
  return seconds;
}

/// With four digits, which is more than was measured.
static double rounded(double number) {
  double unit = std::pow(10, std::floor(std::log10(number)) - 3);
  return std::round(number / unit) * unit;
}

json::Value Machine::toJson() const {
  json::Object all;
  for (const auto &[kind, rates] : kernels) {
    json::Object object;
    for (unsigned i = 0; i != kWorkCount; ++i)
      if (rates[i] > 0)
        object[kRates[i].key] =
            rounded(i == 0 ? rates[i] / kRates[i].unit
                           : 1 / (rates[i] * kRates[i].unit));
    all[kind] = std::move(object);
  }
  return json::Object{{"processor", processor},
                      {"level", level},
                      {"threads", threads},
                      {"kernels", std::move(all)}};
}

llvm::Expected<Machine> Machine::parse(llvm::StringRef text,
                                       llvm::StringRef name) {
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return llvm::createStringError(
        name + " is not JSON: " + llvm::toString(value.takeError()));
  auto bad = [&](const llvm::Twine &what) {
    return llvm::createStringError("expected " + what +
                                   " in the machine file " + name);
  };
  const json::Object *object = value->getAsObject();
  const json::Object *kernels = object ? object->getObject("kernels") : nullptr;
  if (!kernels)
    return bad("an object `kernels`");
  Machine machine;
  machine.processor = object->getString("processor").value_or("").str();
  machine.level = object->getString("level").value_or("").str();
  int64_t threads = object->getInteger("threads").value_or(0);
  if (threads < 1)
    return bad("a number `threads` from 1");
  machine.threads = threads;
  for (const auto &[kind, entry] : *kernels) {
    const json::Object *rates = entry.getAsObject();
    if (!rates)
      return bad("an object `" + kind.str() + "`");
    KernelRates read = {};
    for (const auto &[key, rate] : *rates) {
      const RateName *known = llvm::find_if(
          kRates, [&](const RateName &name) { return key.str() == name.key; });
      std::optional<double> number = rate.getAsNumber();
      if (known == std::end(kRates) || !number || !(*number > 0))
        return bad("a rate above 0 that it knows, found `" + key.str() +
                   "` of `" + kind.str() + "`,");
      unsigned i = known - kRates;
      read[i] = i == 0 ? *number * known->unit : 1 / (*number * known->unit);
    }
    machine.kernels[kind.str()] = read;
  }
  if (!machine.kernels.count(kOther))
    return bad("rates of `other` kernels");
  return machine;
}

llvm::Expected<Machine> Machine::load(const std::string &path) {
  if (path.empty())
    return parse(embedded::defaultMachine(), "that comes with bridge-explore");
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return llvm::createStringError("cannot read " + path + ": " +
                                   file.getError().message());
  return parse((*file)->getBuffer(), path);
}
