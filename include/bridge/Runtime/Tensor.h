/*===- Tensor.h - Tensors in somebody's memory -------------------*- C -*-===*/
#ifndef BRIDGE_RUNTIME_TENSOR_H
#define BRIDGE_RUNTIME_TENSOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The highest rank of a tensor. */
#define BRIDGE_MAX_RANK 8

typedef enum bridge_dtype {
  BRIDGE_F32 = 0,
  BRIDGE_F64,
  BRIDGE_BF16,
  BRIDGE_F16,
  BRIDGE_I32,
  BRIDGE_I64,
  BRIDGE_BOOL, /* a byte, 0 or 1 */
  BRIDGE_U8,
  BRIDGE_I8,
  BRIDGE_I16,
  BRIDGE_U16,
  BRIDGE_U32,
  BRIDGE_U64,
  BRIDGE_F8_E4M3, /* only in tensor files, never computed with */
  BRIDGE_F8_E5M2,
  BRIDGE_DTYPE_COUNT
} bridge_dtype;

/* "f32", "bf16", …; "?" for a number that is no dtype. */
static inline const char *bridge_dtype_name(bridge_dtype dtype) {
  static const char *const names[BRIDGE_DTYPE_COUNT] = {
      "f32", "f64", "bf16", "f16", "i32", "i64",     "bool",   "u8",
      "i8",  "i16", "u16",  "u32", "u64", "f8_e4m3", "f8_e5m2"};
  return (unsigned)dtype < BRIDGE_DTYPE_COUNT ? names[dtype] : "?";
}

/* Bytes of one element; 0 for a number that is no dtype. */
static inline size_t bridge_dtype_bytes(bridge_dtype dtype) {
  static const unsigned char bytes[BRIDGE_DTYPE_COUNT] = {
      4, 8, 2, 2, 4, 8, 1, 1, 1, 2, 2, 4, 8, 1, 1};
  return (unsigned)dtype < BRIDGE_DTYPE_COUNT ? bytes[dtype] : 0;
}

/* A tensor in somebody's memory. */
typedef struct bridge_tensor {
  void *data;
  bridge_dtype dtype;
  int32_t rank;
  int64_t shape[BRIDGE_MAX_RANK];
  int64_t strides[BRIDGE_MAX_RANK]; /* in elements, not bytes; may be negative
                                       or 0 for inputs */
} bridge_tensor;

/* A row-major tensor without padding. Nothing writes to the data of an input.
 */
static inline bridge_tensor bridge_tensor_make(bridge_dtype dtype, int32_t rank,
                                               const int64_t *shape,
                                               const void *data) {
  bridge_tensor tensor;
  int64_t stride = 1;
  int32_t axis;
  memset(&tensor, 0, sizeof(tensor));
  tensor.data = (void *)data;
  tensor.dtype = dtype;
  tensor.rank = rank;
  for (axis = rank < BRIDGE_MAX_RANK ? rank : BRIDGE_MAX_RANK; axis-- > 0;) {
    tensor.shape[axis] = shape[axis];
    tensor.strides[axis] = stride;
    /* What cannot be counted is refused where the tensor is used. */
    stride = (int64_t)((uint64_t)stride * (uint64_t)shape[axis]);
  }
  return tensor;
}

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_TENSOR_H */
