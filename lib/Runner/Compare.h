//===- Compare.h - Results against those of a file --------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_COMPARE_H
#define BRIDGE_LIB_RUNNER_COMPARE_H

#include "TensorFile.h"

namespace bridge {

/// ‖found − expected‖ / ‖expected‖ for arrays of one shape: 0 where both are
/// equal, NaN where one has a NaN that the other does not have.
double relativeError(const Array &found, const Array &expected);

/// The relative error of each array against the tensor of its name in the file.
llvm::Expected<std::vector<double>>
compareWithFile(const std::vector<NamedArray> &arrays, const std::string &path);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_COMPARE_H
