//===- Passes.td - Passes on the bridge dialect ---------------------------===//
#ifndef BRIDGE_TRANSFORMS_PASSES
#define BRIDGE_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def InlineParts : Pass<"bridge-inline-parts", "::mlir::ModuleOp"> {
  let summary = "Dissolves the regions that name parts of the model";
  let description = [{
    What a part computes takes its place, so that fusions cross parts. The path of
    the part lives on in the locations of its operations.

    ```mlir
    %0 = bridge.encoder "vision_model" {
      %1 = bridge.unary gelu %x : tensor<4xf32>
      bridge.yield %1 : tensor<4xf32>
    } : tensor<4xf32>
    ```
    ==>
    ```mlir
    %0 = bridge.unary gelu %x : tensor<4xf32> loc("vision_model"("clip.bridge":16:3))
    ```
  }];
}

def InlineFunctions : Pass<"bridge-inline-functions", "::mlir::ModuleOp"> {
  let summary = "Inlines functions that are called once or are tiny";
  let description = [{
    A private function goes into its callers where it is called at one place, or
    where it has fewer than four operations that compute something. What is left
    are the layers that are worth one body. Functions that nobody calls and
    arguments that no body reads are removed. The results are bit-identical.

    ```mlir
    func.func private @Linear(%x: tensor<4x8xf32>, %w: tensor<2x8xf32>) -> tensor<4x2xf32> {
      %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
      return %0 : tensor<4x2xf32>
    }
    %y = bridge.call @Linear(%x, %w) : (tensor<4x8xf32>, tensor<2x8xf32>) -> tensor<4x2xf32>
    ```
    ==>
    ```mlir
    %y = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
    ```
  }];
}

def HoistCounts : Pass<"bridge-hoist-counts", "::mlir::ModuleOp"> {
  let summary = "Compares places and vectors of a splice before anything else is computed";
  let description = [{
    Where the places of a `bridge.splice` in an entry follow from integers among the
    inputs alone (`ids == image_token`), what computes them moves to the start of the
    entry, and a `bridge.check_count` after it. So a text with the wrong number of
    image tokens is an error before the vision tower runs. Through floats it does
    not go: then the splice itself compares.

    Numerics: bit-identical.

    ```mlir
    %x = bridge.conv2d %pictures, %kernel …
    %at = bridge.compare eq %ids, %token : tensor<7xi32>, tensor<i32> -> tensor<7xi1>
    %y = bridge.splice %text, %x at %at : tensor<7x8xf32>, tensor<4x8xf32>, tensor<7xi1> -> tensor<7x8xf32>
    ```
    ==>
    ```mlir
    %at = bridge.compare eq %ids, %token : tensor<7xi32>, tensor<i32> -> tensor<7xi1>
    bridge.check_count %at is "4" : tensor<7xi1>
    %x = bridge.conv2d %pictures, %kernel …
    %y = bridge.splice %text, %x at %at : tensor<7x8xf32>, tensor<4x8xf32>, tensor<7xi1> -> tensor<7x8xf32>
    ```
  }];
}

