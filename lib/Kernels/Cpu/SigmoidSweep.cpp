//===- SigmoidSweep.cpp - Sums over logits that are never stored ----------===//
//
// −log σ(y) = max(−y, 0) + log(1 + e), e = exp(−|y|). Of the rows of a tile,
// the product of the 1 + e is formed, less 1 so that small ones keep their
// digits, and one logarithm taken.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "ProductSweep.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

namespace {

class SigmoidSweepKernel final : public Kernel {
public:
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override {
    return ProductSweep::jobs(emitter, arguments);
  }
};

class SigmoidSweep final : public ProductSweep {
public:
  SigmoidSweep(Emitter &emitter, Arguments &arguments);

private:
  void startJob() override;
  void startPanel() override { loadColumnFactors(columnFactors); }
  void finishTile(const Tile &tile) override;
  void finishJob() override;

  /// ±logits of a row with the sign of its pair; a great number, which costs
  /// nothing, beyond the last column.
  Values signedLogits(const Tile &tile, Value inTile);
  Type vectorType() { return emitter.vectorType(emitter.f32Type()); }

  std::optional<unsigned> rowFactors, columnFactors;
  unsigned out;
  Value scale, offset;
  Value total; ///< on the stack: a vector
};

} // namespace

enum SigmoidOperand : unsigned { kScale = 2, kOffset };

SigmoidSweep::SigmoidSweep(Emitter &emitter, Arguments &arguments)
    : ProductSweep(emitter, arguments) {
  unsigned next = kOffset + 1;
  if (hasConfig(arguments.kernel(), "row_factors"))
    rowFactors = next++;
  if (hasConfig(arguments.kernel(), "column_factors"))
    columnFactors = next++;
  out = next;
}

void SigmoidSweep::startJob() {
  auto load = [&](unsigned operand) {
    return emitter.loadElement(arguments.elementType(operand),
                               arguments.pointer(operand));
  };
  scale = load(kScale);
  offset = emitter.broadcast(load(kOffset));
  total = emitter.stack(lanes * 4);
  emitter.store(emitter.splat(0), total);
}

SigmoidSweep::Values SigmoidSweep::signedLogits(const Tile &tile,
                                                Value inTile) {
  Value row = emitter.add(tile.row, inTile);
  Values values = logits(inTile, rowFactor(scale, rowFactors, row));
  Value own = emitter.broadcast(emitter.narrow(emitter.sub(row, column)));
  Value beyond = emitter.splat(std::numeric_limits<double>::infinity());
  for (auto [vector, value] : llvm::enumerate(values)) {
    Value logit = emitter.addf(value, offset);
    Value place = emitter.add(emitter.laneNumbers(),
                              emitter.splat32(int32_t(vector * lanes)));
    Value negated = emitter.mulf(logit, emitter.splat(-1));
    value = emitter.select(emitter.equal(place, own), logit, negated);
    value = emitter.select(masks[vector], value, beyond);
  }
  return values;
}

void SigmoidSweep::finishTile(const Tile &tile) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  Value zero = emitter.splat(0);
  // Σ max(−y, 0), and Π(1 + e) − 1 for each vector across.
  Values initial{emitter.load(vectorType(), total)};
  initial.append(vectors, zero);
  Values sums = overRows(tile, initial, [&](Value inTile, ValueRange carried) {
    Values next{carried[0]};
    for (auto [vector, value] : llvm::enumerate(signedLogits(tile, inTile))) {
      Value negated = emitter.mulf(value, emitter.splat(-1));
      next[0] = emitter.addf(next[0], emitter.maxf(zero, negated));
      Value size = math::AbsFOp::create(builder, loc, value);
      Value e = math::ExpOp::create(builder, loc,
                                    emitter.mulf(size, emitter.splat(-1)));
      Value product = carried[1 + vector];
      next.push_back(emitter.fma(product, e, emitter.addf(product, e)));
    }
    return next;
  });
  for (Value product : ArrayRef(sums).drop_front())
    sums[0] =
        emitter.addf(sums[0], math::Log1pOp::create(builder, loc, product));
  emitter.store(sums[0], total);
}

void SigmoidSweep::finishJob() {
  emitter.store(sumOfLanes(emitter, emitter.load(vectorType(), total)),
                arguments.address(out, {block, chunk}));
  // What no job writes is 0.
  Value zero = emitter.number(0), one = emitter.number(1);
  Value parts = emitter.number(kSweepParts);
  auto clear = [&](Value firstBlock, Value lastBlock, Value firstChunk) {
    emitter.loop(firstBlock, lastBlock, one, [&](Value row) {
      emitter.loop(firstChunk, parts, one, [&](Value part) {
        emitter.store(emitter.scalar(0), arguments.address(out, {row, part}));
      });
    });
  };
  Value isFirst = emitter.equal(emitter.add(block, chunk), zero);
  emitter.ifThen(isFirst, [&] {
    clear(zero, blocks, chunks);
    clear(blocks, parts, zero);
  });
}

LogicalResult SigmoidSweepKernel::body(Emitter &emitter, Arguments &arguments,
                                       Value job, Value scratch) {
  SigmoidSweep(emitter, arguments).emit(job);
  return success();
}

std::unique_ptr<Kernel> bridge::makeSigmoidSweepKernel(plan::KernelOp kernel) {
  if (failed(requireContiguous(kernel, {0})))
    return nullptr;
  return std::make_unique<SigmoidSweepKernel>();
}
