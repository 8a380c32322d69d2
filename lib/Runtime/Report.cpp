//===- Report.cpp - What a command line prints ----------------------------===//
#include "Report.h"
#include "Dtype.h"
#include "Json.h"
#include "Manifest.h"
#include <math.h>
#include <stdio.h>

using namespace bridge::runtime;

/// `[images, 3, 224, 224]`
static void addDims(Builder &out, const bridge_value_info &value) {
  out.add("[");
  for (int32_t axis = 0; axis < value.rank; ++axis)
    out.addf("%s%s", axis ? ", " : "", value.dims[axis]);
  out.add("]");
}

static void printValues(const char *role, const bridge_value_info *values,
                        int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    Builder dims;
    addDims(dims, values[i]);
    printf("    %s %-20s %-4s %s\n", role, values[i].name,
           bridge_dtype_name(values[i].dtype), dims.terminated());
  }
}

/// The names that an entry's inputs use.
static void collectNames(const bridge_manifest &manifest, int64_t entry,
                         Array<const char *> &names) {
  for (int64_t symbol = 0; symbol < manifest.dims.size; ++symbol) {
    bool used = false;
    for (int64_t i = 0; i < manifest.infos[entry].input_count; ++i)
      for (int32_t axis = 0; axis < manifest.infos[entry].inputs[i].rank;
           ++axis)
        for (const Polynomial::Term &term :
             manifest.entries[entry].inputs[i].dims[axis].terms)
          for (int32_t other : term.symbols)
            used = used || other == symbol;
    if (used)
      names.push(manifest.dims[symbol]);
  }
}

void bridge::runtime::printEntries(const bridge_manifest *manifest) {
  printf("%s\n", manifest->model);
  for (int64_t entry = 0; entry < manifest->infos.size; ++entry) {
    const bridge_entry_info &info = manifest->infos[entry];
    printf("\n  %s\n", info.name);
    printValues("input ", info.inputs, info.input_count);
    printValues("output", info.outputs, info.output_count);
    Array<const char *> names;
    collectNames(*manifest, entry, names);
    for (int64_t i = 0; i < names.size(); ++i)
      printf("%s%s", i ? ", " : "    dimensions: ", names[i]);
    if (names.size())
      printf("\n");
    for (const Check &check : manifest->entries[entry].checks)
      printf("    check: %s\n", check.text);
  }
}

static void addJsonValues(Builder &out, const char *role,
                          const bridge_value_info *values, int64_t count) {
  out.addf(", \"%s\": [", role);
  for (int64_t i = 0; i < count; ++i) {
    out.add(i ? ", {\"name\": " : "{\"name\": ");
    addJsonString(out, values[i].name);
    out.addf(", \"dtype\": \"%s\", \"shape\": [",
             bridge_dtype_name(values[i].dtype));
    for (int32_t axis = 0; axis < values[i].rank; ++axis) {
      out.add(axis ? ", " : "");
      addJsonString(out, values[i].dims[axis]);
    }
    out.add("]}");
  }
  out.add("]");
}

void bridge::runtime::printEntriesAsJson(const bridge_manifest *manifest) {
  Builder out;
  out.add("{\"model\": ");
  addJsonString(out, manifest->model);
  out.add(", \"entries\": [");
  for (int64_t entry = 0; entry < manifest->infos.size; ++entry) {
    const bridge_entry_info &info = manifest->infos[entry];
    out.add(entry ? ", {\"name\": " : "{\"name\": ");
    addJsonString(out, info.name);
    addJsonValues(out, "inputs", info.inputs, info.input_count);
    addJsonValues(out, "outputs", info.outputs, info.output_count);
    Array<const char *> names;
    collectNames(*manifest, entry, names);
    out.add(", \"dimensions\": [");
    for (int64_t i = 0; i < names.size(); ++i) {
      out.add(i ? ", " : "");
      addJsonString(out, names[i]);
    }
    out.add("]}");
  }
  out.add("]}");
  printf("%s\n", out.terminated());
}

double bridge::runtime::elementAt(const bridge_tensor &tensor, int64_t index) {
  const char *at = static_cast<const char *>(tensor.data) +
                   index * int64_t(bridge_dtype_bytes(tensor.dtype));
  return readNumber(at, tensor.dtype);
}

void bridge::runtime::addJsonNumber(Builder &out, double value) {
  if (isfinite(value))
    out.addf("%.9g", value);
  else
    out.add("null");
}

void bridge::runtime::printTensor(const char *name,
                                  const bridge_tensor &tensor) {
  printf("%s %s %s\n", name, bridge_dtype_name(tensor.dtype),
         ShapeText(tensor.rank, tensor.shape).text);
  int64_t count = elementCount(tensor.rank, tensor.shape);
  int64_t row = tensor.rank ? tensor.shape[tensor.rank - 1] : 1;
  for (int64_t i = 0; i < count; ++i)
    printf("%.7g%c", elementAt(tensor, i), (i + 1) % row ? ' ' : '\n');
}

Timing bridge::runtime::summarise(Array<double> &times) {
  times.sort([](double a, double b) { return a < b; });
  int64_t middle = times.size() / 2;
  double median = times.size() % 2 ? times[middle]
                                   : (times[middle - 1] + times[middle]) / 2;
  return {median, times[0]};
}

double bridge::runtime::relativeError(const bridge_tensor &out,
                                      const bridge_tensor &expected) {
  double difference = 0, norm = 0;
  int64_t count = elementCount(out.rank, out.shape);
  for (int64_t i = 0; i < count; ++i) {
    double found = elementAt(out, i), wanted = elementAt(expected, i);
    // Equal infinities and NaN in the same place agree.
    if (found == wanted || (isnan(found) && isnan(wanted))) {
      norm += isfinite(wanted) ? wanted * wanted : 0;
      continue;
    }
    difference += (found - wanted) * (found - wanted);
    norm += wanted * wanted;
  }
  if (difference == 0)
    return 0;
  return norm > 0 ? sqrt(difference / norm) : INFINITY;
}
