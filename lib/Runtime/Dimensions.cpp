//===- Dimensions.cpp - Binding named dimensions on entry -----------------===//
#include "Dimensions.h"
#include "Dtype.h"

using namespace bridge::runtime;

namespace {

class DimensionBinder {
public:
  DimensionBinder(const bridge_manifest &manifest, int64_t entry,
                  const bridge_tensor *inputs, int64_t *values,
                  Message &message)
      : manifest(manifest), entry(manifest.entries[entry]),
        info(manifest.infos[entry]), inputs(inputs), values(values),
        message(message) {}

  bridge_status bind() {
    for (int64_t i = 0; i < manifest.dims.size; ++i)
      values[i] = -1;
    for (int64_t i = 0; i < info.input_count; ++i)
      BRIDGE_TRY(checkKind(i));
    // Names that stand alone first: they read best in messages.
    BRIDGE_TRY(solve(true));
    for (int64_t known = -1; known != solved;) {
      known = solved;
      BRIDGE_TRY(solve(false));
    }
    for (int64_t i = 0; i < info.input_count; ++i)
      for (int32_t axis = 0; axis < inputs[i].rank; ++axis)
        BRIDGE_TRY(checkSize(i, axis));
    for (int64_t i = 0; i < manifest.dims.size; ++i)
      if (values[i] < 0)
        values[i] = 0;
    for (const Check &check : entry.checks)
      BRIDGE_TRY(evaluate(check));
    return BRIDGE_OK;
  }

private:
  bridge_status checkKind(int64_t index) {
    const bridge_tensor &input = inputs[index];
    const bridge_value_info &value = info.inputs[index];
    const DtypeInfo *dtype = dtypeInfo(input.dtype);
    if (!dtype || dtype->kind != dtypeInfo(value.dtype)->kind)
      return message.fail(
          BRIDGE_BAD_INPUT, "input `%s` has dtype %s, expected %s", value.name,
          bridge_dtype_name(input.dtype), bridge_dtype_name(value.dtype));
    if (input.rank != value.rank) {
      Builder expected;
      for (int32_t axis = 0; axis < value.rank; ++axis)
        expected.addf("%s%s", axis ? ", " : "", value.dims[axis]);
      if (input.rank < 0 || input.rank > BRIDGE_MAX_RANK)
        return message.fail(BRIDGE_BAD_ARGUMENT, "input `%s` has rank %d",
                            value.name, input.rank);
      return message.fail(BRIDGE_BAD_INPUT,
                          "input `%s` has shape %s, expected [%s]: rank %d, "
                          "expected %d",
                          value.name, ShapeText(input.rank, input.shape).text,
                          expected.terminated(), input.rank, value.rank);
    }
    if (!input.data)
      return message.fail(BRIDGE_BAD_ARGUMENT, "input `%s` has no data",
                          value.name);
    for (int32_t axis = 0; axis < input.rank; ++axis)
      if (input.shape[axis] <= 0)
        return message.fail(BRIDGE_BAD_INPUT,
                            "input `%s` has shape %s: dimension %d (`%s`) has "
                            "to be at least 1",
                            value.name, ShapeText(input.rank, input.shape).text,
                            axis, value.dims[axis]);
    if (elementCount(input.rank, input.shape) < 0)
      return message.fail(BRIDGE_BAD_INPUT,
                          "input `%s` has more elements than can be counted: "
                          "%s",
                          value.name, ShapeText(input.rank, input.shape).text);
    return BRIDGE_OK;
  }

  /// Gives values to names that one dimension alone decides.
  bridge_status solve(bool aloneOnly) {
    for (int64_t i = 0; i < info.input_count; ++i)
      for (int32_t axis = 0; axis < inputs[i].rank; ++axis) {
        const Polynomial &dim = entry.inputs[i].dims[axis];
        Polynomial::Linear linear;
        if (!dim.hasUnknown(values) || !dim.solvable(values, linear) ||
            (aloneOnly && (linear.factor != 1 || linear.rest != 0)))
          continue;
        int64_t size = inputs[i].shape[axis], rest;
        if (__builtin_sub_overflow(size, linear.rest, &rest) ||
            rest % linear.factor != 0 || rest / linear.factor < 1)
          return message.fail(
              BRIDGE_BAD_INPUT,
              "input `%s` has shape %s: dimension %d is %lld, and no whole "
              "number `%s` from 1 makes %s that",
              info.inputs[i].name,
              ShapeText(inputs[i].rank, inputs[i].shape).text, axis,
              static_cast<long long>(size), manifest.dims[linear.symbol],
              dim.text);
        values[linear.symbol] = rest / linear.factor;
        ++solved;
      }
    return BRIDGE_OK;
  }

