//===- FuseLinear.cpp - Epilogues of linear operations --------------------===//
#include "Epilogue.h"
#include "bridge/IR/ScalarMath.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSELINEAR
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static void fuse(LinearOp linear) {
  auto opts =
      remark::RemarkOpts::name("epilogue").category("bridge-fuse-linear");
  Epilogue epilogue = findEpilogue(linear);
  if (!epilogue.obstacle.empty())
    remark::missed(linear.getLoc(), opts)
        << remark::reason("{0}", epilogue.obstacle);
  if (epilogue.chain.empty())
    return;
  std::string names =
      llvm::join(llvm::map_range(epilogue.chain, elementwiseName), ", ");
  FusedLinearOp fused = fuseEpilogue(linear, epilogue.chain);
  remark::passed(fused.getLoc(), opts)
      << remark::add("{0} fused into its linear", names);
}

namespace {
struct FuseLinear : public bridge::impl::FuseLinearBase<FuseLinear> {
  void runOnOperation() override {
    SmallVector<LinearOp> linears;
    getOperation().walk([&](LinearOp op) { linears.push_back(op); });
    for (LinearOp linear : linears)
      fuse(linear);
  }
};
} // namespace
