//===- Passes.td - Passes over the code of kernels ------------------------===//
#ifndef BRIDGE_KERNELS_PASSES
#define BRIDGE_KERNELS_PASSES

include "mlir/Pass/PassBase.td"

def BridgeExpandMath : Pass<"bridge-expand-math"> {
  let summary = "Elementary functions of f32 as arithmetic";
  let description = [{
    Replaces `math.exp`, `exp2`, `log`, `log1p`, `tanh`, `erf`, `sin`, `cos` and
    `powf` on f32, scalars and vectors, by additions, multiplications and integer
    operations, so that generated code calls no library. AVX-512 scales by powers
    of two in one instruction (`vscalefps`).

    Numerics: for every float, infinities, denormals and NaN included, the result
    is within 2.5 units in the last place of the exact value (erf: 4.5, powf: 1);
    NaN gives NaN. exp and exp2 of 0 are exactly 1.

    ```mlir
    %y = math.tanh %x : vector<16xf32>
    ```
    ==>
    ```mlir
    %magnitude = math.absf %x : vector<16xf32>
    %square = arith.mulf %x, %x : vector<16xf32>
    ...
    %y = arith.select %small, %near, %far : vector<16xi1>, vector<16xf32>
    ```
  }];
  let options = [
    Option<"level", "level", "std::string", /*default=*/"\"x86-64-v4\"",
           "the level of the instruction set: x86-64-v4-bf16, x86-64-v4 or x86-64-v3; gpu for GPUs">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

#endif // BRIDGE_KERNELS_PASSES
