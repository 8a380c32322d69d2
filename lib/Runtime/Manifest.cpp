//===- Manifest.cpp - A program in words ----------------------------------===//
#include "Manifest.h"
#include "Dtype.h"
#include "Json.h"
#include <zlib.h>

using namespace bridge::runtime;

bool Check::holds(int64_t left, int64_t right) const {
  switch (op) {
  case Eq:
    return left == right;
  case Ne:
    return left != right;
  case Lt:
    return left < right;
  case Le:
    return left <= right;
  case Gt:
    return left > right;
  case Ge:
    return left >= right;
  }
  return false;
}

const char *Check::symbol() const {
  static const char *const symbols[] = {"==", "!=", "<", "<=", ">", ">="};
  return symbols[op];
}

namespace {

/// A manifest is written by the compiler: whatever is wrong with it is reported
/// by the name of the member, not more.
class ManifestReader {
public:
  ManifestReader(bridge_manifest &manifest, Message &message)
      : manifest(manifest), region(manifest.region), message(message) {}

  bridge_status read(Text text) {
    Region values;
    const Json *root = nullptr;
    if (parseJson(text, values, "the program's manifest", root, message))
      return BRIDGE_BAD_PROGRAM;
    BRIDGE_TRY(readString(*root, "model", manifest.model));
    BRIDGE_TRY(readStrings(*root, "dims", manifest.dims));
    BRIDGE_TRY(readStrings(*root, "ignore", manifest.ignore));
    BRIDGE_TRY(readStrings(*root, "sites", manifest.sites));
    BRIDGE_TRY(readList(*root, "entries", manifest.entries,
                        &ManifestReader::readEntry));
    BRIDGE_TRY(
        readList(*root, "frames", manifest.frames, &ManifestReader::readFrame));
    BRIDGE_TRY(readList(*root, "weights", manifest.weights,
                        &ManifestReader::readWeight));
    BRIDGE_TRY(
        readList(*root, "slots", manifest.slots, &ManifestReader::readSlot));
    if (const Json *preprocessor = root->find("preprocessor"))
      if (preprocessor->kind != Json::Null)
        manifest.preprocessor = region.copy(preprocessor->raw);
    BRIDGE_TRY(checkIndices());
    return orderFrames();
  }

private:
  bridge_status fail(Text member) {
    return message.fail(BRIDGE_BAD_PROGRAM,
                        "the program's manifest is broken at `%.*s`",
                        BRIDGE_TEXT(member));
  }

  bridge_status readString(const Json &object, Text name, const char *&result) {
    const Json *value = object.find(name);
    if (!value || value->kind != Json::String)
      return fail(name);
    result = region.copy(value->text);
    return BRIDGE_OK;
  }

  bridge_status readInteger(const Json &object, Text name, int64_t &result) {
    const Json *value = object.find(name);
    if (!value || !value->isInteger)
      return fail(name);
    result = value->integer;
    return BRIDGE_OK;
  }

  bridge_status readStrings(const Json &object, Text name,
                            Span<const char *> &result) {
    const Json *list = object.find(name);
    if (!list || list->kind != Json::Array)
      return fail(name);
    result = region.span<const char *>(list->size);
    int64_t count = 0;
    for (const Json &value : children(*list)) {
      if (value.kind != Json::String)
        return fail(name);
      result[count++] = region.copy(value.text);
    }
    return BRIDGE_OK;
  }

  template <typename T>
  bridge_status
  readList(const Json &object, Text name, Span<T> &result,
           bridge_status (ManifestReader::*readElement)(const Json &, T &)) {
    const Json *list = object.find(name);
    if (!list || list->kind != Json::Array)
      return fail(name);
    result = region.span<T>(list->size);
    int64_t count = 0;
    for (const Json &value : children(*list))
      BRIDGE_TRY((this->*readElement)(value, result[count++]));
    return BRIDGE_OK;
  }

  bridge_status readPolynomial(const Json &object, Text name,
                               Polynomial &result) {
    const Json *value = object.find(name);
    if (!value || !polynomialOf(*value, result))
      return fail(name);
    return BRIDGE_OK;
  }

  /// A text, or a number.
  bool polynomialOf(const Json &value, Polynomial &result) {
    if (value.kind != Json::String && !value.isInteger)
      return false;
    Text text = value.kind == Json::String ? value.text : value.raw;
    return parsePolynomial(text, manifest.dims, region, result);
  }

  bridge_status readDtype(const Json &object, bridge_dtype &result) {
    const Json *value = object.find("dtype");
    if (!value || value->kind != Json::String)
      return fail("dtype");
    result = dtypeOfName(value->text);
    return result == BRIDGE_DTYPE_COUNT ? fail("dtype") : BRIDGE_OK;
  }

  /// An input or output: what callers see, and its dimensions.
  struct Value {
    bridge_value_info info;
    ValueShape shape;
  };

