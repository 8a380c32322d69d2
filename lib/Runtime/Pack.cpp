//===- Pack.cpp - Weights in the layouts of kernels -----------------------===//
#include "Dtype.h"
#include "Pages.h"
#include "TensorFile.h"
#include "Weights.h"
#include "bridge/Runtime/RandomWeights.h"

using namespace bridge::runtime;

PackedWeights::~PackedWeights() { unmapMemory(memory, bytes); }

/// Readable bytes after a slot's end.
static constexpr int64_t tailBytes = 256;

/// A weight as a matrix: the first axis, and the others flattened.
struct Matrix {
  int64_t rows, columns;
};

static Matrix matrixOf(const bridge_tensor &tensor) {
  Matrix matrix = {1, 1};
  for (int32_t axis = 0; axis < tensor.rank; ++axis)
    (axis == 0 ? matrix.rows : matrix.columns) *= tensor.shape[axis];
  return matrix;
}

/// Bytes of a unit of panels: an f32, or two bf16 that are neighbours in a row.
static constexpr int64_t unitBytes = 4;

static int64_t elementBytes(const SlotLayout &layout) {
  return static_cast<int64_t>(bridge_dtype_bytes(layout.dtype));
}

static int64_t unitElements(const SlotLayout &layout) {
  return unitBytes / elementBytes(layout);
}

int64_t bridge::runtime::packedBytes(const bridge_tensor &tensor,
                                     const SlotLayout &layout) {
  int64_t bytes = elementCount(tensor.rank, tensor.shape);
  if (bytes < 0)
    return -1;
  if (layout.panels) {
    Matrix matrix = matrixOf(tensor);
    int64_t rows, columns;
    if (!roundUp(matrix.rows, layout.width, rows) ||
        !roundUp(matrix.columns, unitElements(layout), columns) ||
        !multiply(rows, columns, bytes))
      return -1;
  }
  if (!multiply(bytes, elementBytes(layout), bytes) ||
      !add(bytes, tailBytes, bytes) || !roundUp(bytes, 64, bytes))
    return -1;
  return bytes;
}

/// Reads `count` columns from `first` of one row of a strided tensor's matrix.
static void readColumns(const bridge_tensor &tensor, int64_t row, int64_t first,
                        int64_t count, float *out) {
  auto bytes = static_cast<int64_t>(bridge_dtype_bytes(tensor.dtype));
  const char *base = static_cast<const char *>(tensor.data) +
                     (tensor.rank ? row * tensor.strides[0] * bytes : 0);
  int32_t last = tensor.rank - 1;
  int64_t inner = last > 0 ? tensor.shape[last] : 1;
  int64_t stride = last > 0 ? tensor.strides[last] : 1;
  while (count > 0) {
    int64_t rest = first / inner, column = first % inner;
    int64_t offset = column * stride;
    for (int32_t axis = last - 1; axis > 0; --axis) {
      offset += rest % tensor.shape[axis] * tensor.strides[axis];
      rest /= tensor.shape[axis];
    }
    int64_t run = inner - column < count ? inner - column : count;
    readFloats(base + offset * bytes, tensor.dtype, stride, run, out);
    first += run;
    count -= run;
    out += run;
  }
}

/// Columns of a tile.
static constexpr int64_t chunk = 64;

