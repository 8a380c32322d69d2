//===- BridgeStructureOps.td - Models, weights, parts and calls -----------===//
#ifndef BRIDGE_IR_BRIDGESTRUCTUREOPS
#define BRIDGE_IR_BRIDGESTRUCTUREOPS

include "bridge/IR/BridgeDialect.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/CallInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Bridge_WeightOp : Bridge_Op<"weight", [Symbol]> {
  let summary = "Declares a tensor of the checkpoint";
  let description = [{
    The symbol is the weight's path of part names. `sources` lists the stored
    tensors it may be found in, the first match wins; the weight's own name comes
    first. `init` is its value before training, also for random weights (normal
    where there is none). `frozen` weights stay as they are in training.

    - `C1` the type has no `?`.
    - `C2` there is at least one source, and all are `#bridge.source`.

    ```mlir
    bridge.weight @"visual_projection.weight" : tensor<512x768xf32>
      from [#bridge.source<"visual_projection.weight">, #bridge.source<"visual.proj", ".T">]
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Bridge_Tensor>:$type,
                       ArrayAttr:$sources, OptionalAttr<F64Attr>:$init, UnitAttr:$frozen);
  let assemblyFormat = "$sym_name (`frozen` $frozen^)? `:` $type `from` $sources (`init` $init^)? attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = "::mlir::RankedTensorType getTensorType() { return ::llvm::cast<::mlir::RankedTensorType>(getType()); }";
}

def Bridge_ReadWeightOp : Bridge_Op<"read_weight", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "The value of a declared weight";
  let description = [{
    - `C1` the symbol is that of a `bridge.weight`.
    - `C2` the result has its type.

    ```mlir
    %w = bridge.read_weight @"visual_projection.weight" : tensor<512x768xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$weight);
  let results = (outs Bridge_Tensor:$result);
  let assemblyFormat = "$weight attr-dict `:` type($result)";
}

def Bridge_CallOp : Bridge_Op<"call", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Calls a function of one kind of layer";
  let description = [{
    Each distinct kind of layer is one private `func.func`. Its leading arguments
    are tensors that flow, the trailing ones weights; each layer is a call with
    its own weights. Calls are pure: equal ones may be merged and unused ones go.

    - `C1` the symbol is that of a `func.func`.
    - `C2` the operands have the types of its arguments.
    - `C3` the results have the types of its results.

    ```mlir
    %y = bridge.call @TransformerLayer(%x, %w) : (tensor<77x64xf32>, tensor<64xf32>) -> tensor<77x64xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Bridge_Tensor>:$inputs);
  let results = (outs Variadic<Bridge_Tensor>:$results);
  let assemblyFormat = "$callee `(` $inputs `)` attr-dict `:` functional-type($inputs, $results)";
}

def Bridge_CheckOp : Bridge_Op<"check", []> {
  let summary = "A condition on dimensions that must hold on entry";
  let description = [{
    Compares two polynomials; `text` is the condition as the spec has it, `where`
    file:line:column. Stands in entry functions.

    - `C1` both sides are the canonical texts of polynomials.

    ```mlir
    bridge.check "text_len" le "77" text "text_len <= text.context" where "clip.bridge:10:9"
    ```
  }];
  let arguments = (ins StrAttr:$lhs, Bridge_CompareAttr:$kind, StrAttr:$rhs, StrAttr:$text, StrAttr:$where);
  let assemblyFormat = "$lhs $kind $rhs `text` $text `where` $where attr-dict";
  let hasVerifier = 1;
}

def Bridge_CheckCountOp : Bridge_Op<"check_count", []> {
  let summary = "As many places must be true as there are vectors to put there";
  let description = [{
    Counts the true places of `at` and compares with the polynomial `count`; a
    run-time error names both, and what stands after it is not computed.

    - `C1` `count` is the canonical text of a polynomial.

    ```mlir
    bridge.check_count %at is "576 * images" : tensor<2x600xi1>
    ```
  }];
  let arguments = (ins Bridge_I1Tensor:$at, StrAttr:$count);
  let assemblyFormat = "$at `is` $count attr-dict `:` type($at)";
  let hasVerifier = 1;
}

/// A region that names a part of the model. `bridge-inline-parts` dissolves it.
class Bridge_PartOp<string mnemonic, string what> : Bridge_Op<mnemonic, [
    RecursiveMemoryEffects, SingleBlock, NoRegionArguments]> {
  let summary = "Names " # what;
  let description = [{
    The region computes what the part at `path` contributes; values from outside
    are used freely. It says where the part begins and ends, to people and to the
    tools that measure and train parts, and means nothing else.

    - `C1` what the region yields has the types of the results.

    ```mlir
    %y = bridge.encoder "vision_model" frozen {
      %z = bridge.unary gelu %x : tensor<4xf32>
      bridge.yield %z : tensor<4xf32>
    } : tensor<4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$path, UnitAttr:$frozen);
  let results = (outs Variadic<Bridge_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$path (`frozen` $frozen^)? $body attr-dict `:` type($results)";
  let hasVerifier = 1;
}
def Bridge_EncoderOp : Bridge_PartOp<"encoder", "an encoder, such as a vision tower">;
def Bridge_ResamplerOp : Bridge_PartOp<"resampler", "a resampler: many tokens become few">;
def Bridge_GatedFusionOp : Bridge_PartOp<"gated_fusion", "a gated fusion of vision into language">;
def Bridge_ProjectionOp : Bridge_PartOp<"projection", "a projection between two widths">;
def Bridge_DecoderOp : Bridge_PartOp<"decoder", "a decoder, such as a language model">;

def Bridge_YieldOp : Bridge_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "Ends a region of the dialect with its values";
  let arguments = (ins Variadic<AnyTypeOf<[Bridge_Tensor, Bridge_Scalar]>>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // BRIDGE_IR_BRIDGESTRUCTUREOPS
