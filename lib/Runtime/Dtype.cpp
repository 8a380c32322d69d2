//===- Dtype.cpp - Element types and their conversion ---------------------===//
#include "Dtype.h"

using namespace bridge::runtime;

static const DtypeInfo dtypes[BRIDGE_DTYPE_COUNT] = {
    {"F32", DtypeInfo::Float},      {"F64", DtypeInfo::Float},
    {"BF16", DtypeInfo::Float},     {"F16", DtypeInfo::Float},
    {"I32", DtypeInfo::Integer},    {"I64", DtypeInfo::Integer},
    {"BOOL", DtypeInfo::Integer},   {"U8", DtypeInfo::Integer},
    {"I8", DtypeInfo::Integer},     {"I16", DtypeInfo::Integer},
    {"U16", DtypeInfo::Integer},    {"U32", DtypeInfo::Integer},
    {"U64", DtypeInfo::Integer},    {"F8_E4M3", DtypeInfo::Opaque},
    {"F8_E5M2", DtypeInfo::Opaque},
};

namespace {

template <typename T> T load(const void *address) {
  T value;
  memcpy(&value, address, sizeof(T));
  return value;
}

template <typename To, typename From> To bits(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  memcpy(&result, &value, sizeof(To));
  return result;
}

float halfToFloat(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
  if (exponent == 0x1f)
    return bits<float>(sign | 0x7f800000 | fraction << 13);
  if (exponent == 0) {
    float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  return bits<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

/// Round to nearest, ties to even.
uint16_t floatToHalf(float value) {
  uint32_t word = bits<uint32_t>(value);
  uint16_t sign = (word >> 16) & 0x8000;
  word &= 0x7fffffff;
  if (word > 0x7f800000)
    return sign | 0x7e00;
  if (word >= 0x47800000)
    return sign | 0x7c00;
  if (word < 0x38800000) {
    // Adding 0.5 leaves the subnormal's digits at the low end, rounded.
    float shifted = bits<float>(word) + 0.5f;
    return sign | (bits<uint32_t>(shifted) - 0x3f000000);
  }
  word += 0xfff + ((word >> 13) & 1);
  return sign | ((word - (112u << 23)) >> 13);
}

/// Round to nearest, ties to even.
uint16_t floatToBrain(float value) {
  uint32_t word = bits<uint32_t>(value);
  if ((word & 0x7fffffff) > 0x7f800000)
    return word >> 16 | 0x40;
  return (word + 0x7fff + ((word >> 16) & 1)) >> 16;
}

double readFloat(const void *address, bridge_dtype dtype) {
  switch (dtype) {
  case BRIDGE_F64:
    return load<double>(address);
  case BRIDGE_BF16:
    return bits<float>(uint32_t(load<uint16_t>(address)) << 16);
  case BRIDGE_F16:
    return halfToFloat(load<uint16_t>(address));
  default:
    return load<float>(address);
  }
}

void writeFloat(double value, void *address, bridge_dtype dtype) {
  float narrow = static_cast<float>(value);
  uint16_t half = 0;
  switch (dtype) {
  case BRIDGE_F64:
    memcpy(address, &value, 8);
    return;
  case BRIDGE_BF16:
    half = floatToBrain(narrow);
    memcpy(address, &half, 2);
    return;
  case BRIDGE_F16:
    half = floatToHalf(narrow);
    memcpy(address, &half, 2);
    return;
  default:
    memcpy(address, &narrow, 4);
    return;
  }
}

/// Wide enough for u64.
__int128 readInteger(const void *address, bridge_dtype dtype) {
  switch (dtype) {
  case BRIDGE_I64:
    return load<int64_t>(address);
  case BRIDGE_I32:
    return load<int32_t>(address);
  case BRIDGE_I16:
    return load<int16_t>(address);
  case BRIDGE_I8:
    return load<int8_t>(address);
  case BRIDGE_U64:
    return load<uint64_t>(address);
  case BRIDGE_U32:
    return load<uint32_t>(address);
  case BRIDGE_U16:
    return load<uint16_t>(address);
  default:
    return load<uint8_t>(address);
  }
}

/// False where `value` does not fit.
bool writeInteger(__int128 value, void *address, bridge_dtype dtype) {
  size_t bytes = bridge_dtype_bytes(dtype);
  bool isSigned = dtype == BRIDGE_I64 || dtype == BRIDGE_I32 ||
                  dtype == BRIDGE_I16 || dtype == BRIDGE_I8;
  int width = static_cast<int>(8 * bytes) - isSigned;
  __int128 high = dtype == BRIDGE_BOOL ? 1 : (__int128(1) << width) - 1;
  __int128 low = isSigned ? -high - 1 : 0;
  if (value < low || value > high)
    return false;
  auto word = static_cast<uint64_t>(value);
  memcpy(address, &word, bytes);
  return true;
}

/// Walks over two strided tensors of the same shape.
struct Walk {
  int32_t rank;
  const int64_t *shape;
  const int64_t *fromStrides, *toStrides; // in elements
  size_t fromBytes, toBytes;
};

bool convert(const Walk &walk, int32_t axis, const char *from,
             bridge_dtype fromType, char *to, bridge_dtype toType,
             int64_t &misfit) {
  if (axis == walk.rank) {
    if (dtypeInfo(fromType)->kind == DtypeInfo::Float) {
      writeFloat(readFloat(from, fromType), to, toType);
      return true;
    }
    __int128 value = readInteger(from, fromType);
    // The largest of 64 bits without a sign are told as the largest with one.
    misfit = static_cast<int64_t>(value < INT64_MAX ? value : INT64_MAX);
    return writeInteger(value, to, toType);
  }
  int64_t fromStep = walk.fromStrides[axis] * int64_t(walk.fromBytes);
  int64_t toStep = walk.toStrides[axis] * int64_t(walk.toBytes);
  bool contiguous =
      axis + 1 == walk.rank && fromType == toType && fromType != BRIDGE_BOOL &&
      fromStep == int64_t(walk.fromBytes) && toStep == int64_t(walk.toBytes);
  if (contiguous) {
    memcpy(to, from, walk.shape[axis] * walk.toBytes);
    return true;
  }
  for (int64_t i = 0; i < walk.shape[axis]; ++i)
    if (!convert(walk, axis + 1, from + i * fromStep, fromType, to + i * toStep,
                 toType, misfit))
      return false;
  return true;
}

} // namespace

namespace bridge::runtime {

const DtypeInfo *dtypeInfo(bridge_dtype dtype) {
  auto index = static_cast<unsigned>(dtype);
  return index < BRIDGE_DTYPE_COUNT ? &dtypes[index] : nullptr;
}

bridge_dtype dtypeOfName(Text name) {
  int index = 0;
  while (index < BRIDGE_DTYPE_COUNT &&
         !(name == bridge_dtype_name(static_cast<bridge_dtype>(index))))
    ++index;
  return static_cast<bridge_dtype>(index);
}

bridge_dtype dtypeOfFileName(Text name) {
  int index = 0;
  while (index < BRIDGE_DTYPE_COUNT && !(name == dtypes[index].fileName))
    ++index;
  return static_cast<bridge_dtype>(index);
}

void roundToBf16(const float *from, int64_t count, uint16_t *out) {
  for (int64_t i = 0; i < count; ++i)
    out[i] = floatToBrain(from[i]);
}

void readFloats(const void *source, bridge_dtype from, int64_t stride,
                int64_t count, float *out) {
  auto *at = static_cast<const char *>(source);
  int64_t step = stride * int64_t(bridge_dtype_bytes(from));
  if (from == BRIDGE_F32 && stride == 1) {
    memcpy(out, at, count * sizeof(float));
    return;
  }
  switch (from) {
  case BRIDGE_F64:
    for (int64_t i = 0; i < count; ++i)
      out[i] = static_cast<float>(load<double>(at + i * step));
    return;
  case BRIDGE_BF16:
    for (int64_t i = 0; i < count; ++i)
      out[i] = bits<float>(uint32_t(load<uint16_t>(at + i * step)) << 16);
    return;
  case BRIDGE_F16:
    for (int64_t i = 0; i < count; ++i)
      out[i] = halfToFloat(load<uint16_t>(at + i * step));
    return;
  default:
    for (int64_t i = 0; i < count; ++i)
      out[i] = load<float>(at + i * step);
    return;
  }
}

double readNumber(const void *address, bridge_dtype dtype) {
  if (dtypeInfo(dtype)->kind == DtypeInfo::Float)
    return readFloat(address, dtype);
  __int128 value = readInteger(address, dtype);
  return value > INT64_MAX ? static_cast<double>(static_cast<uint64_t>(value))
                           : static_cast<double>(static_cast<int64_t>(value));
}

bool copyToRows(const bridge_tensor &source, void *out, bridge_dtype to,
                int64_t &misfit) {
  bridge_tensor rows = bridge_tensor_make(to, source.rank, source.shape, out);
  Walk walk{source.rank,
            source.shape,
            source.strides,
            rows.strides,
            bridge_dtype_bytes(source.dtype),
            bridge_dtype_bytes(to)};
  return convert(walk, 0, static_cast<const char *>(source.data), source.dtype,
                 static_cast<char *>(out), to, misfit);
}

bool copyFromRows(const void *source, bridge_dtype from,
                  const bridge_tensor &out, int64_t &misfit) {
  bridge_tensor rows = bridge_tensor_make(from, out.rank, out.shape, source);
  Walk walk{out.rank,
            out.shape,
            rows.strides,
            out.strides,
            bridge_dtype_bytes(from),
            bridge_dtype_bytes(out.dtype)};
  return convert(walk, 0, static_cast<const char *>(source), from,
                 static_cast<char *>(out.data), out.dtype, misfit);
}

bool isRowMajor(const bridge_tensor &tensor) {
  int64_t stride = 1;
  for (int32_t axis = tensor.rank; axis-- > 0;) {
    if (tensor.shape[axis] != 1 && tensor.strides[axis] != stride)
      return false;
    stride *= tensor.shape[axis];
  }
  return true;
}

void setRowMajor(bridge_tensor &tensor) {
  tensor =
      bridge_tensor_make(tensor.dtype, tensor.rank, tensor.shape, tensor.data);
}

} // namespace bridge::runtime
