//===- BridgeDialect.td - The bridge dialect, its attributes and enums ----===//
#ifndef BRIDGE_IR_BRIDGEDIALECT
#define BRIDGE_IR_BRIDGEDIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"

def Bridge_Dialect : Dialect {
  let name = "bridge";
  let cppNamespace = "::bridge";
  let summary = "Vision-language bridges as dataflow graphs on tensors";
  let description = [{
    Encoders, resamplers, gated fusions, projections and decoders over about
    thirty tensor operations with the meaning that `docs/language-reference.md`
    gives them, and a few fused operations that only passes make.

    Tensors are ranked, of `f32`, `i32` or `i1`. Dimensions that are known only
    on entry are `?` and named by the encoding:
    `tensor<?x?x64xf32, #bridge.dims<"batch", "4 * batch * media">>` lists one
    polynomial for each `?`, in order. A type without `?` has no encoding.
    Different polynomials are different dimensions, and sizes that an operation
    wants equal are equal as polynomials.

    Every operation states its constraints as `C1`, `C2`, …, which its errors
    quote. Two hold for all: `C0` each `?` of a tensor is named by its encoding, and
    the result has the type that the operation's formula gives.
  }];
  let hasOperationAttrVerify = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::func::FuncDialect"];
}

class Bridge_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Bridge_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Bridge_DimsAttr : Bridge_Attr<"Dims", "dims", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "Dimensions as polynomials of the names known on entry";
  let description = [{
    As the encoding of a tensor type: one polynomial, not a number, for each
    dynamic dimension.
    As an attribute of an operation: one for each axis. The text of each is the
    canonical one of `bridge::Dim`.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$exprs);
  let assemblyFormat = "`<` $exprs `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static DimsAttr get(::mlir::MLIRContext *context, ::llvm::ArrayRef<::bridge::Dim> dims);
    ::llvm::SmallVector<::bridge::Dim> getDims() const;
  }];
}

def Bridge_SourceAttr : Bridge_Attr<"Source", "source"> {
  let summary = "A stored tensor under which a checkpoint may hold a weight";
  let description = [{
    `#bridge.source<"visual.proj", ".T">`: the name, and the view of the stored
    tensor that is the weight: a sequence of `.T` (swap the last two axes) and
    `[a:b, c]` (a slice or an index for each leading axis; a missing bound is the
    axis' end), applied from left to right; empty for the whole.
  }];
  let parameters = (ins StringRefParameter<"the name in the checkpoint">:$name,
                        StringRefParameter<"the view", "\"\"">:$view);
  let assemblyFormat = "`<` $name (`,` $view^)? `>`";
}

class Bridge_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::bridge";
  let genSpecializedAttr = 0;
}
class Bridge_EnumAttr<EnumAttrInfo info, string attrMnemonic>
    : EnumAttr<Bridge_Dialect, info, attrMnemonic> {
  let assemblyFormat = "$value";
}

def Bridge_Unary : Bridge_Enum<"UnaryKind", "element-wise functions of one tensor", [
  I32EnumAttrCase<"Gelu", 0, "gelu">, I32EnumAttrCase<"GeluTanh", 1, "gelu_tanh">,
  I32EnumAttrCase<"QuickGelu", 2, "quick_gelu">, I32EnumAttrCase<"Silu", 3, "silu">,
  I32EnumAttrCase<"Relu", 4, "relu">, I32EnumAttrCase<"Tanh", 5, "tanh">,
  I32EnumAttrCase<"Sigmoid", 6, "sigmoid">, I32EnumAttrCase<"LogSigmoid", 7, "log_sigmoid">,
  I32EnumAttrCase<"Softplus", 8, "softplus">, I32EnumAttrCase<"Exp", 9, "exp">,
  I32EnumAttrCase<"Log", 10, "log">, I32EnumAttrCase<"Sqrt", 11, "sqrt">,
  I32EnumAttrCase<"Abs", 12, "abs">, I32EnumAttrCase<"Sin", 13, "sin">,
  I32EnumAttrCase<"Cos", 14, "cos">, I32EnumAttrCase<"Neg", 15, "neg">,
  I32EnumAttrCase<"Not", 16, "not">]>;
