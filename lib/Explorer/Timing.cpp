//===- Timing.cpp - Compiling and timing entries --------------------------===//
#include "Timing.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include <random>

using namespace bridge;
using llvm::Expected;
using llvm::StringRef;

Expected<std::unique_ptr<CompiledModel>>
bridge::compileEntry(const CompileOptions &options, const std::string &entry,
                     const std::string &fuse, unsigned threads) {
  llvm::SmallString<128> folder;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("bridge-explore", folder))
    return llvm::createStringError("cannot make a temporary folder: " +
                                   error.message());
  llvm::scope_exit cleanUp([&] { llvm::sys::fs::remove_directories(folder); });
  CompileOptions compilation = options;
  compilation.output = (folder + "/model.so").str();
  // A module in the dialect has the entries that it has.
  if (!StringRef(options.input).ends_with(".mlir"))
    compilation.entries = {entry};
  compilation.fuse = fuse;
  if (llvm::Error error = compile(compilation))
    return error;
  return CompiledModel::open(compilation.output, "random:1", threads);
}

/// The value that each input of `fills` is full of.
static Expected<llvm::StringMap<double>>
parseFills(llvm::ArrayRef<std::string> fills) {
  llvm::StringMap<double> values;
  for (StringRef fill : fills) {
    auto [name, text] = fill.split('=');
    double value;
    if (name.empty() || text.getAsDouble(value))
      return llvm::createStringError("expected --fill input=NUMBER, found `" +
                                     fill + "`");
    values[name] = value;
  }
  return values;
}

Expected<MadeInputs> MadeInputs::make(const LoweredModel &model,
                                      StringRef entry, const Dimensions &dims,
                                      llvm::ArrayRef<std::string> fills) {
  auto values = parseFills(fills);
  if (!values)
    return values.takeError();
  auto named = model.inputs(entry, dims);
  for (StringRef name : values->keys())
    if (llvm::none_of(named,
                      [&](const auto &input) { return input.first == name; }))
      return llvm::createStringError("entry `" + entry + "` has no input `" +
                                     name + "` to fill");
  MadeInputs made;
  std::minstd_rand random(1);
  std::normal_distribution<float> normal;
  constexpr size_t alignment = 64;
  for (auto [name, tensor] : named) {
    int64_t count = 1;
    for (int32_t axis = 0; axis < tensor.rank; ++axis)
      count *= tensor.shape[axis];
    auto &bytes =
        made.memory.emplace_back(new std::byte[4 * count + alignment]);
    size_t offset = -reinterpret_cast<uintptr_t>(bytes.get()) % alignment;
    tensor.data = bytes.get() + offset;
    auto fill = values->find(name);
    bool isFilled = fill != values->end();
    for (int64_t i = 0; i < count; ++i)
      if (tensor.dtype == BRIDGE_F32)
        static_cast<float *>(tensor.data)[i] =
            isFilled ? float(fill->second) : normal(random);
      else
        static_cast<int32_t *>(tensor.data)[i] =
            isFilled ? int32_t(fill->second) : 1;
    made.inputs.push_back(tensor);
  }
  return made;
}

Expected<std::vector<double>>
bridge::timeLaunches(CompiledModel &model, StringRef entry,
                     llvm::ArrayRef<bridge_tensor> inputs, unsigned runs) {
  std::vector<double> fastest, launches;
  for (unsigned run = 0; run <= runs; ++run) {
    auto seconds = model.run(entry, inputs, &launches);
    if (!seconds)
      return seconds.takeError();
    // The first run warms up.
    if (run <= 1)
      fastest = launches;
    for (auto [best, time] : llvm::zip_equal(fastest, launches))
      best = std::min(best, time);
  }
  return fastest;
}
