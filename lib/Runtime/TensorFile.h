//===- TensorFile.h - Mapped .safetensors files -----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_TENSORFILE_H
#define BRIDGE_LIB_RUNTIME_TENSORFILE_H

#include "Base.h"

namespace bridge::runtime {

/// A file's bytes, mapped read-only.
struct Mapping {
  const char *data;
  size_t size;
};

/// Maps a regular file of any size but zero.
bridge_status mapFile(const char *path, Mapping &mapping, Message &message);
void unmapFile(Mapping mapping);
/// Tells the system that these bytes of a mapped file are not needed for now.
void giveBack(const void *data, size_t bytes);

} // namespace bridge::runtime

struct bridge_tensor_file {
  const bridge_api *api;
  bridge::runtime::Region region;
  bridge::runtime::Array<bridge::runtime::Mapping> mappings;
  bridge::runtime::Array<bridge_named_tensor> tensors; ///< sorted by name
  ~bridge_tensor_file();
};

namespace bridge::runtime {

/// Adds the tensors of a .safetensors file in memory; `what` names it in
/// messages. The memory has to outlive `file`.
bridge_status addTensors(bridge_tensor_file &file, Mapping bytes,
                         const char *what, Message &message);
/// Sorts the tensors and checks that names differ.
bridge_status finishTensors(bridge_tensor_file &file, const char *what,
                            Message &message);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_TENSORFILE_H
