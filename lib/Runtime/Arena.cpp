//===- Arena.cpp - Places of intermediate results -------------------------===//
#include "Arena.h"
#include "Dimensions.h"
#include "Dtype.h"
#include "bridge/Runtime/Memory.h"

using namespace bridge::runtime;

static bool overlap(const Piece &a, const Piece &b) {
  return a.first <= b.last && b.first <= a.last;
}

bool bridge::runtime::placePieces(Span<Piece> pieces, int64_t &total) {
  Array<Piece *> bySize, placed; // `placed` is in the order of offsets
  for (Piece &piece : pieces)
    bySize.push(&piece);
  bySize.sort([](const Piece *a, const Piece *b) {
    return a->bytes != b->bytes ? a->bytes > b->bytes : a < b;
  });
  total = 0;
  for (Piece *piece : bySize) {
    int64_t end = 0, best = -1, bestGap = INT64_MAX;
    for (const Piece *other : placed) {
      if (!overlap(*piece, *other))
        continue;
      int64_t gap = other->offset - end;
      if (gap >= piece->bytes && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      if (other->offset + other->bytes > end)
        end = other->offset + other->bytes;
    }
    piece->offset = best >= 0 ? best : end;
    int64_t last;
    if (!add(piece->offset, piece->bytes, last))
      return false;
    total = last > total ? last : total;
    placed.push(piece);
    for (int64_t i = placed.size() - 1;
         i > 0 && placed[i]->offset < placed[i - 1]->offset; --i) {
      placed[i] = placed[i - 1];
      placed[i - 1] = piece;
    }
  }
  return true;
}

namespace {

class LayoutMaker {
public:
  LayoutMaker(const bridge_manifest &manifest, int64_t limit, Layout &layout,
              Message &message)
      : manifest(manifest), entry(manifest.entries[layout.entry]),
        info(manifest.infos[layout.entry]), limit(limit), layout(layout),
        message(message) {}

  bridge_status make() {
    frameBytes.resize(manifest.frames.size);
    layout.offsets = layout.region.make<const int64_t *>(manifest.frames.size);
    needed.resize(manifest.frames.size);
    markNeeded(entry.frame);
    for (int64_t frame : manifest.frameOrder)
      if (needed[frame])
        BRIDGE_TRY(placeFrame(frame));
    layout.bytes = frameBytes[entry.frame];
    BRIDGE_TRY(appendInputs());
    BRIDGE_TRY(appendOutputs());
    if (layout.bytes > limit)
      return tooMuch();
    return BRIDGE_OK;
  }

private:
  void markNeeded(int64_t frame) {
    if (needed[frame])
      return;
    needed[frame] = true;
    for (const Frame::Call &call : manifest.frames[frame].calls)
      markNeeded(call.frame);
  }

  bridge_status placeFrame(int64_t index) {
    const Frame &frame = manifest.frames[index];
    int64_t buffers = frame.buffers.size;
    Array<Piece> pieces;
    for (const Frame::Buffer &buffer : frame.buffers) {
      int64_t bytes;
      if (!buffer.bytes.evaluate(layout.dims, bytes) || bytes < 0 ||
          !roundUp(bytes, 64, bytes))
        return uncountable();
      pieces.push({bytes, buffer.first, buffer.last, 0});
    }
    for (const Frame::Call &call : frame.calls)
      pieces.push({frameBytes[call.frame], call.at, call.at, 0});
    if (!placePieces({pieces.data(), pieces.size()}, frameBytes[index]))
      return uncountable();
    Span<int64_t> offsets =
        layout.region.span<int64_t>(buffers + frame.calls.size);
    for (int64_t i = 0; i < offsets.size; ++i)
      offsets[i] = pieces[i].offset;
    layout.offsets[index] = offsets.data;
    return BRIDGE_OK;
  }

  bridge_status append(int64_t elements, bridge_dtype dtype, int64_t &offset) {
    // Kernels may read a few vectors beyond the end.
    constexpr int64_t tail = 256;
    int64_t bytes;
    if (elements < 0 || !multiply(elements, bridge_dtype_bytes(dtype), bytes) ||
        !add(bytes, tail, bytes) || !roundUp(bytes, 64, bytes))
      return uncountable();
    offset = layout.bytes;
    return add(layout.bytes, bytes, layout.bytes) ? BRIDGE_OK : uncountable();
  }

  bridge_status appendInputs() {
    layout.inputs = layout.region.make<int64_t>(info.input_count);
    for (int64_t i = 0; i < info.input_count; ++i) {
      int64_t shape[BRIDGE_MAX_RANK];
      BRIDGE_TRY(shapeOf(info.inputs[i], entry.inputs[i], shape));
      BRIDGE_TRY(append(elementCount(info.inputs[i].rank, shape),
                        info.inputs[i].dtype, layout.inputs[i]));
    }
    return BRIDGE_OK;
  }

  bridge_status appendOutputs() {
    layout.outputs = layout.region.make<int64_t>(info.output_count);
    layout.outputTensors = layout.region.make<bridge_tensor>(info.output_count);
    for (int64_t i = 0; i < info.output_count; ++i) {
      const bridge_value_info &value = info.outputs[i];
      int64_t shape[BRIDGE_MAX_RANK];
      BRIDGE_TRY(shapeOf(value, entry.outputs[i], shape));
      BRIDGE_TRY(append(elementCount(value.rank, shape), value.dtype,
                        layout.outputs[i]));
      layout.outputTensors[i] =
          bridge_tensor_make(value.dtype, value.rank, shape, nullptr);
    }
    return BRIDGE_OK;
  }

  bridge_status shapeOf(const bridge_value_info &value, const ValueShape &dims,
                        int64_t *shape) {
    for (int32_t axis = 0; axis < value.rank; ++axis)
      if (!dims.dims[axis].evaluate(layout.dims, shape[axis]) ||
          shape[axis] < 0)
        return message.fail(BRIDGE_BAD_INPUT,
                            "entry `%s`: dimension %d of `%s`, %s, has no "
                            "valid value%s",
                            info.name, axis, value.name, value.dims[axis],
                            sizes());
    return BRIDGE_OK;
  }

  /// The named dimensions of the call, for messages.
  const char *sizes() {
    for (int64_t i = 0; i < manifest.dims.size; ++i)
      if (layout.dims[i] > 0)
        sizesText.addf("%s%s = %lld", sizesText.text().size ? ", " : " with ",
                       manifest.dims[i],
                       static_cast<long long>(layout.dims[i]));
    return sizesText.terminated();
  }

  bridge_status uncountable() {
    return message.fail(BRIDGE_OUT_OF_MEMORY,
                        "entry `%s` needs more bytes than can be counted%s",
                        info.name, sizes());
  }

  bridge_status tooMuch() {
    return message.fail(BRIDGE_OUT_OF_MEMORY,
                        "entry `%s` needs %s for intermediates, inputs and "
                        "outputs%s; the limit is %s",
                        info.name, BytesText(layout.bytes).text, sizes(),
                        BytesText(limit).text);
  }

  const bridge_manifest &manifest;
  const Entry &entry;
  const bridge_entry_info &info;
  int64_t limit;
  Layout &layout;
  Message &message;
  Array<int64_t> frameBytes;
  Array<bool> needed;
  Builder sizesText;
};

} // namespace

bridge_status bridge::runtime::makeLayout(const bridge_manifest &manifest,
                                          int64_t limit, Layout &layout,
                                          Message &message) {
  return LayoutMaker(manifest, limit, layout, message).make();
}

bridge_status bridge_manifest_arena_bytes(const bridge_manifest *manifest,
                                          int64_t entry,
                                          const bridge_tensor *inputs,
                                          int64_t inputCount, int64_t *bytes,
                                          bridge_message *out) {
  Message message(out);
  if (!bridge_manifest_entry(manifest, entry))
    return message.fail(BRIDGE_BAD_ARGUMENT, "there is no entry %lld",
                        static_cast<long long>(entry));
  // Only the shapes count; a run would refuse inputs without data.
  Array<bridge_tensor> shapes;
  for (int64_t i = 0; i < inputCount; ++i) {
    shapes.push(inputs[i]);
    shapes[i].data = bytes;
  }
  Owned<Layout> layout;
  layout->entry = entry;
  layout->dims = layout->region.make<int64_t>(manifest->dims.size);
  BRIDGE_TRY(bindDimensions(*manifest, entry, shapes.data(), inputCount,
                            layout->dims, message));
  BRIDGE_TRY(makeLayout(*manifest, INT64_MAX, *layout, message));
  *bytes = layout->bytes;
  return BRIDGE_OK;
}
