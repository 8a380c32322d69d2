//===- TensorFile.cpp - Mapped .safetensors files -------------------------===//
//
// The format: eight bytes with the header's size, little-endian; the header, a
// JSON object from names to dtype, shape and data_offsets; then the data.
// Sizes, shapes and offsets have to fit each other, and every byte of the data
// belongs to exactly one tensor.
//
//===----------------------------------------------------------------------===//
#include "TensorFile.h"
#include "Dtype.h"
#include "Json.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bridge::runtime;

namespace bridge::runtime {

bridge_status mapFile(const char *path, Mapping &mapping, Message &message) {
  // A pipe that nobody writes to would block otherwise.
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return message.fail(BRIDGE_BAD_FILE, "%s: cannot open: %s", path,
                        strerror(errno));
  struct stat information;
  bridge_status status = BRIDGE_OK;
  if (fstat(descriptor, &information) != 0 || !S_ISREG(information.st_mode)) {
    status = message.fail(BRIDGE_BAD_FILE, "%s: not a file", path);
  } else if (information.st_size == 0) {
    status = message.fail(BRIDGE_BAD_FILE, "%s: the file is empty", path);
  } else {
    void *data = mmap(nullptr, information.st_size, PROT_READ, MAP_PRIVATE,
                      descriptor, 0);
    if (data == MAP_FAILED)
      status =
          message.fail(BRIDGE_BAD_FILE, "%s: cannot map %s: %s", path,
                       BytesText(information.st_size).text, strerror(errno));
    else
      mapping = {static_cast<const char *>(data),
                 static_cast<size_t>(information.st_size)};
  }
  close(descriptor);
  return status;
}

void unmapFile(Mapping mapping) {
  munmap(const_cast<char *>(mapping.data), mapping.size);
}

void giveBack(const void *data, size_t bytes) {
  auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  uintptr_t first =
      (reinterpret_cast<uintptr_t>(data) + page - 1) & ~(page - 1);
  uintptr_t last = (reinterpret_cast<uintptr_t>(data) + bytes) & ~(page - 1);
  if (first < last)
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

} // namespace bridge::runtime

namespace {

constexpr uint64_t maxHeaderBytes = 100'000'000;

/// One tensor's place in the data, for the check that places tile it.
struct Place {
  int64_t begin, end;
  const char *name;
};

/// What torch.save writes: an archive of zip or, in old releases, a pickle.
bool isPyTorchs(Mapping bytes) {
  bool isJson = bytes.size > 8 && bytes.data[8] == '{';
  return !isJson && (memcmp(bytes.data, "PK\3\4", 4) == 0 ||
                     memcmp(bytes.data, "\x80\2\x8a\n", 4) == 0);
}

class HeaderReader {
public:
  HeaderReader(bridge_tensor_file &file, Mapping bytes, const char *what,
               Message &message)
      : file(file), bytes(bytes), what(what), message(message) {}

  bridge_status read() {
    uint64_t size = 0;
    if (bytes.size < 8)
      return fail("%zu bytes are too few for a .safetensors file", bytes.size);
    memcpy(&size, bytes.data, 8);
    if (isPyTorchs(bytes))
      return fail("a checkpoint in PyTorch's own format; to-safetensors.py "
                  "(tools/python) writes it as .safetensors");
    if (size > maxHeaderBytes)
      return fail("a header of %llu bytes (100 MB are allowed): not a "
                  ".safetensors file?",
                  static_cast<unsigned long long>(size));
    if (size > bytes.size - 8)
      return fail("the header has %llu bytes, the file only %zu: truncated?",
                  static_cast<unsigned long long>(size), bytes.size);
    data = bytes.data + 8 + size;
    dataBytes = static_cast<int64_t>(bytes.size - 8 - size);

    Region values;
    const Json *header = nullptr;
    Builder name;
    name.addf("%s: header", what);
    BRIDGE_TRY(parseJson({bytes.data + 8, size}, values, name.text(), header,
                         message));
    if (header->kind != Json::Object)
      return fail("the header is %s, not an object", header->kindName());
    for (const Json &member : children(*header))
      if (!(member.key == "__metadata__"))
        BRIDGE_TRY(readTensor(member));
    return checkPlaces();
  }

private:
  template <typename... Arguments>
  bridge_status fail(const char *format, Arguments... arguments) {
    Builder text;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
    text.addf(format, arguments...);
#pragma clang diagnostic pop
    return message.fail(BRIDGE_BAD_FILE, "%s: %s", what, text.terminated());
  }

