//===- Passes.td - Conversions between the dialects -----------------------===//
#ifndef BRIDGE_CONVERSION_PASSES
#define BRIDGE_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertBridgeToPlan : Pass<"convert-bridge-to-plan", "::mlir::ModuleOp"> {
  let summary = "Places every tensor in memory and every operation in a kernel";
  let description = [{
    Every tensor becomes a view: some memory, sizes and byte strides. Transposes,
    slices, broadcasts and the reshapes that strides allow cost nothing; what is
    left are launches of kernels, each of which writes a view: an argument where a
    result is returned, the place within a concatenation, the memory of an operand
    that is not needed any more, or a buffer with the steps that it lives for.
    Weights are declared in the layout that their reader wants: rows, or panels for
    products. Results are bit-identical for any of these choices.

    With `precision=bf16` tensors and weights of two and more axes are stored as
    bf16, but for those that lose more than a rounding by it (see docs/numerics.md):
    running sums such as the residual stream, sums and means, positions and angles,
    what softmax and losses read. Arithmetic is f32 in any case.
    Entries take and write f32.

    Entries take and write tensors without padding. Functions of layers take and
    write them in the standard layout: row-major, rows of a static length padded to
    64 bytes and off multiples of 1024; then come the weights, each in each layout
    that the body reads, then the results.

    ```mlir
    %y = bridge.linear %x, %w bias %b : tensor<50x768xf32>, tensor<512x768xf32> -> tensor<50x512xf32>
    %z = bridge.unary gelu %y : tensor<50x512xf32>
    ```
    ==>
    ```mlir
    %0 = plan.weight @w : !plan.panels<f32, [1, 1, 512, 768]>
    %1 = plan.weight @b : !plan.view<f32, [512], [4]>
    %2 = plan.buffer "105856" live 0 to 1 : !plan.view<f32, [50, 512], [2112, 4]>
    plan.launch @gemm_bias(%x4, %0, %1, %y4) : ...
    plan.launch @map_gelu(%2, %2) : ...
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", /*default=*/"\"f32\"",
           "how activations and weights are stored: f32 or bf16">];
  let dependentDialects = ["::bridge::plan::PlanDialect", "::mlir::func::FuncDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

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

def ConvertPlanToGpu : Pass<"convert-plan-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Kernels for NVIDIA GPUs, and host code that launches them";
  let description = [{
    Every `plan.kernel` becomes a kernel in the nested module `@bridge_kernels` (see
    bridge/Kernels/GpuKernels.h), which takes its argument block by value, and, on
    the host, a `bridge_device_kernel` of bridge/Runtime/Abi.h with the function that
    counts its jobs. Host functions are those of convert-plan-to-cpu, but that
    `parallel` is given the `bridge_device_kernel`, and that the launches of a group
    run one after the other. The addresses of all entries stand in the global
    `bridge_entries_gpu`.

    Kernels of rows are those of the CPU with the 32 threads of a warp in the place
    of a vector's lanes; products, attention and the sweeps of losses compute tiles
    in blocks of 128 threads. Numerics: sums are taken in another order than on the
    CPU, the same for every run of the same shapes.

    ```mlir
    plan.launch @layer_norm(%x, %w, %b, %y) : ...
    ```
    ==>
    ```mlir
    %jobs = llvm.call @layer_norm.jobs(%block) : (!llvm.ptr) -> i64
    llvm.call %parallel(%call, %layer_norm, %block, %jobs, %scratch) : ...
    ...
    module @bridge_kernels {
      llvm.func @layer_norm(%block: !llvm.ptr {llvm.byval = !llvm.array<17 x i64>, ...}) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 128>} {
        %lane = nvvm.read.ptx.sreg.laneid : i32
        ...
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

#endif // BRIDGE_CONVERSION_PASSES
