//===- EntryInputs.cpp - Inputs that a command line names -----------------===//
#include "EntryInputs.h"

using namespace bridge::runtime;

EntryInputs::~EntryInputs() {
  bridge_tensor_file_close(file);
  for (void *memory : owned)
    free(memory);
}

/// Every --image has to name an input.
static bridge_status checkImageNames(const CommandLine &line,
                                     const bridge_entry_info &info,
                                     Message &message) {
  for (const CommandLine::Image &image : line.images) {
    bool known = false;
    Suggestion suggestion(image.input);
    for (int64_t i = 0; i < info.input_count; ++i) {
      known = known || image.input == info.inputs[i].name;
      suggestion.consider(info.inputs[i].name);
    }
    if (!known)
      return message.fail(
          BRIDGE_BAD_ARGUMENT, "--image: entry `%s` has no input `%.*s`%s",
          info.name, BRIDGE_TEXT(image.input), suggestion.hint());
  }
  return BRIDGE_OK;
}

static bridge_status failMissing(const CommandLine &line,
                                 const bridge_tensor_file *file,
                                 const bridge_value_info &input,
                                 Message &message) {
  if (!file)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "input `%s` is not given; --inputs FILE or --image "
                        "%s=PICTURE gives it",
                        input.name, input.name);
  Suggestion suggestion(input.name);
  Builder names;
  int64_t count = bridge_tensor_file_count(file);
  for (int64_t i = 0; i < count; ++i) {
    const char *name = bridge_tensor_file_at(file, i)->name;
    suggestion.consider(name);
    if (i < 8)
      names.addf("%s`%s`", i ? ", " : "", name);
  }
  return message.fail(BRIDGE_BAD_INPUT,
                      "%s: has no tensor `%s` (it has %s%s)%s", line.inputs,
                      input.name, count ? names.terminated() : "none",
                      count > 8 ? ", …" : "", suggestion.hint());
}

bridge_status EntryInputs::gather(const CommandLine &line,
                                  const bridge_entry_info &info,
                                  const char *preprocessorText,
                                  Message &message) {
  BRIDGE_TRY(checkImageNames(line, info, message));
  if (line.inputs)
    BRIDGE_TRY(
        bridge_tensor_file_open(nullptr, line.inputs, &file, message.get()));
  bridge_preprocessor *preprocessor = nullptr;
  if (line.images.size()) {
    if (!preprocessorText)
      return message.fail(
          BRIDGE_BAD_ARGUMENT,
          "--image: the program has no preprocessor_config.json "
          "that says how to prepare pictures");
    BRIDGE_TRY(bridge_preprocessor_open(nullptr, preprocessorText,
                                        strlen(preprocessorText), &preprocessor,
                                        message.get()));
  }
  bridge_status status = BRIDGE_OK;
  for (int64_t i = 0; i < info.input_count && !status; ++i) {
    const bridge_value_info &input = info.inputs[i];
    bool pictured = false;
    for (const CommandLine::Image &image : line.images)
      pictured = pictured || image.input == input.name;
    bridge_tensor tensor = {};
    const bridge_named_tensor *stored =
        file ? bridge_tensor_file_find(file, input.name) : nullptr;
    if (pictured)
      status = gatherPictures(line, input, preprocessor, tensor, message);
    else if (stored)
      tensor = stored->tensor;
    else
      status = failMissing(line, file, input, message);
    tensors.push(tensor);
  }
  bridge_preprocessor_close(preprocessor);
  return status;
}

bridge_status
EntryInputs::gatherPictures(const CommandLine &line,
                            const bridge_value_info &input,
                            const bridge_preprocessor *preprocessor,
                            bridge_tensor &tensor, Message &message) {
  if (input.dtype != BRIDGE_F32 || input.rank < 3)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "--image: input `%s` does not take pictures",
                        input.name);
  Array<const char *> paths;
  for (const CommandLine::Image &image : line.images)
    if (image.input == input.name)
      paths.push(image.path);
  if (input.rank == 3 && paths.size() > 1)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "--image: input `%s` takes one picture, got %lld",
                        input.name, static_cast<long long>(paths.size()));
  for (int64_t i = 0; i < paths.size(); ++i) {
    bridge_tensor pixels = {};
    BRIDGE_TRY(
        bridge_picture_load(preprocessor, paths[i], &pixels, message.get()));
    bridge_status status =
        i == 0 ? startBatch(input, pixels, paths.size(), tensor, message)
               : BRIDGE_OK;
    if (!status)
      status = addToBatch(tensor, pixels, i, paths[i], message);
    bridge_picture_free(preprocessor, &pixels);
    BRIDGE_TRY(status);
  }
  return BRIDGE_OK;
}

bridge_status EntryInputs::startBatch(const bridge_value_info &input,
                                      const bridge_tensor &pixels,
                                      int64_t count, bridge_tensor &tensor,
                                      Message &message) {
  int64_t shape[BRIDGE_MAX_RANK];
  for (int32_t axis = 0; axis < input.rank; ++axis)
    shape[axis] =
        axis + 3 >= input.rank ? pixels.shape[axis + 3 - input.rank] : 1;
  if (input.rank > 3)
    shape[0] = count;
  int64_t bytes = elementCount(input.rank, shape) * int64_t(sizeof(float));
  void *batch = bytes > 0 ? malloc(bytes) : nullptr;
  if (!batch)
    return message.fail(BRIDGE_OUT_OF_MEMORY,
                        "%lld pictures take %s, which this machine does not "
                        "give",
                        static_cast<long long>(count),
                        BytesText(static_cast<double>(bytes)).text);
  owned.push(batch);
  tensor = bridge_tensor_make(BRIDGE_F32, input.rank, shape, batch);
  return BRIDGE_OK;
}

bridge_status EntryInputs::addToBatch(const bridge_tensor &batch,
                                      const bridge_tensor &pixels,
                                      int64_t index, const char *path,
                                      Message &message) {
  int64_t height = batch.shape[batch.rank - 2];
  int64_t width = batch.shape[batch.rank - 1];
  if (pixels.shape[1] != height || pixels.shape[2] != width)
    return message.fail(BRIDGE_BAD_PICTURE,
                        "%s: is %lld x %lld after preparation, the pictures "
                        "before it %lld x %lld",
                        path, static_cast<long long>(pixels.shape[2]),
                        static_cast<long long>(pixels.shape[1]),
                        static_cast<long long>(width),
                        static_cast<long long>(height));
  int64_t elements = elementCount(3, pixels.shape);
  memcpy(static_cast<float *>(batch.data) + index * elements, pixels.data,
         elements * sizeof(float));
  return BRIDGE_OK;
}
