//===- Shapes.cpp - Evaluation of shapes, places and constants ------------===//
#include "Evaluations.h"
#include "mlir/IR/TypeUtilities.h"
#include <numeric>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

static Expected<Array> evaluateEmbedding(EmbeddingOp op, const Scope &scope) {
  const Array &ids = scope[op.getIds()], &table = scope[op.getTable()];
  int64_t entries = table.shape[0], width = table.shape[1];
  Array result(Element::Float, scope.shape(op.getResult()));
  for (auto [i, value] : llvm::enumerate(ids.values)) {
    auto id = static_cast<int64_t>(value);
    if (id < 0 || id >= entries)
      return failure(op, "an id is " + Twine(id) + "; the table has " +
                             Twine(entries) + " entries");
    std::copy_n(table.values.begin() + id * width, width,
                result.values.begin() + i * width);
  }
  return result;
}

static Expected<Array> evaluateGather(GatherOp op, const Scope &scope) {
  const Array &x = scope[op.getX()];
  Array result(x.element, scope.shape(op.getResult()));
  int64_t axis = op.getAxis();
  size_t picked = op.getIndices().size();
  Shape strides = rowMajorStrides(x.shape);
  int64_t inner = sizeOf(ArrayRef(x.shape).drop_front(axis + picked));
  int64_t outer = sizeOf(ArrayRef(x.shape).take_front(axis));
  int64_t block = x.size() / std::max<int64_t>(outer, 1);

  // Where in the picked axes each combination of indices points.
  ArrayRef<int64_t> places = ArrayRef(result.shape)
                                 .drop_front(axis)
                                 .drop_back(x.rank() - axis - picked);
  std::vector<int64_t> offsets(sizeOf(places));
  for (auto [i, index] : llvm::enumerate(op.getIndices())) {
    int64_t size = x.shape[axis + i];
    Array values = broadcastTo(scope[index], places);
    for (auto [offset, value] : llvm::zip_equal(offsets, values.values)) {
      auto at = static_cast<int64_t>(value);
      if (at < -size || at >= size)
        return failure(op, "an index is " + Twine(at) + "; the axis has " +
                               Twine(size) + " elements");
      offset += (at < 0 ? at + size : at) * strides[axis + i];
    }
  }

  double *next = result.values.data();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t offset : offsets)
      next = std::copy_n(x.values.begin() + o * block + offset, inner, next);
  return result;
}

static Array evaluateConcat(ConcatOp op, const Scope &scope) {
  Array result(elementOf(getElementTypeOrSelf(op.getResult())),
               scope.shape(op.getResult()));
  int64_t axis = op.getAxis();
  int64_t outer = sizeOf(ArrayRef(result.shape).take_front(axis));
  double *next = result.values.data();
  for (int64_t o = 0; o < outer; ++o)
    for (Value part : op.getParts()) {
      const Array &x = scope[part];
      int64_t block = x.size() / outer;
      next = std::copy_n(x.values.begin() + o * block, block, next);
    }
  return result;
}

static Expected<Array> evaluateSlice(SliceOp op, const Scope &scope) {
  const Array &x = scope[op.getX()];
  Expected<Shape> offsets = scope.dims().evaluate(op.getOffsets().getDims());
  if (!offsets)
    return failure(op, llvm::toString(offsets.takeError()));
  const Shape &shape = scope.shape(op.getResult());
  Shape strides = rowMajorStrides(x.shape);
  int64_t first = 0;
  for (auto [axis, from] : llvm::enumerate(*offsets)) {
    if (from < 0 || shape[axis] < 0 || from + shape[axis] > x.shape[axis])
      return failure(op, "a slice takes " + Twine(shape[axis]) + " from " +
                             Twine(from) + " on; the axis has " +
                             Twine(x.shape[axis]) + " elements");
    first += from * strides[axis];
  }
  return readStrided(x, shape, strides, first);
}

static Array evaluateTranspose(TransposeOp op, const Scope &scope) {
  return transpose(scope[op.getX()], op.getPermutation());
}