  bridge_status checkSize(int64_t index, int32_t axis) {
    const Polynomial &dim = entry.inputs[index].dims[axis];
    const bridge_tensor &input = inputs[index];
    int64_t expected, found = input.shape[axis];
    if (dim.hasUnknown(values))
      return message.fail(BRIDGE_BAD_PROGRAM,
                          "the program's manifest is broken: no input decides "
                          "the dimension %s",
                          dim.text);
    if (dim.evaluate(values, expected) && expected == found)
      return BRIDGE_OK;
    const char *name = info.inputs[index].name;
    int32_t symbol = nameAlone(dim);
    if (symbol >= 0)
      return message.fail(
          BRIDGE_BAD_INPUT,
          "dimension `%s` is %lld from `%s` and %lld from `%s`",
          manifest.dims[symbol], static_cast<long long>(values[symbol]),
          firstWith(symbol), static_cast<long long>(found), name);
    Builder known;
    dim.describe(values, manifest.dims, known);
    bool isStatic = !known.text().size;
    if (isStatic)
      return message.fail(BRIDGE_BAD_INPUT,
                          "input `%s` has shape %s: dimension %d is %lld, "
                          "expected %s",
                          name, ShapeText(input.rank, input.shape).text, axis,
                          static_cast<long long>(found), dim.text);
    return message.fail(BRIDGE_BAD_INPUT,
                        "input `%s` has shape %s: dimension %d is %lld, "
                        "expected %s = %lld where %s",
                        name, ShapeText(input.rank, input.shape).text, axis,
                        static_cast<long long>(found), dim.text,
                        static_cast<long long>(expected), known.terminated());
  }

  /// The name that is all of `dim`, or −1.
  static int32_t nameAlone(const Polynomial &dim) {
    if (dim.terms.size != 1 || dim.terms[0].coefficient != 1 ||
        dim.terms[0].symbols.size != 1)
      return -1;
    return dim.terms[0].symbols[0];
  }

  /// The input that gave the name its value.
  const char *firstWith(int32_t symbol) {
    for (int64_t i = 0; i < info.input_count; ++i)
      for (int32_t axis = 0; axis < inputs[i].rank; ++axis)
        if (nameAlone(entry.inputs[i].dims[axis]) == symbol)
          return info.inputs[i].name;
    return "other inputs";
  }

  bridge_status evaluate(const Check &check) {
    int64_t left, right;
    if (!check.lhs.evaluate(values, left) || !check.rhs.evaluate(values, right))
      return message.fail(BRIDGE_BAD_INPUT,
                          "%s: `%s` cannot be checked: the numbers are too "
                          "large",
                          check.where, check.text);
    if (check.holds(left, right))
      return BRIDGE_OK;
    return message.fail(BRIDGE_BAD_INPUT,
                        "%s: `%s` does not hold: %lld %s %lld", check.where,
                        check.text, static_cast<long long>(left),
                        check.symbol(), static_cast<long long>(right));
  }

  const bridge_manifest &manifest;
  const Entry &entry;
  const bridge_entry_info &info;
  const bridge_tensor *inputs;
  int64_t *values;
  Message &message;
  int64_t solved = 0;
};

} // namespace

bridge_status
bridge::runtime::bindDimensions(const bridge_manifest &manifest, int64_t entry,
                                const bridge_tensor *inputs, int64_t inputCount,
                                int64_t *values, Message &message) {
  const bridge_entry_info &info = manifest.infos[entry];
  if (inputCount != info.input_count)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "entry `%s` takes %lld inputs, got %lld", info.name,
                        static_cast<long long>(info.input_count),
                        static_cast<long long>(inputCount));
  return DimensionBinder(manifest, entry, inputs, values, message).bind();
}
