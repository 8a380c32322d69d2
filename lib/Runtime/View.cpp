//===- View.cpp - Parts of stored tensors ---------------------------------===//
#include "Weights.h"

using namespace bridge::runtime;

namespace {

struct ViewParser {
  Text rest;
  bridge_tensor &tensor;
  Builder &why;

  bool consume(Text word) {
    while (rest.size && *rest.data == ' ')
      rest = rest.dropFront(1);
    if (!rest.startsWith(word))
      return false;
    rest = rest.dropFront(word.size);
    return true;
  }

  bool malformed() {
    why.addf("a view is malformed at `%.*s`", BRIDGE_TEXT(rest));
    return false;
  }

  /// Present and consumed, absent, or malformed.
  bool parseBound(int64_t size, int64_t &value, bool &present) {
    bool negative = consume("-");
    present = false;
    value = 0;
    consume("");
    while (rest.size && *rest.data >= '0' && *rest.data <= '9') {
      present = true;
      if (!multiply(value, 10, value) || !add(value, *rest.data - '0', value))
        return malformed();
      rest = rest.dropFront(1);
    }
    if (negative && !present)
      return malformed();
    if (negative)
      value = size - value;
    return true;
  }

  bool transpose() {
    if (tensor.rank < 2) {
      why.addf("`.T` of a tensor of rank %d", tensor.rank);
      return false;
    }
    int32_t last = tensor.rank - 1;
    swap(tensor.shape[last], tensor.shape[last - 1]);
    swap(tensor.strides[last], tensor.strides[last - 1]);
    return true;
  }

  static void swap(int64_t &left, int64_t &right) {
    int64_t spare = left;
    left = right;
    right = spare;
  }

  bool outOfRange(int32_t axis, int64_t size) {
    why.addf("axis %d has %lld elements, too few for the view", axis,
             static_cast<long long>(size));
    return false;
  }

  /// One item of `[a:b, c]`, about axis `axis` of the tensor before the view;
  /// `kept` counts the axes that remain.
  bool takeItem(const bridge_tensor &before, int32_t axis, int64_t &offset) {
    if (axis >= before.rank) {
      why.addf("a view of more than the %d axes there are", before.rank);
      return false;
    }
    int64_t size = before.shape[axis], low, high;
    bool hasLow, hasHigh;
    if (!parseBound(size, low, hasLow))
      return false;
    if (!consume(":")) {
      if (!hasLow)
        return malformed();
      if (low < 0 || low >= size)
        return outOfRange(axis, size);
      offset += low * before.strides[axis];
      return true;
    }
    if (!parseBound(size, high, hasHigh))
      return false;
    if (!hasHigh)
      high = size;
    if (low < 0 || high > size || low > high)
      return outOfRange(axis, size);
    offset += low * before.strides[axis];
    tensor.shape[tensor.rank] = high - low;
    tensor.strides[tensor.rank++] = before.strides[axis];
    return true;
  }

  bool slice() {
    bridge_tensor before = tensor;
    tensor.rank = 0;
    int64_t offset = 0;
    int32_t axis = 0;
    do {
      if (!takeItem(before, axis++, offset))
        return false;
    } while (consume(","));
    if (!consume("]"))
      return malformed();
    for (; axis < before.rank; ++axis) {
      tensor.shape[tensor.rank] = before.shape[axis];
      tensor.strides[tensor.rank++] = before.strides[axis];
    }
    if (tensor.data)
      tensor.data = static_cast<char *>(tensor.data) +
                    offset * int64_t(bridge_dtype_bytes(tensor.dtype));
    return true;
  }

  bool apply() {
    while (true) {
      if (consume(".T")) {
        if (!transpose())
          return false;
      } else if (consume("[")) {
        if (!slice())
          return false;
      } else {
        return rest.size ? malformed() : true;
      }
    }
  }
};

} // namespace

bool bridge::runtime::applyView(Text view, bridge_tensor &tensor,
                                Builder &why) {
  return ViewParser{view, tensor, why}.apply();
}
