//===- CompiledExecutor.cpp - Models run as compiled code -----------------===//
#include "Executor.h"
#include <cstring>
#include <dlfcn.h>
#include <filesystem>

using namespace bridge;
using llvm::Expected;

namespace {

/// Closes what the run time opened.
struct Close {
  void operator()(bridge_manifest *manifest) const {
    bridge_manifest_close(manifest);
  }
  void operator()(bridge_model *model) const { bridge_model_close(model); }
  void operator()(bridge_session *session) const {
    bridge_session_close(session);
  }
};

class CompiledExecutor : public Executor {
public:
  CompiledExecutor(const bridge_program *program, bridge_manifest *manifest)
      : program(program), manifest(manifest) {}

  std::string modelName() const override {
    return bridge_manifest_model(manifest.get());
  }
  std::vector<EntryInfo> entries() const override;
  std::string preprocessor() const override {
    const char *text = bridge_manifest_preprocessor(manifest.get());
    return text ? text : "";
  }
  bridge_dtype floatDtype() const override { return BRIDGE_F32; }

  llvm::Error loadWeights(const std::string &weights,
                          unsigned threads) override;
  llvm::Error run(size_t entry, llvm::ArrayRef<bridge_tensor> inputs) override;
  Expected<std::vector<Array>> results() const override;
  Usage usage() const override;

private:
  const bridge_program *program;
  std::unique_ptr<bridge_manifest, Close> manifest;
  std::unique_ptr<bridge_model, Close> model;
  std::unique_ptr<bridge_session, Close> session;
  std::vector<bridge_tensor> outputs;
};

} // namespace

static std::vector<ValueInfo> describe(const bridge_value_info *values,
                                       int64_t count) {
  std::vector<ValueInfo> infos;
  for (const bridge_value_info &value : llvm::ArrayRef(values, count))
    infos.push_back(
        {value.name, value.dtype, {value.dims, value.dims + value.rank}});
  return infos;
}

std::vector<EntryInfo> CompiledExecutor::entries() const {
  std::vector<EntryInfo> infos;
  for (int64_t i = 0, e = bridge_manifest_entry_count(manifest.get()); i < e;
       ++i) {
    const bridge_entry_info *entry = bridge_manifest_entry(manifest.get(), i);
    infos.push_back({entry->name, describe(entry->inputs, entry->input_count),
                     describe(entry->outputs, entry->output_count)});
  }
  return infos;
}

llvm::Error CompiledExecutor::loadWeights(const std::string &weights,
                                          unsigned threads) {
  bridge_message message;
  bridge_model *openedModel = nullptr;
  if (bridge_status status = bridge_model_open(
          program, weights.empty() ? nullptr : weights.c_str(), &openedModel,
          &message))
    return toError(status, message);
  model.reset(openedModel);
  bridge_session_options options = {static_cast<int32_t>(threads), 0};
  bridge_session *openedSession = nullptr;
  if (bridge_status status =
          bridge_session_open(model.get(), &options, &openedSession, &message))
    return toError(status, message);
  session.reset(openedSession);
  return llvm::Error::success();
}

llvm::Error CompiledExecutor::run(size_t entry,
                                  llvm::ArrayRef<bridge_tensor> inputs) {
  int64_t count = bridge_manifest_entry(manifest.get(), entry)->output_count;
  outputs.assign(count, bridge_tensor{});
  bridge_message message;
  return toError(bridge_session_run(session.get(), entry, inputs.data(),
                                    inputs.size(), outputs.data(),
                                    outputs.size(), &message),
                 message);
}

Expected<std::vector<Array>> CompiledExecutor::results() const {
  std::vector<Array> arrays;
  for (const bridge_tensor &output : outputs) {
    Expected<Array> array = toArray(output);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
  }
  return arrays;
}

Usage CompiledExecutor::usage() const {
  return {static_cast<unsigned>(bridge_session_threads(session.get())),
          bridge_session_arena_bytes(session.get()),
          bridge_model_weights_bytes(model.get())};
}

/// The program stays loaded until the process ends: generated code has no
/// constructors, and nothing else tells when it is no longer needed.
Expected<std::unique_ptr<Executor>>
bridge::makeCompiledExecutor(const std::string &library) {
  // A name without a slash would be searched for in the system's folders.
  std::error_code ignored;
  std::string path = std::filesystem::absolute(library, ignored).string();
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return llvm::createStringError(dlerror());
  auto *program =
      static_cast<const bridge_program *>(dlsym(handle, BRIDGE_PROGRAM_SYMBOL));
  if (!program) {
    dlclose(handle);
    return llvm::createStringError("`" + library +
                                   "` is not a compiled bridge: it has no "
                                   "symbol `" BRIDGE_PROGRAM_SYMBOL "`");
  }
  bridge_message message;
  bridge_manifest *manifest = nullptr;
  if (bridge_status status = bridge_manifest_open(program, &manifest, &message))
    return toError(status, message);
  return std::make_unique<CompiledExecutor>(program, manifest);
}
