//===- ShapeRulesProducts.cpp - Rules of products and fused operations ----===//
#include "ShapeRulesDetail.h"

using namespace mlir;
using namespace bridge;

Inferred rules::linear(Type x, Type weight, Type bias) {
  if (x.getRank() < 1)
    return wrongRank("C1", "the input of `linear` has at least 1 axis", x);
  if (weight.getRank() != 2)
    return wrongRank("C1", "the weight of `linear` has 2 axes", weight);
  if (bias && bias.getRank() != 1)
    return wrongRank("C1", "the bias of `linear` has 1 axis", bias);
  Dims dims = getDims(x), weights = getDims(weight);
  if (dims.back() != weights[1])
    return differ("C2", "the widths of input and weight", dims.back(),
                  weights[1]);
  if (bias && getDims(bias)[0] != weights[0])
    return differ("C3", "the outputs of weight and bias", weights[0],
                  getDims(bias)[0]);
  dims.back() = weights[0];
  return getTensorType(dims, x.getElementType());
}

Inferred rules::matmul(Type a, Type b) {
  for (Type type : {a, b})
    if (type.getRank() < 2)
      return wrongRank("C1", "a factor of `@` has at least 2 axes", type);
  Dims left = getDims(a), right = getDims(b);
  if (left.back() != right[right.size() - 2])
    return violation("C2", "the inner sizes " + describe(left.back()) +
                               " and " + describe(right[right.size() - 2]) +
                               " differ");
  Dim rows = left[left.size() - 2], columns = right.back();
  left.pop_back_n(2);
  right.pop_back_n(2);
  Inferred leading = broadcastTypes("C3", {left, right}, a.getElementType());
  if (!leading)
    return leading;
  Dims dims = getDims(leading.type());
  dims.push_back(rows);
  dims.push_back(columns);
  return getTensorType(dims, a.getElementType());
}

Inferred rules::conv2d(Type x, Type weight, Type bias, int64_t stride,
                       int64_t padding, int64_t groups) {
  if (x.getRank() != 4)
    return wrongRank("C1", "the input of `conv2d` has 4 axes", x);
  if (weight.getRank() != 4)
    return wrongRank("C1", "the weight of `conv2d` has 4 axes", weight);
  if (bias && bias.getRank() != 1)
    return wrongRank("C1", "the bias of `conv2d` has 1 axis", bias);
  if (stride < 1 || padding < 0 || groups < 1)
    return violation("C2", "`stride` and `groups` are at least 1, `padding` at "
                           "least 0, found " +
                               Twine(stride) + ", " + Twine(groups) + " and " +
                               Twine(padding));
  Dims dims = getDims(x), kernel = getDims(weight);
  if (!kernel[0].divide(Dim(groups)))
    return violation("C3", Twine(groups) + " groups do not divide " +
                               describe(kernel[0]) + " outputs");
  if (dims[1] != kernel[1] * Dim(groups))
    return differ("C3", "the channels of input and weight", dims[1],
                  kernel[1] * Dim(groups));
  if (bias && getDims(bias)[0] != kernel[0])
    return differ("C4", "the outputs of weight and bias", kernel[0],
                  getDims(bias)[0]);
  dims[1] = kernel[0];
  for (size_t axis : {2, 3}) {
    Dim room = dims[axis] + Dim(2 * padding) - kernel[axis];
    if (room.isStatic() && *room.constant() < 0)
      return violation("C5", "a kernel of " + describe(kernel[axis]) +
                                 " does not fit into " +
                                 describe(dims[axis] + Dim(2 * padding)));
    std::optional<Dim> steps = floorDivide(room, stride);
    if (!steps)
      return violation("C5", "the picture's size " + describe(dims[axis]) +
                                 " is not a multiple of the stride " +
                                 Twine(stride));
    dims[axis] = *steps + Dim(1);
  }
  return getTensorType(dims, x.getElementType());
}

//===----------------------------------------------------------------------===//
// Fused operations
//===----------------------------------------------------------------------===//

Inferred rules::fusedLinear(Type x, Type weight, Type bias, Types extras) {
  Inferred result = linear(x, weight, bias);
  if (!result)
    return result;
  for (Type extra : extras) {
    Inferred stretched = broadcast(extra, getDims(result.type()));
    if (!stretched)
      return violation("C4", stretched.message());
  }
  return result;
}

