//===- InlineParts.cpp - Dissolving the regions that name parts -----------===//
#include "bridge/IR/Bridge.h"
#include "bridge/Transforms/Passes.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_INLINEPARTS
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

/// Puts the part's operations in its place.
static void inlinePart(Operation *part) {
  Block &block = part->getRegion(0).front();
  auto path = part->getAttrOfType<StringAttr>("path");
  for (Operation &op : block.without_terminator())
    op.setLoc(NameLoc::get(path, op.getLoc()));
  Operation *yield = block.getTerminator();
  part->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  part->getBlock()->getOperations().splice(part->getIterator(),
                                           block.getOperations());
  part->erase();
}

namespace {
struct InlineParts : public bridge::impl::InlinePartsBase<InlineParts> {
  void runOnOperation() override {
    // Inner parts first; the outer one's name then stands outside.
    getOperation().walk<WalkOrder::PostOrder>([](Operation *op) {
      if (isa<EncoderOp, ResamplerOp, GatedFusionOp, ProjectionOp, DecoderOp>(
              op))
        inlinePart(op);
    });
  }
};
} // namespace