def Bridge_UnaryAttr : Bridge_EnumAttr<Bridge_Unary, "unary_kind">;

def Bridge_Binary : Bridge_Enum<"BinaryKind", "element-wise functions of two tensors", [
  I32EnumAttrCase<"Add", 0, "add">, I32EnumAttrCase<"Sub", 1, "sub">,
  I32EnumAttrCase<"Mul", 2, "mul">, I32EnumAttrCase<"Div", 3, "div">,
  I32EnumAttrCase<"FloorDiv", 4, "floordiv">, I32EnumAttrCase<"Mod", 5, "mod">,
  I32EnumAttrCase<"Pow", 6, "pow">, I32EnumAttrCase<"Max", 7, "max">,
  I32EnumAttrCase<"Min", 8, "min">, I32EnumAttrCase<"And", 9, "and">,
  I32EnumAttrCase<"Or", 10, "or">]>;
def Bridge_BinaryAttr : Bridge_EnumAttr<Bridge_Binary, "binary_kind">;

def Bridge_Compare : Bridge_Enum<"CompareKind", "comparisons", [
  I32EnumAttrCase<"Eq", 0, "eq">, I32EnumAttrCase<"Ne", 1, "ne">,
  I32EnumAttrCase<"Lt", 2, "lt">, I32EnumAttrCase<"Le", 3, "le">,
  I32EnumAttrCase<"Gt", 4, "gt">, I32EnumAttrCase<"Ge", 5, "ge">]>;
def Bridge_CompareAttr : Bridge_EnumAttr<Bridge_Compare, "compare_kind">;

def Bridge_Reduce : Bridge_Enum<"ReduceKind", "reductions over axes", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Mean", 1, "mean">,
  I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
  I32EnumAttrCase<"Any", 4, "any">]>;
def Bridge_ReduceAttr : Bridge_EnumAttr<Bridge_Reduce, "reduce_kind">;

def Bridge_Extreme : Bridge_Enum<"ExtremeKind", "which extreme", [
  I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Min", 1, "min">]>;
def Bridge_ExtremeAttr : Bridge_EnumAttr<Bridge_Extreme, "extreme_kind">;

def Bridge_Norm : Bridge_Enum<"NormKind", "norms over the last axis", [
  I32EnumAttrCase<"Layer", 0, "layer">, I32EnumAttrCase<"Rms", 1, "rms">]>;
def Bridge_NormAttr : Bridge_EnumAttr<Bridge_Norm, "norm_kind">;

def Bridge_EmptyRows : Bridge_Enum<"EmptyRows", "what a row is that sees nothing", [
  I32EnumAttrCase<"Zero", 0, "zero">, I32EnumAttrCase<"Uniform", 1, "uniform">]>;
def Bridge_EmptyRowsAttr : Bridge_EnumAttr<Bridge_EmptyRows, "empty_rows">;

/// Tensors of the dialect; the verifier of #bridge.dims checks their encodings.
def Bridge_F32Tensor : RankedTensorOf<[F32]>;
def Bridge_I32Tensor : RankedTensorOf<[I32]>;
def Bridge_I1Tensor : RankedTensorOf<[I1]>;
def Bridge_Tensor : RankedTensorOf<[F32, I32, I1]>;
def Bridge_Scalar : AnyTypeOf<[F32, I32, I1]>;

/// `C0`: every `?` has a name.
def Bridge_NamedDims : NativeOpTrait<"NamedDims"> {
  let cppNamespace = "::bridge";
}

class Bridge_Op<string mnemonic, list<Trait> traits = []>
    : Op<Bridge_Dialect, mnemonic, !listconcat([Bridge_NamedDims], traits)>;

#endif // BRIDGE_IR_BRIDGEDIALECT