Inferred rules::attention(Type q, Type k, Type v, Type bias,
                          std::optional<int64_t> batchAxes) {
  int64_t rank = q.getRank();
  for (Type type : {q, k, v})
    if (type.getRank() != rank || rank < 3)
      return wrongRank("C1",
                       "queries, keys and values have the same number of axes, "
                       "at least 3",
                       type);
  Dims query = getDims(q), key = getDims(k), value = getDims(v);
  for (int64_t axis = 0; axis < rank - 3; ++axis)
    for (const Dims &other : {key, value})
      if (query[axis] != other[axis])
        return differ("C2", "the leading sizes", query[axis], other[axis]);
  if (query.back() != key.back())
    return differ("C2", "the widths of queries and keys", query.back(),
                  key.back());
  if (key[rank - 2] != value[rank - 2])
    return differ("C2", "the counts of keys and values", key[rank - 2],
                  value[rank - 2]);
  Dim heads = query[rank - 3], groups = key[rank - 3];
  if (groups != value[rank - 3])
    return differ("C3", "the heads of keys and values", groups,
                  value[rank - 3]);
  if (!heads.divide(groups))
    return violation("C3", describe(groups) + " heads of keys do not divide " +
                               describe(heads) + " heads of queries");
  if (batchAxes && (*batchAxes < 0 || *batchAxes > rank - 2))
    return violation("C4", "a mask of " + Twine(*batchAxes) +
                               " batch axes does not fit " + describe(q));
  if (bias) {
    Dims scores = query;
    scores.back() = key[rank - 2];
    Inferred stretched = broadcast(bias, scores);
    if (!stretched)
      return violation("C6", stretched.message());
  }
  query.back() = value.back();
  return getTensorType(query, q.getElementType());
}

/// What both losses over pairs require; the type of the loss where all is well.
static Inferred pairLoss(StringRef name, rules::Type image, rules::Type text,
                         rules::Types scalars) {
  for (rules::Type type : {image, text})
    if (type.getRank() != 2)
      return rules::wrongRank("C1", "`" + name + "` takes vectors [n, d]",
                              type);
  for (rules::Type type : scalars)
    if (type.getRank() != 0)
      return rules::wrongRank("C1", "scale and bias have no axes", type);
  Dim width = getDims(image)[1], other = getDims(text)[1];
  if (width != other)
    return rules::differ("C2", "the widths of image and text", width, other);
  return getTensorType({}, image.getElementType());
}

Inferred rules::contrastiveLoss(Type image, Type text, Type scale,
                                Type imageLabels, Type textLabels) {
  Inferred result = pairLoss("contrastive_loss", image, text, {scale});
  if (!result)
    return result;
  Dim rows = getDims(image)[0], columns = getDims(text)[0];
  if ((!imageLabels || !textLabels) && rows != columns)
    return differ("C2", "without labels, the counts of image and text", rows,
                  columns);
  for (auto [labels, count] :
       {std::pair(imageLabels, rows), std::pair(textLabels, columns)}) {
    if (!labels)
      continue;
    if (labels.getRank() != 1)
      return wrongRank("C1", "labels have 1 axis", labels);
    if (getDims(labels)[0] != count)
      return differ("C2", "the counts of vectors and labels", count,
                    getDims(labels)[0]);
  }
  return result;
}

Inferred rules::linearCrossEntropy(Type x, Type weight, Type bias, Type scale,
                                   Type labels) {
  if (x.getRank() < 1)
    return wrongRank("C1", "the input has at least 1 axis", x);
  if (weight.getRank() != 2)
    return wrongRank("C1", "the weight has 2 axes", weight);
  if (bias && bias.getRank() != 1)
    return wrongRank("C1", "the bias has 1 axis", bias);
  if (scale && scale.getRank() != 0)
    return wrongRank("C1", "the scale has no axes", scale);
  Dims dims = getDims(x), weights = getDims(weight);
  if (dims.back() != weights[1])
    return differ("C2", "the widths of input and weight", dims.back(),
                  weights[1]);
  if (bias && getDims(bias)[0] != weights[0])
    return differ("C2", "the classes of weight and bias", weights[0],
                  getDims(bias)[0]);
  dims.pop_back();
  if (getDims(labels) != dims)
    return violation("C3", "the labels of " + describe(x) +
                               " have its leading "
                               "sizes, found " +
                               describe(labels));
  return getTensorType({}, x.getElementType());
}

Inferred rules::sigmoidLoss(Type image, Type text, Type scale, Type bias) {
  return pairLoss("sigmoid_loss", image, text, {scale, bias});
}
