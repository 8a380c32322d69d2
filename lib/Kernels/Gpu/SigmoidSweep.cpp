//===- SigmoidSweep.cpp - Sums over logits that are never stored ----------===//
//
// −log σ(y) = max(−y, 0) + log(1 + e), e = exp(−|y|). Of a thread's part of a
// tile, the product of the 1 + e is formed, less 1 so that small ones keep
// their digits, and one logarithm taken.
//
//===----------------------------------------------------------------------===//
#include "GpuKernel.h"
#include "TileSweep.h"
#include "bridge/Kernels/Config.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

namespace {

/// The code of one block.
class SigmoidBlock {
public:
  SigmoidBlock(WarpEmitter &emitter, Arguments &arguments)
      : emitter(emitter), arguments(arguments), operands(arguments.kernel()),
        sweep(emitter, arguments, logitsOf(operands)) {}

  void emit();
  static LogitOperands logitsOf(const SigmoidSweepOperands &operands) {
    return {operands.left, operands.panels, std::nullopt, operands.rowFactors,
            operands.columnFactors};
  }

private:
  /// A logit with the sign of its pair; +∞, which costs nothing, beyond the
  /// product.
  Value signedLogit(Value row, Value place, Value scale, Value offset);
  void store(Value total);
  void clear();

  WarpEmitter &emitter;
  Arguments &arguments;
  SigmoidSweepOperands operands;
  TileSweep sweep;
};

} // namespace

Value SigmoidBlock::signedLogit(Value row, Value place, Value scale,
                                Value offset) {
  Value column = emitter.add(sweep.column, place);
  Value isThere = arith::AndIOp::create(emitter.builder(), emitter.loc(),
                                        emitter.less(row, sweep.rows),
                                        emitter.less(column, sweep.columns));
  Value zero = emitter.number(0);
  Value value = sweep.logit(emitter.select(isThere, row, zero),
                            emitter.select(isThere, column, zero),
                            sweep.at(sweep.own, place));
  Value logit = emitter.fma(value, scale, offset);
  Value negated = emitter.mulf(logit, emitter.scalar(-1));
  Value paired = emitter.select(emitter.equal(row, column), logit, negated);
  return emitter.select(
      isThere, paired, emitter.scalar(std::numeric_limits<double>::infinity()));
}

/// Adds the threads' totals, in the order of the threads of a warp and of the
/// warps.
void SigmoidBlock::store(Value total) {
  constexpr int64_t warps = kTileThreads / kWarpThreads;
  Value ofWarp = emitter.reduce(LaneReduction::Add, total);
  Value partials = emitter.shared(warps * 4);
  emitter.once([&] {
    emitter.store(ofWarp,
                  emitter.offset(partials, emitter.mul(emitter.warp(), 4)));
  });
  emitter.barrier();
  Value isFirst = emitter.equal(emitter.thread(), emitter.number(0));
  emitter.ifThen(isFirst, [&] {
    Value sum = emitter.scalar(0);
    for (int64_t warp : llvm::seq(warps))
      sum = emitter.addf(sum, emitter.load(emitter.f32Type(),
                                           emitter.offset(partials, warp * 4)));
    emitter.store(sum,
                  arguments.address(operands.out, {sweep.block, sweep.chunk}));
    Value isFirstJob =
        emitter.equal(emitter.add(sweep.block, sweep.chunk), emitter.number(0));
    emitter.ifThen(isFirstJob, [&] { clear(); });
  });
}

/// What no job writes is 0.
void SigmoidBlock::clear() {
  Value zero = emitter.number(0), one = emitter.number(1);
  Value parts = emitter.number(kSweepParts);
  auto clear = [&](Value firstBlock, Value lastBlock, Value firstChunk) {
    emitter.loop(firstBlock, lastBlock, one, [&](Value row) {
      emitter.loop(firstChunk, parts, one, [&](Value part) {
        emitter.store(emitter.scalar(0),
                      arguments.address(operands.out, {row, part}));
      });
    });
  };
  clear(zero, sweep.blocks, sweep.chunks);
  clear(sweep.blocks, parts, zero);
}

void SigmoidBlock::emit() {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  auto load = [&](unsigned operand) {
    return emitter.loadElement(arguments.elementType(operand),
                               arguments.pointer(operand));
  };
  Value scale = load(operands.scale), offset = load(operands.offset);
  // Rows of tiles are ended by adding to the thread's own memory.
  Value total = emitter.shared(kTileThreads * 4);
  Value own = emitter.offset(total, emitter.mul(emitter.thread(), 4));
  emitter.store(emitter.scalar(0), own);
  sweep.emit(
      emitter.scalar(0),
      [&](ValueRange carried) -> Values {
        Value row = emitter.add(sweep.row, sweep.own);
        Values sums = sweep.along(
            {carried[0], emitter.scalar(0)},
            [&](Value place, ValueRange carried) -> Values {
              Value value = signedLogit(row, place, scale, offset);
              Value negated = emitter.mulf(value, emitter.scalar(-1));
              Value above = emitter.addf(
                  carried[0], emitter.maxf(emitter.scalar(0), negated));
              Value size = math::AbsFOp::create(builder, loc, value);
              Value e = math::ExpOp::create(
                  builder, loc, emitter.mulf(size, emitter.scalar(-1)));
              return {above,
                      emitter.fma(carried[1], e, emitter.addf(carried[1], e))};
            });
        return {emitter.addf(sums[0],
                             math::Log1pOp::create(builder, loc, sums[1]))};
      },
      [&](ValueRange carried) {
        emitter.store(
            emitter.addf(emitter.load(emitter.f32Type(), own), carried[0]),
            own);
      });
  store(emitter.load(emitter.f32Type(), own));
}

namespace {
class GpuSigmoidSweep final : public GpuKernel {
public:
  int64_t threads() const override { return kTileThreads; }
  LogicalResult body(WarpEmitter &emitter, Arguments &arguments) override {
    SigmoidBlock(emitter, arguments).emit();
    return success();
  }
  Value jobs(WarpEmitter &emitter, Arguments &arguments) override {
    return TileSweep::jobs(
        emitter, arguments,
        SigmoidBlock::logitsOf(SigmoidSweepOperands(arguments.kernel())));
  }
};
} // namespace

std::unique_ptr<GpuKernel> bridge::makeGpuSigmoidSweep(plan::KernelOp kernel) {
  if (failed(requireContiguous(kernel, {0})))
    return nullptr;
  return std::make_unique<GpuSigmoidSweep>();
}