  bridge_status readTensor(const Json &member) {
    const char *name = file.region.copy(member.key);
    const Json *dtype = member.find("dtype"), *shape = member.find("shape"),
               *offsets = member.find("data_offsets");
    if (!dtype || dtype->kind != Json::String || !shape ||
        shape->kind != Json::Array || !offsets ||
        offsets->kind != Json::Array || offsets->size != 2)
      return fail("tensor `%s` needs a dtype, a shape and two data_offsets",
                  name);
    bridge_tensor tensor = {};
    tensor.dtype = dtypeOfFileName(dtype->text);
    if (tensor.dtype == BRIDGE_DTYPE_COUNT)
      return fail("tensor `%s` has the unknown dtype `%s`", name,
                  dtype->text.data);
    if (shape->size > BRIDGE_MAX_RANK)
      return fail("tensor `%s` has %lld axes; at most %d are supported", name,
                  static_cast<long long>(shape->size), BRIDGE_MAX_RANK);
    for (const Json &dim : children(*shape)) {
      if (!dim.isInteger || dim.integer < 0)
        return fail("tensor `%s` has a dimension that is not a whole number "
                    "from 0",
                    name);
      tensor.shape[tensor.rank++] = dim.integer;
    }
    int64_t count = elementCount(tensor.rank, tensor.shape), size;
    if (count < 0 || !multiply(count, bridge_dtype_bytes(tensor.dtype), size))
      return fail("tensor `%s` has more bytes than can be counted: %s", name,
                  ShapeText(tensor.rank, tensor.shape).text);
    const Json &begin = *offsets->first, &end = *begin.next;
    if (!begin.isInteger || !end.isInteger || begin.integer < 0 ||
        end.integer < begin.integer)
      return fail("tensor `%s` has data_offsets that are not two whole numbers "
                  "in order",
                  name);
    if (end.integer > dataBytes)
      return fail("tensor `%s` ends at byte %lld of the data, which has %lld: "
                  "truncated?",
                  name, static_cast<long long>(end.integer),
                  static_cast<long long>(dataBytes));
    if (end.integer - begin.integer != size)
      return fail("tensor `%s` of %s %s takes %lld bytes, its data_offsets "
                  "have %lld",
                  name, bridge_dtype_name(tensor.dtype),
                  ShapeText(tensor.rank, tensor.shape).text,
                  static_cast<long long>(size),
                  static_cast<long long>(end.integer - begin.integer));
    tensor.data = const_cast<char *>(data) + begin.integer;
    setRowMajor(tensor);
    file.tensors.push({name, tensor});
    places.push({begin.integer, end.integer, name});
    return BRIDGE_OK;
  }

