//===- TensorFile.h - Files of tensors --------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_TENSORFILE_H
#define BRIDGE_LIB_RUNNER_TENSORFILE_H

#include "bridge/Reference/Array.h"
#include "bridge/Runtime/bridge.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace bridge {

/// The error that a call of the run time gives.
llvm::Error toError(bridge_status status, const bridge_message &message);

/// What the elements of a dtype are.
Element elementOf(bridge_dtype dtype);

/// The shape of a tensor.
Shape shapeOf(const bridge_tensor &tensor);

/// The numbers of a row-major tensor; an error for a dtype that nothing
/// computes with. Truth values are bytes of which any but 0 is true.
llvm::Expected<Array> toArray(const bridge_tensor &tensor);

/// A .safetensors file or the files of a checkpoint folder.
class TensorFile {
public:
  static llvm::Expected<TensorFile> open(const std::string &path);

  /// Null where there is no such tensor.
  const bridge_tensor *find(const std::string &name) const;
  std::vector<std::string> names() const;

private:
  struct Close {
    void operator()(bridge_tensor_file *file) const {
      bridge_tensor_file_close(file);
    }
  };
  explicit TensorFile(bridge_tensor_file *file) : file(file) {}

  std::unique_ptr<bridge_tensor_file, Close> file;
};

/// An array with its name.
struct NamedArray {
  std::string name;
  Array array;
};

/// Writes arrays to a file that appears complete or not at all, as F64, I32
/// and BOOL.
llvm::Error writeArrays(const std::string &path,
                        const std::vector<NamedArray> &arrays);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_TENSORFILE_H
