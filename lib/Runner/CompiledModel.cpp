//===- CompiledModel.cpp - A compiled library, ready to be timed ----------===//
#include "bridge/Runner/CompiledModel.h"
#include "LoadProgram.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>

using namespace bridge;
using llvm::Expected;
using llvm::StringRef;
using Clock = std::chrono::steady_clock;

namespace {
/// What the entry that runs on this thread is to do.
struct TimedRun {
  bridge_entry entry = nullptr;
  bridge_parallel parallel = nullptr;
  std::vector<double> *launches = nullptr;
};
} // namespace

static thread_local TimedRun current;

static double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

static void timeLaunch(bridge_call *call, bridge_kernel kernel,
                       const void *args, int64_t jobs, int64_t scratchBytes) {
  Clock::time_point begin = Clock::now();
  current.parallel(call, kernel, args, jobs, scratchBytes);
  current.launches->push_back(secondsSince(begin));
}

/// Stands for every entry of a program.
static void timeEntry(bridge_call *call) {
  if (current.launches) {
    current.parallel = call->parallel;
    call->parallel = timeLaunch;
  }
  current.entry(call);
}

static llvm::Error errorOf(const bridge_message &message) {
  return llvm::createStringError(message.text);
}

CompiledModel::CompiledModel(const bridge_program &original)
    : original(original), timed(original),
      levels(original.levels, original.levels + original.level_count) {}

CompiledModel::~CompiledModel() {
  bridge_session_close(session);
  bridge_model_close(model);
}

Expected<std::unique_ptr<CompiledModel>>
CompiledModel::open(const std::string &library, const std::string &weights,
                    unsigned threads) {
  Expected<const bridge_program *> program = loadProgram(library);
  if (!program)
    return program.takeError();
  std::unique_ptr<CompiledModel> result(new CompiledModel(**program));

  bridge_message message;
  bridge_manifest *manifest = nullptr;
  if (bridge_manifest_open(*program, &manifest, &message))
    return errorOf(message);
  result->entries.assign(bridge_manifest_entry_count(manifest), timeEntry);
  bridge_manifest_close(manifest);
  for (bridge_level &level : result->levels)
    level.entries = result->entries.data();
  result->timed.levels = result->levels.data();

  bridge_session_options options = {static_cast<int32_t>(threads), 0};
  if (bridge_model_open(&result->timed, weights.c_str(), &result->model,
                        &message) ||
      bridge_session_open(result->model, &options, &result->session, &message))
    return errorOf(message);
  return result;
}

Expected<double> CompiledModel::run(StringRef entry,
                                    llvm::ArrayRef<bridge_tensor> inputs,
                                    std::vector<double> *launches) {
  const bridge_manifest *manifest = bridge_model_manifest(model);
  int64_t index = bridge_manifest_find(manifest, entry.str().c_str());
  if (index < 0)
    return llvm::createStringError("there is no entry `" + entry + "`");
  llvm::ArrayRef<bridge_level> originals(original.levels, original.level_count);
  const bridge_level *used =
      llvm::find_if(originals, [&](const bridge_level &known) {
        return known.name == level();
      });
  if (launches)
    launches->clear();
  current = {used->entries[index], nullptr, launches};
  std::vector<bridge_tensor> outputs(
      bridge_manifest_entry(manifest, index)->output_count, bridge_tensor{});
  bridge_message message;
  Clock::time_point begin = Clock::now();
  if (bridge_session_run(session, index, inputs.data(), inputs.size(),
                         outputs.data(), outputs.size(), &message))
    return errorOf(message);
  return secondsSince(begin);
}

StringRef CompiledModel::level() const { return bridge_model_level(model); }

unsigned CompiledModel::threads() const {
  return bridge_session_threads(session);
}