def HoistSlices : Pass<"bridge-hoist-slices", "::mlir::ModuleOp"> {
  let summary = "Computes only the rows that are read later";
  let description = [{
    Where all that is read of a tensor is one box of it, at most half, the slice
    moves before the operation that makes the tensor, and on to its operands:
    through element-wise operations, products, normalisations, softmax, rotary
    embeddings, reductions and changes of shape. Where a function makes it, the
    call gets a copy of the function that returns the box. So the last layer of a
    tower of which the class token is read runs for that token alone.

    Numerics: bit-identical; an element does not depend on how many are computed.
    Remarks: `slices` for each product that computes less.

    ```mlir
    %y = bridge.linear %x, %w : tensor<50x8xf32>, tensor<4x8xf32> -> tensor<50x4xf32>
    %r = bridge.slice %y from <"0", "0"> : tensor<50x4xf32> -> tensor<1x4xf32>
    ```
    ==>
    ```mlir
    %0 = bridge.slice %x from <"0", "0"> : tensor<50x8xf32> -> tensor<1x8xf32>
    %r = bridge.linear %0, %w : tensor<1x8xf32>, tensor<4x8xf32> -> tensor<1x4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def RaiseSoftmax : Pass<"bridge-raise-softmax", "::mlir::ModuleOp"> {
  let summary = "Makes exp(x − max) / Σ exp a softmax";
  let description = [{
    Exponentials over the last axis that are divided by their sum, or multiplied
    with its inverse, become a `bridge.softmax`; with or without the row's maximum
    taken away, and also where the division comes after the product with values.

    Numerics: reassociating; a few roundings. Where the maximum was not taken away
    the written form overflows from scores of 88 on and the softmax does not.
    Remarks: `softmax` where it fires; missed where the exponentials or their
    product have another use.

    ```mlir
    %m = bridge.reduce max %x over [1] : tensor<5x9xf32> -> tensor<5xf32>
    %m1 = bridge.reshape %m : tensor<5xf32> -> tensor<5x1xf32>
    %c = bridge.binary sub %x, %m1 : tensor<5x9xf32>, tensor<5x1xf32> -> tensor<5x9xf32>
    %e = bridge.unary exp %c : tensor<5x9xf32>
    %s = bridge.reduce sum %e over [1] : tensor<5x9xf32> -> tensor<5xf32>
    %s1 = bridge.reshape %s : tensor<5xf32> -> tensor<5x1xf32>
    %p = bridge.binary div %e, %s1 : tensor<5x9xf32>, tensor<5x1xf32> -> tensor<5x9xf32>
    ```
    ==>
    ```mlir
    %p = bridge.softmax %x : tensor<5x9xf32> -> tensor<5x9xf32>
    ```
  }];
}

def FuseAttention : Pass<"bridge-fuse-attention", "::mlir::ModuleOp"> {
  let summary = "Makes softmax(q kᵀ · scale + bias) v one operation";
  let description = [{
    From the product with the values backwards, through whatever is done to the
    scores on the way:

    - numbers that multiply or divide the product, the queries or the keys become
      the scale; tensors that do and are the same for all keys multiply the queries;
    - what is added or taken away becomes the bias, times what was multiplied later;
    - a selection of the scores or of at most −10³⁰ becomes a mask whose empty rows
      are uniform, and so does a bias that is 0 or at most −10³⁰ and nothing else;
      one of −∞ becomes a bias. Comparisons of positions become a predicate;
    - the row's maximum that is taken away falls away;
    - keys transposed in any way, the product or the result written the other way
      round (k qᵀ, vᵀ pᵀ), leading axes of the scores reshaped before and after;
    - keys and values that are repeated for groups of queries are taken as they
      were; scores without heads get an axis of one.

    The mask of the softmax moves along. The probabilities may have no other use,
    and scores only one by another attention: heads of up to 32 then compute them
    twice, which costs less than writing and reading them.

    Numerics: reassociating. The scale is applied once, to the scores, and sums run
    in the kernel's order; the relative difference is that of a few roundings. What
    is hidden by at most −10³⁰ has the weight 0 exactly where scores are below 10¹⁴.
    A NaN in values that no query sees may or may not be passed on.
    Remarks: `attention` where it fires; missed with the reason where the
    probabilities of a softmax are multiplied and it does not.

    ```mlir
    %kt = bridge.transpose %k [0, 1, 3, 2] : tensor<2x4x9x16xf32> -> tensor<2x4x16x9xf32>
    %s = bridge.matmul %q, %kt : tensor<2x4x5x16xf32>, tensor<2x4x16x9xf32> -> tensor<2x4x5x9xf32>
    %c = bridge.constant dense<0.25> : tensor<f32> -> tensor<f32>
    %z = bridge.binary mul %s, %c : tensor<2x4x5x9xf32>, tensor<f32> -> tensor<2x4x5x9xf32>
    %b = bridge.binary add %z, %bias : tensor<2x4x5x9xf32>, tensor<4x5x9xf32> -> tensor<2x4x5x9xf32>
    %p = bridge.softmax %b : tensor<2x4x5x9xf32> -> tensor<2x4x5x9xf32>
    %y = bridge.matmul %p, %v : tensor<2x4x5x9xf32>, tensor<2x4x9x16xf32> -> tensor<2x4x5x16xf32>
    ```
    ==>
    ```mlir
    %y = bridge.attention %q, %k, %v scale 2.5e-1 bias %bias : tensor<4x5x9xf32>
       : tensor<2x4x5x16xf32>, tensor<2x4x9x16xf32>, tensor<2x4x9x16xf32> -> tensor<2x4x5x16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def FuseSoftmaxLoss : Pass<"bridge-fuse-softmax-loss", "::mlir::ModuleOp"> {
  let summary = "Takes cross-entropies of a product without storing the logits";
  let description = [{
    Logits are a linear or matmul of matrices, transposed or not, times any numbers,
    which multiply or divide the product or its operands. Two cross-entropies, one of
    logits and one of their transpose (as a transpose, or as the product the other
    way round), become one `bridge.contrastive_loss`; a single one, of a linear or a
    matmul and of slices or reshapes of its rows, a `bridge.linear_cross_entropy`.
    mean(log_softmax(x)[arange(n), labels]) counts as a cross-entropy, however the
    log_softmax is written. Logits may have no other use, labels no smoothing.

    Numerics: reassociating. Scales are applied once, sums of exponentials run in the
    kernel's order and are scaled by exact powers of two; the relative difference of a
    loss is that of a few roundings.
    Remarks: `softmax-loss` where it fires; missed with the reason at every other
    cross-entropy.

    ```mlir
    %0 = bridge.linear %h, %w : tensor<7x64xf32>, tensor<100x64xf32> -> tensor<7x100xf32>
    %1 = bridge.cross_entropy %0, %y {ignore = -100} : tensor<7x100xf32>, tensor<7xi32> -> tensor<f32>
    ```
    ==>
    ```mlir
    %1, %lse = bridge.linear_cross_entropy %h, %w labels %y : tensor<7xi32> {ignore = -100}
      : tensor<7x64xf32>, tensor<100x64xf32> -> tensor<f32>, tensor<7xf32>
    ```
  }];
}

def FuseSigmoidLoss : Pass<"bridge-fuse-sigmoid-loss", "::mlir::ModuleOp"> {
  let summary = "Sums −log σ(±logits) of all pairs without storing the logits";
  let description = [{
    Sums and means of `log_sigmoid` over both axes of ±(scale · image textᵀ + bias),
    + where row and column have one number: the sign a factor or a selection, the
    scale as in `bridge-fuse-softmax-loss`, the bias a number. The logits may have no
    other use.

    Numerics: reassociating; sums run in the kernel's order, and of the rows of a tile
    one logarithm of a product is taken instead of the sum of logarithms.
    Remarks: `sigmoid-loss` where it fires; missed with the reason at every other
    reduction of `log_sigmoid` to a number.

    ```mlir
    %0 = bridge.linear %a, %b : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x4xf32>
    %1 = bridge.unary neg %0 : tensor<4x4xf32>
    %2 = bridge.select %diagonal, %0, %1 : tensor<4x4xi1>, tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
    %3 = bridge.unary log_sigmoid %2 : tensor<4x4xf32>
    %4 = bridge.reduce sum %3 over [0, 1] : tensor<4x4xf32> -> tensor<f32>
    ```
    ==>
    ```mlir
    %3 = bridge.sigmoid_loss %a, %b, %one, %zero : tensor<4x8xf32>, tensor<4x8xf32>, tensor<f32>, tensor<f32> -> tensor<f32>
    %4 = bridge.unary neg %3 : tensor<f32>
    ```
  }];
}

def FuseGate : Pass<"bridge-fuse-gate", "::mlir::ModuleOp"> {
  let summary = "Lets a linear open its gate and add its residual";
  let description = [{
    Where a linear's result, perhaps after element-wise operations, is multiplied
    with one number that is not known on compiling and then added to a tensor of its
    shape, all of that and what makes the number of other numbers (`tanh`,
    `sigmoid`) becomes the region of a `bridge.fused_linear`. What of a region depends on numbers
    alone is computed once for each job of the kernel, not for each element, so that
    the number needs neither launch nor memory. Gated cross-attention: Flamingo,
    arXiv:2204.14198.

    Numerics: bit-identical; with the gate 0 and a finite branch the residual passes
    unchanged. Remarks: `gate` where it fires; missed with the reason where a gated
    branch is added to a residual and it does not.

    ```mlir
    %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
    %1 = bridge.unary tanh %alpha : tensor<1xf32>
    %2 = bridge.binary mul %1, %0 : tensor<1xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
    %3 = bridge.binary add %r, %2 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
    ```
    ==>
    ```mlir
    %3 = bridge.fused_linear %x, %w with(%alpha, %r : tensor<1xf32>, tensor<4x2xf32>) {
    ^bb0(%acc: f32, %a: f32, %e: f32):
      %4 = math.tanh %a : f32
      %5 = arith.mulf %4, %acc : f32
      %6 = arith.addf %e, %5 : f32
      bridge.yield %6 : f32
    } {bridge.epilogue = "tanh_mul_add"} : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def FuseLinear : Pass<"bridge-fuse-linear", "::mlir::ModuleOp"> {
  let summary = "Lets a linear finish its result before it is stored";
  let description = [{
    A chain of element-wise operations that starts at a linear, each the only use of
    the one before and of the same shape, becomes the region of a
    `bridge.fused_linear`: activations, gates, residuals, selections. Other operands
    of the chain broadcast to the result's shape; constants move into the region.

    Numerics: bit-identical; the same operations run on the same `f32` numbers.
    Remarks: `epilogue` where it fires; missed where the linear's result has several
    uses or is repeated by its element-wise use.

    ```mlir
    %0 = bridge.linear %x, %w : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
    %1 = bridge.binary add %r, %0 : tensor<4x2xf32>, tensor<4x2xf32> -> tensor<4x2xf32>
    ```
    ==>
    ```mlir
    %1 = bridge.fused_linear %x, %w with(%r : tensor<4x2xf32>) {
    ^bb0(%acc: f32, %e: f32):
      %2 = arith.addf %e, %acc : f32
      bridge.yield %2 : f32
    } {bridge.epilogue = "add"} : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<4x2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def RaiseNorm : Pass<"bridge-raise-norm", "::mlir::ModuleOp"> {
  let summary = "Makes (x − mean) / √(variance + eps) a norm";
  let description = [{
    Rows that are divided by the root of the mean of their squares and a constant
    become a `bridge.rms_norm`, or a `bridge.layer_norm` where their mean was taken
    away before; so do products with the inverse root or the power −½. A vector of
    a row's size that multiplies the result, and one that is then added, are the
    weight and the bias.

    Numerics: reassociating; a few roundings.
    Remarks: `norm` where it fires.

    ```mlir
    %s = bridge.binary mul %x, %x : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
    %m = bridge.reduce mean %s over [1] : tensor<5x8xf32> -> tensor<5xf32>
    %m1 = bridge.reshape %m : tensor<5xf32> -> tensor<5x1xf32>
    %v = bridge.binary add %m1, %eps : tensor<5x1xf32>, tensor<f32> -> tensor<5x1xf32>
    %r = bridge.unary sqrt %v : tensor<5x1xf32>
    %y = bridge.binary div %x, %r : tensor<5x8xf32>, tensor<5x1xf32> -> tensor<5x8xf32>
    ```
    ==>
    ```mlir
    %y = bridge.rms_norm %x eps 1.0e-5 : tensor<5x8xf32> -> tensor<5x8xf32>
    ```
  }];
}

def FuseNorm : Pass<"bridge-fuse-norm", "::mlir::ModuleOp"> {
  let summary = "Normalises a residual sum while it is in cache";
  let description = [{
    A layer or RMS norm of a sum of two tensors of its shape becomes a
    `bridge.residual_norm`, which writes the sum once and normalises it row by row.
    Runs after `bridge-fuse-linear`: a sum that a linear finishes on its way out
    costs less still. Sums that are part of an element-wise chain stay there.

    Numerics: bit-identical; the same operations run on the same `f32` numbers.
    Remarks: `norm` where it fires; missed with the reason where a norm reads a sum
    and it does not.

    ```mlir
    %s = bridge.binary add %x, %r : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
    %y = bridge.rms_norm %s eps 1.0e-5 : tensor<5x8xf32> -> tensor<5x8xf32>
    ```
    ==>
    ```mlir
    %s, %y = bridge.residual_norm rms %x, %r eps 1.0e-5 : tensor<5x8xf32>
    ```
  }];
}

def FuseSplice : Pass<"plan-fuse-splice", "::mlir::ModuleOp"> {
  let summary = "Lets a product write its rows to their places in a text";
  let description = [{
    A splice of the rows of one product into a text that nothing else reads: the
    text is made where the result is, a kernel finds the numbers of the marked
    places, and the product, now in the splice's place, writes each row to its own.
    No row is copied.

    Numerics: bit-identical. Remarks: `splice` where it fires; missed with the
    reason where it does not.

    ```mlir
    plan.launch @embedding(%table, %ids, %text) : !t, !i, !x
    plan.launch @gemm(%a, %b, %values) : !a, !w, !v
    plan.launch @splice(%text, %values, %marks, %out) : !x, !v, !m, !x
    ```
    ==>
    ```mlir
    plan.launch @embedding(%table, %ids, %out) : !t, !i, !x
    plan.launch @splice_places(%marks, %places) : !m, !p
    plan.launch @gemm_scatter(%a, %b, %places, %out) : !a, !w, !p, !x
    ```
  }];
}

def ChooseStrassen : Pass<"plan-choose-strassen", "::mlir::ModuleOp"> {
  let summary = "Lets large products be made of seven eighths of the multiplications";
  let description = [{
    A `gemm` of f32 that is large, or may be, gets `strassen` in its config: from
    these rows, columns and depth on, the kernel takes one level of Strassen's
    scheme in Winograd's form on tiles in the cache. Rows that differ too much in
    magnitude, or are not finite, are multiplied plainly.

    Numerics: reassociating; sums of operands are rounded before they are
    multiplied. Equal to the bit for any number of threads; a row's result depends
    on its place among the rows to a few roundings.
    Remarks: `strassen` for each launch; missed where a large product is not of f32
    or its depth is odd.

    ```mlir
    plan.kernel gemm @gemm [!x, !w, !y] {}
    ```
    ==>
    ```mlir
    plan.kernel gemm @gemm [!x, !w, !y] {strassen = array<i64: 160, 256, 512>}
    ```
  }];
}

def GroupLaunches : Pass<"plan-group-launches", "::mlir::ModuleOp"> {
  let summary = "Lets products that do not depend on each other run as one";
  let description = [{
    Launches of products in a row, each into a buffer that none of the others
    touches, become a `plan.group`: the queries, keys and values of one tensor, the
    gate and the width of an MLP. Threads wait for each other once instead of
    after each product, and the jobs of a small one fill the last round of another.

    Numerics: bit-identical. Remarks: `merge` for each group.

    ```mlir
    plan.launch @gemm(%x, %wq, %q) : !x, !w, !y
    plan.launch @gemm(%x, %wk, %k) : !x, !w, !y
    ```
    ==>
    ```mlir
    plan.group {
      plan.launch @gemm(%x, %wq, %q) : !x, !w, !y
      plan.launch @gemm(%x, %wk, %k) : !x, !w, !y
    }
    ```
  }];
}

#endif // BRIDGE_TRANSFORMS_PASSES
