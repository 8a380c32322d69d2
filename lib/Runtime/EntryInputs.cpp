//===- EntryInputs.cpp - Inputs that a command line names -----------------===//
#include "EntryInputs.h"
#include <unistd.h>

using namespace bridge::runtime;

EntryInputs::~EntryInputs() {
  bridge_tensor_file_close(file);
  for (void *memory : owned)
    free(memory);
}

/// Whether an input can take pictures.
static bool takesPictures(const bridge_value_info &input) {
  return input.dtype == BRIDGE_F32 && input.rank >= 3;
}

/// The only input that can take pictures, or −1.
static int64_t onlyPictured(const bridge_entry_info &info) {
  int64_t only = -1, count = 0;
  for (int64_t i = 0; i < info.input_count; ++i)
    if (takesPictures(info.inputs[i])) {
      only = i;
      ++count;
    }
  return count == 1 ? only : -1;
}

bridge_status EntryInputs::resolveImage(const char *word,
                                        const bridge_entry_info &info,
                                        Message &message) {
  const char *equals = strchr(word, '=');
  if (equals) {
    Text name(word, equals - word);
    Suggestion suggestion(name);
    for (int64_t i = 0; i < info.input_count; ++i) {
      if (name == info.inputs[i].name) {
        pictures.push({i, equals + 1});
        return BRIDGE_OK;
      }
      suggestion.consider(info.inputs[i].name);
    }
    // A file's name may have an equals sign in it.
    if (access(word, F_OK) != 0)
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "--image: entry `%s` has no input `%.*s`%s",
                          info.name, BRIDGE_TEXT(name), suggestion.hint());
  }
  int64_t only = onlyPictured(info);
  if (only < 0)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "--image: entry `%s` does not have one input that "
                        "takes pictures; --image NAME=%s names it",
                        info.name, word);
  pictures.push({only, word});
  return BRIDGE_OK;
}

bridge_status EntryInputs::resolveImages(const CommandLine &line,
                                         const bridge_entry_info &info,
                                         Message &message) {
  for (const CommandLine::Image &image : line.images)
    if (image.continues)
      pictures.push({pictures[pictures.size() - 1].input, image.word});
    else
      BRIDGE_TRY(resolveImage(image.word, info, message));
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
  BRIDGE_TRY(resolveImages(line, info, message));
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
    for (const Picture &picture : pictures)
      pictured = pictured || picture.input == i;
    bridge_tensor tensor = {};
    const bridge_named_tensor *stored =
        file ? bridge_tensor_file_find(file, input.name) : nullptr;
    if (pictured)
      status = gatherPictures(i, input, preprocessor, tensor, message);
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
EntryInputs::gatherPictures(int64_t index, const bridge_value_info &input,
                            const bridge_preprocessor *preprocessor,
                            bridge_tensor &tensor, Message &message) {
  if (!takesPictures(input))
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "--image: input `%s` does not take pictures",
                        input.name);
  Array<const char *> paths;
  for (const Picture &picture : pictures)
    if (picture.input == index)
      paths.push(picture.path);
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