static Expected<Array> evaluateReshape(ReshapeOp op, const Scope &scope) {
  Array result = scope[op.getX()];
  const Shape &shape = scope.shape(op.getResult());
  if (sizeOf(shape) != result.size())
    return failure(op, "a tensor of shape " + toString(result.shape) +
                           " cannot have the shape " + toString(shape));
  result.shape = shape;
  return result;
}

static Array evaluateBroadcast(BroadcastOp op, const Scope &scope) {
  return broadcastTo(scope[op.getX()], scope.shape(op.getResult()));
}

/// Fails unless `at` is true at as many places as there are vectors.
static llvm::Error comparePlaces(Operation *op, const Array &at,
                                 int64_t vectors) {
  int64_t places = llvm::count_if(at.values, [](double v) { return v != 0; });
  if (places == vectors)
    return llvm::Error::success();
  return failure(op, "the text has " + Twine(places) +
                         " places, but there are " + Twine(vectors) +
                         " vectors to put there");
}

llvm::Error bridge::evaluateCheckCount(CheckCountOp op, const Scope &scope) {
  std::optional<Dim> count = Dim::parse(op.getCount());
  Expected<int64_t> vectors = scope.dims().evaluate(*count);
  if (!vectors)
    return failure(op, llvm::toString(vectors.takeError()));
  return comparePlaces(op, scope[op.getAt()], *vectors);
}

static Expected<Array> evaluateSplice(SpliceOp op, const Scope &scope) {
  const Array &values = scope[op.getValues()], &at = scope[op.getAt()];
  Array result = scope[op.getX()];
  int64_t width = result.lastAxis();
  if (llvm::Error error =
          comparePlaces(op, at, sizeOf(ArrayRef(values.shape).drop_back())))
    return error;
  auto next = values.values.begin();
  for (auto [row, isPlace] : llvm::enumerate(at.values)) {
    if (!isPlace)
      continue;
    std::copy_n(next, width, result.values.begin() + row * width);
    next += width;
  }
  return result;
}

/// The number of an attribute; i1 is 0 or 1.
static double toDouble(const APInt &value) {
  return value.getBitWidth() == 1 ? value.getZExtValue()
                                  : static_cast<double>(value.getSExtValue());
}

static double toDouble(APFloat value) {
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

static Array evaluateConstant(ConstantOp op, const Scope &scope) {
  auto elements = cast<DenseElementsAttr>(op.getValue());
  Array result(elementOf(getElementTypeOrSelf(op.getResult())),
               scope.shape(op.getResult()));
  if (isa<FloatType>(elements.getElementType())) {
    llvm::transform(elements.getValues<APFloat>(), result.values.begin(),
                    [](APFloat value) { return toDouble(std::move(value)); });
  } else {
    llvm::transform(elements.getValues<APInt>(), result.values.begin(),
                    [](APInt value) { return toDouble(value); });
  }
  return result;
}

static Array evaluateIota(IotaOp op, const Scope &scope) {
  Array result(Element::Integer, scope.shape(op.getResult()));
  std::iota(result.values.begin(), result.values.end(), 0);
  return result;
}

static Expected<Array> evaluateDim(DimOp op, const Scope &scope) {
  std::optional<Dim> dim = Dim::parse(op.getExpr());
  if (!dim)
    return failure(op, "expected a polynomial, found \"" + op.getExpr() + "\"");
  Expected<int64_t> value = scope.dims().evaluate(*dim);
  if (!value)
    return failure(op, llvm::toString(value.takeError()));
  return Array(Element::Integer, {}, {static_cast<double>(*value)});
}

void bridge::attachShapes(MLIRContext *context) {
  attachEvaluations<evaluateEmbedding, evaluateGather, evaluateConcat,
                    evaluateSlice, evaluateTranspose, evaluateReshape,
                    evaluateBroadcast, evaluateSplice, evaluateConstant,
                    evaluateIota, evaluateDim>(context);
}
