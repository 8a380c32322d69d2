//===- EmbeddedWeights.cpp - Weights inside a binary ----------------------===//
#include "EmbeddedWeights.h"
#include "bridge/Runtime/bridge.h"
#include "llvm/Support/FileSystem.h"

using namespace bridge;
namespace fs = llvm::sys::fs;

llvm::Error bridge::checkEmbeddable(llvm::StringRef manifest,
                                    llvm::StringRef path) {
  fs::file_status status;
  if (std::error_code code = fs::status(path, status))
    return llvm::createStringError(code, "cannot read " + path + ": " +
                                             code.message());
  if (!fs::is_regular_file(status))
    return llvm::createStringError(
        "expected --embed-weights to be a .safetensors file, found " + path +
        ", which is no file");
  // A program without code, which can be opened with its weights but not run.
  const bridge_level level{"x86-64-v3", /*panel_width=*/16, nullptr};
  bridge_program program{};
  program.abi_version = BRIDGE_ABI_VERSION;
  program.manifest = manifest.data();
  program.manifest_bytes = manifest.size();
  program.levels = &level;
  program.level_count = 1;
  bridge_model *model = nullptr;
  bridge_message message;
  if (bridge_model_open(&program, path.str().c_str(), &model, &message))
    return llvm::createStringError("cannot embed weights: " +
                                   llvm::StringRef(message.text));
  bridge_model_close(model);
  return llvm::Error::success();
}