  bridge_status readValue(const Json &object, Value &value) {
    BRIDGE_TRY(readString(object, "name", value.info.name));
    BRIDGE_TRY(readDtype(object, value.info.dtype));
    const Json *shape = object.find("shape");
    if (!shape || shape->kind != Json::Array || shape->size > BRIDGE_MAX_RANK)
      return fail("shape");
    for (const Json &dim : children(*shape)) {
      Polynomial &polynomial = value.shape.dims[value.info.rank];
      if (!polynomialOf(dim, polynomial))
        return fail("shape");
      value.info.dims[value.info.rank++] = polynomial.text;
    }
    return BRIDGE_OK;
  }

  bridge_status readValues(const Json &object, Text name,
                           const bridge_value_info *&infos, int64_t &count,
                           Span<ValueShape> &shapes) {
    Span<Value> values;
    BRIDGE_TRY(readList(object, name, values, &ManifestReader::readValue));
    auto *info = region.make<bridge_value_info>(values.size);
    shapes = region.span<ValueShape>(values.size);
    for (int64_t i = 0; i < values.size; ++i) {
      info[i] = values[i].info;
      shapes[i] = values[i].shape;
    }
    infos = info;
    count = values.size;
    return BRIDGE_OK;
  }

  bridge_status readEntry(const Json &object, Entry &entry) {
    if (!manifest.infos.data)
      manifest.infos = region.span<bridge_entry_info>(manifest.entries.size);
    bridge_entry_info &info = manifest.infos[&entry - manifest.entries.begin()];
    BRIDGE_TRY(readString(object, "name", info.name));
    BRIDGE_TRY(readValues(object, "inputs", info.inputs, info.input_count,
                          entry.inputs));
    BRIDGE_TRY(readValues(object, "outputs", info.outputs, info.output_count,
                          entry.outputs));
    BRIDGE_TRY(
        readList(object, "checks", entry.checks, &ManifestReader::readCheck));
    return readInteger(object, "frame", entry.frame);
  }

