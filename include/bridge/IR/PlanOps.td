//===- PlanOps.td - The plan dialect --------------------------------------===//
#ifndef BRIDGE_IR_PLANOPS
#define BRIDGE_IR_PLANOPS

include "bridge/IR/PlanDialect.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Plan_KernelOp : Plan_Op<"kernel", [Symbol, IsolatedFromAbove]> {
  let summary = "One kernel of the module, whatever the sizes it is launched with";
  let description = [{
    Kernels are told apart by all that is known when compiling: their kind, `config`,
    region, and the operand types up to sizes and outer strides (element types,
    ranks, whether the last stride is the element size, zero, or another constant).
    `signature` is the list of operand types of one launch; sizes and outer strides
    in it are those of the first launch and mean nothing.

    Operands by kind (R any rank; `?` optional, said by `config`; the last is
    written, rank 4 is [batch, batch, …]; batch strides may be 0):

    | kind | operands | config, region |
    |---|---|---|
    | gemm | a[b₀, b₁, m, k], b panels[b₀, b₁, n, k], bias[n]?, extras[b₀, b₁, m, n]…, places[m] i32?, out[b₀, b₁, m, n] | `bias` (unit), `scatter` (unit): row i is written to row places[i] of out[1, 1, r, n], or nowhere where that is negative; `strassen` array of 3 i64?: rows, columns and depth from which Strassen's scheme is taken, `uniform` array of i64?: the numbers of extras that are one element for all; region(acc: f32, extras…) → f32 or empty |
    | pack | in[b₀, b₁, n, k], out panels[b₀, b₁, n, k] | |
    | attention | q[b, h, t, d], k[b, g, s, d], v[b, g, s, e], bias[b, h, t, s]?, captures…, out[b, h, t, e] | `scale` f64, `bias` (unit): added to the scaled scores; region(captures as views…, b, h, t, s as i32) → i1 or empty: whether the query sees the key, with `empty` zero or uniform for those that see none; reads captures by `plan.load` |
    | map | inputs[R]…, captures…, out[R] | `inputs` i64: how many; region(inputs as scalars…, captures as views…, R positions i32) → element; reads captures by `plan.load` |
    | layer_norm | x[R], residual[R]?, weight[n]?, bias[n]?, sum[R]?, out[R] | `eps` f64, `weight`, `bias` (unit); over the last axis; with `residual` (unit) of x + residual, which is written to sum |
    | rms_norm | x[R], residual[R]?, weight[n]?, sum[R]?, out[R] | `eps`, `weight`, `residual` |
    | softmax | x[R], seen[R] i1?, out[R] | `seen` (unit), `empty` |
    | l2_normalize | x[R], out[R] | `eps` |
    | reduce | x[R + S], out[R] | `reduce` sum, mean, max, min or any over the last `axes` = S |
    | arg_extreme | x[R + 1], out[R] i32 | `extreme` max or min over the last axis |
    | cumsum | x[R], out[R] | along the last axis |
    | rotary | x[b, h, t, d], angles[b, t, d/2], out[b, h, t, d] | |
    | gather | x[A + I + T], indices[J] i32 × I, out[A + J + T] | `axis` i64 = A, `indices` i64 = I, `from_end` (unit): negative indices count from the end, else they are errors; `site` |
    | cross_entropy | x[n, c], labels[n] i32, loss[n], counted[n] | `ignore` i64?, `smoothing` f64, `site`; a row's loss, and 1 or 0 where ignored; both written |
    | splice | x[n, d], values[v, d], at[n] i1, out[n, d]; with `places` at[n] i1, places[v] i32 | `site`, `places` (unit): only the numbers of the true places, -1 where there are too few; one job |
    | inverse_norm | x[R + 1], out[R] | `eps` f64; 1 / max(‖x‖₂, eps) over the last axis |
    | softmax_sweep | a[m, k], b panels[1, 1, n, k], scale[], row_factors[m]?, column_factors[n]?, bias[n]?, row_labels[m] i32, column_labels[n] i32?, row_max[s, m], row_sum[s, m], row_picked[m], column_max[s, n]?, column_sum[s, n]?, column_picked[n]? | `row_factors`, `column_factors`, `bias`, `columns` (unit), `ignore` i64?, `row_site`, with `columns` `column_site` |
    | softmax_merge | max[s, n], sum[s, n], picked[n], labels[n] i32, loss[n], counted[n], lse[n]? | `lse` (unit), `ignore` i64? |
    | sigmoid_sweep | a[m, k], b panels[1, 1, n, k], scale[], bias[], row_factors[m]?, column_factors[n]?, out[s, t] | `row_factors`, `column_factors` (unit) |

    The sweeps compute the logits (a bᵀ + bias) · scale · row_factors ·
    column_factors (sigmoid_sweep: a bᵀ · … + bias) and never store them.
    softmax_sweep writes the log-sum-exp of each row, over up to s ranges of
    columns, as log₂ (2^max · sum), max a whole number, and the logit that the row's
    label picks times log₂ e; with `columns` the same for columns. softmax_merge
    makes of these a row's loss, and 1 or 0 where ignored. sigmoid_sweep writes
    partial sums of −log σ(±logit), + where row and column have one number.

    `reduce`, `extreme` and `empty` are attributes such as `#bridge<reduce_kind sum>`,
    `#bridge<extreme_kind max>` and `#bridge<empty_rows zero>`. Elements of i1 are counted: sum, mean and cumsum of
    them read as i32; a mean is f32.

    `site` i64 numbers the place that reports a run-time error; the message is in
    the module's `plan.sites`. Its numbers a and b are: gather the index and the
    axis' size, cross_entropy and softmax_sweep the label and the number of classes,
    splice the true places and v.
    In the region of a map, divisions of integers that may be by 0 and `plan.load`s
    that may be outside (a and b are the index and the axis' size) carry a `site`.

    - `C1` the operands are those of the kind, in number and order.
    - `C2` their numbers of axes are as above.
    - `C3` their elements are floats (f32 or bf16) but where i1, i32 or none is
      said; those of map, reduce, cumsum, gather and splice are any. The two sides
      of a product have the same: a and b; in and out of pack; q, k and v.
    - `C4` `config` has what the kind needs.
    - `C5` gemm and attention may have and map has a region, with arguments and
      result as above; what is stored as bf16 is an f32 there.

    ```mlir
    plan.kernel layer_norm @layer_norm [!plan.view<f32, [50, 768], [3072, 4]>, !plan.view<f32, [50, 768], [3072, 4]>] {eps = 1.0e-05}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Plan_KernelKindAttr:$kind, TypeArrayAttr:$signature, DictionaryAttr:$config);
  let regions = (region MaxSizedRegion<1>:$body);
  let assemblyFormat = "$kind $sym_name $signature $config ($body^)? attr-dict";
  let hasVerifier = 1;
}

def Plan_LaunchOp : Plan_Op<"launch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Runs a kernel on views; the last operand is written (cross_entropy, norms of a residual, softmax_sweep, softmax_merge: those that the kind's row ends with)";
  let description = [{
    - `C1` the symbol is that of a `plan.kernel`.
    - `C2` there are as many operands as in its signature.
    - `C3` each has the signature's kind, element type, number of axes and last
      stride (or one that is known on entry in both).
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyTypeOf<[Plan_ViewType, Plan_PanelsType]>>:$views);
  let assemblyFormat = "$kernel `(` $views `)` attr-dict `:` type($views)";
}

def Plan_GroupOp : Plan_Op<"group", [NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "Launches that do not depend on each other, run as one";
  let description = [{
    The jobs of all are handed out together, in the order of the launches: threads
    wait for each other once. Each launch is a step of its own, but a buffer that
    lives at one of the steps lives at all of them.

    - `C1` it holds two launches at least, and nothing else.
    - `C2` each launch writes a buffer of the function that no other one of the group reads or writes.
  }];
  let regions = (region SizedRegion<1>:$launches);
  let assemblyFormat = "$launches attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The memory that a view is of: a buffer, a weight, a constant or an argument.
    static ::mlir::Value rootOf(::mlir::Value view);
  }];
}

def Plan_StopOnFaultOp : Plan_Op<"stop_on_fault"> {
  let summary = "Leaves the entry if a launch before has reported a run-time error";
  let description = [{
    Other errors are seen when the entry has run to its end.

    - `C1` it stands in an entry.
  }];
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

def Plan_BufferOp : Plan_Op<"buffer"> {
  let summary = "Memory of the function's frame, from one step to another";
  let description = [{
    `bytes` is a polynomial; `first` and `last` are the steps (launches and calls of
    the function, counted from 0) between which the memory is this buffer's own,
    both included. Buffers that are never live together may share memory; the run
    time places them at the first call of a shape, aligned to 64 bytes.
  }];
  let arguments = (ins StrAttr:$bytes, I64Attr:$first, I64Attr:$last);
  let results = (outs AnyTypeOf<[Plan_ViewType, Plan_PanelsType]>:$result);
  let assemblyFormat = "$bytes `live` $first `to` $last attr-dict `:` type($result)";
}

def Plan_FrameOp : Plan_Op<"frame", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Memory for the frame of a function that is called at the step `at`";
  let description = "- `C1` the symbol is that of a `func.func`.";
  let arguments = (ins FlatSymbolRefAttr:$callee, I64Attr:$at);
  let results = (outs Plan_FrameType:$result);
  let assemblyFormat = "$callee `at` $at attr-dict";
}

def Plan_CallOp : Plan_Op<"call", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Calls a function of the plan in a frame of its own; the results' views are the last operands";
  let description = [{
    - `C1` the symbol is that of a `func.func`.
    - `C2` the operands have the types of its arguments.
    - `C3` the frame is a `plan.frame` of it.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Plan_FrameType:$frame, Variadic<AnyTypeOf<[Plan_ViewType, Plan_PanelsType]>>:$views);
  let assemblyFormat = "$callee `(` $views `)` `in` $frame attr-dict `:` type($views)";
}

def Plan_WeightOp : Plan_Op<"weight", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "A weight as its reader wants it: row-major or in panels";
  let description = [{
    `view` is a further view of the weight in the notation of `#bridge.source`. As a
    view type: row-major without padding. As panels [1, 1, n, k]: of the weight (or
    its view) as a matrix of n rows.

    - `C1` the symbol is that of a `bridge.weight`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$weight, DefaultValuedAttr<StrAttr, "\"\"">:$view);
  let results = (outs AnyTypeOf<[Plan_ViewType, Plan_PanelsType]>:$result);
  let assemblyFormat = "$weight (`view` $view^)? attr-dict `:` type($result)";
}

def Plan_SubviewOp : Plan_Op<"subview", [Pure]> {
  let summary = "The memory of a view, from `offset` bytes on, with other sizes and strides";
  let arguments = (ins Plan_ViewType:$source, StrAttr:$offset);
  let results = (outs Plan_ViewType:$result);
  let assemblyFormat = "$source `from` $offset attr-dict `:` type($source) `->` type($result)";
}

def Plan_ConstantOp : Plan_Op<"constant", [Pure]> {
  let summary = "Numbers known when compiling, row-major in the binary's read-only data";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Plan_ViewType:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
}

def Plan_LoadOp : Plan_Op<"load", [Pure]> {
  let summary = "One element of a captured view, inside a kernel's region";
  let arguments = (ins Plan_ViewType:$view, Variadic<I32>:$indices);
  let results = (outs AnyTypeOf<[F32, I32, I1]>:$result);
  let assemblyFormat = "$view `[` $indices `]` attr-dict `:` type($view) `->` type($result)";
}

def Plan_DimOp : Plan_Op<"dim", [Pure]> {
  let summary = "A dimension as a number, inside a kernel's region";
  let description = "Launches of such a kernel pass the dimension along.";
  let arguments = (ins StrAttr:$expr);
  let results = (outs I32:$result);
  let assemblyFormat = "$expr attr-dict";
}

def Plan_YieldOp : Plan_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "The value of a kernel's region";
  let arguments = (ins AnyTypeOf<[F32, I32, I1]>:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // BRIDGE_IR_PLANOPS
