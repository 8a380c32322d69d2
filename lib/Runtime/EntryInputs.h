//===- EntryInputs.h - Inputs that a command line names ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_ENTRYINPUTS_H
#define BRIDGE_LIB_RUNTIME_ENTRYINPUTS_H

#include "CommandLine.h"

namespace bridge::runtime {

/// The tensors for an entry, from a tensor file and from pictures.
struct EntryInputs {
  Array<bridge_tensor> tensors; ///< in the entry's order
  bridge_tensor_file *file = nullptr;
  Array<void *> owned; ///< memory of pictures

  ~EntryInputs();
  /// `preprocessor` is the text of a preprocessor_config.json, or null.
  bridge_status gather(const CommandLine &line, const bridge_entry_info &info,
                       const char *preprocessor, Message &message);

private:
  struct Picture {
    int64_t input;
    const char *path;
  };

  /// Finds the input that each picture of the command line is for.
  bridge_status resolveImages(const CommandLine &line,
                              const bridge_entry_info &info, Message &message);
  bridge_status resolveImage(const char *word, const bridge_entry_info &info,
                             Message &message);
  /// The pictures of input `index`.
  bridge_status gatherPictures(int64_t index, const bridge_value_info &input,
                               const bridge_preprocessor *preprocessor,
                               bridge_tensor &tensor, Message &message);
  /// Memory for `count` pictures: the batch is the first axis of the input,
  /// axes between it and the picture are 1.
  bridge_status startBatch(const bridge_value_info &input,
                           const bridge_tensor &pixels, int64_t count,
                           bridge_tensor &tensor, Message &message);
  bridge_status addToBatch(const bridge_tensor &batch,
                           const bridge_tensor &pixels, int64_t index,
                           const char *path, Message &message);

  Array<Picture> pictures;
};

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_ENTRYINPUTS_H