  bridge_status readCheck(const Json &object, Check &check) {
    const char *op = nullptr;
    BRIDGE_TRY(readPolynomial(object, "lhs", check.lhs));
    BRIDGE_TRY(readPolynomial(object, "rhs", check.rhs));
    BRIDGE_TRY(readString(object, "text", check.text));
    BRIDGE_TRY(readString(object, "where", check.where));
    BRIDGE_TRY(readString(object, "op", op));
    static const char *const names[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    for (int index = 0; index < 6; ++index)
      if (strcmp(op, names[index]) == 0) {
        check.op = static_cast<Check::Op>(index);
        return BRIDGE_OK;
      }
    return fail("op");
  }

  bridge_status readFrame(const Json &object, Frame &frame) {
    BRIDGE_TRY(readList(object, "buffers", frame.buffers,
                        &ManifestReader::readBuffer));
    return readList(object, "calls", frame.calls, &ManifestReader::readCall);
  }

  bridge_status readBuffer(const Json &object, Frame::Buffer &buffer) {
    BRIDGE_TRY(readPolynomial(object, "bytes", buffer.bytes));
    BRIDGE_TRY(readInteger(object, "first", buffer.first));
    return readInteger(object, "last", buffer.last);
  }

  bridge_status readCall(const Json &object, Frame::Call &call) {
    BRIDGE_TRY(readInteger(object, "frame", call.frame));
    return readInteger(object, "at", call.at);
  }

  bridge_status readWeight(const Json &object, Weight &weight) {
    BRIDGE_TRY(readString(object, "name", weight.name));
    BRIDGE_TRY(readDtype(object, weight.dtype));
    BRIDGE_TRY(readList(object, "sources", weight.sources,
                        &ManifestReader::readSource));
    const Json *shape = object.find("shape");
    if (!shape || shape->kind != Json::Array || shape->size > BRIDGE_MAX_RANK)
      return fail("shape");
    for (const Json &dim : children(*shape)) {
      Polynomial polynomial;
      int64_t &size = weight.shape[weight.rank++];
      Array<int64_t> unknown;
      unknown.resize(manifest.dims.size);
      for (int64_t &value : unknown)
        value = -1;
      if (!polynomialOf(dim, polynomial) ||
          polynomial.hasUnknown(unknown.data()) ||
          !polynomial.evaluate(unknown.data(), size) || size < 0)
        return fail("shape");
    }
    if (elementCount(weight.rank, weight.shape) < 0)
      return fail("shape");
    const Json *initial = object.find("init");
    weight.hasInitial = initial && initial->kind != Json::Null;
    if (weight.hasInitial && initial->kind != Json::Number)
      return fail("init");
    weight.initial =
        weight.hasInitial ? static_cast<float>(initial->number) : 0;
    return BRIDGE_OK;
  }

  bridge_status readSource(const Json &object, Weight::Source &source) {
    BRIDGE_TRY(readString(object, "name", source.name));
    return readString(object, "view", source.view);
  }

  bridge_status readSlot(const Json &object, Slot &slot) {
    const char *layout = nullptr;
    BRIDGE_TRY(readInteger(object, "weight", slot.weight));
    BRIDGE_TRY(readString(object, "view", slot.view));
    BRIDGE_TRY(readDtype(object, slot.dtype));
    if (slot.dtype != BRIDGE_F32 && slot.dtype != BRIDGE_BF16 &&
        slot.dtype != BRIDGE_I32)
      return fail("dtype");
    BRIDGE_TRY(readString(object, "layout", layout));
    slot.panels = strcmp(layout, "panels") == 0;
    return slot.panels || strcmp(layout, "rows") == 0 ? BRIDGE_OK
                                                      : fail("layout");
  }

  bridge_status checkIndices() {
    for (const Slot &slot : manifest.slots)
      if (slot.weight < 0 || slot.weight >= manifest.weights.size)
        return fail("slots");
    for (const Entry &entry : manifest.entries)
      if (entry.frame < 0 || entry.frame >= manifest.frames.size)
        return fail("frame");
    for (const Frame &frame : manifest.frames)
      for (const Frame::Call &call : frame.calls)
        if (call.frame < 0 || call.frame >= manifest.frames.size)
          return fail("calls");
    return BRIDGE_OK;
  }

  /// Takes, again and again, the frames whose calls are all taken.
  bridge_status orderFrames() {
    int64_t count = manifest.frames.size, done = 0;
    Array<bool> taken;
    taken.resize(count);
    manifest.frameOrder = region.span<int64_t>(count);
    for (int64_t before = -1; done != before;) {
      before = done;
      for (int64_t index = 0; index < count; ++index) {
        bool ready = !taken[index];
        for (const Frame::Call &call : manifest.frames[index].calls)
          ready = ready && taken[call.frame];
        if (ready) {
          taken[index] = true;
          manifest.frameOrder[done++] = index;
        }
      }
    }
    return done == count ? BRIDGE_OK : fail("calls");
  }

  bridge_manifest &manifest;
  Region &region;
  Message &message;
};

} // namespace

/// The text of a compressed manifest.
static bridge_status unpack(const bridge_program &program, Array<char> &text,
                            Message &message) {
  text.resize(program.manifest_bytes);
  uLongf bytes = program.manifest_bytes;
  int status = uncompress(reinterpret_cast<Bytef *>(text.data()), &bytes,
                          reinterpret_cast<const Bytef *>(program.manifest),
                          program.packed_bytes);
  if (status != Z_OK || bytes != uLongf(program.manifest_bytes))
    return message.fail(BRIDGE_BAD_PROGRAM,
                        "the program's manifest does not unpack to %lld bytes",
                        static_cast<long long>(program.manifest_bytes));
  return BRIDGE_OK;
}

bridge_status bridge_manifest_open(const bridge_program *program,
                                   bridge_manifest **result,
                                   bridge_message *out) {
  Message message(out);
  if (program->abi_version != BRIDGE_ABI_VERSION)
    return message.fail(BRIDGE_BAD_PROGRAM,
                        "the program has version %lld of the interface, the "
                        "run time version %d",
                        static_cast<long long>(program->abi_version),
                        BRIDGE_ABI_VERSION);
  Owned<bridge_manifest> manifest;
  manifest->api = &bridge_runtime_api;
  Text text(program->manifest, static_cast<size_t>(program->manifest_bytes));
  if (program->packed_bytes) {
    BRIDGE_TRY(unpack(*program, manifest->unpacked, message));
    text.data = manifest->unpacked.data();
  }
  BRIDGE_TRY(ManifestReader(*manifest, message).read(text));
  *result = manifest.release();
  return BRIDGE_OK;
}

void bridge_manifest_close(bridge_manifest *manifest) { destroy(manifest); }

const char *bridge_manifest_model(const bridge_manifest *manifest) {
  return manifest->model;
}

int64_t bridge_manifest_entry_count(const bridge_manifest *manifest) {
  return manifest->infos.size;
}

const bridge_entry_info *bridge_manifest_entry(const bridge_manifest *manifest,
                                               int64_t index) {
  return index >= 0 && index < manifest->infos.size ? &manifest->infos[index]
                                                    : nullptr;
}

int64_t bridge_manifest_find(const bridge_manifest *manifest,
                             const char *name) {
  for (int64_t i = 0; i < manifest->infos.size; ++i)
    if (strcmp(manifest->infos[i].name, name) == 0)
      return i;
  return -1;
}

const char *bridge_manifest_preprocessor(const bridge_manifest *manifest) {
  return manifest->preprocessor;
}
