//===- BridgeFusedOps.td - Operations that only passes make ---------------===//
#ifndef BRIDGE_IR_BRIDGEFUSEDOPS
#define BRIDGE_IR_BRIDGEFUSEDOPS

include "bridge/IR/BridgePrimitiveOps.td"

def Bridge_FusedLinearOp : Bridge_TensorOp<"fused_linear", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "A linear whose result passes through a scalar region before it is stored";
  let description = [{
    result[…, o] = region((x wᵀ + b)[…, o], extras…). Block arguments: the
    accumulator as `f32`, then one scalar for each extra operand, which broadcast
    to the result's shape. The region holds element-wise arith and math operations
    and yields one `f32`.

    - `C1` … `C3` as of `bridge.linear`.
    - `C4` the extra operands stretch to the result's shape.
    - `C5` the block's arguments are an `f32` and the extra operands' element types.
    - `C6` the region holds pure operations that give numbers.
    - `C7` it yields one `f32`.

    ```mlir
    %y = bridge.fused_linear %x, %w bias %b : tensor<512xf32> with (%r : tensor<77x512xf32>) {
    ^bb0(%acc: f32, %residual: f32):
      %sum = arith.addf %acc, %residual : f32
      bridge.yield %sum : f32
    } : tensor<77x2048xf32>, tensor<512x2048xf32> -> tensor<77x512xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$weight, Optional<Bridge_F32Tensor>:$bias,
                       Variadic<Bridge_Tensor>:$extras);
  let regions = (region SizedRegion<1>:$epilogue);
  let results = (outs Bridge_F32Tensor:$result);
  let assemblyFormat = [{
    $x `,` $weight (`bias` $bias^ `:` type($bias))? (`with` `(` $extras^ `:` type($extras) `)`)? $epilogue attr-dict
    `:` type($x) `,` type($weight) `->` type($result)
  }];
}

def Bridge_AttentionOp : Bridge_TensorOp<"attention", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "softmax(q kᵀ · scale + bias, where the mask lets see) v, without the scores in memory";
  let description = [{
    q[…, h, t, d], k[…, g, s, d], v[…, g, s, e] → […, h, t, e]; query head i uses
    key head i·g/h. The bias broadcasts to the scores […, h, t, s] and is added to
    them when they are scaled. The mask region is that of `bridge.softmax`: captured
    tensors, `batch_axes` batch indices, query, key. `log_sum_exp`[…, h, t], where
    asked for, is that of the scaled, biased, masked scores (for a backward pass). As
    FlashAttention (arXiv:2205.14135), the scores of all queries never exist at once.

    - `C1` q, k and v have as many axes, at least three.
    - `C2` the sizes of … are equal; so are d of q and k, and s of k and v.
    - `C3` k and v have as many heads g, which divides h.
    - `C4` the mask is one of `bridge.softmax` over [batch…, query, key].
    - `C5` `log_sum_exp` is […, h, t].
    - `C6` the bias stretches to […, h, t, s].

    ```mlir
    %y = bridge.attention %q, %k, %v scale 0.125 bias %b : tensor<8x50x50xf32>
       : tensor<2x8x50x64xf32>, tensor<2x8x50x64xf32>, tensor<2x8x50x64xf32> -> tensor<2x8x50x64xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$q, Bridge_F32Tensor:$k, Bridge_F32Tensor:$v, Optional<Bridge_F32Tensor>:$bias,
                       Variadic<Bridge_Tensor>:$captures, F64Attr:$scale, DefaultValuedAttr<I64Attr, "0">:$batch_axes, OptionalAttr<Bridge_EmptyRowsAttr>:$empty);
  let regions = (region MaxSizedRegion<1>:$mask);
  let results = (outs Bridge_F32Tensor:$result, Optional<Bridge_F32Tensor>:$log_sum_exp);
  let assemblyFormat = [{
    $q `,` $k `,` $v `scale` $scale (`bias` $bias^ `:` type($bias))? (`mask` `(` $captures^ `:` type($captures) `)`)?
    (`batch` $batch_axes^)? (`empty` $empty^ $mask)? attr-dict `:` type($q) `,` type($k) `,` type($v) `->` type($result) (`,` type($log_sum_exp)^)?
  }];
}

def Bridge_ResidualNormOp : Bridge_TensorOp<"residual_norm", [
    AttrSizedOperandSegments, AllTypesMatch<["x", "residual", "sum", "result"]>]> {
  let summary = "A residual sum and its norm over the last axis, in one pass";
  let description = [{
    sum = x + residual; result = the layer norm or RMS norm of sum, as
    `bridge.layer_norm` and `bridge.rms_norm` define them. The sum is written once
    and normalised while it is in cache.

    - `C1` x has at least one axis, and the residual the same type.
    - `C2` eps is at least 0.
    - `C3` weight and bias have one axis, of x's last size.
    - `C4` an RMS norm has no bias.

    ```mlir
    %sum, %y = bridge.residual_norm layer %x, %r weight %w : tensor<768xf32> bias %b : tensor<768xf32> eps 1.0e-05
             : tensor<50x768xf32>
    ```
  }];
  let arguments = (ins Bridge_NormAttr:$kind, Bridge_F32Tensor:$x, Bridge_F32Tensor:$residual, Optional<Bridge_F32Tensor>:$weight,
                       Optional<Bridge_F32Tensor>:$bias, F64Attr:$eps);
  let results = (outs Bridge_F32Tensor:$sum, Bridge_F32Tensor:$result);
  let assemblyFormat = [{
    $kind $x `,` $residual (`weight` $weight^ `:` type($weight))? (`bias` $bias^ `:` type($bias))? `eps` $eps attr-dict
    `:` type($x)
  }];
}

