//===- TensorWriter.cpp - Writing .safetensors files ----------------------===//
#include "Dtype.h"
#include "Json.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bridge::runtime;

namespace {

/// A file that appears under its name when all is written.
class AtomicFile {
public:
  AtomicFile(const char *path, Message &message)
      : path(path), message(message) {}
  ~AtomicFile() {
    if (stream)
      fclose(stream);
    if (temporary.text().size)
      unlink(temporary.terminated());
  }

  bridge_status start() {
    struct stat information;
    bool exists = stat(path, &information) == 0;
    if (exists && S_ISDIR(information.st_mode)) {
      errno = EISDIR;
      return fail();
    }
    // A pipe or a device is written as it is.
    if (exists && !S_ISREG(information.st_mode)) {
      stream = fopen(path, "wbe");
      return stream ? BRIDGE_OK : fail();
    }
    int descriptor = openTemporary(exists ? information.st_mode & 0777 : 0666);
    if (descriptor < 0)
      return fail();
    stream = fdopen(descriptor, "wb");
    return stream ? BRIDGE_OK : fail();
  }

  bridge_status write(const void *data, size_t bytes) {
    return fwrite(data, 1, bytes, stream) == bytes ? BRIDGE_OK : fail();
  }

  bridge_status finish() {
    int failed = fclose(stream);
    stream = nullptr;
    if (failed)
      return fail();
    if (!temporary.text().size)
      return BRIDGE_OK;
    if (rename(temporary.terminated(), path) != 0)
      return fail();
    temporary.clear();
    return BRIDGE_OK;
  }

private:
  /// A new file beside the one that is wanted.
  int openTemporary(mode_t mode) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      Builder name;
      name.addf("%s.%d-%d", path, static_cast<int>(getpid()), attempt);
      int descriptor = open(name.terminated(),
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (descriptor >= 0)
        temporary.add(name.text());
      if (descriptor >= 0 || errno != EEXIST)
        return descriptor;
    }
    return -1;
  }

  bridge_status fail() {
    return message.fail(BRIDGE_BAD_FILE, "%s: cannot write: %s", path,
                        strerror(errno));
  }

  const char *path;
  Message &message;
  FILE *stream = nullptr;
  Builder temporary;
};

bridge_status writeElements(AtomicFile &file, const bridge_tensor &tensor,
                            int32_t axis, const char *data) {
  auto bytes = static_cast<int64_t>(bridge_dtype_bytes(tensor.dtype));
  if (axis == tensor.rank)
    return file.write(data, bytes);
  if (axis + 1 == tensor.rank && tensor.strides[axis] == 1)
    return file.write(data, tensor.shape[axis] * bytes);
  for (int64_t i = 0; i < tensor.shape[axis]; ++i)
    BRIDGE_TRY(writeElements(file, tensor, axis + 1,
                             data + i * tensor.strides[axis] * bytes));
  return BRIDGE_OK;
}

} // namespace

bridge_status bridge_tensor_file_write(const bridge_program *, const char *path,
                                       const bridge_named_tensor *tensors,
                                       int64_t count, bridge_message *out) {
  Message message(out);
  Array<const bridge_named_tensor *> sorted;
  for (int64_t i = 0; i < count; ++i) {
    const bridge_tensor &tensor = tensors[i].tensor;
    if (!dtypeInfo(tensor.dtype) || tensor.rank < 0 ||
        tensor.rank > BRIDGE_MAX_RANK ||
        elementCount(tensor.rank, tensor.shape) < 0)
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "tensor `%s` has no valid dtype, rank or shape",
                          tensors[i].name);
    sorted.push(&tensors[i]);
  }
  sorted.sort([](const bridge_named_tensor *a, const bridge_named_tensor *b) {
    return strcmp(a->name, b->name) < 0;
  });
  for (int64_t i = 1; i < count; ++i)
    if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
      return message.fail(BRIDGE_BAD_ARGUMENT, "two tensors are called `%s`",
                          sorted[i]->name);

  // Wide elements first, so that each tensor is aligned to its element.
  Array<int64_t> offsets, order;
  offsets.resize(count);
  int64_t end = 0;
  for (size_t width = 8; width > 0; width /= 2)
    for (int64_t i = 0; i < count; ++i) {
      const bridge_tensor &tensor = sorted[i]->tensor;
      if (bridge_dtype_bytes(tensor.dtype) != width)
        continue;
      offsets[i] = end;
      order.push(i);
      end += elementCount(tensor.rank, tensor.shape) * int64_t(width);
    }

  Builder header;
  header.add("{");
  for (int64_t i = 0; i < count; ++i) {
    const bridge_tensor &tensor = sorted[i]->tensor;
    if (i)
      header.add(",");
    addJsonString(header, sorted[i]->name);
    header.addf(
        ":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%lld,%lld]}",
        dtypeInfo(tensor.dtype)->fileName,
        ShapeText(tensor.rank, tensor.shape).text,
        static_cast<long long>(offsets[i]),
        static_cast<long long>(offsets[i] +
                               elementCount(tensor.rank, tensor.shape) *
                                   int64_t(bridge_dtype_bytes(tensor.dtype))));
  }
  header.add("}");
  while (header.text().size % 8)
    header.add(" ");

  AtomicFile file(path, message);
  BRIDGE_TRY(file.start());
  uint64_t headerBytes = header.text().size;
  BRIDGE_TRY(file.write(&headerBytes, 8));
  BRIDGE_TRY(file.write(header.text().data, headerBytes));
  for (int64_t i : order)
    BRIDGE_TRY(
        writeElements(file, sorted[i]->tensor, 0,
                      static_cast<const char *>(sorted[i]->tensor.data)));
  return file.finish();
}
