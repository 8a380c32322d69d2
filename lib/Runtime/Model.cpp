//===- Model.cpp - A program with its weights -----------------------------===//
#include "Model.h"
#include "Level.h"
#include "TensorFile.h"

using namespace bridge::runtime;

/// Weights from a file's tensors.
static bridge_status loadWeights(bridge_model &model,
                                 const bridge_tensor_file &file,
                                 const char *what, Message &message) {
  Array<bridge_tensor> bound;
  BRIDGE_TRY(bindWeights(*model.manifest, file, what, bound, message));
  return packWeights(*model.manifest, bound, model.level->panel_width,
                     model.weights, message);
}

static bridge_status loadEmbedded(bridge_model &model,
                                  const bridge_program &program,
                                  Message &message) {
  if (!program.embedded_weights && model.manifest->weights.size)
    return message.fail(BRIDGE_BAD_WEIGHTS,
                        "%s has no weights embedded: name a .safetensors file, "
                        "a folder or random:SEED",
                        model.manifest->model);
  Owned<bridge_tensor_file> file;
  if (program.embedded_weights) {
    Mapping bytes = {static_cast<const char *>(program.embedded_weights),
                     static_cast<size_t>(program.embedded_bytes)};
    BRIDGE_TRY(addTensors(*file, bytes, "embedded weights", message));
    BRIDGE_TRY(finishTensors(*file, "embedded weights", message));
  }
  return loadWeights(model, *file, "embedded weights", message);
}

static bridge_status loadRandom(bridge_model &model, Text seedText,
                                Message &message) {
  uint64_t seed = 0;
  bool valid = seedText.size > 0;
  for (char c : seedText)
    valid = valid && c >= '0' && c <= '9' &&
            !__builtin_mul_overflow(seed, 10, &seed) &&
            !__builtin_add_overflow(seed, c - '0', &seed);
  if (!valid)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "random:%.*s: the seed has to be a whole number from 0",
                        BRIDGE_TEXT(seedText));
  return packRandomWeights(*model.manifest, seed, model.level->panel_width,
                           model.weights, message);
}

bridge_status bridge_model_open(const bridge_program *program,
                                const char *weights, bridge_model **result,
                                bridge_message *out) {
  Message message(out);
  Owned<bridge_model> model;
  model->api = &bridge_runtime_api;
  BRIDGE_TRY(bridge_manifest_open(program, &model->manifest, out));
  BRIDGE_TRY(chooseLevel(*program, model->level, message));
  const Text randomPrefix = "random:";
  if (!weights) {
    BRIDGE_TRY(loadEmbedded(*model, *program, message));
  } else if (Text(weights).startsWith(randomPrefix)) {
    BRIDGE_TRY(loadRandom(*model, Text(weights).dropFront(randomPrefix.size),
                          message));
  } else {
    bridge_tensor_file *file = nullptr;
    BRIDGE_TRY(bridge_tensor_file_open(program, weights, &file, out));
    bridge_status status = loadWeights(*model, *file, weights, message);
    bridge_tensor_file_close(file);
    BRIDGE_TRY(status);
  }
  *result = model.release();
  return BRIDGE_OK;
}

void bridge_model_close(bridge_model *model) { destroy(model); }

const bridge_manifest *bridge_model_manifest(const bridge_model *model) {
  return model->manifest;
}

const char *bridge_model_level(const bridge_model *model) {
  return model->level->name;
}

int64_t bridge_model_weights_bytes(const bridge_model *model) {
  return model->weights.bytes;
}
