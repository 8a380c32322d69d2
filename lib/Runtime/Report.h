//===- Report.h - What a command line prints --------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_REPORT_H
#define BRIDGE_LIB_RUNTIME_REPORT_H

#include "Base.h"

namespace bridge::runtime {

/// Entries with inputs, outputs and the dimensions that have names.
void printEntries(const bridge_manifest *manifest);
void printEntriesAsJson(const bridge_manifest *manifest);

/// `name dtype [shape]`, then a line for each row of the last axis.
void printTensor(const char *name, const bridge_tensor &tensor);

/// Element `index` of a row-major tensor, which need not be aligned.
double elementAt(const bridge_tensor &tensor, int64_t index);
/// A number as JSON; null where it is not finite.
void addJsonNumber(Builder &out, double value);

/// Times of runs in milliseconds.
struct Timing {
  double median, least;
};
/// Sorts `times`, which is not empty.
Timing summarise(Array<double> &times);

/// ‖out − expected‖ / ‖expected‖ over all elements, in float64; where one of
/// both is NaN and the other is not, NaN. Shapes are the same.
double relativeError(const bridge_tensor &out, const bridge_tensor &expected);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_REPORT_H