/// Writes four rows of `count` units as the columns of a panel.
static void transposeTile(const float (&tile)[4][chunk], int64_t count,
                          int64_t width, float *out) {
  using Four = float __attribute__((vector_size(16), aligned(4), may_alias));
  for (int64_t k = 0; k < count; k += 4) {
    Four rows[4];
    for (int r = 0; r < 4; ++r)
      rows[r] = *reinterpret_cast<const Four *>(&tile[r][k]);
    Four low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    Four high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    Four low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    Four high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    Four columns[4] = {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
                       __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                       __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
                       __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
    for (int64_t c = 0; c < 4 && k + c < count; ++c)
      *reinterpret_cast<Four *>(out + (k + c) * width) = columns[c];
  }
}

/// The numbers of a tile's row as units, in their place.
static void makePairs(float (&row)[chunk]) {
  uint16_t halves[chunk];
  roundToBf16(row, chunk, halves);
  memcpy(row, halves, sizeof(halves));
}

/// [⌈rows/width⌉][units][width]; `out` is zero where rows are missing.
static void packPanels(const bridge_tensor &tensor, const SlotLayout &layout,
                       float *out) {
  Matrix matrix = matrixOf(tensor);
  int64_t width = layout.width, elements = unitElements(layout);
  for (int64_t panel = 0; panel < matrix.rows; panel += width) {
    int64_t end = panel + width < matrix.rows ? panel + width : matrix.rows;
    for (int64_t first = 0; first < matrix.columns; first += chunk) {
      int64_t rest = matrix.columns - first;
      int64_t count = rest < chunk ? rest : chunk;
      for (int64_t row = panel; row < end; row += 4) {
        float tile[4][chunk] = {};
        for (int64_t r = 0; r < 4 && row + r < end; ++r) {
          readColumns(tensor, row + r, first, count, tile[r]);
          if (elements == 2)
            makePairs(tile[r]);
        }
        transposeTile(tile, (count + elements - 1) / elements, width,
                      out + first / elements * width + row - panel);
      }
    }
    out += (matrix.columns + elements - 1) / elements * width;
  }
}

static void packRows(const bridge_tensor &tensor, const SlotLayout &layout,
                     char *out) {
  Matrix matrix = matrixOf(tensor);
  for (int64_t row = 0; row < matrix.rows; ++row) {
    if (layout.dtype == BRIDGE_F32)
      readColumns(tensor, row, 0, matrix.columns,
                  reinterpret_cast<float *>(out));
    else
      for (int64_t first = 0; first < matrix.columns; first += chunk) {
        int64_t rest = matrix.columns - first;
        int64_t count = rest < chunk ? rest : chunk;
        float numbers[chunk];
        readColumns(tensor, row, first, count, numbers);
        roundToBf16(numbers, count, reinterpret_cast<uint16_t *>(out) + first);
      }
    out += matrix.columns * elementBytes(layout);
  }
}

void bridge::runtime::packWeight(const bridge_tensor &tensor,
                                 const SlotLayout &layout, void *out) {
  if (dtypeInfo(tensor.dtype)->kind == DtypeInfo::Integer) {
    int64_t misfit;
    copyToRows(tensor, out, BRIDGE_I32, misfit);
    return;
  }
  if (layout.panels)
    packPanels(tensor, layout, static_cast<float *>(out));
  else
    packRows(tensor, layout, static_cast<char *>(out));
}

namespace {

/// The slot's part of a weight.
bridge_status sliceSlot(const Slot &slot, const Weight &weight,
                        bridge_tensor &tensor, Message &message) {
  Builder why;
  if (!applyView(slot.view, tensor, why))
    return message.fail(BRIDGE_BAD_PROGRAM,
                        "the program's manifest is broken: slot of `%s`: %s",
                        weight.name, why.terminated());
  return BRIDGE_OK;
}

/// Maps the memory of all slots and finds each one's place.
bridge_status placeSlots(const bridge_manifest &manifest, int64_t width,
                         PackedWeights &packed, Message &message) {
  Array<int64_t> offsets;
  int64_t total = 0;
  for (const Slot &slot : manifest.slots) {
    const Weight &weight = manifest.weights[slot.weight];
    bridge_tensor tensor =
        bridge_tensor_make(BRIDGE_F32, weight.rank, weight.shape, nullptr);
    BRIDGE_TRY(sliceSlot(slot, weight, tensor, message));
    int64_t bytes = packedBytes(tensor, {slot.dtype, slot.panels, width});
    offsets.push(total);
    if (bytes < 0 || !add(total, bytes, total))
      return message.fail(BRIDGE_OUT_OF_MEMORY,
                          "the weights take more bytes than can be counted");
  }
  packed.bytes = total;
  if (total == 0)
    return BRIDGE_OK;
  packed.memory = static_cast<char *>(mapMemory(total));
  if (!packed.memory)
    return message.fail(BRIDGE_OUT_OF_MEMORY,
                        "the packed weights take %s, which this machine does "
                        "not give",
                        BytesText(total).text);
  for (int64_t offset : offsets)
    packed.slots.push(packed.memory + offset);
  return BRIDGE_OK;
}

} // namespace

bridge_status bridge::runtime::packWeights(const bridge_manifest &manifest,
                                           const Array<bridge_tensor> &bound,
                                           int64_t panelWidth,
                                           PackedWeights &packed,
                                           Message &message) {
  BRIDGE_TRY(placeSlots(manifest, panelWidth, packed, message));
  for (int64_t i = 0; i < manifest.slots.size; ++i) {
    const Slot &slot = manifest.slots[i];
    bridge_tensor tensor = bound[slot.weight];
    BRIDGE_TRY(sliceSlot(slot, manifest.weights[slot.weight], tensor, message));
    packWeight(tensor, {slot.dtype, slot.panels, panelWidth}, packed.slots[i]);
    if (isRowMajor(tensor))
      giveBack(tensor.data, elementCount(tensor.rank, tensor.shape) *
                                bridge_dtype_bytes(tensor.dtype));
  }
  return BRIDGE_OK;
}

/// Fills `memory` with the weight before training, of four-byte elements.
static void fillRandom(const Weight &weight, uint64_t seed, int64_t count,
                       void *memory) {
  bool isFloat = dtypeInfo(weight.dtype)->kind == DtypeInfo::Float;
  auto *floats = static_cast<float *>(memory);
  if (isFloat && !weight.hasInitial) {
    bridge_random_weight(seed, weight.name, weight.rank, weight.shape, floats);
    return;
  }
  float value = weight.initial;
  auto integer = static_cast<int32_t>(weight.initial);
  for (int64_t i = 0; i < count; ++i)
    memcpy(floats + i, isFloat ? static_cast<void *>(&value) : &integer, 4);
}

bridge_status
bridge::runtime::packRandomWeights(const bridge_manifest &manifest,
                                   uint64_t seed, int64_t panelWidth,
                                   PackedWeights &packed, Message &message) {
  BRIDGE_TRY(placeSlots(manifest, panelWidth, packed, message));
  for (int64_t i = 0; i < manifest.slots.size; ++i) {
    const Slot &slot = manifest.slots[i];
    const Weight &weight = manifest.weights[slot.weight];
    bool isFloat = dtypeInfo(weight.dtype)->kind == DtypeInfo::Float;
    int64_t count = elementCount(weight.rank, weight.shape);
    int64_t bytes = count * 4 + 4;
    void *memory = mapMemory(bytes);
    if (!memory)
      return message.fail(BRIDGE_OUT_OF_MEMORY,
                          "weight `%s` takes %s, which this machine does not "
                          "give",
                          weight.name, BytesText(bytes).text);
    fillRandom(weight, seed, count, memory);
    bridge_tensor tensor = bridge_tensor_make(
        isFloat ? BRIDGE_F32 : BRIDGE_I32, weight.rank, weight.shape, memory);
    bridge_status status = sliceSlot(slot, weight, tensor, message);
    if (status == BRIDGE_OK)
      packWeight(tensor, {slot.dtype, slot.panels, panelWidth},
                 packed.slots[i]);
    unmapMemory(memory, bytes);
    BRIDGE_TRY(status);
  }
  return BRIDGE_OK;
}
