//===- BridgePrimitiveOps.td - The tensor operations of the language ------===//
//
// `…` stands for any leading axes. Element-wise operations broadcast as in
// NumPy: axes aligned at the right, a dimension of 1 stretches.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_IR_BRIDGEPRIMITIVEOPS
#define BRIDGE_IR_BRIDGEPRIMITIVEOPS

include "bridge/IR/BridgeDialect.td"
include "bridge/IR/BridgeInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Bridge_TensorOp<string mnemonic, list<Trait> traits = []> : Bridge_Op<mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

def Bridge_LinearOp : Bridge_TensorOp<"linear", [DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "x wᵀ + b: x[…, i], w[o, i], b[o] → […, o]";
  let description = [{
    result[…, o] = Σᵢ x[…, i] w[o, i] + b[o], as `torch.nn.functional.linear`.

    - `C1` x has at least one axis, the weight two, the bias one.
    - `C2` the last size of x is that of the weight.
    - `C3` the size of the bias is the weight's first.

    ```mlir
    %y = bridge.linear %x, %w bias %b : tensor<512xf32>
       : tensor<77x768xf32>, tensor<512x768xf32> -> tensor<77x512xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$weight, Optional<Bridge_F32Tensor>:$bias);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $weight (`bias` $bias^ `:` type($bias))? attr-dict `:` type($x) `,` type($weight) `->` type($result)";
}
def Bridge_MatmulOp : Bridge_TensorOp<"matmul", [DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "Σₖ a b: […, m, k], […, k, n] → […, m, n]; leading axes broadcast";
  let description = [{
    result[…, m, n] = Σₖ a[…, m, k] b[…, k, n].

    - `C1` both have at least two axes.
    - `C2` the inner sizes k are equal.
    - `C3` the leading axes broadcast.

    ```mlir
    %s = bridge.matmul %q, %k : tensor<8x50x64xf32>, tensor<64x50xf32> -> tensor<8x50x50xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$a, Bridge_F32Tensor:$b);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($result)";
}
def Bridge_Conv2dOp : Bridge_TensorOp<"conv2d", [DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "Cross-correlation: x[b, c, h, w], w[o, c/groups, p, q], b[o] → [b, o, (h+2·padding−p)/stride+1, (w+2·padding−q)/stride+1]";
  let description = [{
    result[b, o, y, x] = Σ w[o, c, i, j] input[b, g·C + c, y·stride + i − padding,
    x·stride + j − padding] + bias[o], where g is the group of o and C the channels
    of a group; outside the picture there are zeros. As
    `torch.nn.functional.conv2d`.

    - `C1` x and the weight have four axes, the bias one.
    - `C2` stride and groups are at least 1, padding at least 0.
    - `C3` groups divides the weight's first size; x has groups times the weight's
      second size as channels.
    - `C4` the size of the bias is the weight's first.
    - `C5` the kernel fits into the padded picture; a picture whose size is known
      on entry has sizes that the stride divides.

    ```mlir
    %y = bridge.conv2d %x, %w {stride = 32} : tensor<2x3x224x224xf32>, tensor<768x3x32x32xf32>
       -> tensor<2x768x7x7xf32>
    ```
  }];
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
  let description = [{
    y = (x − x̄) / √(mean((x − x̄)²) + eps) · w + b over the last axis; without
    weight or bias as with ones or zeros (arXiv:1607.06450).

    - `C1` x has at least one axis.
    - `C2` eps is at least 0.
    - `C3` weight and bias have one axis, of x's last size.

    ```mlir
    %y = bridge.layer_norm %x weight %w : tensor<768xf32> bias %b : tensor<768xf32> eps 1.0e-05
       : tensor<50x768xf32> -> tensor<50x768xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Optional<Bridge_F32Tensor>:$weight, Optional<Bridge_F32Tensor>:$bias, F64Attr:$eps);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x (`weight` $weight^ `:` type($weight))? (`bias` $bias^ `:` type($bias))? `eps` $eps attr-dict `:` type($x) `->` type($result)";
}
def Bridge_RmsNormOp : Bridge_TensorOp<"rms_norm"> {
  let summary = "x / √(mean(x²) + eps) · w over the last axis";
  let description = [{
    y = x / √(mean(x²) + eps) · w over the last axis (arXiv:1910.07467).

    - `C1` x has at least one axis.
    - `C2` eps is at least 0.
    - `C3` the weight has one axis, of x's last size.

    ```mlir
    %y = bridge.rms_norm %x weight %w : tensor<64xf32> eps 1.0e-06 : tensor<7x64xf32> -> tensor<7x64xf32>
    ```
  }];
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

    - `C1` x has at least one axis; with a mask at least `batch_axes` + 2.
    - `C2` region and `empty` are both there, or neither and no captures.
    - `C3` the block's arguments are as above.
    - `C4` the region holds pure operations that give numbers.
    - `C5` it yields one `i1`.

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

    - `C1` there is one index for each axis.

    ```mlir
    %e = bridge.element %v[%b, %k] : tensor<2x77xi32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$tensor, Variadic<I32>:$indices);
  let results = (outs Bridge_Scalar:$result);
  let assemblyFormat = "$tensor `[` $indices `]` attr-dict `:` type($tensor)";
  let hasVerifier = 1;
}
def Bridge_L2NormalizeOp : Bridge_TensorOp<"l2_normalize"> {
  let summary = "x / max(‖x‖₂, eps) over the last axis";
  let description = [{
    y = x / max(‖x‖₂, eps) over the last axis.

    - `C1` x has at least one axis.
    - `C2` eps is at least 0.

    ```mlir
    %y = bridge.l2_normalize %x eps 0.0 : tensor<2x512xf32> -> tensor<2x512xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, F64Attr:$eps);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `eps` $eps attr-dict `:` type($x) `->` type($result)";
}
def Bridge_RotaryOp : Bridge_TensorOp<"rotary"> {
  let summary = "(x₁ cos − x₂ sin, x₂ cos + x₁ sin), x₁ and x₂ the halves of the last axis";
  let description = [{
    With x₁ and x₂ the halves of x along the last axis, y is x₁ cos − x₂ sin, then
    x₂ cos + x₁ sin (arXiv:2104.09864). x[…, t, d] with angles[t, d/2], or
    x[b, h, t, d] with angles[b, t, d/2]: heads share the angles.

    - `C1` the numbers of axes are as above.
    - `C2` both have as many positions t.
    - `C3` d is twice the last size of the angles.
    - `C4` both have the same batch size b.

    ```mlir
    %y = bridge.rotary %x, %angles : tensor<8x50x64xf32>, tensor<50x32xf32> -> tensor<8x50x64xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$angles);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $angles attr-dict `:` type($x) `,` type($angles) `->` type($result)";
}
def Bridge_CrossEntropyOp : Bridge_TensorOp<"cross_entropy"> {
  let summary = "Mean over the rows of log-sum-exp(x) − x[label]";
  let description = [{
    x[…, n, c], labels[…, n] → []: the mean over the rows of log-sum-exp(x) −
    x[label]. Rows whose label is `ignore` do not count. With `smoothing` s the
    target is (1 − s) at the label plus s/c everywhere. A label outside 0 … c−1 is a
    run-time error. As `torch.nn.functional.cross_entropy`.

    - `C1` x has at least two axes, labels one less.
    - `C2` the sizes of labels are the leading sizes of x.
    - `C3` smoothing is at least 0 and below 1.

    ```mlir
    %loss = bridge.cross_entropy %x, %labels {ignore = -100} : tensor<7x100xf32>, tensor<7xi32> -> tensor<f32>
    ```
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
    softplus log1p(e^x).

    - `C1` `not` takes truth values, `neg` and `abs` numbers, the others `f32`.

    ```mlir
    %y = bridge.unary gelu %x : tensor<7x64xf32>
    ```
  }];
  let arguments = (ins Bridge_UnaryAttr:$kind, Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$kind $x attr-dict `:` type($x)";
}
def Bridge_BinaryOp : Bridge_TensorOp<"binary"> {
  let summary = "An element-wise function of two tensors, which broadcast";
  let description = [{
    `floordiv` and `mod` round down: 7 floordiv −2 is −4, 7 mod −2 is −1.

    - `C1` both have one element type: `and` and `or` take truth values, `floordiv`
      and `mod` integers, `div` and `pow` `f32`, the others numbers.
    - `C2` the shapes broadcast.

    ```mlir
    %y = bridge.binary add %a, %b : tensor<7x64xf32>, tensor<64xf32> -> tensor<7x64xf32>
    ```
  }];
  let arguments = (ins Bridge_BinaryAttr:$kind, Bridge_Tensor:$lhs, Bridge_Tensor:$rhs);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}
def Bridge_CompareOp : Bridge_TensorOp<"compare"> {
  let summary = "An element-wise comparison of two tensors of one element type, which broadcast";
  let description = [{
    Comparisons with NaN are false, but for `ne`.

    - `C1` both have one element type; truth values compare by `eq` and `ne` only.
    - `C2` the shapes broadcast.

    ```mlir
    %y = bridge.compare eq %ids, %token : tensor<2x7xi32>, tensor<i32> -> tensor<2x7xi1>
    ```
  }];
  let arguments = (ins Bridge_CompareAttr:$kind, Bridge_Tensor:$lhs, Bridge_Tensor:$rhs);
  let results = (outs Bridge_I1Tensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}
def Bridge_SelectOp : Bridge_TensorOp<"select"> {
  let summary = "a where c, else b; all three broadcast";
  let description = [{
    - `C1` a and b have one element type.
    - `C2` the shapes broadcast.

    ```mlir
    %y = bridge.select %c, %a, %b : tensor<7x1xi1>, tensor<f32>, tensor<7x64xf32> -> tensor<7x64xf32>
    ```
  }];
  let arguments = (ins Bridge_I1Tensor:$condition, Bridge_Tensor:$a, Bridge_Tensor:$b);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$condition `,` $a `,` $b attr-dict `:` type($condition) `,` type($a) `,` type($b) `->` type($result)";
  let hasFolder = 1;
}
def Bridge_ClipOp : Bridge_TensorOp<"clip"> {
  let summary = "x not below low nor above high; all three broadcast";
  let description = [{
    min(max(x, low), high); NaN stays NaN.

    - `C1` all have one element type, of numbers.
    - `C2` the shapes broadcast.

    ```mlir
    %y = bridge.clip %x, %low, %high : tensor<7xi32>, tensor<i32>, tensor<i32> -> tensor<7xi32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x, Bridge_Tensor:$low, Bridge_Tensor:$high);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `,` $low `,` $high attr-dict `:` type($x) `,` type($low) `,` type($high) `->` type($result)";
}
def Bridge_CastOp : Bridge_TensorOp<"cast"> {
  let summary = "The same numbers in another element type: i1 → i32 → f32";
  let description = [{
    Truth values become 0 and 1; integers become the nearest `f32`.

    - `C1` the result's element type is not before x's in i1, i32, f32.

    ```mlir
    %y = bridge.cast %x : tensor<7xi1> -> tensor<7xf32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

def Bridge_ReduceOp : Bridge_TensorOp<"reduce"> {
  let summary = "Sum, mean, max, min or any over axes, which are dropped";
  let description = [{
    - `C1` at least one axis, each of x's, in ascending order.
    - `C2` `any` takes truth values, `mean` `f32`, the others numbers.

    ```mlir
    %y = bridge.reduce mean %x over [1, 2] : tensor<2x3x4xf32> -> tensor<2xf32>
    ```
  }];
  let arguments = (ins Bridge_ReduceAttr:$kind, Bridge_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$kind $x `over` $axes attr-dict `:` type($x) `->` type($result)";
}
def Bridge_ArgExtremeOp : Bridge_TensorOp<"arg_extreme"> {
  let summary = "The position of the first highest or lowest along an axis, which is dropped";
  let description = [{
    Of equal ones the first.

    - `C1` the axis is one of x's.
    - `C2` x has numbers.

    ```mlir
    %y = bridge.arg_extreme max %x over 1 : tensor<2x7xi32> -> tensor<2xi32>
    ```
  }];
  let arguments = (ins Bridge_ExtremeAttr:$kind, Bridge_Tensor:$x, I64Attr:$axis);
  let results = (outs Bridge_I32Tensor:$result);
  let assemblyFormat = "$kind $x `over` $axis attr-dict `:` type($x) `->` type($result)";
}
def Bridge_CumsumOp : Bridge_TensorOp<"cumsum"> {
  let summary = "Inclusive sums along an axis; truth values are counted";
  let description = [{
    - `C1` the axis is one of x's.

    ```mlir
    %y = bridge.cumsum %x over 1 : tensor<2x7xi1> -> tensor<2x7xi32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x, I64Attr:$axis);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `over` $axis attr-dict `:` type($x) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Shapes and places
//===----------------------------------------------------------------------===//

def Bridge_EmbeddingOp : Bridge_TensorOp<"embedding"> {
  let summary = "w[ids]: ids[…], w[n, d] → […, d]; an id outside 0 … n−1 is a run-time error";
  let description = [{
    - `C1` the table has two axes.

    ```mlir
    %y = bridge.embedding %ids, %table : tensor<2x7xi32>, tensor<100x64xf32> -> tensor<2x7x64xf32>
    ```
  }];
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

    - `C1` there is at least one index, and x has an axis for each.
    - `C2` the indices broadcast.

    ```mlir
    %y = bridge.gather %x at 0 [%rows, %places] : tensor<4x16x64xf32>, tensor<4xi32>, tensor<4xi32> -> tensor<4x64xf32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x, Variadic<Bridge_I32Tensor>:$indices, I64Attr:$axis);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `at` $axis `[` $indices `]` attr-dict `:` type($x) `,` type($indices) `->` type($result)";
}
def Bridge_ConcatOp : Bridge_TensorOp<"concat"> {
  let summary = "Tensors one after the other along an axis";
  let description = [{
    - `C1` there is at least one part; all have one element type and as many axes.
    - `C2` the axis is one of theirs.
    - `C3` the sizes along the other axes are equal.

    ```mlir
    %y = bridge.concat %a, %b along 0 : tensor<1x64xf32>, tensor<49x64xf32> -> tensor<50x64xf32>
    ```
  }];
  let arguments = (ins Variadic<Bridge_Tensor>:$parts, I64Attr:$axis);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$parts `along` $axis attr-dict `:` type($parts) `->` type($result)";
}
def Bridge_SliceOp : Bridge_TensorOp<"slice"> {
  let summary = "A box of x: from `offsets`, of the result's shape";
  let description = [{
    result[i, j, …] = x[offset₀ + i, offset₁ + j, …].

    - `C1` there is an offset and a size for each axis of x.
    - `C2` the box lies inside x, where that is known; else the entry checks it.

    ```mlir
    %y = bridge.slice %x from <"0", "1"> : tensor<2x50xf32> -> tensor<2x49xf32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x, Bridge_DimsAttr:$offsets);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x `from` $offsets attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}
def Bridge_TransposeOp : Bridge_TensorOp<"transpose"> {
  let summary = "Axis i of the result is axis permutation[i] of x";
  let description = [{
    - `C1` the permutation has each axis of x once.

    ```mlir
    %y = bridge.transpose %x [1, 0, 2] : tensor<50x8x64xf32> -> tensor<8x50x64xf32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x $permutation attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}
def Bridge_ReshapeOp : Bridge_TensorOp<"reshape"> {
  let summary = "The same elements in row-major order in another shape";
  let description = [{
    - `C1` both shapes have as many elements.

    ```mlir
    %y = bridge.reshape %x : tensor<50x512xf32> -> tensor<50x8x64xf32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}
def Bridge_BroadcastOp : Bridge_TensorOp<"broadcast"> {
  let summary = "x repeated along new leading axes and axes of size 1";
  let description = [{
    - `C1` the axes of x, aligned at the right, have the result's sizes or 1.

    ```mlir
    %y = bridge.broadcast %x : tensor<1x64xf32> -> tensor<2x50x64xf32>
    ```
  }];
  let arguments = (ins Bridge_Tensor:$x);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}
def Bridge_SpliceOp : Bridge_TensorOp<"splice"> {
  let summary = "Rows of x[…, d] replaced, where at[…] is true, by the rows of values in row-major order";
  let description = [{
    values[…, d] has as many rows as `at` has true places, else it is a run-time
    error that names both counts.

    - `C1` x and values have at least one axis; the shape of `at` is that of x
      without its last axis.
    - `C2` the last sizes of x and values are equal.

    ```mlir
    %y = bridge.splice %x, %values at %at : tensor<2x7x64xf32>, tensor<4x64xf32>, tensor<2x7xi1> -> tensor<2x7x64xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$values, Bridge_I1Tensor:$at);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = "$x `,` $values `at` $at attr-dict `:` type($x) `,` type($values) `,` type($at) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Values without operands
//===----------------------------------------------------------------------===//

def Bridge_ConstantOp : Bridge_TensorOp<"constant", [ConstantLike]> {
  let summary = "Numbers known when compiling";
  let description = [{
    Numbers that a spec computes are kept as `f64`, for the reference interpreter;
    compiled code rounds them to the result's `f32`.

    - `C1` the value's shape is the result's, without `?`;
    - `C2` its elements are of the result's type, or `f64` for `f32`;
    - `C3` they are listed (`dense<…>`).

    ```mlir
    %y = bridge.constant dense<0.1> : tensor<f64> -> tensor<f32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$value attr-dict `->` type($result)";
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The value in the result's element type.
    ::mlir::DenseElementsAttr getRounded();
  }];
}
def Bridge_IotaOp : Bridge_TensorOp<"iota"> {
  let summary = "0 … n−1, of the result's only axis";
  let description = [{
    - `C1` the result has one axis.

    ```mlir
    %y = bridge.iota : tensor<?xi32, #bridge.dims<"text_len">>
    ```
  }];
  let results = (outs Bridge_I32Tensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}
def Bridge_DimOp : Bridge_Op<"dim", [Pure]> {
  let summary = "The value of a dimension, as a tensor without axes or, inside a region, a number";
  let description = [{
    - `C1` `expr` is the canonical text of a polynomial.
    - `C2` the result is an `i32`, or a tensor of one without axes.

    ```mlir
    %y = bridge.dim "4 * batch" : tensor<i32>
    ```
  }];
  let arguments = (ins StrAttr:$expr);
  let results = (outs AnyTypeOf<[Bridge_I32Tensor, I32]>:$result);
  let assemblyFormat = "$expr attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif // BRIDGE_IR_BRIDGEPRIMITIVEOPS
