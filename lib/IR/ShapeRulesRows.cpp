//===- ShapeRulesRows.cpp - Rules of what works on rows -------------------===//
#include "ShapeRulesDetail.h"

using namespace mlir;
using namespace bridge;

static Inferred norm(StringRef name, rules::Type x, rules::Types vectors,
                     double eps) {
  if (x.getRank() < 1)
    return rules::wrongRank(
        "C1", "the input of `" + name + "` has at least 1 axis", x);
  if (!(eps >= 0))
    return rules::violation("C2", "`eps` is at least 0");
  Dim width = getDims(x).back();
  for (rules::Type vector : vectors) {
    if (!vector)
      continue;
    if (vector.getRank() != 1)
      return rules::wrongRank(
          "C3", "the weight and bias of `" + name + "` have 1 axis", vector);
    if (getDims(vector)[0] != width)
      return rules::differ("C3", "the widths of input and weight", width,
                           getDims(vector)[0]);
  }
  return x;
}

Inferred rules::layerNorm(Type x, Type weight, Type bias, double eps) {
  return norm("layer_norm", x, {weight, bias}, eps);
}

Inferred rules::rmsNorm(Type x, Type weight, double eps) {
  return norm("rms_norm", x, {weight}, eps);
}

Inferred rules::residualNorm(NormKind kind, Type x, Type weight, Type bias,
                             double eps) {
  if (kind == NormKind::Rms && bias)
    return violation("C4", "an RMS norm has no bias");
  return norm("residual_norm", x, {weight, bias}, eps);
}

Inferred rules::l2Normalize(Type x, double eps) {
  return norm("l2_normalize", x, {}, eps);
}

Inferred rules::softmax(Type x, std::optional<int64_t> batchAxes) {
  if (x.getRank() < 1)
    return wrongRank("C1", "the input of `softmax` has at least 1 axis", x);
  if (batchAxes && (*batchAxes < 0 || *batchAxes > x.getRank() - 2))
    return violation("C1", "a mask of " + Twine(*batchAxes) +
                               " batch axes does not fit " + describe(x));
  return x;
}

Inferred rules::rotary(Type x, Type angles) {
  Dims dims = getDims(x), turns = getDims(angles);
  bool flat = dims.size() >= 2 && turns.size() == 2;
  bool batched = dims.size() == 4 && turns.size() == 3;
  if (!flat && !batched)
    return violation("C1", "`rotary` takes x[…, t, d] with angles[t, d/2] or "
                           "x[b, h, t, d] with angles[b, t, d/2], found " +
                               describe(x) + " and " + describe(angles));
  if (dims[dims.size() - 2] != turns[turns.size() - 2])
    return differ("C2", "the positions of x and angles", dims[dims.size() - 2],
                  turns[turns.size() - 2]);
  if (dims.back() != turns.back() * Dim(2))
    return differ("C3", "the width of x and twice that of the angles",
                  dims.back(), turns.back() * Dim(2));
  if (batched && dims[0] != turns[0])
    return differ("C4", "the batch sizes of x and angles", dims[0], turns[0]);
  return x;
}

Inferred rules::crossEntropy(Type x, Type labels, double smoothing) {
  if (x.getRank() < 2 || labels.getRank() != x.getRank() - 1)
    return violation("C1",
                     "`cross_entropy` takes logits[…, n, c] and labels[…, n], "
                     "found " +
                         describe(x) + " and " + describe(labels));
  for (auto [a, b] : llvm::zip(getDims(labels), getDims(x)))
    if (a != b)
      return differ("C2", "the sizes of labels and logits", a, b);
  if (!(smoothing >= 0 && smoothing < 1))
    return violation("C3", "`smoothing` is at least 0 and below 1");
  return getTensorType({}, x.getElementType());
}
