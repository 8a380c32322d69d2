//===- Rotary.cpp - Rotary position embedding -----------------------------===//
#include "Families.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

namespace {

/// x[b, h, t, d], angles[b, t, d/2], out[b, h, t, d]. A row is a position of
/// the sequence with all its heads, which share sines and cosines.
class RotaryKernel : public RowKernel {
protected:
  Values axes(Emitter &, Arguments &arguments) override {
    return {arguments.size(0, 0), arguments.size(0, 2)};
  }
  Value elements(Emitter &emitter, Arguments &arguments) override {
    return emitter.mul(arguments.size(0, 1), arguments.size(0, 3));
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override;
};

} // namespace

void RotaryKernel::row(Emitter &emitter, Arguments &arguments,
                       ValueRange place) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  Row angles = Row::read(emitter, arguments, 1, place);
  Value half = arguments.size(1, 2);
  sweep(emitter, emitter.number(0), half,
        [&](Value position, const Tail *tail) {
          Value angle = angles.load(position, tail);
          Value cosine = math::CosOp::create(builder, loc, angle);
          Value sine = math::SinOp::create(builder, loc, angle);
          Value upper = emitter.add(position, half);
          std::optional<Tail> upperTail;
          if (tail)
            upperTail = Tail{tail->mask, emitter.add(tail->last, half)};
          const Tail *beyond = upperTail ? &*upperTail : nullptr;
          emitter.loop(arguments.size(0, 1), 1, [&](Value head) {
            Value here[] = {place[0], head, place[1]};
            Row x = Row::read(emitter, arguments, 0, here);
            Row out = Row::write(emitter, arguments, 2, here);
            Value first = x.load(position, tail);
            Value second = x.load(upper, beyond);
            out.store(emitter.subf(emitter.mulf(first, cosine),
                                   emitter.mulf(second, sine)),
                      position, tail);
            out.store(emitter.addf(emitter.mulf(second, cosine),
                                   emitter.mulf(first, sine)),
                      upper, beyond);
          });
        });
}

std::unique_ptr<Kernel> bridge::makeRotaryKernel(plan::KernelOp kernel) {
  return std::make_unique<RotaryKernel>();
}