def Bridge_ContrastiveLossOp : Bridge_TensorOp<"contrastive_loss", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "Both cross-entropies of scale · image textᵀ, without the n×m logits in memory";
  let description = [{
    image[n, d], text[m, d], scale[] → image_loss[], text_loss[] and the
    log-sum-exp of each row and column, [n] and [m] (for a backward pass). With the
    logits l = scale · image textᵀ, image_loss is the mean over the rows of
    row_lse − l[i, image_labels[i]], text_loss that over the columns of column_lse −
    l[text_labels[j], j]; CLIP's loss is their mean (arXiv:2103.00020). Without
    labels row i and column i belong together. Rows and columns whose label is
    `ignore` do not count; any other label outside the logits is a run-time error.

    - `C1` image and text have two axes, scale none, labels one.
    - `C2` image and text are equally wide; the labels are [n] and [m]; without one
      of them n and m are equal.
    - `C3` the log-sum-exps are [n] and [m].

    ```mlir
    %i, %t, %rows, %columns = bridge.contrastive_loss %image, %text, %scale
      : tensor<4x512xf32>, tensor<4x512xf32>, tensor<f32> -> tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$image, Bridge_F32Tensor:$text, Bridge_F32Tensor:$scale,
                       Optional<Bridge_I32Tensor>:$image_labels, Optional<Bridge_I32Tensor>:$text_labels,
                       OptionalAttr<I64Attr>:$ignore);
  let results = (outs Bridge_F32Tensor:$image_loss, Bridge_F32Tensor:$text_loss, Bridge_F32Tensor:$row_lse,
                      Bridge_F32Tensor:$column_lse);
  let assemblyFormat = [{
    $image `,` $text `,` $scale (`image_labels` $image_labels^ `:` type($image_labels))?
    (`text_labels` $text_labels^ `:` type($text_labels))? attr-dict `:` type($image) `,` type($text) `,` type($scale)
    `->` type($image_loss) `,` type($text_loss) `,` type($row_lse) `,` type($column_lse)
  }];
}

def Bridge_LinearCrossEntropyOp : Bridge_TensorOp<"linear_cross_entropy", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "Cross-entropy of scale · (x wᵀ + b), without the logits in memory";
  let description = [{
    x[…, k], w[c, k], b[c], labels[…] → loss[], lse[…]: the mean over the rows of
    lse − logits[label], with the logits scale · (x wᵀ + b) and their log-sum-exp
    over the c classes (lse is for a backward pass). Rows whose label is `ignore` do
    not count; any other label outside 0 … c−1 is a run-time error.

    - `C1` x has at least one axis, the weight two, bias one, scale none.
    - `C2` x and weight are equally wide; the bias has one number for each class.
    - `C3` the labels have the leading sizes of x.
    - `C4` so has the log-sum-exp.

    ```mlir
    %loss, %lse = bridge.linear_cross_entropy %x, %w labels %y : tensor<7xi32> {ignore = -100}
      : tensor<7x64xf32>, tensor<100x64xf32> -> tensor<f32>, tensor<7xf32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$x, Bridge_F32Tensor:$weight, Optional<Bridge_F32Tensor>:$bias,
                       Optional<Bridge_F32Tensor>:$scale, Bridge_I32Tensor:$labels, OptionalAttr<I64Attr>:$ignore);
  let results = (outs Bridge_F32Tensor:$loss, Bridge_F32Tensor:$lse);
  let assemblyFormat = [{
    $x `,` $weight (`bias` $bias^ `:` type($bias))? (`scale` $scale^ `:` type($scale))? `labels` $labels `:` type($labels)
    attr-dict `:` type($x) `,` type($weight) `->` type($loss) `,` type($lse)
  }];
}

def Bridge_SigmoidLossOp : Bridge_TensorOp<"sigmoid_loss", [DeclareOpInterfaceMethods<Bridge_CostOpInterface>]> {
  let summary = "−Σ log σ(±(scale · image textᵀ + bias)), + on the diagonal, without the logits in memory";
  let description = [{
    image[n, d], text[m, d], scale[], bias[] → loss[]: the sum over all pairs;
    SigLIP divides it by n (Zhai et al., arXiv:2303.15343).

    - `C1` image and text have two axes, scale and bias none.
    - `C2` image and text are equally wide.

    ```mlir
    %loss = bridge.sigmoid_loss %image, %text, %scale, %bias
      : tensor<4x512xf32>, tensor<4x512xf32>, tensor<f32>, tensor<f32> -> tensor<f32>
    ```
  }];
  let arguments = (ins Bridge_F32Tensor:$image, Bridge_F32Tensor:$text, Bridge_F32Tensor:$scale, Bridge_F32Tensor:$bias);
  let results = (outs Bridge_F32Tensor:$loss);
  let assemblyFormat = [{
    $image `,` $text `,` $scale `,` $bias attr-dict `:` type($image) `,` type($text) `,` type($scale) `,` type($bias) `->` type($loss)
  }];
}

#endif // BRIDGE_IR_BRIDGEFUSEDOPS
