//===- PlanDialect.td - The plan dialect, its types and enums -------------===//
#ifndef BRIDGE_IR_PLANDIALECT
#define BRIDGE_IR_PLANDIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::bridge::plan";
  let summary = "Bridges as launches of kernels on placed memory";
  let description = [{
    What is left of a bridge once every decision about memory is made: functions
    over *views* (a pointer with sizes and byte strides), buffers that live in the
    function's frame from one step to another, weights in the layout that their
    reader wants, kernels, and launches of kernels in order. Every launch writes
    its last operand; nothing is left to bufferize.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::bridge::BridgeDialect", "::mlir::func::FuncDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

class Plan_Type<string name, string typeMnemonic> : TypeDef<Plan_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Plan_ViewType : Plan_Type<"View", "view"> {
  let summary = "Elements in memory: a pointer, sizes and strides in bytes";
  let description = [{
    `!plan.view<f32, ["images", 50, 768], ["160000 * images", 3200, 4]>`: element
    type, sizes, byte strides; each number a polynomial of the dimensions known on
    entry. A stride of 0 repeats; strides may overlap when reading. `i1` is one
    byte, 0 or 1. `bf16` is a way to store numbers: kernels read such an element as
    an f32, compute with that, and round to the nearest (ties to even) where they
    write one. A kernel never touches memory outside the elements of the view.
  }];
  let parameters = (ins "::mlir::Type":$elementType, "::bridge::DimsAttr":$sizes, "::bridge::DimsAttr":$strides);
  let assemblyFormat = "`<` $elementType `,` custom<DimList>($sizes) `,` custom<DimList>($strides) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static ViewType get(::mlir::Type elementType, ::llvm::ArrayRef<::bridge::Dim> sizes, ::llvm::ArrayRef<::bridge::Dim> strides);
    int64_t getRank() const { return getSizes().getExprs().size(); }
  }];
}

def Plan_PanelsType : Plan_Type<"Panels", "panels"> {
  let summary = "The right-hand side of a product, packed for the target's micro-kernel";
  let description = [{
    `!plan.panels<f32, [1, 1, 3072, 768]>`: batch, batch, n, k. Columns n are split
    into panels of the target's width w (AVX-512: 32, AVX2: 16 floats):
    [batch][batch][⌈n/w⌉][k][w], columns beyond n zero. Of bf16, neighbours along k
    stand together, as instructions that multiply pairs want them:
    [batch][batch][⌈n/w⌉][⌈k/2⌉][w][2], the partner of an odd last one zero. The
    size in bytes depends on the target only by w; buffers for it are sized for
    w = 32.
  }];
  let parameters = (ins "::mlir::Type":$elementType, "::bridge::DimsAttr":$sizes);
  let assemblyFormat = "`<` $elementType `,` custom<DimList>($sizes) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static PanelsType get(::mlir::Type elementType, ::llvm::ArrayRef<::bridge::Dim> sizes);
  }];
}

def Plan_FrameType : Plan_Type<"Frame", "frame"> {
  let summary = "The memory that a called function works in";
  let assemblyFormat = "";
}

def Plan_KernelKind : I32EnumAttr<"KernelKind", "what a kernel computes", [
  I32EnumAttrCase<"Gemm", 0, "gemm">, I32EnumAttrCase<"Pack", 1, "pack">,
  I32EnumAttrCase<"Attention", 2, "attention">, I32EnumAttrCase<"Map", 3, "map">,
  I32EnumAttrCase<"LayerNorm", 4, "layer_norm">, I32EnumAttrCase<"RmsNorm", 5, "rms_norm">,
  I32EnumAttrCase<"Softmax", 6, "softmax">, I32EnumAttrCase<"L2Normalize", 7, "l2_normalize">,
  I32EnumAttrCase<"Reduce", 8, "reduce">, I32EnumAttrCase<"ArgExtreme", 9, "arg_extreme">,
  I32EnumAttrCase<"Cumsum", 10, "cumsum">, I32EnumAttrCase<"Rotary", 11, "rotary">,
  I32EnumAttrCase<"Gather", 12, "gather">, I32EnumAttrCase<"CrossEntropy", 13, "cross_entropy">,
  I32EnumAttrCase<"Splice", 14, "splice">, I32EnumAttrCase<"InverseNorm", 15, "inverse_norm">,
  I32EnumAttrCase<"SoftmaxSweep", 16, "softmax_sweep">, I32EnumAttrCase<"SoftmaxMerge", 17, "softmax_merge">,
  I32EnumAttrCase<"SigmoidSweep", 18, "sigmoid_sweep">]> {
  let cppNamespace = "::bridge::plan";
  let genSpecializedAttr = 0;
}
def Plan_KernelKindAttr : EnumAttr<Plan_Dialect, Plan_KernelKind, "kernel_kind"> {
  let assemblyFormat = "$value";
}

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;

#endif // BRIDGE_IR_PLANDIALECT
