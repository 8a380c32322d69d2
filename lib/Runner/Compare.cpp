//===- Compare.cpp - Results against those of a file ----------------------===//
#include "Compare.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace bridge;
using llvm::Expected;

double bridge::relativeError(const Array &found, const Array &expected) {
  double difference = 0, norm = 0;
  for (auto [a, b] : llvm::zip_equal(found.values, expected.values)) {
    // Equal infinities differ by nothing, and so do two NaN.
    bool same = a == b || (std::isnan(a) && std::isnan(b));
    if (!same)
      difference += (a - b) * (a - b);
    if (std::isfinite(b))
      norm += b * b;
  }
  return difference == 0 ? 0 : std::sqrt(difference / norm);
}

Expected<std::vector<double>>
bridge::compareWithFile(const std::vector<NamedArray> &arrays,
                        const std::string &path) {
  Expected<TensorFile> file = TensorFile::open(path);
  if (!file)
    return file.takeError();
  std::vector<double> errors;
  for (const auto &[name, array] : arrays) {
    const bridge_tensor *tensor = file->find(name);
    if (!tensor)
      return llvm::createStringError(path + ": has no tensor `" + name + "`");
    Expected<Array> expected = toArray(*tensor);
    if (!expected)
      return expected.takeError();
    if (expected->shape != array.shape)
      return llvm::createStringError(path + ": `" + name + "` has shape " +
                                     toString(expected->shape) +
                                     ", the result " + toString(array.shape));
    errors.push_back(relativeError(array, *expected));
  }
  return errors;
}