  bridge_status checkPlaces() {
    places.sort([](const Place &a, const Place &b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    int64_t covered = 0;
    const char *previous = "";
    for (const Place &place : places) {
      if (place.begin < covered)
        return fail("tensors `%s` and `%s` overlap", previous, place.name);
      if (place.begin > covered)
        return fail("bytes %lld to %lld of the data belong to no tensor",
                    static_cast<long long>(covered),
                    static_cast<long long>(place.begin));
      covered = place.end;
      previous = place.name;
    }
    if (covered != dataBytes)
      return fail("the last %lld bytes belong to no tensor",
                  static_cast<long long>(dataBytes - covered));
    return BRIDGE_OK;
  }

  bridge_tensor_file &file;
  Mapping bytes;
  const char *what;
  Message &message;
  const char *data = nullptr;
  int64_t dataBytes = 0;
  Array<Place> places;
};

bridge_status addFile(bridge_tensor_file &file, const char *path,
                      Message &message) {
  Mapping mapping;
  BRIDGE_TRY(mapFile(path, mapping, message));
  file.mappings.push(mapping);
  return addTensors(file, mapping, path, message);
}

/// The files that an index names, each once.
bridge_status addIndexedFiles(bridge_tensor_file &file, const char *folder,
                              const char *indexPath, Message &message) {
  Mapping mapping;
  BRIDGE_TRY(mapFile(indexPath, mapping, message));
  file.mappings.push(mapping);
  Region values;
  const Json *index = nullptr;
  BRIDGE_TRY(parseJson({mapping.data, mapping.size}, values, indexPath, index,
                       message));
  const Json *map = index->find("weight_map");
  if (!map || map->kind != Json::Object)
    return message.fail(BRIDGE_BAD_FILE, "%s: has no object `weight_map`",
                        indexPath);
  Array<Text> added;
  for (const Json &member : children(*map)) {
    Text name = member.text;
    if (member.kind != Json::String || !name.endsWith(".safetensors") ||
        memchr(name.data, '/', name.size))
      return message.fail(BRIDGE_BAD_FILE,
                          "%s: `%.*s` is not mapped to a .safetensors file of "
                          "the same folder",
                          indexPath, BRIDGE_TEXT(member.key));
    bool known = false;
    for (Text other : added)
      known = known || other == name;
    if (known)
      continue;
    added.push(name);
    Builder path;
    path.addf("%s/%.*s", folder, BRIDGE_TEXT(name));
    BRIDGE_TRY(addFile(file, file.region.copy(path.text()), message));
  }
  BRIDGE_TRY(finishTensors(file, folder, message));
  for (const Json &member : children(*map))
    if (!bridge_tensor_file_find(&file, values.copy(member.key)))
      return message.fail(
          BRIDGE_BAD_FILE, "%s: `%.*s` is in the index, but not in %.*s",
          indexPath, BRIDGE_TEXT(member.key), BRIDGE_TEXT(member.text));
  return BRIDGE_OK;
}

bridge_status addFolder(bridge_tensor_file &file, const char *folder,
                        Message &message) {
  Builder single, index;
  single.addf("%s/model.safetensors", folder);
  index.addf("%s/model.safetensors.index.json", folder);
  if (access(single.terminated(), F_OK) == 0) {
    BRIDGE_TRY(addFile(file, single.terminated(), message));
    return finishTensors(file, single.terminated(), message);
  }
  if (access(index.terminated(), F_OK) == 0)
    return addIndexedFiles(file, folder, index.terminated(), message);
  constexpr const char *pyTorchs[] = {"pytorch_model.bin",
                                      "pytorch_model.bin.index.json"};
  bool hasPyTorchs = false;
  for (const char *name : pyTorchs) {
    Builder path;
    path.addf("%s/%s", folder, name);
    hasPyTorchs |= access(path.terminated(), F_OK) == 0;
  }
  return message.fail(BRIDGE_BAD_FILE,
                      "%s: the folder has neither model.safetensors nor "
                      "model.safetensors.index.json%s",
                      folder,
                      hasPyTorchs ? ", but weights in PyTorch's own format; "
                                    "to-safetensors.py (tools/python) writes "
                                    "them as .safetensors"
                                  : "");
}

} // namespace

namespace bridge::runtime {

bridge_status addTensors(bridge_tensor_file &file, Mapping bytes,
                         const char *what, Message &message) {
  return HeaderReader(file, bytes, what, message).read();
}

bridge_status finishTensors(bridge_tensor_file &file, const char *what,
                            Message &message) {
  file.tensors.sort(
      [](const bridge_named_tensor &a, const bridge_named_tensor &b) {
        return strcmp(a.name, b.name) < 0;
      });
  for (int64_t i = 1; i < file.tensors.size(); ++i)
    if (strcmp(file.tensors[i].name, file.tensors[i - 1].name) == 0)
      return message.fail(BRIDGE_BAD_FILE,
                          "%s: tensor `%s` is in two of the files", what,
                          file.tensors[i].name);
  return BRIDGE_OK;
}

} // namespace bridge::runtime

bridge_tensor_file::~bridge_tensor_file() {
  for (Mapping mapping : mappings)
    unmapFile(mapping);
}

bridge_status bridge_tensor_file_open(const bridge_program *, const char *path,
                                      bridge_tensor_file **result,
                                      bridge_message *out) {
  Message message(out);
  Owned<bridge_tensor_file> file;
  file->api = &bridge_runtime_api;
  struct stat information;
  if (stat(path, &information) == 0 && S_ISDIR(information.st_mode)) {
    BRIDGE_TRY(addFolder(*file, path, message));
  } else {
    BRIDGE_TRY(addFile(*file, path, message));
    BRIDGE_TRY(finishTensors(*file, path, message));
  }
  *result = file.release();
  return BRIDGE_OK;
}

void bridge_tensor_file_close(bridge_tensor_file *file) { destroy(file); }

int64_t bridge_tensor_file_count(const bridge_tensor_file *file) {
  return file->tensors.size();
}

const bridge_named_tensor *bridge_tensor_file_at(const bridge_tensor_file *file,
                                                 int64_t index) {
  return index >= 0 && index < file->tensors.size() ? &file->tensors[index]
                                                    : nullptr;
}

const bridge_named_tensor *
bridge_tensor_file_find(const bridge_tensor_file *file, const char *name) {
  int64_t low = 0, high = file->tensors.size();
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    int order = strcmp(file->tensors[middle].name, name);
    if (order == 0)
      return &file->tensors[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return nullptr;
}
