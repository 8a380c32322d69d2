//===- BridgePrimitiveOps.td - The tensor operations of the language ------===//
//
// `…` stands for any leading axes. Element-wise operations broadcast as in
// NumPy: axes aligned at the right, a dimension of 1 stretches.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_IR_BRIDGEPRIMITIVEOPS
#define BRIDGE_IR_BRIDGEPRIMITIVEOPS

include "bridge/IR/BridgeDialect.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Bridge_TensorOp<string mnemonic, list<Trait> traits = []> : Bridge_Op<mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

def Bridge_LinearOp : Bridge_TensorOp<"linear"> {
  let summary = "x wᵀ + b: x[…, i], w[o, i], b[o] → […, o]";
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$weight, Optional<Bridge_F32Tensor>:$bias);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $weight (`bias` $bias^ `:` type($bias))? attr-dict `:` type($x) `,` type($weight) `->` type($result)";
}
def Bridge_MatmulOp : Bridge_TensorOp<"matmul"> {
  let summary = "Σₖ a b: […, m, k], […, k, n] → […, m, n]; leading axes broadcast";
  let arguments = (ins Bridge_F32Tensor:$a, Bridge_F32Tensor:$b);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($result)";
}
def Bridge_Conv2dOp : Bridge_TensorOp<"conv2d"> {
  let summary = "Cross-correlation: x[b, c, h, w], w[o, c/groups, p, q], b[o] → [b, o, (h+2·padding−p)/stride+1, (w+2·padding−q)/stride+1]";
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$weight, Optional<Bridge_F32Tensor>:$bias,
                       DefaultValuedAttr<I64Attr, "1">:$stride, DefaultValuedAttr<I64Attr, "0">:$padding,
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $weight (`bias` $bias^ `:` type($bias))? attr-dict `:` type($x) `,` type($weight) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Rows: the last axis
//===----------------------------------------------------------------------===//

def Bridge_LayerNormOp : Bridge_TensorOp<"layer_norm", [AttrSizedOperandSegments]> {
  let summary = "(x − x̄) / √(mean((x − x̄)²) + eps) · w + b over the last axis";
  let arguments = (ins Bridge_F32Tensor:$x, Optional<Bridge_F32Tensor>:$weight, Optional<Bridge_F32Tensor>:$bias, F64Attr:$eps);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x (`weight` $weight^ `:` type($weight))? (`bias` $bias^ `:` type($bias))? `eps` $eps attr-dict `:` type($x) `->` type($result)";
}
def Bridge_RmsNormOp : Bridge_TensorOp<"rms_norm"> {
  let summary = "x / √(mean(x²) + eps) · w over the last axis";
  let arguments = (ins Bridge_F32Tensor:$x, Optional<Bridge_F32Tensor>:$weight, F64Attr:$eps);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x (`weight` $weight^ `:` type($weight))? `eps` $eps attr-dict `:` type($x) `->` type($result)";
}
def Bridge_SoftmaxOp : Bridge_TensorOp<"softmax"> {
  let summary = "Softmax over the last axis, of what the mask lets be seen";
  let description = [{
    `mask` is a region over one position: block arguments are the captured
    tensors, then one `i32` for each batch axis the predicate has (the first axes
    of x; the axes between them and the query axis share it), then the query and
    the key as `i32`. It yields `i1`: true where the query sees the key. Unseen
    entries are 0. A row that sees nothing is what `empty` says; there is no
    default. Without a region everything is seen.

    ```mlir
    %p = bridge.softmax %x mask(%valid : tensor<?x77xi32, #bridge.dims<"texts">>) batch 1 empty uniform {
    ^bb0(%v: tensor<?x77xi32, #bridge.dims<"texts">>, %b: i32, %q: i32, %k: i32):
      %zero = arith.constant 0 : i32
      %e = bridge.element %v[%b, %k] : tensor<?x77xi32, #bridge.dims<"texts">>
      %seen = arith.cmpi ne, %e, %zero : i32
      bridge.yield %seen : i1
    } : tensor<?x8x77x77xf32, #bridge.dims<"texts">> -> tensor<?x8x77x77xf32, #bridge.dims<"texts">>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Variadic<Bridge_Tensor>:$captures,
                       DefaultValuedAttr<I64Attr, "0">:$batch_axes, OptionalAttr<Bridge_EmptyRowsAttr>:$empty);
  let regions = (region MaxSizedRegion<1>:$mask);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = [{
    $x (`mask` `(` $captures^ `:` type($captures) `)`)? (`batch` $batch_axes^)? (`empty` $empty^ $mask)?
    attr-dict `:` type($x) `->` type($result)
  }];
}
def Bridge_ElementOp : Bridge_Op<"element", [Pure,
    TypesMatchWith<"the result is an element of the tensor", "tensor", "result",
                   "::llvm::cast<::mlir::RankedTensorType>($_self).getElementType()">]> {
  let summary = "One element of a captured tensor, inside a mask region";
  let description = [{
    One `i32` index for each axis. An index outside its axis is undefined inside a
    mask only where the tensor's axis is not the batch, query or key axis; the
    reference interpreter reports it.
  }];
  let arguments = (ins Bridge_Tensor:$tensor, Variadic<I32>:$indices);
  let results = (outs Bridge_Scalar:$result);
  let assemblyFormat = "$tensor `[` $indices `]` attr-dict `:` type($tensor)";
  let hasVerifier = 1;
}
def Bridge_L2NormalizeOp : Bridge_TensorOp<"l2_normalize"> {
  let summary = "x / max(‖x‖₂, eps) over the last axis";
  let arguments = (ins Bridge_F32Tensor:$x, F64Attr:$eps);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `eps` $eps attr-dict `:` type($x) `->` type($result)";
}
def Bridge_RotaryOp : Bridge_TensorOp<"rotary"> {
  let summary = "(x₁ cos − x₂ sin, x₂ cos + x₁ sin), x₁ and x₂ the halves of the last axis";
  let description = "x[…, t, d] with angles[t, d/2], or x[b, h, t, d] with angles[b, t, d/2]: heads share the angles.";
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$angles);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $angles attr-dict `:` type($x) `,` type($angles) `->` type($result)";
}
def Bridge_CrossEntropyOp : Bridge_TensorOp<"cross_entropy"> {
  let summary = "Mean over the rows of log-sum-exp(x) − x[label]";
  let description = [{
    x[…, n, c], labels[…, n] → []. Rows whose label is `ignore` do not count. With
    `smoothing` s the target is (1 − s) at the label plus s/c everywhere. A label
    outside 0 … c−1 is a run-time error.
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_I32Tensor:$labels, OptionalAttr<I64Attr>:$ignore,
                       DefaultValuedAttr<F64Attr, "0.0">:$smoothing);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $labels attr-dict `:` type($x) `,` type($labels) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

def Bridge_UnaryOp : Bridge_TensorOp<"unary", [SameOperandsAndResultType]> {
  let summary = "An element-wise function: activations, exp, log, sqrt, …";
  let description = [{
    gelu x Φ(x); gelu_tanh ½x(1 + tanh(√(2/π)(x + 0.044715x³))); quick_gelu
    x σ(1.702x); silu x σ(x); relu max(x, 0); log_sigmoid min(x, 0) − log1p(e^−|x|);
    softplus log1p(e^x). `not` takes truth values, `neg` and `abs` also integers,
    the others `f32`.
  }];
  let arguments = (ins Bridge_UnaryAttr:$kind, Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$kind $x attr-dict `:` type($x)";
}
def Bridge_BinaryOp : Bridge_TensorOp<"binary"> {
  let summary = "An element-wise function of two tensors, which broadcast";
  let description = "Both have the result's element type. `floordiv` and `mod` round down and take integers; `and` and `or` take truth values.";
  let arguments = (ins Bridge_BinaryAttr:$kind, Bridge_Tensor:$lhs, Bridge_Tensor:$rhs);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}
def Bridge_CompareOp : Bridge_TensorOp<"compare"> {
  let summary = "An element-wise comparison of two tensors of one element type, which broadcast";
  let arguments = (ins Bridge_CompareAttr:$kind, Bridge_Tensor:$lhs, Bridge_Tensor:$rhs);
  let results = (outs Bridge_I1Tensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}
def Bridge_SelectOp : Bridge_TensorOp<"select"> {
  let summary = "a where c, else b; all three broadcast";
  let arguments = (ins Bridge_I1Tensor:$condition, Bridge_Tensor:$a, Bridge_Tensor:$b);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$condition `,` $a `,` $b attr-dict `:` type($condition) `,` type($a) `,` type($b) `->` type($result)";
}
def Bridge_ClipOp : Bridge_TensorOp<"clip"> {
  let summary = "x not below low nor above high; all three broadcast";
  let arguments = (ins Bridge_Tensor:$x, Bridge_Tensor:$low, Bridge_Tensor:$high);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `,` $low `,` $high attr-dict `:` type($x) `,` type($low) `,` type($high) `->` type($result)";
}
def Bridge_CastOp : Bridge_TensorOp<"cast"> {
  let summary = "The same numbers in another element type: i1 → i32 → f32";
  let arguments = (ins Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

def Bridge_ReduceOp : Bridge_TensorOp<"reduce"> {
  let summary = "Sum, mean, max, min or any over axes, which are dropped";
  let arguments = (ins Bridge_ReduceAttr:$kind, Bridge_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$kind $x `over` $axes attr-dict `:` type($x) `->` type($result)";
}
def Bridge_ArgExtremeOp : Bridge_TensorOp<"arg_extreme"> {
  let summary = "The position of the first highest or lowest along an axis, which is dropped";
  let arguments = (ins Bridge_ExtremeAttr:$kind, Bridge_Tensor:$x, I64Attr:$axis);
  let results = (outs Bridge_I32Tensor:$result);
  let assemblyFormat = "$kind $x `over` $axis attr-dict `:` type($x) `->` type($result)";
}
def Bridge_CumsumOp : Bridge_TensorOp<"cumsum"> {
  let summary = "Inclusive sums along an axis; truth values are counted";
  let arguments = (ins Bridge_Tensor:$x, I64Attr:$axis);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `over` $axis attr-dict `:` type($x) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Shapes and places
//===----------------------------------------------------------------------===//

def Bridge_EmbeddingOp : Bridge_TensorOp<"embedding"> {
  let summary = "w[ids]: ids[…], w[n, d] → […, d]; an id outside 0 … n−1 is a run-time error";
  let arguments = (ins Bridge_I32Tensor:$ids, Bridge_F32Tensor:$table);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$ids `,` $table attr-dict `:` type($ids) `,` type($table) `->` type($result)";
}
def Bridge_GatherOp : Bridge_TensorOp<"gather"> {
  let summary = "x[:, …, i₁, i₂, …]: integer tensors pick along neighbouring axes";
  let description = [{
    `indices` stand for the axes axis, axis+1, …; they broadcast to one shape,
    which takes the place of those axes. Negative indices count from the end.
    An index outside its axis is a run-time error.
  }];
  let arguments = (ins Bridge_Tensor:$x, Variadic<Bridge_I32Tensor>:$indices, I64Attr:$axis);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `at` $axis `[` $indices `]` attr-dict `:` type($x) `,` type($indices) `->` type($result)";
}
def Bridge_ConcatOp : Bridge_TensorOp<"concat"> {
  let summary = "Tensors one after the other along an axis";
  let arguments = (ins Variadic<Bridge_Tensor>:$parts, I64Attr:$axis);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$parts `along` $axis attr-dict `:` type($parts) `->` type($result)";
}
def Bridge_SliceOp : Bridge_TensorOp<"slice"> {
  let summary = "A box of x: from `offsets`, of the result's shape";
  let arguments = (ins Bridge_Tensor:$x, Bridge_DimsAttr:$offsets);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `from` $offsets attr-dict `:` type($x) `->` type($result)";
}
def Bridge_TransposeOp : Bridge_TensorOp<"transpose"> {
  let summary = "Axis i of the result is axis permutation[i] of x";
  let arguments = (ins Bridge_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x $permutation attr-dict `:` type($x) `->` type($result)";
}
def Bridge_ReshapeOp : Bridge_TensorOp<"reshape"> {
  let summary = "The same elements in row-major order in another shape";
  let arguments = (ins Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
}
def Bridge_BroadcastOp : Bridge_TensorOp<"broadcast"> {
  let summary = "x repeated along new leading axes and axes of size 1";
  let arguments = (ins Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
}
def Bridge_SpliceOp : Bridge_TensorOp<"splice"> {
  let summary = "Rows of x[…, d] replaced, where at[…] is true, by the rows of values in row-major order";
  let description = "values[…, d] has as many rows as `at` has true places, else it is a run-time error that names both counts.";
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$values, Bridge_I1Tensor:$at);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $values `at` $at attr-dict `:` type($x) `,` type($values) `,` type($at) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Values without operands
//===----------------------------------------------------------------------===//

def Bridge_ConstantOp : Bridge_TensorOp<"constant", [ConstantLike]> {
  let summary = "Numbers known when compiling";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$value attr-dict `->` type($result)";
  let hasFolder = 1;
}
def Bridge_IotaOp : Bridge_TensorOp<"iota"> {
  let summary = "0 … n−1, of the result's only axis";
  let results = (outs Bridge_I32Tensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}
def Bridge_DimOp : Bridge_Op<"dim", [Pure]> {
  let summary = "The value of a dimension, as a tensor without axes or, inside a region, a number";
  let arguments = (ins StrAttr:$expr);
  let results = (outs AnyTypeOf<[Bridge_I32Tensor, I32]>:$result);
  let assemblyFormat = "$expr attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif // BRIDGE_IR_BRIDGEPRIMITIVEOPS
