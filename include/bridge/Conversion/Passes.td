//===- Passes.td - Conversions between the dialects -----------------------===//
#ifndef BRIDGE_CONVERSION_PASSES
#define BRIDGE_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertPlanToCpu : Pass<"convert-plan-to-cpu", "::mlir::ModuleOp"> {
  let summary = "Kernels and host code for one level of x86-64";
  let description = [{
    Every `plan.kernel` becomes three functions (the kernel, its number of jobs,
    its scratch bytes; see bridge/Kernels/CpuKernels.h), every function of the plan
    a host function that computes addresses, fills argument blocks and calls the
    run time's `parallel`. An entry takes the `bridge_call` of
    bridge/Runtime/Abi.h; the addresses of all entries, in order, stand in the
    global `bridge_entries_<level>`. What is left are func-free `llvm`, `scf`,
    `arith`, `math` and `vector` operations.

    ```mlir
    plan.launch @layer_norm(%x, %w, %b, %y) : ...
    ```
    ==>
    ```mlir
    llvm.store %call, %block : !llvm.ptr, !llvm.ptr
    ...
    %jobs = llvm.call @layer_norm.jobs(%block) : (!llvm.ptr) -> i64
    %scratch = llvm.call @layer_norm.scratch(%block) : (!llvm.ptr) -> i64
    llvm.call %parallel(%call, %layer_norm, %block, %jobs, %scratch) : ...
    ```
  }];
  let options = [
    Option<"level", "level", "std::string", /*default=*/"\"x86-64-v4\"",
           "the level of the instruction set: x86-64-v4-bf16, x86-64-v4 or x86-64-v3">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

#endif // BRIDGE_CONVERSION_PASSES
