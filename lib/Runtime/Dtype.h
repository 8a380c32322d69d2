//===- Dtype.h - Element types and their conversion -------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_DTYPE_H
#define BRIDGE_LIB_RUNTIME_DTYPE_H

#include "Base.h"

namespace bridge::runtime {

struct DtypeInfo {
  enum Class { Float, Integer, Opaque };
  const char *fileName; ///< in a .safetensors header: "BF16"
  Class kind;
};

/// Null for a number that is no dtype.
const DtypeInfo *dtypeInfo(bridge_dtype dtype);
/// The dtype called `name` in manifests; BRIDGE_DTYPE_COUNT for none.
bridge_dtype dtypeOfName(Text name);
/// The dtype called `name` in a .safetensors header; BRIDGE_DTYPE_COUNT for
/// none.
bridge_dtype dtypeOfFileName(Text name);

/// Converts `count` elements that lie `stride` elements apart to f32, one after
/// the other. `from` is a float type, its memory need not be aligned.
void readFloats(const void *source, bridge_dtype from, int64_t stride,
                int64_t count, float *out);

/// Rounds `count` numbers to the nearest bf16, ties to even.
void roundToBf16(const float *from, int64_t count, uint16_t *out);

/// One element of a float or integer type; `address` need not be aligned.
double readNumber(const void *address, bridge_dtype dtype);

/// Copies a strided tensor to row-major memory of dtype `to`, which is of the
/// same class. False where an integer does not fit; `misfit` is then its value.
bool copyToRows(const bridge_tensor &source, void *out, bridge_dtype to,
                int64_t &misfit);
/// Copies row-major memory of dtype `from` into a strided tensor, likewise.
bool copyFromRows(const void *source, bridge_dtype from,
                  const bridge_tensor &out, int64_t &misfit);

/// Whether elements follow each other row by row without gaps.
bool isRowMajor(const bridge_tensor &tensor);
/// The strides of a row-major tensor.
void setRowMajor(bridge_tensor &tensor);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_DTYPE_H
