//===- RowsErrorsTest.cpp - Kernels that say too little -------------------===//
#include "Check.h"
#include "bridge/IR/Plan.h"
#include "bridge/Kernels/CpuKernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace bridge;
using namespace bridge::test;

namespace {

const std::string kRows = "!plan.view<f32, [\"n\", 8], [32, 4]>";
const std::string kVector = "!plan.view<f32, [\"n\"], [4]>";
const std::string kIntegers = "!plan.view<i32, [\"n\"], [4]>";
const std::string kFlags = "!plan.view<i1, [\"n\"], [1]>";

/// The error that emitting the kernel reports, or nothing.
std::string errorOf(MLIRContext &context, const std::string &kernel) {
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message += diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>("plan.kernel " + kernel, &context);
  CHECK(bool(module));
  if (!module)
    return message;
  auto op = *module->getOps<plan::KernelOp>().begin();
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  bool failed = mlir::failed(
      emitCpuKernel(builder, op, *lookupCpuLevel("x86-64-v4"), "kernel"));
  CHECK_EQ(failed, !message.empty());
  return message;
}

} // namespace

int main() {
  DialectRegistry registry;
  registry.insert<plan::PlanDialect, BridgeDialect, arith::ArithDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                  scf::SCFDialect, vector::VectorDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  auto missing = [](const std::string &attr, const std::string &kind) {
    return "expected '" + attr + "' in the config of a '" + kind + "' kernel";
  };
  const std::string rows = "[" + kRows + ", " + kRows + "] ";
  const std::string gather =
      "[" + kRows + ", " + kIntegers + ", " + kRows + "] ";
  const std::pair<std::string, std::string> cases[] = {
      {"layer_norm @k " + rows + "{}", missing("eps", "layer_norm")},
      {"rms_norm @k " + rows + "{eps = 1 : i64}", missing("eps", "rms_norm")},
      {"layer_norm @k " + rows + "{eps = 1.0 : f64}", ""},
      {"softmax @k [" + kRows + ", " + kRows + ", " + kRows + "] {seen}",
       missing("empty", "softmax")},
      {"reduce @k " + rows + "{axes = 1 : i64}", missing("reduce", "reduce")},
      {"arg_extreme @k [" + kRows + ", " + kIntegers + "] {}",
       missing("extreme", "arg_extreme")},
      {"gather @k " + gather + "{indices = 1 : i64, site = 0 : i64}",
       missing("axis", "gather")},
      {"gather @k " + gather + "{axis = 0 : i64, indices = 1 : i64}",
       missing("site", "gather")},
      {"cross_entropy @k [" + kRows + ", " + kIntegers + ", " + kVector + ", " +
           kVector + "] {site = 0 : i64}",
       missing("smoothing", "cross_entropy")},
      {"splice @k [" + kRows + ", " + kRows + ", " + kFlags + ", " + kRows +
           "] {}",
       missing("site", "splice")},
      {"map @k " + rows + "{}", missing("inputs", "map")},
      {"map @k " + rows + "{inputs = 1 : i64}",
       "expected a region in a 'map' kernel"},
      {"map @k " + rows +
           "{inputs = 1 : i64} { ^bb0(%x: f32, %i: i32, %j: i32): %t = "
           "builtin.unrealized_conversion_cast %x : f32 to f32 plan.yield %t : "
           "f32 }",
       "expected an element-wise operation or plan.load in the region of a "
       "map, found 'builtin.unrealized_conversion_cast'"}};
  for (const auto &[kernel, message] : cases)
    CHECK_EQ(errorOf(context, kernel), message);
  return failures != 0;
}
