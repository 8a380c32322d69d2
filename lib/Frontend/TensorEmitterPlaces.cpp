//===- TensorEmitterPlaces.cpp - Reductions and what moves data -----------===//
#include "bridge/Frontend/TensorEmitter.h"

using namespace mlir;
using namespace bridge;

FailureOr<int64_t> TensorEmitter::normalizeAxis(Value x, int64_t axis) {
  int64_t count = typeOf(x).getRank();
  if (axis < -count || axis >= count)
    return fail(describe(x.getType()) + " has no axis " + std::to_string(axis));
  return axis < 0 ? axis + count : axis;
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

/// The sizes of `x` with 1 at `axes`.
static SmallVector<Dim> keepAxes(Value x, ArrayRef<int64_t> axes) {
  SmallVector<Dim> dims = getDims(x);
  for (int64_t axis : axes)
    dims[axis] = Dim(1);
  return dims;
}

FailureOr<Value> TensorEmitter::reduce(ReduceKind kind, Value x,
                                       ArrayRef<int64_t> axes, bool keep) {
  SmallVector<int64_t> sorted;
  for (int64_t axis : axes) {
    FailureOr<int64_t> normalized = normalizeAxis(x, axis);
    if (failed(normalized))
      return failure();
    if (llvm::is_contained(sorted, *normalized))
      return fail("the axis " + std::to_string(axis) + " is given twice");
    sorted.push_back(*normalized);
  }
  llvm::sort(sorted);
  FailureOr<Value> input = x;
  if (kind == ReduceKind::Mean)
    input = toFloat(x);
  else if (kind != ReduceKind::Any)
    input = cast(x, commonType(Operand(x), builder.getI32Type()));
  else if (!typeOf(x).getElementType().isInteger(1))
    input = binary("!=", x, Dim(0));
  FailureOr<Value> result =
      create<ReduceOp>(rules::reduce(kind, typeOf(*input), sorted), x, kind,
                       *input, builder.getDenseI64ArrayAttr(sorted));
  if (failed(result) || !keep)
    return result;
  return reshape(*result, keepAxes(x, sorted));
}

FailureOr<Value> TensorEmitter::argExtreme(ExtremeKind kind, Value x,
                                           int64_t axis, bool keep) {
  FailureOr<int64_t> normalized = normalizeAxis(x, axis);
  if (failed(normalized))
    return failure();
  Value input = *cast(x, commonType(Operand(x), builder.getI32Type()));
  FailureOr<Value> result =
      create<ArgExtremeOp>(rules::argExtreme(typeOf(input), *normalized), x,
                           kind, input, *normalized);
  if (failed(result) || !keep)
    return result;
  return reshape(*result, keepAxes(x, *normalized));
}

FailureOr<Value> TensorEmitter::cumsum(Value x, int64_t axis) {
  FailureOr<int64_t> normalized = normalizeAxis(x, axis);
  if (failed(normalized))
    return failure();
  return create<CumsumOp>(rules::cumsum(typeOf(x), *normalized), x, x,
                          builder.getI64IntegerAttr(*normalized));
}

//===----------------------------------------------------------------------===//
// Rows by number, and tensors in one another
//===----------------------------------------------------------------------===//

FailureOr<Value> TensorEmitter::embedding(Value ids, Value table) {
  FailureOr<Value> integers = toInteger("embedding", ids);
  if (failed(integers))
    return failure();
  Value rows = *toFloat(table);
  return create<EmbeddingOp>(rules::embedding(typeOf(*integers), typeOf(rows)),
                             {ids, table}, *integers, rows);
}

FailureOr<Value> TensorEmitter::splice(Value x, Value values, Value at) {
  if (!typeOf(at).getElementType().isInteger(1))
    return fail("the places of `splice` are truth values, found " +
                    describe(at.getType()),
                "compare first: at=(ids == token)");
  Value text = *toFloat(x), rows = *toFloat(values);
  return create<SpliceOp>(rules::splice(typeOf(text), typeOf(rows), typeOf(at)),
                          {x, values, at}, text, rows, at);
}

FailureOr<Value> TensorEmitter::concat(ArrayRef<Value> parts, int64_t axis) {
  if (parts.empty())
    return fail("`concat` of an empty list");
  FailureOr<int64_t> normalized = normalizeAxis(parts.front(), axis);
  if (failed(normalized))
    return failure();
  Type common = commonType(SmallVector<Operand>(parts), builder.getI1Type());
  SmallVector<Value> values;
  SmallVector<RankedTensorType> types;
  for (Value part : parts) {
    values.push_back(*cast(part, common));
    types.push_back(typeOf(values.back()));
  }
  if (values.size() == 1)
    return values.front();
  return create<ConcatOp>(rules::concat(types, *normalized), parts, values,
                          builder.getI64IntegerAttr(*normalized));
}

FailureOr<Value> TensorEmitter::stack(ArrayRef<Value> parts, int64_t axis) {
  if (parts.empty())
    return fail("`stack` of an empty list");
  SmallVector<Dim> dims = getDims(parts.front());
  int64_t count = dims.size() + 1;
  if (axis < -count || axis >= count)
    return fail("a stack of " + describe(parts.front().getType()) +
                " has no axis " + std::to_string(axis));
  axis = axis < 0 ? axis + count : axis;
  SmallVector<Value> values;
  for (Value part : parts) {
    if (getDims(part) != getDims(parts.front()))
      return fail("the parts of a stack have one shape, found " +
                  describe(parts.front().getType()) + " and " +
                  describe(part.getType()));
    SmallVector<Dim> extended = dims;
    extended.insert(extended.begin() + axis, Dim(1));
    values.push_back(*reshape(part, extended));
  }
  return concat(values, axis);
}

FailureOr<Value> TensorEmitter::pad(Value x, const Dim &before,
                                    const Dim &after, int64_t axis) {
  FailureOr<int64_t> normalized = normalizeAxis(x, axis);
  if (failed(normalized))
    return failure();
  SmallVector<Value> parts;
  auto addZeros = [&](const Dim &count) -> LogicalResult {
    if (count == Dim(0))
      return success();
    if (count.constant().value_or(0) < 0)
      return fail("`pad` adds at least 0, found " + describe(count) + " — " +
                  describe(x.getType()));
    require(count, "pad(…, " + describe(count) + ")");
    SmallVector<Dim> dims = getDims(x);
    dims[*normalized] = count;
    Value zero = *constant(0, typeOf(x).getElementType());
    FailureOr<Value> zeros = broadcast(zero, dims);
    if (failed(zeros))
      return failure();
    parts.push_back(*zeros);
    return success();
  };
  if (failed(addZeros(before)))
    return failure();
  parts.push_back(x);
  if (failed(addZeros(after)))
    return failure();
  return concat(parts, *normalized);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

FailureOr<Value> TensorEmitter::reshape(Value x, ArrayRef<Dim> dims) {
  Inferred inferred = rules::reshape(typeOf(x), dims);
  if (inferred && inferred.type() == x.getType())
    return x;
  return create<ReshapeOp>(inferred, x, x);
}

FailureOr<Value> TensorEmitter::permute(Value x,
                                        ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return x;
  return create<TransposeOp>(rules::transpose(typeOf(x), permutation), x, x,
                             builder.getDenseI64ArrayAttr(permutation));
}

FailureOr<Value> TensorEmitter::transpose(Value x) {
  int64_t count = typeOf(x).getRank();
  if (count < 2)
    return fail("`T` swaps the last two axes, found " + describe(x.getType()));
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, count));
  std::swap(permutation[count - 1], permutation[count - 2]);
  return permute(x, permutation);
}

FailureOr<Value> TensorEmitter::broadcast(Value x, ArrayRef<Dim> dims) {
  Inferred inferred = rules::broadcast(typeOf(x), dims);
  if (inferred && inferred.type() == x.getType())
    return x;
  return create<BroadcastOp>(inferred, x, x);
}
