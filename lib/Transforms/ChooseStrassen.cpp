//===- ChooseStrassen.cpp - Which products may be made of fewer -----------===//
#include "bridge/IR/Plan.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_CHOOSESTRASSEN
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

/// From where the scheme pays: rows, columns and depth.
static constexpr int64_t kLeast[] = {160, 256, 512};

/// Whether a product is large on all axes that are known.
static bool mayBeLarge(ArrayRef<Dim> sizes) {
  return llvm::all_of(llvm::zip_equal(sizes, kLeast), [](auto pair) {
    auto [size, least] = pair;
    return size.constant().value_or(least) >= least;
  });
}

namespace {
struct ChooseStrassen
    : public bridge::impl::ChooseStrassenBase<ChooseStrassen> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    getOperation().walk([&](plan::LaunchOp launch) {
      auto kernel = symbols.lookup<plan::KernelOp>(launch.getKernel());
      if (kernel.getKind() == plan::KernelKind::Gemm)
        choose(launch, kernel);
    });
  }

  void choose(plan::LaunchOp launch, plan::KernelOp kernel) {
    auto a = cast<plan::ViewType>(launch.getViews().front().getType());
    auto out = cast<plan::ViewType>(launch.getViews().back().getType());
    DimsAttr sizes = out.getSizes();
    Dim depth = a.getSizes().getDims().back();
    if (!mayBeLarge({sizes.getDims()[2], sizes.getDims()[3], depth}))
      return;
    auto opts =
        remark::RemarkOpts::name("strassen").category("plan-choose-strassen");
    auto missed = [&](StringRef reason) {
      remark::missed(launch.getLoc(), opts) << remark::reason("{0}", reason);
    };
    if (!a.getElementType().isF32())
      return missed("its operands are not f32");
    if (depth.constant().value_or(0) % 2 != 0)
      return missed("its depth is odd");
    remark::passed(launch.getLoc(), opts)
        << remark::add("7 products of 8 from {0} rows on", kLeast[0]);
    Builder builder(&getContext());
    NamedAttrList config(kernel.getConfig());
    config.set("strassen", builder.getDenseI64ArrayAttr(kLeast));
    kernel.setConfigAttr(config.getDictionary(&getContext()));
  }
};
} // namespace
